//go:build unix

package goenv

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// goBinary is the go command that runs this test.
func goBinary(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func readText(t *testing.T, path string) FileText {
	t.Helper()
	if path == "" {
		return FileText{}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return FileText{Path: path}
	}
	return FileText{Path: path, Text: string(data), Exists: true}
}

// configDir is os.UserConfigDir in that environment.
func configDir(env map[string]string) string {
	switch home, xdg := env["HOME"], env["XDG_CONFIG_HOME"]; {
	case runtime.GOOS == "darwin" && home != "":
		return home + "/Library/Application Support"
	case runtime.GOOS == "darwin":
		return ""
	case filepath.IsAbs(xdg):
		return xdg
	case xdg == "" && home != "":
		return home + "/.config"
	}
	return ""
}

// readInputs reads what a caller of Resolve has to read, for a process that runs in dir with that environment.
func readInputs(t *testing.T, dir string, env map[string]string) Inputs {
	t.Helper()
	in := Inputs{OS: env, GOOS: runtime.GOOS, Home: env["HOME"], ConfigDir: configDir(env), Goroot: GorootOf(goBinary(t))}
	file := EnvFilePath(env, in.ConfigDir)
	if file != "" && !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	in.GoEnvFile = readText(t, file)
	_, envRoot := GorootDirs(env, in.GoEnvFile, in.Goroot)
	in.GorootEnv = readText(t, filepath.Join(envRoot, "go.env"))
	in.GorootVersion = readText(t, filepath.Join(in.Goroot, "VERSION"))
	return in
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestAgainstGo compares every value with what "go env" prints in the same environment. A value may name the directories
// that the test makes: $HOME, and $ROOT, which has a go.env of its own.
func TestAgainstGo(t *testing.T) {
	const rootEnv = "# defaults\nGOPROXY=https://proxy.example.com,direct\nGOSUMDB=sum.example.com\nGOTOOLCHAIN=local\n"
	tests := []struct {
		name string
		env  map[string]string
		file string // of "go env -w"
	}{
		{name: "nothing set"},
		{name: "the distribution's own go.env", env: map[string]string{"GOROOT": ""}},
		{name: "the file overrides go.env", file: "GOPROXY=direct\nGOSUMDB=off\n"},
		{name: "the environment overrides the file", env: map[string]string{"GOPROXY": "off"}, file: "GOPROXY=direct\n"},
		{name: "empty in the environment is unset", env: map[string]string{"GOPROXY": "", "GOPRIVATE": ""}, file: "GOPRIVATE=a.example\n"},
		{name: "empty in the file hides go.env", file: "GOPROXY=\nGOSUMDB=\nGOTOOLCHAIN=\n"},
		{name: "the last line of the file wins", file: "GOPRIVATE=a.example\nGOPRIVATE=b.example\n"},
		{name: "no newline at the end", file: "GOPRIVATE=a.example"},
		{name: "carriage returns are part of the value", file: "GOPRIVATE=a.example\r\nGOFLAGS=-x\r\n"},
		{name: "blanks are part of the value", file: "GOPRIVATE= a.example , b.example \nGONOSUMDB = c.example\n"},
		{name: "comments and broken lines", file: "# GOPRIVATE=a.example\n GOPRIVATE=b.example\ngoprivate=c\nGOPRIVATE\n=d\nGOINSECURE=e=f\n\n"},
		{name: "GOPRIVATE fills the other two", env: map[string]string{"GOPRIVATE": "a.example"}},
		{name: "GONOPROXY overrides one half", env: map[string]string{"GOPRIVATE": "a.example", "GONOPROXY": "none"}},
		{name: "GONOSUMDB overrides the other", env: map[string]string{"GOPRIVATE": "a.example"}, file: "GONOSUMDB=b.example\n"},
		{name: "halves without GOPRIVATE", file: "GONOPROXY=a.example\nGONOSUMDB=b.example\n"},
		{name: "empty half in the file", env: map[string]string{"GOPRIVATE": "a.example"}, file: "GONOPROXY=\n"},
		{name: "GOPATH moves the module cache", env: map[string]string{"GOPATH": "/p/one:/p/two"}},
		{name: "GOPATH that starts with an empty entry", env: map[string]string{"GOPATH": ":/p/two"}},
		{name: "GOPATH in the file", file: "GOPATH=/p/file\n"},
		{name: "GOMODCACHE beats GOPATH", env: map[string]string{"GOPATH": "/p", "GOMODCACHE": "/c/../d"}},
		{name: "GOMODCACHE in the file", file: "GOMODCACHE=/c/file\n"},
		{name: "GOMODCACHE is relative", env: map[string]string{"GOMODCACHE": "cache"}},
		{name: "no home", env: map[string]string{"HOME": "", "GOCACHE": "/c"}},
		{name: "home is relative", env: map[string]string{"HOME": "rel", "GOCACHE": "/c"}},
		{name: "home's go directory is GOROOT", env: map[string]string{"HOME": "$HOME/outer", "GOROOT": "$HOME/outer/go"}},
		{name: "configuration elsewhere", env: map[string]string{"XDG_CONFIG_HOME": "$HOME/xdg"}},
		{name: "configuration at a relative path", env: map[string]string{"XDG_CONFIG_HOME": "xdg"}},
		{name: "GOENV=off", env: map[string]string{"GOENV": "off"}, file: "GOPRIVATE=a.example\n"},
		{name: "GOENV elsewhere", env: map[string]string{"GOENV": "$HOME/other"}, file: "GOPRIVATE=a.example\n"},
		{name: "GOENV is relative", env: map[string]string{"GOENV": "relative"}, file: "GOPRIVATE=a.example\n"},
		{name: "GOENV is missing", env: map[string]string{"GOENV": "/nonexistent/env"}, file: "GOPRIVATE=a.example\n"},
		{name: "GOENV in the file means nothing", file: "GOENV=off\nGOPRIVATE=a.example\n"},
		{name: "GOROOT with a slash at its end", env: map[string]string{"GOROOT": "$ROOT/"}},
		{name: "GOROOT in the file", env: map[string]string{"GOROOT": ""}, file: "GOROOT=$ROOT/./\n"},
		{name: "GOROOT in both: go.env is the file's", env: map[string]string{"GOROOT": "$ROOT"}, file: "GOROOT=/nonexistent\n"},
		{name: "the rest", env: map[string]string{"GOFLAGS": "-mod=mod  '-tags=a b'", "GOVCS": "*:all"}, file: "GOAUTH=off\nGO111MODULE=auto\n"},
		{name: "GODEBUG comes from the environment only", env: map[string]string{"GODEBUG": "x=1"}, file: "GODEBUG=y=1\n"},
	}
	keys := []string{"GO111MODULE", "GOAUTH", "GODEBUG", "GOENV", "GOFLAGS", "GOINSECURE", "GOMODCACHE", "GONOPROXY", "GONOSUMDB",
		"GOPATH", "GOPRIVATE", "GOPROXY", "GOROOT", "GOSUMDB", "GOTOOLCHAIN", "GOVCS", "GOVERSION"}
	gobin := goBinary(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			home, root := filepath.Join(dir, "home"), filepath.Join(dir, "root")
			expand := func(s string) string {
				return os.Expand(s, func(name string) string {
					return map[string]string{"HOME": home, "ROOT": root}[name]
				})
			}
			work := filepath.Join(dir, "work")
			env := map[string]string{"HOME": home, "GOROOT": root}
			writeFile(t, filepath.Join(configDir(env), "go/env"), expand(tt.file))
			writeFile(t, filepath.Join(home, "xdg/go/env"), "GOPRIVATE=xdg.example\n")
			writeFile(t, filepath.Join(home, "other"), "GOPRIVATE=other.example\n")
			writeFile(t, filepath.Join(home, "outer/go/go.env"), rootEnv)
			writeFile(t, filepath.Join(work, "relative"), "GOPRIVATE=relative.example\n")
			writeFile(t, filepath.Join(root, "go.env"), rootEnv)
			for k, v := range tt.env {
				env[k] = expand(v)
			}
			if config := configDir(env); config != "" {
				if !filepath.IsAbs(config) {
					config = filepath.Join(work, config)
				}
				// Or a child of the go command would still write there when the test has ended.
				writeFile(t, filepath.Join(config, "go/telemetry/mode"), "off")
			}

			cmd := exec.Command(gobin, append([]string{"env", "-json"}, keys...)...)
			cmd.Dir = work
			for _, k := range slices.Sorted(maps.Keys(env)) {
				cmd.Env = append(cmd.Env, k+"="+env[k])
			}
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("go env: %v\n%s", err, err.(*exec.ExitError).Stderr)
			}
			want := make(map[string]string)
			if err := json.Unmarshal(out, &want); err != nil {
				t.Fatal(err)
			}
			e := Resolve(readInputs(t, cmd.Dir, env))
			got := make(map[string]string)
			for _, key := range keys {
				got[key] = e.Get(key).Value
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("go env (-) and Resolve (+) differ:\n%s", diff)
			}
		})
	}
}
