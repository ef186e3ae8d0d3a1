package keep

import "time"

// A Stamp tells what stands at a path from what has stood there before, as the file system has it: for as long as it is the same,
// and was not made within the moment that the file system cannot tell from the next, nothing has been written there. Of a
// directory it tells that no name has come or gone.
type Stamp struct {
	Size            int64
	ModTime, Change int64 // in nanoseconds since 1970; no program can set Change, which a new ModTime changes as well
	Inode, Device   uint64
	Mode            uint32
}

// Before reports whether what it tells of had come to an end before a time.
func (s Stamp) Before(t time.Time) bool { return max(s.ModTime, s.Change) < t.UnixNano() }

// Restless is how young a change must be for another one to be able to leave the same stamp.
const Restless = 2 * time.Second
