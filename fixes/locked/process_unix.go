//go:build unix

package locked

import (
	"os"
	"os/exec"
	"syscall"
)

// setGroup gives cmd a session of its own: a process group that a signal reaches whole, and no terminal on which ssh or
// git could ask a question that nobody sees.
func setGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	dieWithParent(cmd.SysProcAttr)
}

func askGroup(p *os.Process)  { syscall.Kill(-p.Pid, syscall.SIGTERM) }
func killGroup(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGKILL) }
