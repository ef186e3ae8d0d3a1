//go:build !linux && !darwin

package verify

import (
	"io/fs"
	"time"
)

// system returns nothing where a file's information holds no more than its size and its times.
func system(fs.FileInfo) (changed time.Time, inode uint64) { return time.Time{}, 0 }
