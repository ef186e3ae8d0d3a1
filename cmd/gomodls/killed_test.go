package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// untidy makes a module whose go.mod lacks a requirement, with an environment in which tidy finds it, and moves there.
func untidy(t *testing.T) (dir string) {
	t.Helper()
	base := t.TempDir()
	dir = filepath.Join(base, "m")
	const gomod = "module b.example/y\n\ngo 1.22\n"
	served := filepath.Join(base, "proxy", "b.example", "y", "@v")
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for name, text := range map[string]string{"go.mod": gomod, "y.go": "package y\n"} {
		w, err := z.Create("b.example/y@v1.0.0/" + name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(served, "list"), "v1.0.0\n")
	write(t, filepath.Join(served, "v1.0.0.info"), `{"Version":"v1.0.0"}`)
	write(t, filepath.Join(served, "v1.0.0.mod"), gomod)
	write(t, filepath.Join(served, "v1.0.0.zip"), archive.String())
	for key, value := range map[string]string{
		"HOME": base, "XDG_CACHE_HOME": filepath.Join(base, "xdg"), "GIT_CONFIG_NOSYSTEM": "1", "GOENV": "off",
		"GOPROXY": "file://" + filepath.ToSlash(filepath.Join(base, "proxy")), "GOSUMDB": "off", "GOMODCACHE": filepath.Join(base, "cache"),
		"GOPATH": filepath.Join(base, "gopath"), "GOCACHE": filepath.Join(base, "build"), "GOFLAGS": "-modcacherw", "GOWORK": "off",
		"GOTOOLCHAIN": "local", "GOPRIVATE": "", "GONOPROXY": "", "GONOSUMDB": "",
	} {
		t.Setenv(key, value)
	}
	withoutTelemetry(t, base)
	write(t, filepath.Join(dir, "go.mod"), "module example.com/m\n\ngo 1.22\n")
	write(t, filepath.Join(dir, "go.sum"), "")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nimport _ \"b.example/y\"\n\nfunc main() {}\n")
	t.Chdir(dir)
	return dir
}

// TestKilledWhileTheEditorApplies kills the server when it has asked the editor to change go.mod and go.sum, and the editor has done
// nothing of it, half, all, or more than that. The next server finds the files all old or all new; what somebody has written since it
// leaves alone, and what was there before can be put back.
func TestKilledWhileTheEditorApplies(t *testing.T) {
	const (
		oldMod = "module example.com/m\n\ngo 1.22\n"
		newMod = oldMod + "\nrequire b.example/y v1.0.0\n"
		typed  = newMod + "\n// typed since\n"
	)
	newSum := func() string {
		dir := untidy(t)
		if out, err := exec.Command("go", "mod", "tidy").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		data, err := os.ReadFile(filepath.Join(dir, "go.sum"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}()
	for _, tt := range []struct {
		name             string
		mod, sum         string // as the editor has saved them when the server dies
		wantMod, wantSum string
		outcome          string
		states           int // that can be put back then
	}{
		{"nothing is saved", oldMod, "", oldMod, "", "rolled back", 0},
		{"go.sum is saved", oldMod, newSum, oldMod, "", "rolled back", 0},
		{"go.mod is saved", newMod, "", oldMod, "", "rolled back", 0},
		{"both are saved", newMod, newSum, newMod, newSum, "finished", 1},
		{"both are saved and more", typed, newSum, typed, newSum, "left alone", 1},
		{"more is saved but not go.sum", typed, "", typed, "", "left alone", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := untidy(t)
			e := newEditor(t, dir, "go.mod", "go.sum", "main.go")
			asked := false
			e.answers = func(method string) bool {
				if method != "workspace/applyEdit" {
					return true
				}
				asked = true
				write(t, filepath.Join(dir, "go.mod"), tt.mod)
				write(t, filepath.Join(dir, "go.sum"), tt.sum)
				_ = e.cmd.Process.Kill()
				_ = e.cmd.Wait()
				return false
			}
			e.command("gomodls.tidy", map[string]any{})
			if !asked {
				t.Fatalf("the editor was not asked to change anything: %s", e.refused)
			}

			e = newEditor(t, dir) // finds what the other has left, and says so
			e.hear("go mod tidy in ")
			e.close()
			for name, want := range map[string]string{"go.mod": tt.wantMod, "go.sum": tt.wantSum} {
				if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
					t.Errorf("%s is\n%s(%v)", name, got, err)
				}
			}
			if !strings.Contains(e.told, tt.outcome) {
				t.Errorf("the next server says %q, want that tidy has been %s", e.told, tt.outcome)
			}
			store, err := newStore()
			states, err2 := store.States(dir)
			if err := errors.Join(err, err2); err != nil || len(states) != tt.states {
				t.Fatalf("%d states can be put back (%v)", len(states), err)
			}
			if tt.states > 0 && string(states[0].Files[0].Before) != oldMod {
				t.Errorf("what can be put back is %q", states[0].Files[0].Before)
			}
			left, _ := filepath.Glob(filepath.Join(dir, ".*"))
			if len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}
