//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly || solaris

package keep

import (
	"io/fs"
	"syscall"
)

// StampOf returns the stamp that a description of a file has. Where ok is false, the system does not say enough to know a change
// by it.
func StampOf(info fs.FileInfo) (s Stamp, ok bool) {
	s = Stamp{Size: info.Size(), ModTime: info.ModTime().UnixNano(), Mode: uint32(info.Mode())}
	st, ok := info.Sys().(*syscall.Stat_t)
	if ok {
		s.Change, s.Inode, s.Device = changed(st), st.Ino, uint64(st.Dev)
	}
	return s, ok
}
