//go:build unix

package locked

import (
	"context"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// goLockTimeout bounds the wait for a go command that edits a file. It holds its lock while it writes, not longer.
const goLockTimeout = 5 * time.Second

// excludeGo takes the lock that the go command takes on a module file that it edits in place, so that neither overwrites
// the other. A go command that has opened the file and waits for the lock would edit, once we have renamed another file
// into place, one that no longer has a name, and its edit would be lost. So the nameless file gets the new text, too: go
// then finds that the file has changed since it was read, and says so.
func excludeGo(path string, to *string) (unlock func()) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return func() {}
	}
	lock := flock.New(path, flock.SetFlag(os.O_RDWR))
	ctx, cancel := context.WithTimeout(context.Background(), goLockTimeout)
	defer cancel()
	locked, _ := lock.TryLockContext(ctx, time.Millisecond)
	return func() {
		info, err := file.Stat()
		if stat, ok := info.Sys().(*syscall.Stat_t); locked && err == nil && ok && stat.Nlink == 0 && to != nil {
			if file.Truncate(0) == nil {
				file.WriteAt([]byte(*to), 0)
			}
		}
		lock.Unlock()
		file.Close()
	}
}

// keepOwner gives file the owner of the one that it will replace, as far as we may: a root user's run must not take the
// file from its owner.
func keepOwner(file *os.File, old fs.FileInfo) {
	if stat, ok := old.Sys().(*syscall.Stat_t); ok {
		file.Chown(int(stat.Uid), int(stat.Gid))
	}
}

// syncDir makes the names in dir durable. Some file systems cannot, and need not.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}
