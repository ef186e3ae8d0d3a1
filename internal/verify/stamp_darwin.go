package verify

import (
	"io/fs"
	"syscall"
	"time"
)

// system returns what only the operating system can change about a file: when it was last written or renamed, whatever its
// modification time was set to, and its number.
func system(info fs.FileInfo) (changed time.Time, inode uint64) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return time.Time{}, 0
	}
	return time.Unix(st.Ctimespec.Sec, st.Ctimespec.Nsec), st.Ino
}
