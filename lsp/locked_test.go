package lsp

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

func (c *client) run(command string, argument map[string]any) error {
	if argument["uri"] == nil {
		argument["uri"] = c.uri("go.mod")
	}
	return c.try("workspace/executeCommand", map[string]any{"command": command, "arguments": []any{argument}}, nil)
}

// gomodls.get takes what go get takes behind a module: nothing, a version, a query, none.
func TestGet(t *testing.T) {
	const used = "package main\n\nimport (\n\t_ \"a.example/x\"\n\t_ \"b.example/y\"\n)\n\nfunc main() {}\n"
	for _, tt := range []struct{ name, before, module, version, want string }{
		{"add", "", "b.example/y", "latest", "require b.example/y v1.2.0 // indirect\n"},
		{"add without a version", "", "b.example/y", "", "require b.example/y v1.2.0 // indirect\n"},
		{"upgrade", "require b.example/y v1.0.0 // why\n", "b.example/y", "v1.1.0", "require b.example/y v1.1.0 // why\n"},
		{"upgrade by a query", "require b.example/y v1.0.0\n", "b.example/y", "<v1.2.0", "require b.example/y v1.1.1\n"},
		{"patch", "require b.example/y v1.1.0\n", "b.example/y", "patch", "require b.example/y v1.1.1\n"},
		{"downgrade", "require b.example/y v1.2.0\n", "b.example/y", "v1.0.0", "require b.example/y v1.0.0\n"},
		{"downgrade what requires it", "require (\n\ta.example/x v1.1.0\n\tb.example/y v1.2.0\n)\n", "b.example/y", "v1.1.0",
			"require (\n\ta.example/x v1.0.0\n\tb.example/y v1.1.0\n)\n"},
		{"remove", "require b.example/y v1.0.0\n", "b.example/y", "none", ""},
		{"from a version that is not there", "require b.example/y v1.9.0 // why\n", "b.example/y", "latest", "require b.example/y v1.2.0 // why\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, testLog(t))
			c.write("main.go", used)
			c.write("go.mod", "module example.com/m\n\ngo 1.25\n"+strings.Repeat("\n", min(1, len(tt.before)))+tt.before)
			for _, v := range []string{"v1.0.0", "v1.1.0", "v1.1.1", "v1.2.0"} {
				c.serveModule("b.example/y@"+v+"/go.mod", []byte("module b.example/y\n\ngo 1.25\n"))
				c.serveModule("b.example/y@"+v+"/y.go", []byte("package y\n"))
			}
			for v, needs := range map[string]string{"v1.0.0": "v1.0.0", "v1.1.0": "v1.2.0"} {
				c.serveModule("a.example/x@"+v+"/go.mod", []byte("module a.example/x\n\ngo 1.25\n\nrequire b.example/y "+needs+"\n"))
				c.serveModule("a.example/x@"+v+"/x.go", []byte("package x\n\nimport _ \"b.example/y\"\n"))
			}
			c.initialize(capabilities, options{Save: true})
			c.open("go.mod")
			if err := c.run(commandGet, map[string]any{"module": tt.module, "version": tt.version}); err != nil {
				t.Fatal(err)
			}
			want := "module example.com/m\n\ngo 1.25\n" + strings.Repeat("\n", min(1, len(tt.want))) + tt.want
			if got := c.texts["go.mod"].text; got != want {
				t.Errorf("go.mod is\n%swant\n%s", got, want)
			}
			if got := c.read("go.mod"); got != want {
				t.Errorf("on disk it is\n%s", got)
			}
		})
	}
	c := newModule(t)
	c.initialize(capabilities, options{})
	for _, bad := range []map[string]any{{}, {"module": "-x"}, {"module": "b.example/y", "version": "v1 -x"}, {"module": "b.example/y@v1", "version": "v2"}} {
		if err := c.run(commandGet, bad); code(err) != errRequestFailed {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// newWorkspace returns a client with a workspace of two modules that require different versions.
func newWorkspace(t *testing.T) *client {
	c := newClient(t, testLog(t))
	for _, v := range []string{"v1.0.0", "v1.1.0"} {
		c.serveModule("b.example/y@"+v+"/go.mod", []byte("module b.example/y\n\ngo 1.25\n"))
		c.serveModule("b.example/y@"+v+"/y.go", []byte("package y\n"))
	}
	c.write("go.work", "go 1.25\n\nuse (\n\t./m\n\t./n\n)\n")
	c.write("m/go.mod", "module example.com/m\n\ngo 1.25\n\nrequire b.example/y v1.0.0 // why\n")
	c.write("m/m.go", "package m\n\nimport _ \"b.example/y\"\n")
	c.write("n/go.mod", "module example.com/n\n\ngo 1.25\n\nrequire b.example/y v1.1.0\n")
	c.write("n/n.go", "package n\n\nimport _ \"b.example/y\"\n")
	return c
}

const synced = "module example.com/m\n\ngo 1.25\n\nrequire b.example/y v1.1.0 // why\n"

// Sync writes the files of the workspace's modules all or none, wherever in it it is asked for, and undo puts all of them back.
func TestWorkSync(t *testing.T) {
	for _, where := range []string{"go.work", "m/go.mod", "n/go.mod"} {
		t.Run(where, func(t *testing.T) {
			c := newWorkspace(t)
			before := c.read("m/go.mod")
			c.initialize(capabilities, options{Save: true})
			c.open("m/go.mod")
			if err := c.run(commandWorkSync, map[string]any{"uri": c.uri(where)}); err != nil {
				t.Fatal(err)
			}
			if got := c.read("m/go.mod"); got != synced || c.texts["m/go.mod"].text != synced {
				t.Errorf("m/go.mod is\n%s", got)
			}
			if !strings.Contains(c.read("m/go.sum"), "b.example/y v1.1.0") {
				t.Errorf("m/go.sum is\n%s", c.read("m/go.sum"))
			}
			undo := c.run(commandUndo, map[string]any{"uri": c.uri(where)})
			if where == "n/go.mod" { // of which sync has changed nothing
				if code(undo) != errRequestFailed {
					t.Errorf("undo in n: %v", undo)
				}
				return
			}
			if undo != nil {
				t.Fatal(undo)
			}
			if got := c.read("m/go.mod"); got != before {
				t.Errorf("after undo, m/go.mod is\n%s", got)
			}
		})
	}
}

// While a file that it would write has unsaved changes, sync does not run.
func TestWorkSyncDeclines(t *testing.T) {
	c := newWorkspace(t)
	before := c.read("m/go.mod")
	c.initialize(capabilities, options{Save: true})
	c.open("m/go.mod")
	c.replace("m/go.mod", "// why", "// because")
	err := c.run(commandWorkSync, map[string]any{"uri": c.uri("go.work")})
	if code(err) != errRequestFailed || !strings.Contains(err.Error(), "m/go.mod has unsaved changes") {
		t.Errorf("it says %v", err)
	}
	if got := c.read("m/go.mod"); got != before {
		t.Errorf("m/go.mod is\n%s", got)
	}
	c.saveFile("m/go.mod")
	if err := c.run(commandWorkSync, map[string]any{"uri": c.uri("go.work")}); err != nil {
		t.Fatal(err)
	}
	if got, want := c.read("m/go.mod"), strings.Replace(synced, "why", "because", 1); got != want {
		t.Errorf("m/go.mod is\n%s", got)
	}
}

// Use adds the module of a go.mod, and raises the go line where the module needs that.
func TestWorkUse(t *testing.T) {
	c := newWorkspace(t)
	c.write("go.work", "go 1.24\n\nuse ./n // first\n")
	c.initialize(capabilities, options{})
	if err := c.run(commandWorkUse, map[string]any{"uri": c.uri("m/go.mod")}); err != nil {
		t.Fatal(err)
	}
	if got, want := c.read("go.work"), "go 1.25\n\nuse (\n\t./m\n\t./n // first\n)\n"; got != want && got != "go 1.25\n\nuse (\n\t./n // first\n\t./m\n)\n" {
		t.Errorf("go.work is\n%s", got)
	}
	if err := c.run(commandWorkUse, map[string]any{"uri": c.uri("go.work")}); code(err) != errRequestFailed {
		t.Errorf("without a directory: %v", err)
	}
	c.write("n/sub/go.mod", "module example.com/n/sub\n\ngo 1.25\n")
	if err := c.run(commandWorkUse, map[string]any{"uri": c.uri("go.work"), "dir": ".", "below": true}); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"./m", "./n // first", "./n/sub"} {
		if got := c.read("go.work"); !strings.Contains(got, "\t"+dir+"\n") {
			t.Errorf("with all modules below, go.work has no %s:\n%s", dir, got)
		}
	}
}

// A vendored workspace is vendored anew with what is got in one of its modules, and go accepts it then.
func TestWorkVendor(t *testing.T) {
	c := newWorkspace(t)
	c.initialize(capabilities, options{Save: true})
	c.write("vendor/modules.txt", "## workspace\n") // to be vendored
	for _, step := range []func() error{
		func() error { return c.run(commandVendor, map[string]any{"uri": c.uri("go.work")}) },
		func() error {
			return c.run(commandGet, map[string]any{"uri": c.uri("n/go.mod"), "module": "b.example/y", "version": "v1.0.0"})
		},
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
		build := exec.Command("go", "build", "./m", "./n")
		build.Dir = c.dir
		build.Env = append(build.Environ(), "GOPROXY=off", "GOWORK=", "GOFLAGS=", "GOENV=off", "GOTOOLCHAIN=local")
		if out, err := build.CombinedOutput(); err != nil {
			t.Errorf("go build: %v\n%s", err, out)
		}
	}
	if got := c.read("vendor/modules.txt"); !strings.Contains(got, "# b.example/y v1.0.0") {
		t.Errorf("vendor/modules.txt is\n%s", got)
	}
}

// With a slow download and a user who types what is no input, tidy lands, once, and loses nothing that was typed.
func TestTypingWhileDownloading(t *testing.T) {
	c := newModule(t)
	c.write("sub/sub.go", "package sub\n")
	requests := make(chan chan struct{}) // each request waits for the typist
	settings := c.proxied(func(r *http.Request) {
		typed := make(chan struct{})
		select {
		case requests <- typed:
			<-typed
		case <-r.Context().Done():
		}
	})
	var edits atomic.Int32
	c.handlers["workspace/applyEdit"] = func(raw jsonrpc2.RawMessage) (any, error) {
		edits.Add(1)
		return c.applyEdit(raw)
	}
	c.initialize(capabilities, options{Settings: settings})
	c.open("go.mod")
	c.open("main.go")
	c.open("sub/sub.go")
	done := make(chan error)
	go func() { done <- c.execute(commandTidy) }()
	keystrokes, waits := 0, 0
	for {
		select {
		case typed := <-requests:
			waits++
			for range 20 {
				keystrokes++
				c.replace("main.go", "func main() {", "func main() {\n\tprintln()")
				c.replace("sub/sub.go", "package sub\n", "package sub\n\n// Typed.\n")
			}
			close(typed)
			continue
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
		}
		break
	}
	if got := c.texts["go.mod"].text; got != tidied {
		t.Errorf("go.mod is\n%s", got)
	}
	next(c, "$/progress", func(p protocol.ProgressParams) bool {
		return strings.Contains(string(p.Value), "downloading b.example/y v1.1.0 (2)")
	})
	if waits < 4 || edits.Load() != 1 { // go.mod and the zip of two modules
		t.Errorf("%d downloads were waited for, and %d edits made", waits, edits.Load())
	}
	if n := strings.Count(c.texts["main.go"].text, "println()"); n != keystrokes {
		t.Errorf("%d of %d keystrokes are left", n, keystrokes)
	}
}

// What is changed on disk by others while go runs is not applied over: tidy runs once more, on what is there then.
func TestChangedOnDiskMeanwhile(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(c *client)
		want   string
		fails  bool
	}{
		{"a branch is switched", func(c *client) {
			c.write("go.mod", "// Another branch.\n"+wanting)
			c.write("main.go", "package main\n\nimport _ \"b.example/y\"\n\nfunc main() {}\n")
		}, "// Another branch.\n" + strings.Replace(wanting, "a.example/x v1.0.0", "b.example/y v1.1.0", 1), false},
		{"go runs in a terminal", func(c *client) {
			c.write("go.mod", strings.Replace(tidied, "go 1.25", "go 1.25.0", 1))
		}, strings.Replace(tidied, "go 1.25", "go 1.25.0", 1), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newModule(t)
			var once sync.Once
			settings := c.proxied(func(*http.Request) { once.Do(func() { tt.change(c) }) })
			c.initialize(capabilities, options{Settings: settings})
			if err := c.execute(commandTidy); (err != nil) != tt.fails {
				t.Fatal(err)
			}
			if got := c.read("go.mod"); got != tt.want {
				t.Errorf("go.mod is\n%s", got)
			}
		})
	}
}

// What changes during both runs is reported, and left as it is.
func TestChangesAllTheTime(t *testing.T) {
	c := newModule(t)
	typed := 0
	c.handlers["workspace/applyEdit"] = func(raw jsonrpc2.RawMessage) (any, error) {
		typed++
		c.replace("go.mod", "module", "// Typed.\nmodule")
		return c.applyEdit(raw) // which refuses what is for an older version
	}
	c.initialize(capabilities, options{})
	c.open("go.mod")
	err := c.execute(commandTidy)
	if code(err) != errRequestFailed || !strings.Contains(err.Error(), "go.mod changed meanwhile; nothing was applied") || typed != 2 {
		t.Errorf("it says %v after %d keystrokes", err, typed)
	}
	if got, want := c.texts["go.mod"].text, strings.Repeat("// Typed.\n", 2)+wanting; got != want {
		t.Errorf("go.mod is\n%s", got)
	}
	if got := c.read("go.mod"); got != wanting {
		t.Errorf("on disk it is\n%s", got)
	}
	if _, err := os.Stat(c.path("go.sum")); err == nil {
		t.Error("go.sum was written all the same")
	}
}

// Where go.mod is not saved, a closed go.sum keeps the lines that the saved one needs. They go when it is saved, in a step of
// its own that adds nothing to undo.
func TestOldLinesGoWithTheSave(t *testing.T) {
	const old = "z.example/z v1.0.0/go.mod h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	c := newModule(t)
	c.write("go.sum", old)
	c.initialize(capabilities, options{})
	c.open("go.mod")
	c.replace("go.mod", "module", "// Modified.\nmodule")
	if err := c.execute(commandTidy); err != nil {
		t.Fatal(err)
	}
	if got := c.read("go.sum"); !strings.HasPrefix(got, old) || !strings.Contains(got, "b.example/y v1.1.0 h1:") {
		t.Errorf("go.sum is\n%s", got)
	}
	c.saveFile("go.mod")
	c.rest()
	if got := c.read("go.sum"); strings.Contains(got, old) || !strings.Contains(got, "b.example/y v1.1.0 h1:") {
		t.Errorf("go.sum is\n%s", got)
	}
	if states, err := c.server.options.Store.States(c.dir); err != nil || len(states) != 1 {
		t.Errorf("%d states, %v", len(states), err)
	}
}

// In a vendored module nothing is written for a go.mod that is not saved: go would refuse what is on disk until it is.
func TestVendorWaitsForTheSave(t *testing.T) {
	c := newClient(t, testLog(t))
	for _, v := range []string{"v1.0.0", "v1.1.0"} {
		c.serveModule("b.example/y@"+v+"/go.mod", []byte("module b.example/y\n\ngo 1.25\n"))
		c.serveModule("b.example/y@"+v+"/y.go", []byte("package y\n"))
	}
	c.write("go.mod", "module example.com/m\n\ngo 1.25\n\nrequire b.example/y v1.0.0\n")
	c.write("m.go", "package m\n\nimport _ \"b.example/y\"\n")
	c.initialize(capabilities, options{Save: true})
	c.open("go.mod")
	builds := func() {
		t.Helper()
		build := exec.Command("go", "build", ".")
		build.Dir = c.dir
		build.Env = append(build.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=", "GOENV=off", "GOTOOLCHAIN=local")
		if out, err := build.CombinedOutput(); err != nil {
			t.Errorf("go build: %v\n%s", err, out)
		}
	}
	if err := c.execute(commandVendor); err != nil {
		t.Fatal(err)
	}
	builds()
	c.replace("go.mod", "module", "// Modified.\nmodule")
	upgrade := map[string]any{"module": "b.example/y", "version": "v1.1.0"}
	if err := c.run(commandGet, upgrade); err == nil || !strings.Contains(err.Error(), "go.mod has unsaved changes") {
		t.Errorf("go get says %v", err)
	}
	builds()
	c.replace("go.mod", "v1.0.0", "v1.1.0")
	if err := c.execute(commandVendor); err == nil || !strings.Contains(err.Error(), "go.mod has unsaved changes") {
		t.Errorf("go mod vendor says %v", err)
	}
	builds()
	c.replace("go.mod", "v1.1.0", "v1.0.0")
	c.saveFile("go.mod")
	if err := c.run(commandGet, upgrade); err != nil {
		t.Fatal(err)
	}
	builds()
	if got := c.read("vendor/modules.txt"); !strings.Contains(got, "# b.example/y v1.1.0") {
		t.Errorf("vendor/modules.txt is\n%s", got)
	}
}
