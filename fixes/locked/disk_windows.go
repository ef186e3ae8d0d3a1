package locked

import (
	"io/fs"
	"os"
)

// excludeGo does nothing: a lock held here would keep us from the file, too. The comparison before the rename remains.
func excludeGo(string, *string) (unlock func()) { return func() {} }

func keepOwner(*os.File, fs.FileInfo) {}

func syncDir(string) {}
