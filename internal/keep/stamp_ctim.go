//go:build linux || openbsd || dragonfly || solaris

package keep

import "syscall"

func changed(st *syscall.Stat_t) int64 { return st.Ctim.Nano() }
