package main

import (
	"io/fs"
	"os"
	"syscall"
)

// pollable returns a file, which is read from now on without a thread that waits for it: the goroutine that has read a message then
// hands it on without waking another thread, which takes longer than many an answer. That is so for pipes and sockets, if none of the
// others is the same one, whose writer would not expect it; anything else is returned as it is.
func pollable(file *os.File, others ...*os.File) *os.File {
	info, err := file.Stat()
	if err != nil || info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) == 0 {
		return file
	}
	for _, other := range others {
		if same, err := other.Stat(); err == nil && os.SameFile(info, same) {
			return file
		}
	}
	fd := file.Fd()
	if syscall.SetNonblock(int(fd), true) != nil {
		return file
	}
	return os.NewFile(fd, file.Name()) // the first one, a variable of package os, never ends
}
