//go:build unix

package gather

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/gomodls/gomodls/internal/workspace"
)

func stamp(info fs.FileInfo) workspace.Stamp {
	s := workspace.Stamp{Size: info.Size(), ModTime: info.ModTime().UnixNano()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		s.Inode = st.Ino
	}
	return s
}

func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
