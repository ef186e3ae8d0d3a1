package locked

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/gomodls/gomodls/internal/text"
)

// children are what the test binary does when it is started by a test as another process.
var children = map[string]func(){}

// goCommand runs the go command as a user would by hand.
func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func applyEdits(src string, edits []text.Edit) (string, bool) { return text.Apply(src, edits) }
