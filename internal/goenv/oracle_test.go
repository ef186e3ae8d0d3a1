//go:build unix

package goenv

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/note"
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

// A machine is a home directory, a working directory and an environment for the go command, without any network.
type machine struct {
	work string
	env  map[string]string
}

func newMachine(t *testing.T, env map[string]string) machine {
	t.Helper()
	dir := t.TempDir()
	m := machine{work: filepath.Join(dir, "work"), env: map[string]string{
		"HOME":        filepath.Join(dir, "home"),
		"GOCACHE":     filepath.Join(dir, "cache"),
		"GOMODCACHE":  filepath.Join(dir, "mod"),
		"GOFLAGS":     "-modcacherw", // or the directory could not be removed
		"GOPROXY":     "off",
		"GOSUMDB":     "off",
		"GOTOOLCHAIN": "local",
	}}
	maps.Copy(m.env, env)
	writeFile(t, filepath.Join(configDir(m.env), "go/telemetry/mode"), "off")
	writeFile(t, filepath.Join(m.work, "go.mod"), "module m.example/m\n\ngo 1.21\n")
	return m
}

// run returns what go prints on stderr, and whether it succeeded.
func (m machine) run(t *testing.T, args ...string) (stderr string, ok bool) {
	t.Helper()
	var out strings.Builder
	cmd := exec.Command(goBinary(t), args...)
	cmd.Dir = m.work
	cmd.Stderr = &out
	for _, k := range slices.Sorted(maps.Keys(m.env)) {
		cmd.Env = append(cmd.Env, k+"="+m.env[k])
	}
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	return out.String(), err == nil
}

// TestRefusals runs "go list -m" in environments that it refuses, and in some near them, and compares with Problems.
func TestRefusals(t *testing.T) {
	tests := []map[string]string{
		{},
		{"GOFLAGS": "-x -v"},
		{"GOFLAGS": "-frobnicate"},
		{"GOFLAGS": "--frobnicate=x -mod"},
		{"GOFLAGS": "-mod mod"},
		{"GOFLAGS": "-mod"},
		{"GOFLAGS": "-mod="},
		{"GOFLAGS": "-mod=bad"},
		{"GOFLAGS": "-mod=bad -mod=mod"},
		{"GOFLAGS": "-modfile=other"},
		{"GOFLAGS": "-trimpath=maybe"},
		{"GOFLAGS": "-trimpath=F"},
		{"GOFLAGS": "-trimpath="},
		{"GOFLAGS": "-buildvcs=auto"},
		{"GOFLAGS": "-buildvcs=maybe"},
		{"GOFLAGS": "-json=whatever"},
		{"GOFLAGS": "-p=x"},
		{"GOFLAGS": "-p=0x4"},
		{"GOFLAGS": "-C=/"},
		{"GOFLAGS": "-tags"},
		{"GOFLAGS": "'-tags=a b'"},
		{"GOFLAGS": "'-tags=a b"},
		{"GOFLAGS": "-"},
		{"GOFLAGS": "---x"},
		{"GOFLAGS": "-=x"},
		{"GOFLAGS": "-run=x -timeout"}, // flags of other commands
		{"GOFLAGS": "-insecure"},
		{"GOFLAGS": "-compiler=gcc"},
		{"GOFLAGS": "-compiler=gccgo"},
		{"GOFLAGS": "-compiler="},
		{"GOFLAGS": "-covermode=foo"},
		{"GOFLAGS": "-covermode="},
		{"GOFLAGS": "-covermode=count"},
		{"GOFLAGS": "-coverpkg=["},
		{"GOFLAGS": "-pgo=gone"},
		{"GOFLAGS": "-toolexec='x"},
		{"GOFLAGS": "\"-toolexec='a b' c\""},
		{"GOFLAGS": "-gcflags=N"},
		{"GOFLAGS": "-gcflags=-N"},
		{"GOFLAGS": "-gcflags="},
		{"GOFLAGS": "-gcflags=all=-N"},
		{"GOFLAGS": "-gcflags==-N"},
		{"GOFLAGS": "-gcflags='all=-N'"},
		{"GOFLAGS": "'-gcflags=all=\"-N'"},
		{"GOFLAGS": "'-ldflags=-X \"a=b c\"'"},
		{"GOFLAGS": "'-ldflags=-X \"a=b c'"},
		{"GOFLAGS": "-asmflags=x"},
		{"GOFLAGS": "-gccgoflags=x"},
		{"GOFLAGS": "-buildmode=dll"},
		{"GOFLAGS": "-buildmode="},
		{"GOFLAGS": "-buildmode=dll -buildmode=exe"},
		{"GOFLAGS": "-p=0"},
		{"GOFLAGS": "-p=-1"},
		{"GOFLAGS": "-race -msan"},
		{"GOFLAGS": "-race -asan"},
		{"GOFLAGS": "-msan -asan"},
		{"GOFLAGS": "-race -msan -race=false -msan=false"},
		{"GOFLAGS": "-deps"},
		{"GOFLAGS": "-deps=false"},
		{"GOFLAGS": "-test"},
		{"GOFLAGS": "-find -export"},
		{"GOFLAGS": "-compiled"},
		{"GOFLAGS": "-e -retracted -trimpath"},
		{"GOAMD64": "v9", "GOARM": "9", "GO386": "387"}, // only the compiler looks at them
		{"GOARM64": "v7"},
		{"GOARM64": "v8.0,crypto,lse"},
		{"GOARM64": "v9.6"},
		{"GOARM64": "v8.0,,lse"},
		{"GOMIPS": "hard"},
		{"GOMIPS": "softfloat"},
		{"GOMIPS64": "hard"},
		{"GOPPC64": "power7"},
		{"GOPPC64": "power10"},
		{"GORISCV64": "rv64g"},
		{"GORISCV64": "rva22u64"},
		{"GOWASM": "satconv,,signext"},
		{"GOWASM": "simd,threads"},
		{"GOFIPS140": "off"},
		{"GOFIPS140": "latest"},
		{"GOFIPS140": "on"},
		{"GOFIPS140": "v1"},
		{"GOFIPS140": "v1.0.x"},
		{"CC": "'gcc -x"},
		{"CC": "gcc -x"},
		{"CC": "./gcc"},
		{"CXX": "bin/g++"},
		{"FC": "/usr/bin/gone"},
		{"GO111MODULE": "auto"},
		{"GO111MODULE": "off"},
		{"GO111MODULE": "yes"},
		{"GOPATH": "relative"},
		{"GOPATH": "/abs:relative"},
		{"GOPATH": "~/go"},
		{"GOPATH": ":/abs"},
		{"GOWORK": "relative/go.work"},
		{"GOWORK": "off"},
		{"GOWORK": "auto"},
		{"GOTOOLCHAIN": "local+auto"},
		{"GOTOOLCHAIN": "gone"},
		{"GOTOOLCHAIN": "go1.21+maybe"},
		{"GOTOOLCHAIN": "bash+auto"},
		{"GOTOOLCHAIN": "go2.0"},
		{"GOPRIVATE": " , [", "GOVCS": "bad", "GOSUMDB": "bad"}, // only used to fetch
	}
	for _, env := range tests {
		t.Run(fmt.Sprint(env), func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, env)
			var refusal string
			for _, p := range Resolve(readInputs(t, m.work, m.env)).Problems {
				if p.Effect == RefusesAll && refusal == "" {
					refusal = p.Message
				}
			}
			stderr, ok := m.run(t, "list", "-m")
			if ok != (refusal == "") {
				t.Fatalf("problem %q, but go says: %s", refusal, stderr)
			}
			if env["GO111MODULE"] == "off" {
				return // each go command says it in its own words
			}
			if !strings.Contains(stderr, refusal) {
				t.Errorf("problem %q, and go says: %s", refusal, stderr)
			}
		})
	}
}

// TestRefusalsOfTheFile writes settings with the means of "go env -w", which counts for some of them.
func TestRefusalsOfTheFile(t *testing.T) {
	for _, line := range []string{"GORISCV64=rv64g", "GOMIPS=hard", "GOFIPS140=on", "GOFIPS140=a/b", "GOFIPS140=v2.0.0", "GOFIPS140=latest",
		"CC='gcc", "CXX=./g++", "GOFLAGS=-p=0", "GOWASM=threads"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, nil)
			delete(m.env, "GOFLAGS")
			writeFile(t, filepath.Join(configDir(m.env), "go/env"), line+"\n")
			var refusal string
			for _, p := range Resolve(readInputs(t, m.work, m.env)).Problems {
				if p.Effect == RefusesAll {
					refusal = p.Message
				}
			}
			if stderr, ok := m.run(t, "list", "-m"); ok != (refusal == "") || !strings.Contains(stderr, refusal) {
				t.Errorf("problem %q, and go says: %s", refusal, stderr)
			}
		})
	}
}

// TestSkippedLines writes the file of "go env -w" by hand, with a flag that go refuses as soon as it reads it.
func TestSkippedLines(t *testing.T) {
	tests := []struct{ line, want string }{
		{"GOFLAGS=-frobnicate", ""},
		{"GOFLAGS =-frobnicate", "GOFLAGS: go skips line 2, because of the blank before the equals sign; write GOFLAGS= without a blank"},
		{"  GOFLAGS=-frobnicate", "GOFLAGS: go skips line 2, because it does not begin with the name; begin the line with GOFLAGS="},
		{"export GOFLAGS=-frobnicate", "GOFLAGS: go skips line 2, because it does not begin with the name; begin the line with GOFLAGS="},
		{"GOFLAG=-frobnicate", "GOFLAG: go skips line 2, for it has no variable of that name; remove the line, or mend the name"},
		{"GONOSUMCHECK=1", "GONOSUMCHECK: go has no variable of that name: no checksum goes unchecked because of it; name the private modules in GOPRIVATE, or in GONOSUMDB alone"},
		{"# GOFLAGS=-frobnicate", ""},
		{"a word", ""},
		{"CC=gcc", ""},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, nil)
			delete(m.env, "GOFLAGS")
			writeFile(t, filepath.Join(configDir(m.env), "go/env"), "\n"+tt.line+"\n")
			got, refused := "", false
			for _, p := range Resolve(readInputs(t, m.work, m.env)).Problems {
				if p.Value.Source == File && p.Effect == Accepted {
					got += p.Key + ": " + p.Message + "; " + p.Remedy
				}
				refused = refused || p.Effect == RefusesAll
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if stderr, ok := m.run(t, "list", "-m"); ok == refused {
				t.Errorf("go says: %s", stderr)
			}
		})
	}
}

// TestKnownVariables compares the list with the go command's own.
func TestKnownVariables(t *testing.T) {
	m := newMachine(t, nil)
	env := Resolve(readInputs(t, m.work, m.env))
	if compareLanguage(env.GoVersion, newestBuild) != 0 {
		t.Logf("go %s is not the version of the list", env.GoVersion)
		return
	}
	_, list, _ := strings.Cut(readText(t, filepath.Join(env.Goroot, "src/internal/cfg/cfg.go")).Text, "KnownEnv = `")
	list, _, _ = strings.Cut(list, "`")
	if diff := cmp.Diff(strings.Fields(list), knownVariables); diff != "" {
		t.Error(diff)
	}
}

// TestExperiments compares the experiments of the installed Go, and words that are none, with what go says.
func TestExperiments(t *testing.T) {
	m := newMachine(t, nil)
	known, ok := ParseExperiments(readText(t, filepath.Join(Resolve(readInputs(t, m.work, m.env)).Goroot, "src/internal/goexperiment/flags.go")).Text)
	if !ok || len(known) < 10 {
		t.Fatalf("experiments %v, %v", known, ok)
	}
	all := strings.Join(slices.Sorted(maps.Keys(known)), ",")
	for _, value := range []string{all, "no" + strings.ReplaceAll(all, ",", ",no"), "none", "regabi,noregabi", ",,", "nonone", "rangefunctions", "nope,none", " none", "NONE"} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, map[string]string{"GOEXPERIMENT": value})
			unknown := Resolve(readInputs(t, m.work, m.env)).UnknownExperiment(known)
			stderr, ok := m.run(t, "list", "-m")
			if ok != (unknown == "") || !ok && !strings.Contains(stderr, "unknown GOEXPERIMENT "+unknown) {
				t.Errorf("unknown experiment %q, and go says: %s", unknown, stderr)
			}
		})
	}
	if _, ok := ParseExperiments("package goexperiment\n"); ok {
		t.Error("a text without the table has experiments")
	}
}

// TestFlagTable has the go command look at every flag that the tables know for its version.
func TestFlagTable(t *testing.T) {
	m := newMachine(t, nil)
	version := Resolve(readInputs(t, m.work, m.env)).GoVersion
	var flags []string
	for _, name := range append(slices.Sorted(maps.Keys(listFlags())), slices.Sorted(maps.Keys(otherFlags()))...) {
		if !unknownFlag(name, version) && name != "C" {
			flags = append(flags, "-"+name)
		}
	}
	if len(flags) < 100 {
		t.Fatalf("only %d flags", len(flags))
	}
	m.env["GOFLAGS"] = strings.Join(flags, " ")
	if stderr, ok := m.run(t, "version"); !ok {
		t.Error(stderr)
	}
}

// TestFetchRefusals lets go fetch a module from a directory in environments that it refuses only then.
func TestFetchRefusals(t *testing.T) {
	_, vkey, err := note.GenerateKey(rand.Reader, "sum.example/db")
	if err != nil {
		t.Fatal(err)
	}
	_, slash, err := note.GenerateKey(rand.Reader, "sum.example/")
	if err != nil {
		t.Fatal(err)
	}
	proxy := t.TempDir()
	writeFile(t, filepath.Join(proxy, "lib.example/a/@v/v1.0.0.mod"), "module lib.example/a\n")
	writeFile(t, filepath.Join(proxy, "lib.example/a/@v/v1.0.0.info"), `{"Version":"v1.0.0"}`)
	known := ParseEnvFile(readText(t, filepath.Join(GorootOf(goBinary(t)), "go.env")).Text)["GOSUMDB"]
	local := "file://" + filepath.ToSlash(proxy)
	// A database that is not there, at a port that nobody serves: go gets to the point of asking it.
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	tests := []struct {
		name string
		env  map[string]string
		says string // the part of the message that go has too, if not the whole
		args []string
	}{
		{name: "off", env: map[string]string{"GOSUMDB": "off"}},
		{name: "key and URL", env: map[string]string{"GOSUMDB": vkey + " " + server.URL}},
		{name: "known name and URL", env: map[string]string{"GOSUMDB": known + " " + server.URL}},
		{name: "unknown name", env: map[string]string{"GOSUMDB": "sum.example"}},
		{name: "blank", env: map[string]string{"GOSUMDB": " "}},
		{name: "too many fields", env: map[string]string{"GOSUMDB": vkey + " " + server.URL + " x"}},
		{name: "bad key", env: map[string]string{"GOSUMDB": vkey + "x"}},
		{name: "bad name", env: map[string]string{"GOSUMDB": slash}},
		{name: "bad URL", env: map[string]string{"GOSUMDB": vkey + " http://[::1"}, says: "missing ']' in host"},
		{name: "no proxies", env: map[string]string{"GOPROXY": ","}, says: "contains no entries"},
		{name: "proxy without a scheme", env: map[string]string{"GOPROXY": "proxy"}},
		{name: "proxy with a strange scheme", env: map[string]string{"GOPROXY": "ftp://proxy.example"}},
		{name: "good and bad proxy", env: map[string]string{"GOPROXY": local + ",/srv"}},
		{name: "bad proxy that is never used", env: map[string]string{"GOPROXY": local + ",off,/srv"}},
		{name: "file proxy with a host", env: map[string]string{"GOPROXY": "file://host/srv"}},
		{name: "module cache is relative", env: map[string]string{"GOMODCACHE": "relative"}, args: []string{"mod", "download"}},
		{name: "authentication by nothing", env: map[string]string{"GOAUTH": ";", "GOPROXY": strings.Replace(server.URL, "http:", "https:", 1)}},
		{name: "authentication off and on", env: map[string]string{"GOAUTH": "off;netrc", "GOPROXY": strings.Replace(server.URL, "http:", "https:", 1)}},
		{name: "authentication by git nowhere", env: map[string]string{"GOAUTH": "git rel", "GOPROXY": strings.Replace(server.URL, "http:", "https:", 1)}},
		{name: "authentication by netrc", env: map[string]string{"GOAUTH": "netrc", "GOPROXY": strings.Replace(server.URL, "http:", "https:", 1)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t, map[string]string{"GOPROXY": local, "GOFLAGS": "-mod=mod -modcacherw"})
			maps.Copy(m.env, tt.env)
			writeFile(t, filepath.Join(m.work, "go.mod"), "module m.example/m\n\ngo 1.21\n\nrequire lib.example/a v1.0.0\n")
			var refusal string
			for _, p := range Resolve(readInputs(t, m.work, m.env)).Problems {
				if p.Effect == RefusesFetch && refusal == "" {
					refusal = p.Message
				}
			}
			if tt.args == nil {
				tt.args = []string{"list", "-m", "all"}
			}
			stderr, ok := m.run(t, tt.args...)
			if refusal != "" && ok {
				t.Errorf("problem %q, but go accepts", refusal)
			}
			if tt.says != "" {
				refusal = tt.says
			}
			if !strings.Contains(stderr, refusal) {
				t.Errorf("problem %q, and go says: %s", refusal, stderr)
			}
			if i := strings.Index(stderr, "invalid"); refusal == "" && i >= 0 {
				t.Errorf("no problem, but go says: %s", stderr)
			}
		})
	}
}

// A recorder is a server that notes whether it was asked for anything but the checksum database.
type recorder struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func newRecorder(t *testing.T, status int) *recorder {
	r := new(recorder)
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if strings.HasPrefix(req.URL.Path, "/sumdb/") {
			http.NotFound(w, req)
			return
		}
		r.asked = append(r.asked, req.URL.Path)
		switch {
		case status != http.StatusOK:
			http.Error(w, "", status)
		case strings.HasSuffix(req.URL.Path, ".mod"):
			fmt.Fprintln(w, "module", strings.TrimPrefix(strings.TrimSuffix(req.URL.Path, "/@v/v1.0.0.mod"), "/"))
		default:
			fmt.Fprintln(w, `{"Version":"v1.0.0"}`)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) wasAsked() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.asked) > 0
}

// TestWhatGoSends compares what is said to be sent with the requests that arrive at two proxies and a checksum database.
func TestWhatGoSends(t *testing.T) {
	const private = "git.corp.example/team/lib.git" // a repository by its name: go need not ask the host what it is
	tests := []struct {
		name   string
		path   string
		env    map[string]string
		status int    // of the first proxy
		sep    string // between the two
		want   string // which of a, b and the database are asked
	}{
		{name: "nothing is covered", path: private, status: 404, sep: ",", want: "a b db"},
		{name: "the first proxy fails", path: private, status: 500, sep: ",", want: "a"},
		{name: "the first proxy fails, with a bar", path: private, status: 500, sep: "|", want: "a b db"},
		{name: "covered", path: private, env: map[string]string{"GOPRIVATE": "git.corp.example"}, status: 404, sep: ","},
		{name: "covered by a part of an element", path: private, env: map[string]string{"GOPRIVATE": "git.corp.example/te"}, status: 404, sep: ",", want: "a b db"},
		{name: "covered but for a blank", path: private, env: map[string]string{"GOPRIVATE": "x.example, git.corp.example"}, status: 404, sep: ",", want: "a b db"},
		{name: "the database half", path: private, env: map[string]string{"GONOSUMDB": "git.corp.example"}, status: 404, sep: ",", want: "a b"},
		{name: "the other half", path: private, env: map[string]string{"GONOPROXY": "git.corp.example"}, status: 404, sep: ","},
		{name: "proxies of one's own", path: private, env: map[string]string{"GOPRIVATE": "git.corp.example", "GONOPROXY": "none"}, status: 404, sep: ",", want: "a b"},
		{name: "no database", path: private, env: map[string]string{"GOSUMDB": "off"}, status: 404, sep: ",", want: "a b"},
		{name: "-insecure", path: private, env: map[string]string{"GOFLAGS": "-mod=mod -modcacherw -insecure"}, status: 404, sep: ",", want: "a b db"},
		{name: "unprotected connections", path: private, env: map[string]string{"GOINSECURE": "git.corp.example"}, status: 404, sep: ",", want: "a b db"},
		{name: "a host without a dot", path: "corp/lib", status: 404, sep: ","},
		{name: "an upper-case host", path: "Git.corp.example/lib", status: 404, sep: ","},
		{name: "an address", path: "10.1.2.3/lib", status: 404, sep: ",", want: "a b db"},
		{name: "a public module", path: "github.com/someone/lib", status: 404, sep: ",", want: "a b db"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b, db := newRecorder(t, tt.status), newRecorder(t, 200), newRecorder(t, 404)
			_, vkey, err := note.GenerateKey(rand.Reader, "sum.example")
			if err != nil {
				t.Fatal(err)
			}
			m := newMachine(t, map[string]string{
				"GOFLAGS": "-mod=mod -modcacherw",
				"GOPROXY": a.URL + tt.sep + b.URL,
				"GOSUMDB": vkey + " " + db.URL,
				"GOVCS":   "*:off",
			})
			maps.Copy(m.env, tt.env)
			writeFile(t, filepath.Join(m.work, "go.mod"), "module m.example/m\n\ngo 1.21\n\nrequire "+tt.path+" v1.0.0\n")
			m.run(t, "list", "-m", "all")
			var asked []string
			for name, r := range map[string]*recorder{"a": a, "b": b, "db": db} {
				if r.wasAsked() {
					asked = append(asked, name)
				}
			}
			slices.Sort(asked)
			if got := strings.Join(asked, " "); got != tt.want {
				t.Fatalf("go asked %q, and the test expects %q", got, tt.want)
			}

			e := Resolve(readInputs(t, m.work, m.env))
			g, gap := FindGap(tt.path, e, []Evidence{{Kind: KindPattern, Strong: true}})
			sent := strings.Join(g.Sent, "; ")
			for name, r := range map[string]*recorder{"a": a, "b": b, "db": db} {
				if r.wasAsked() && !strings.Contains(sent, r.URL) && !strings.Contains(tt.name, "one's own") {
					t.Errorf("%s was asked, but the gap says: %s", name, sent)
				}
			}
			if module.CheckPath(tt.path) != nil && gap {
				t.Errorf("go sends nothing, but the gap says: %s", sent)
			}
		})
	}
}

// TestSumDBKey checks that the key which is kept without its name is the one of the database that GOROOT/go.env names.
func TestSumDBKey(t *testing.T) {
	file := filepath.Join(GorootOf(goBinary(t)), "go.env")
	db := Resolve(Inputs{GorootEnv: readText(t, file)}).SumDB
	if !db.Known {
		t.Fatalf("%s names a database that is not known: %+v", file, db)
	}
	if v, err := note.NewVerifier(db.Key); err != nil || v.Name() != db.Name {
		t.Errorf("key of %s: %v", db.Name, err)
	}
}
