package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// A listener is a server that anything may be asked of, and that notes what it was asked.
type listener struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func newListener(t *testing.T, answer http.HandlerFunc) *listener {
	l := new(listener)
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		l.asked = append(l.asked, r.Method+" "+r.Host+r.URL.Path)
		l.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listener) heard() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.asked)
}

// A net is all that a machine could reach: a module proxy, a checksum database, and through a web proxy every host there is.
type net struct{ proxy, database, hosts *listener }

const public = "pub.example.com/lib"

func newNet(t *testing.T) net {
	refuse := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "not here", http.StatusNotFound) }
	return net{
		proxy: newListener(t, func(w http.ResponseWriter, r *http.Request) {
			switch at, ok := strings.CutPrefix(r.URL.Path, "/"+public+"/@v/"); {
			case ok && at == "list":
				fmt.Fprintln(w, "v1.0.0")
			case ok && strings.HasSuffix(at, ".info"):
				fmt.Fprintln(w, `{"Version":"v1.0.0"}`)
			case ok && strings.HasSuffix(at, ".mod"):
				fmt.Fprintln(w, "module "+public)
			case ok && strings.HasSuffix(at, ".zip"):
				z := zip.NewWriter(w)
				for name, data := range map[string]string{"go.mod": "module " + public + "\n", "lib.go": "package lib\n"} {
					f, err := z.Create(public + "@v1.0.0/" + name)
					if err == nil {
						_, err = io.WriteString(f, data)
					}
					if err != nil {
						t.Error(err)
					}
				}
				if err := z.Close(); err != nil {
					t.Error(err)
				}
			default:
				http.NotFound(w, r)
			}
		}),
		database: newListener(t, refuse), hosts: newListener(t, serveGit(t, refuse)),
	}
}

const (
	hosted     = "git.acme.dev/login" // the private module that is in a repository
	repository = "http://" + hosted + ".git"
)

// serveGit answers what go and git ask the host of a module for.
func serveGit(t *testing.T, others http.HandlerFunc) http.HandlerFunc {
	work, bare := t.TempDir(), filepath.Join(t.TempDir(), "login.git")
	write(t, filepath.Join(work, "go.mod"), "module "+hosted+"\n")
	write(t, filepath.Join(work, "login.go"), "package login\n")
	for _, args := range [][]string{
		{"init", "-q", work}, {"-C", work, "add", "."},
		{"-C", work, "-c", "user.name=me", "-c", "user.email=me@example.com", "-c", "commit.gpgSign=false", "commit", "-q", "-m", "login"},
		{"-C", work, "-c", "tag.gpgSign=false", "tag", "v1.0.0"},
		{"clone", "-q", "--bare", work, bare}, {"-C", bare, "update-server-info"},
	} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	files := http.StripPrefix("/login.git", http.FileServer(http.Dir(bare)))
	return func(w http.ResponseWriter, r *http.Request) {
		switch path, _, _ := strings.Cut(r.Host+r.URL.Path, "?"); {
		case r.Method == http.MethodConnect:
			others(w, r)
		case path == hosted:
			fmt.Fprintf(w, `<meta name="go-import" content="%s git %s">`, hosted, repository)
		case strings.HasPrefix("http://"+path, repository+"/"):
			files.ServeHTTP(w, r)
		default:
			others(w, r)
		}
	}
}

// A module that is private for a reason of its own each, and one that may be.
var secrets = []string{"git.acme.internal/auth", "github.com/acme/declared", "git.acme.dev/login", "github.com/me/suspected"}

// leakCase is a machine with these modules required, and what covers them.
type leakCase struct {
	name    string
	require []string
	imports []string // packages of modules that are not required: tidy would look for them
	unread  bool     // a public module is required that is not in the module cache, so that nobody can tell what provides them
	cover   string
	cached  bool // they are in the module cache, GOPROXY is off, and go.sum is empty: go would ask the checksum database still
}

// TestNothingLeaks does everything that may use the network, from the command line and from an editor, and looks at what the
// proxy, the checksum database and every other host were asked.
func TestNothingLeaks(t *testing.T) {
	for _, tt := range []leakCase{
		{name: "private modules that nothing covers", require: secrets[:3]},
		{name: "one private module, and the others are not required", require: secrets[:1], cover: "github.com/acme"},
		{name: "a suspected module", require: secrets[3:]},
		{name: "a private package that nothing provides", imports: secrets[:1]},
		{name: "a declared package that nothing provides", imports: secrets[1:2]},
		{name: "a package with a login that nothing provides", imports: secrets[2:3]},
		{name: "a suspected package that nothing provides", imports: secrets[3:]},
		{name: "a private package, and a module that is not on this machine", imports: secrets[:1], unread: true},
		{name: "private modules in the module cache, without a proxy", require: secrets[:3], cached: true},
		{name: "all of them, covered", require: secrets, cover: "git.acme.internal,github.com/acme,git.acme.dev,github.com/me"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := newNet(t)
			dir := tt.machine(t, n)
			for _, args := range [][]string{
				{"tidy"}, {"check"}, {"check", "--network"}, {"fix"}, {"fix", "--diff"}, {"tidy", "--diff"}, {"tidy", "--diff", "--predict"},
				{"doctor"}, {"doctor", "--verify"}, {"undo", "--list"},
			} {
				root := newRoot()
				root.SetArgs(args)
				root.SetOut(io.Discard)
				root.SetErr(io.Discard)
				if err := root.Execute(); err != nil && strings.Contains(err.Error(), "unknown") { // most of it fails: nothing of this exists
					t.Fatal(err)
				}
			}
			e := newEditor(t, dir, "go.mod", "main.go")
			for _, secret := range secrets {
				e.command("gomodls.get", map[string]any{"module": secret, "version": "latest"})
			}
			for _, name := range e.commands {
				if name != "gomodls.get" && name != "gomodls.addPrivate" { // covers, after which go may ask the module's own host
					e.command(name, map[string]any{})
				}
			}
			for _, secret := range secrets {
				e.command("gomodls.download", map[string]any{"modules": []string{secret + "@v1.0.0"}})
			}
			uri := map[string]any{"uri": "file://" + filepath.ToSlash(filepath.Join(dir, "go.mod"))}
			whole := map[string]any{"start": map[string]any{"line": 0, "character": 0}, "end": map[string]any{"line": 20, "character": 0}}
			e.request("textDocument/codeAction", map[string]any{"textDocument": uri, "range": whole, "context": map[string]any{"diagnostics": []any{}, "triggerKind": 1}})
			for line := range 20 {
				at := map[string]any{"textDocument": uri, "position": map[string]any{"line": line, "character": 5}}
				e.request("textDocument/hover", at)
				e.request("textDocument/completion", at)
				e.request("textDocument/definition", at)
			}
			for _, method := range []string{"textDocument/documentLink", "textDocument/codeLens", "textDocument/inlayHint", "gomodls/health"} {
				e.request(method, map[string]any{"textDocument": uri, "uri": uri["uri"], "range": whole})
			}
			e.close()

			covered := len(tt.require) == len(secrets)
			asked := slices.Concat(n.proxy.heard(), n.database.heard())
			if !covered { // what is covered may be fetched from its own host
				asked = append(asked, n.hosts.heard()...)
			}
			for _, request := range asked {
				for _, secret := range secrets {
					if _, name, _ := strings.Cut(secret, "/"); strings.Contains(request, name) || strings.Contains(request, "acme") {
						t.Errorf("somebody was asked: %s", request)
					}
				}
			}
			if len(tt.imports) > 0 {
				_ = exec.Command("go", "mod", "tidy").Run()
				_, name, _ := strings.Cut(tt.imports[0], "/")
				if !slices.ContainsFunc(n.proxy.heard(), func(request string) bool { return strings.Contains(request, name) }) {
					t.Errorf("go itself does not ask for %s either, so nothing was tested: %q", name, n.proxy.heard())
				}
			}
			if tt.cached {
				if out, err := exec.Command("go", "mod", "download", secrets[0]).CombinedOutput(); err == nil || len(n.database.heard()) == 0 {
					t.Errorf("go itself does not ask the database either, so nothing was tested: %s", out)
				}
			}
			if covered && !slices.ContainsFunc(n.proxy.heard(), func(request string) bool { return strings.Contains(request, public) }) {
				t.Error("nobody was asked for anything, so nothing was tested")
			}
			if covered && !slices.ContainsFunc(n.hosts.heard(), func(request string) bool { return strings.Contains(request, hosted+".git/info/refs") }) {
				t.Errorf("git has fetched nothing, so that it does not where it must not says nothing: %q", n.hosts.heard())
			}
		})
	}
}

// TestCheckNetwork asks for what is missing, and writes nothing into the module.
func TestCheckNetwork(t *testing.T) {
	check := func(t *testing.T, args ...string) (out string, complete bool) {
		t.Helper()
		var buf bytes.Buffer
		root := newRoot()
		root.SetArgs(append([]string{"check", "--fail-on=unknown"}, args...))
		root.SetOut(&buf)
		root.SetErr(&buf)
		_ = root.Execute()
		return buf.String(), !strings.Contains(buf.String(), "[notdownloaded]")
	}
	for _, tt := range []struct {
		name     string
		leakCase leakCase
		asked    bool
		says     string
	}{
		{name: "what is public is fetched", leakCase: leakCase{unread: true}, asked: true},
		{name: "nothing is, beside a private module", leakCase: leakCase{require: secrets[:1]}, says: "git.acme.internal/auth is private"},
		{name: "nothing is, beside one that may be private", leakCase: leakCase{require: secrets[3:]}, says: "github.com/me/suspected, which may be private"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := newNet(t)
			dir := tt.leakCase.machine(t, n)
			t.Setenv("GONOSUMDB", public)
			before, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			if out, complete := check(t); complete || len(n.proxy.heard())+len(n.database.heard())+len(n.hosts.heard()) > 0 {
				t.Fatalf("without --network it is complete, or somebody was asked: %q\n%s", n.proxy.heard(), out)
			}
			out, complete := check(t, "--network")
			if asked := slices.ContainsFunc(n.proxy.heard(), func(r string) bool { return strings.HasSuffix(r, "/v1.0.0.mod") }); asked != tt.asked {
				t.Errorf("the proxy was asked: %q\n%s", n.proxy.heard(), out)
			}
			if complete != tt.asked || !strings.Contains(out, tt.says) {
				t.Errorf("complete: %v, and it says:\n%s", complete, out)
			}
			if after, err := os.ReadDir(dir); err != nil || len(after) != len(before) {
				t.Errorf("the module has %v, and had %v (%v)", after, before, err)
			}
		})
	}
}

// machine makes a home, a repository and an environment, and moves there.
func (tt leakCase) machine(t *testing.T, n net) (dir string) {
	t.Helper()
	base := t.TempDir()
	dir = filepath.Join(base, "m")
	_, verifier, err := note.GenerateKey(nil, "sum.example.com")
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"HOME": base, "XDG_CACHE_HOME": filepath.Join(base, "xdg"), "GIT_CONFIG_NOSYSTEM": "1",
		"GOENV": filepath.Join(base, "goenv"), "GOMODCACHE": filepath.Join(base, "modcache"), "GOPATH": filepath.Join(base, "gopath"),
		"GOCACHE": filepath.Join(base, "build"), "GOFLAGS": "-modcacherw", "GOWORK": "", "GOTOOLCHAIN": "local", "GOVCS": "",
		"GOPRIVATE": tt.cover, "GONOPROXY": "", "GONOSUMDB": "", "GOINSECURE": "*", "GIT_TERMINAL_PROMPT": "0",
		"GOPROXY": n.proxy.URL + ",direct", "GOSUMDB": verifier + " " + n.database.URL,
		"HTTPS_PROXY": n.hosts.URL, "HTTP_PROXY": n.hosts.URL, "https_proxy": n.hosts.URL, "http_proxy": n.hosts.URL, "NO_PROXY": "", "no_proxy": "",
	} {
		t.Setenv(key, value)
	}
	withoutTelemetry(t, base)
	write(t, filepath.Join(base, ".netrc"), "machine git.acme.dev login me password x\nmachine github.com login me password x\n")
	write(t, filepath.Join(dir, ".gomodls.yaml"), "private: [github.com/acme/*]\nseverity: {privategap: off}\n")
	gomod := "module github.com/me/app\n\ngo 1.22\n"
	code := "package main\n\nimport (\n"
	if tt.unread { // go 1.16 reads all of the module graph before anything else
		gomod = strings.Replace(gomod, "1.22", "1.16", 1)
	}
	if len(tt.imports) == 0 || tt.unread {
		gomod += "\nrequire " + public + " v1.0.0\n"
	}
	if len(tt.imports) == 0 {
		code += "\t_ \"" + public + "\"\n"
	}
	for _, path := range tt.require {
		gomod += "\nrequire " + path + " v1.0.0 // gomodls:ignore privategap it is ours\n"
		code += "\t_ \"" + path + "\"\n"
	}
	for _, path := range tt.imports {
		code += "\t_ \"" + path + "/pkg\"\n"
	}
	write(t, filepath.Join(dir, "go.mod"), gomod)
	write(t, filepath.Join(dir, "main.go"), code+")\n\nfunc main() {}\n")
	if tt.unread {
		t.Setenv("GONOSUMDB", public)
	}
	if tt.cached {
		t.Setenv("GOPROXY", "off")
		for _, path := range slices.Concat(tt.require, []string{public}) {
			at := filepath.Join(base, "modcache", "cache", "download", filepath.FromSlash(path), "@v", "v1.0.0")
			write(t, at+".mod", "module "+path+"\n")
			write(t, at+".info", `{"Version":"v1.0.0"}`)
		}
	}
	t.Chdir(dir)
	return dir
}

// An editor speaks with a server of its own.
type editor struct {
	t        *testing.T
	dir      string
	in       io.WriteCloser
	out      *bufio.Reader
	cmd      *exec.Cmd
	id       int
	commands []string
	refused  json.RawMessage          // the error of the last request; nil if there was none
	answers  func(method string) bool // hears of a request of the server; false if it has ended that
	told     string                   // what the server has shown, in the form of the protocol
}

// newEditor starts a server, and opens files in the module in dir.
func newEditor(t *testing.T, dir string, files ...string) *editor {
	t.Helper()
	e := &editor{t: t, dir: dir, cmd: exec.Command(os.Args[0], "-test.run=^TestServeForEditor$")}
	e.cmd.Env = append(os.Environ(), "GOMODLS_SERVE=1")
	var err1, err2 error
	e.in, err1 = e.cmd.StdinPipe()
	out, err2 := e.cmd.StdoutPipe()
	e.out = bufio.NewReader(out)
	for _, err := range []error{err1, err2, e.cmd.Start()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var answer struct {
		Capabilities struct {
			ExecuteCommandProvider struct{ Commands []string }
		}
	}
	if err := json.Unmarshal(e.request("initialize", map[string]any{
		"capabilities": map[string]any{"workspace": map[string]any{"applyEdit": true}}, "rootUri": "file://" + filepath.ToSlash(dir),
		"initializationOptions": map[string]any{"trusted": true, "settings": map[string]any{"network": true}},
	}), &answer); err != nil {
		t.Fatal(err)
	}
	e.commands = answer.Capabilities.ExecuteCommandProvider.Commands
	if len(e.commands) < 8 {
		t.Fatalf("the server has the commands %q", e.commands)
	}
	e.send(map[string]any{"method": "initialized", "params": map[string]any{}})
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		e.send(map[string]any{"method": "textDocument/didOpen", "params": map[string]any{"textDocument": map[string]any{
			"uri": "file://" + filepath.ToSlash(filepath.Join(dir, name)), "version": 1, "text": string(data), "languageId": "go.mod",
		}}})
	}
	return e
}

func (e *editor) command(name string, arguments map[string]any) {
	arguments["uri"] = "file://" + filepath.ToSlash(filepath.Join(e.dir, "go.mod"))
	e.request("workspace/executeCommand", map[string]any{"command": name, "arguments": []any{arguments}})
}

func (e *editor) send(message map[string]any) {
	message["jsonrpc"] = "2.0"
	data, err := json.Marshal(message)
	if err == nil {
		_, err = fmt.Fprintf(e.in, "Content-Length: %d\r\n\r\n%s", len(data), data)
	}
	if err != nil {
		e.t.Fatal(err)
	}
}

// A message is one from the server.
type message struct {
	ID     json.RawMessage
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  json.RawMessage
}

// next reads a message that is not a request, and meanwhile agrees to whatever the server asks. It returns false when that has
// ended the server.
func (e *editor) next() (message, bool) {
	for {
		var n int
		if _, err := fmt.Fscanf(e.out, "Content-Length: %d\r\n\r\n", &n); err != nil {
			e.t.Fatalf("reading a message: %v", err)
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(e.out, body); err != nil {
			e.t.Fatal(err)
		}
		var m message
		if err := json.Unmarshal(body, &m); err != nil {
			e.t.Fatal(err)
		}
		switch {
		case m.Method == "" || len(m.ID) == 0:
			if m.Method == "window/showMessage" {
				e.told += string(m.Params)
			}
			return m, true
		case e.answers != nil && !e.answers(m.Method):
			return m, false
		}
		e.send(map[string]any{"id": m.ID, "result": map[string]any{"applied": true}})
	}
}

// request waits for the answer.
func (e *editor) request(method string, params any) json.RawMessage {
	e.id++
	e.send(map[string]any{"id": e.id, "method": method, "params": params})
	for {
		switch m, alive := e.next(); {
		case !alive:
			return nil
		case m.Method == "" && bytes.Equal(m.ID, fmt.Append(nil, e.id)):
			e.refused = m.Error
			return m.Result
		}
	}
}

// hear waits until the server has shown something.
func (e *editor) hear(what string) {
	for !strings.Contains(e.told, what) {
		e.next()
	}
}

func (e *editor) close() {
	e.request("shutdown", nil)
	e.send(map[string]any{"method": "exit"})
	e.in.Close()
	if err := e.cmd.Wait(); err != nil {
		e.t.Error(err)
	}
}

// TestServeForEditor is the server, where it runs as another process for TestNothingLeaks.
func TestServeForEditor(t *testing.T) {
	if os.Getenv("GOMODLS_SERVE") == "" {
		return
	}
	root := newRoot()
	root.SetArgs([]string{"serve"})
	if err := root.Execute(); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}
