//go:build unix && !linux

package locked

import "syscall"

func dieWithParent(*syscall.SysProcAttr) {}
