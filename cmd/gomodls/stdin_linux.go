package main

import (
	"io/fs"
	"os"
	"syscall"
	"time"
)

// pollable returns a file, which is read from now on without a thread that waits for it: the goroutine that has read a message then
// hands it on without waking another thread, which takes longer than many an answer. That is so for pipes and sockets, if none of the
// others is the same one, whose writer would not expect it; anything else is returned as it is. What is called in the end leaves it to
// others, who may read on, as it was.
func pollable(file *os.File, others ...*os.File) (polled *os.File, restore func()) {
	restore = func() {}
	info, err := file.Stat()
	if err != nil || info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) == 0 || isPollable(file) {
		return file, restore
	}
	for _, other := range others {
		if same, err := other.Stat(); err == nil && os.SameFile(info, same) {
			return file, restore
		}
	}
	syscall.ForkLock.RLock()
	fd, err := syscall.Dup(int(file.Fd()))
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return file, restore
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		syscall.Close(fd)
		return file, restore
	}
	polled = os.NewFile(uintptr(fd), file.Name())
	if !isPollable(polled) { // so that it would say that there is nothing yet, rather than wait
		_ = syscall.SetNonblock(fd, false)
		polled.Close()
		return file, restore
	}
	return polled, func() { _ = syscall.SetNonblock(int(file.Fd()), false) }
}

// isPollable reports whether reading a file takes no thread.
func isPollable(file *os.File) bool { return file.SetReadDeadline(time.Time{}) == nil }
