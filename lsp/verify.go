package lsp

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/verify"
	"github.com/gomodls/gomodls/internal/workspace"
)

// verify checks what the module cache holds for a module or workspace. It starts nothing, sends nothing and changes nothing,
// so it waits for nobody's lock.
func (c *commands) verify(ctx context.Context, j *job) error {
	var dirs []string
	in, err := gather.Settle(ctx, c.server.session, func(_ context.Context, snap *workspace.Snapshot) (verify.Input, error) {
		v := workView(snap, j.work)
		if v == nil {
			views := snap.Views(filepath.Join(j.dir, "go.mod"))
			if len(views) == 0 {
				return verify.Input{}, nil
			}
			v = views[len(views)-1] // the module on its own
		}
		dirs = v.Dirs()
		return verify.Of(v), nil
	})
	if err != nil {
		return err
	}
	defer c.server.board.occupy(j.title, dirs)()
	in.Proofs = &verify.Proofs{Dir: filepath.Join(c.store.Dir, "verified")}
	in.Progress = func(done, total int, name string) { j.progress.report(fmt.Sprintf("%d of %d: %s", done, total, name)) }
	report, err := verify.Run(ctx, in)
	if err != nil {
		return err
	}
	if report.OK() {
		c.server.tell(ctx, protocol.MessageTypeInfo, report.String())
		return nil
	}
	var b strings.Builder
	b.WriteString(report.String())
	for _, p := range report.Problems {
		b.WriteString("\n" + p.Text)
	}
	return errors.New(b.String())
}
