//go:build !unix

package gather

import (
	"io/fs"

	"github.com/gomodls/gomodls/internal/workspace"
)

func stamp(info fs.FileInfo) workspace.Stamp {
	return workspace.Stamp{Size: info.Size(), ModTime: info.ModTime().UnixNano()}
}

func isNotDir(error) bool { return false }
