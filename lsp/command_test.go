package lsp

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes/locked"
)

const wanting = "module example.com/m\n\ngo 1.25\n\nrequire a.example/x v1.0.0\n"

// tidied is what go mod tidy makes of wanting.
const tidied = wanting + "\nrequire b.example/y v1.1.0 // indirect\n"

// newModule returns a client with a module that go mod tidy would change, and the module proxy that it needs.
func newModule(t *testing.T) *client {
	c := newClient(t, testLog(t))
	c.write("go.mod", wanting)
	c.write("main.go", "package main\n\nimport _ \"a.example/x\"\n\nfunc main() {}\n")
	c.serveModule("a.example/x@v1.0.0/go.mod", []byte("module a.example/x\n\ngo 1.25\n\nrequire b.example/y v1.1.0\n"))
	c.serveModule("a.example/x@v1.0.0/x.go", []byte("package x\n\nimport _ \"b.example/y\"\n"))
	c.serveModule("b.example/y@v1.1.0/go.mod", []byte("module b.example/y\n\ngo 1.25\n"))
	c.serveModule("b.example/y@v1.1.0/y.go", []byte("package y\n"))
	return c
}

// proxied starts an HTTP server in front of the module proxy and returns settings that name it.
func (c *client) proxied(before func(*http.Request)) map[string]any {
	files := http.FileServer(http.Dir(c.path(".proxy")))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before(r)
		files.ServeHTTP(w, r)
	}))
	c.t.Cleanup(server.Close)
	settings := c.settings()
	settings["env"].(map[string]string)["GOPROXY"] = server.URL
	settings["env"].(map[string]string)["GOPRIVATE"] = "*.example" // the proxy is the user's own
	settings["env"].(map[string]string)["GONOPROXY"] = "none"
	return settings
}

func (c *client) execute(command string) error {
	return c.try("workspace/executeCommand", map[string]any{"command": command, "arguments": []any{map[string]any{"uri": c.uri("go.mod")}}}, nil)
}

func isBusy(h health) bool { return h.State == analysis.BusyState }

func TestUntrusted(t *testing.T) {
	for _, trusted := range []any{false, "yes"} {
		c := newModule(t)
		c.initialize(capabilities, options{Trusted: trusted})
		c.open("go.mod")
		for _, name := range []string{commandTidy, commandTidyPreview, commandDownload, commandVendor, commandGet, commandAddPrivate} {
			err := c.execute(name)
			if code(err) != errRequestFailed || !strings.Contains(err.Error(), "not trusted") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if h := next(c, methodHealth, func(h health) bool { return h.URI == c.uri("go.mod") }); len(h.Actions) > 0 {
			t.Errorf("the health offers %v", h.Actions)
		}
		if _, err := os.Stat(c.path(".modcache")); err == nil {
			t.Error("something was downloaded")
		}
	}
}

// A command that hangs is seen to run, and each way to cancel it ends it and changes nothing.
func TestCancel(t *testing.T) {
	for _, test := range []struct {
		name   string
		cancel func(c *client, request context.CancelFunc, token string)
	}{
		{"request", func(_ *client, request context.CancelFunc, _ string) { request() }},
		{"progress", func(c *client, _ context.CancelFunc, token string) {
			c.notify("window/workDoneProgress/cancel", map[string]any{"token": token})
		}},
		{"command", func(c *client, _ context.CancelFunc, _ string) {
			if err := c.execute(commandCancel); err != nil {
				c.t.Error(err)
			}
		}},
		{"shutdown", func(c *client, _ context.CancelFunc, _ string) { c.call("shutdown", nil, nil) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newModule(t)
			settings := c.proxied(func(r *http.Request) { <-r.Context().Done() })
			tokens := make(chan string, 1)
			c.handlers["window/workDoneProgress/create"] = func(raw jsonrpc2.RawMessage) (any, error) {
				var p protocol.WorkDoneProgressCreateParams
				err := protocol.Unmarshal(raw, &p)
				tokens <- string(p.Token.(protocol.String))
				return nil, err
			}
			c.initialize(capabilities, options{Settings: settings})
			c.open("go.mod")
			next(c, methodHealth, func(h health) bool { return h.State != analysis.BusyState })

			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() {
				done <- protocol.Call(ctx, c.conn, "workspace/executeCommand", encode(map[string]any{
					"command": commandTidy, "arguments": []any{map[string]any{"uri": c.uri("go.mod")}},
				}), nil)
			}()
			busy := next(c, methodHealth, isBusy)
			if busy.Busy.Title != "go mod tidy" || busy.Busy.By != "this editor" || busy.Actions[0].Command != commandCancel {
				t.Errorf("while it runs, the health is %+v", busy)
			}
			test.cancel(c, cancel, <-tokens)
			if err := <-done; ctx.Err() == nil && code(err) != protocol.CodeRequestCancelled {
				t.Errorf("it ends with %v", err)
			}
			next(c, methodHealth, func(h health) bool { return !isBusy(h) })
			next(c, "$/progress", func(p protocol.ProgressParams) bool { return strings.Contains(string(p.Value), `"end"`) })
			if got := c.read("go.mod"); got != wanting || c.texts["go.mod"].text != wanting {
				t.Errorf("go.mod has changed:\n%s", got)
			}
			cancel()
		})
	}
}

// Verification says how far it is, and shows that it runs though it needs no lock.
func TestVerifyIsSeen(t *testing.T) {
	c := newModule(t)
	c.initialize(capabilities, options{})
	c.open("go.mod")
	if err := c.execute(commandTidy); err != nil {
		t.Fatal(err)
	}
	next(c, methodHealth, func(h health) bool { return !isBusy(h) })
	leave := c.server.board.occupy("verify the module cache", []string{c.dir})
	h := next(c, methodHealth, func(h health) bool { return isBusy(h) && h.Busy.Title == "verify the module cache" })
	if h.Busy.By != "this editor" {
		t.Errorf("the health is %+v", h)
	}
	leave()
	next(c, methodHealth, func(h health) bool { return !isBusy(h) })
	if err := c.execute(commandVerify); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"begin"`, "2 of 2: ", `"end"`} {
		next(c, "$/progress", func(p protocol.ProgressParams) bool { return strings.Contains(string(p.Value), part) })
	}
}

// A lock that somebody else holds is seen, and waited for.
func TestHeldByOthers(t *testing.T) {
	c := newModule(t)
	c.initialize(capabilities, options{})
	c.open("go.mod")
	next(c, methodHealth, func(h health) bool { return !isBusy(h) })
	other := &locked.Store{Dir: c.server.options.Store.Dir, Log: testLog(t)}
	lock, err := other.Acquire(t.Context(), []string{c.dir}, "go get in a terminal", nil)
	if err != nil {
		t.Fatal(err)
	}
	if h := next(c, methodHealth, isBusy); h.Busy.Title != "go get in a terminal" {
		t.Errorf("the health is %+v", h)
	}
	done := make(chan error)
	go func() { done <- c.execute(commandTidy) }()
	next(c, "$/progress", func(p protocol.ProgressParams) bool {
		return strings.Contains(string(p.Value), "waiting for go get in a terminal")
	})
	lock.Release()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := c.texts["go.mod"].text; got != tidied {
		t.Errorf("go.mod is\n%s", got)
	}
}

// What is typed while tidy runs is kept: tidy sees it in a second run.
func TestTypingMeanwhile(t *testing.T) {
	c := newModule(t)
	var once atomic.Bool
	settings := c.proxied(func(*http.Request) {
		if !once.Swap(true) {
			c.replace("go.mod", "module", "// Typed.\nmodule")
		}
	})
	c.initialize(capabilities, options{Settings: settings, Save: true})
	c.open("go.mod")
	if err := c.execute(commandTidy); err != nil {
		t.Fatal(err)
	}
	if got, want := c.texts["go.mod"].text, "// Typed.\n"+tidied; got != want {
		t.Errorf("go.mod is\n%s", got)
	}
	if got := c.read("go.mod"); got != wanting {
		t.Errorf("a modified go.mod was saved:\n%s", got)
	}
}

// Documents that were not modified are saved, go.sum before go.mod.
func TestSaveOrder(t *testing.T) {
	c := newModule(t)
	c.write("go.sum", "")
	var order []string
	c.handlers["gomodls/save"] = func(raw jsonrpc2.RawMessage) (any, error) {
		var p struct {
			URIs []uri.URI `json:"uris"`
		}
		if err := protocol.Unmarshal(raw, &p); err != nil {
			return nil, err
		}
		for _, u := range p.URIs {
			order = append(order, c.name(u))
		}
		return c.save(raw)
	}
	c.initialize(capabilities, options{Save: true})
	c.open("go.mod")
	c.open("go.sum")
	if err := c.execute(commandTidy); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(order, []string{"go.sum", "go.mod"}) {
		t.Errorf("saved are %v", order)
	}
	if got := c.read("go.mod"); got != tidied {
		t.Errorf("go.mod is\n%s", got)
	}
}

// A go.sum that was modified is saved with the go.mod that it belongs to.
func TestSavedTogether(t *testing.T) {
	c := newModule(t)
	c.write("go.sum", "")
	c.initialize(capabilities, options{Save: true})
	c.open("go.mod")
	c.open("go.sum")
	c.replace("go.mod", "module", "// Modified.\nmodule")
	c.replace("go.sum", "", "z.example/z v1.0.0/go.mod h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	if err := c.execute(commandTidy); err != nil {
		t.Fatal(err)
	}
	if got := c.read("go.sum"); got != "" {
		t.Errorf("go.sum was saved alone:\n%s", got)
	}
	c.saveFile("go.mod")
	c.rest()
	if got := c.read("go.sum"); got != c.texts["go.sum"].text || !strings.Contains(got, "b.example/y v1.1.0 h1:") {
		t.Errorf("go.sum is\n%s", got)
	}
}

// An editor that refuses the edit keeps everything as it was, closed files too.
func TestEditRefused(t *testing.T) {
	c := newModule(t)
	c.handlers["workspace/applyEdit"] = func(jsonrpc2.RawMessage) (any, error) {
		return protocol.ApplyWorkspaceEditResult{Applied: false, FailureReason: new("go.mod is read-only")}, nil
	}
	c.initialize(capabilities, options{})
	c.open("go.mod")
	err := c.execute(commandTidy)
	if err == nil || !strings.Contains(err.Error(), "go.mod is read-only") {
		t.Errorf("it says %v", err)
	}
	if _, err := os.Stat(c.path("go.sum")); err == nil {
		t.Error("go.sum was written all the same")
	}
}

// An editor that cannot be asked to edit is told to close the file.
func TestNoApplyEdit(t *testing.T) {
	c := newModule(t)
	c.initialize(`{}`, options{})
	c.open("go.mod")
	err := c.execute(commandTidy)
	if err == nil || !strings.Contains(err.Error(), "close it first") {
		t.Errorf("it says %v", err)
	}
	c.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": c.uri("go.mod")}})
	if err := c.execute(commandTidy); err != nil {
		t.Error(err)
	}
	if got := c.read("go.mod"); got != tidied {
		t.Errorf("go.mod is\n%s", got)
	}
}

// What comes back is compared with what was sent. Where it differs the user hears of it and can have the old state again.
func TestClash(t *testing.T) {
	c := newModule(t)
	c.handlers["workspace/applyEdit"] = func(raw jsonrpc2.RawMessage) (any, error) {
		var p protocol.ApplyWorkspaceEditParams
		if err := protocol.Unmarshal(raw, &p); err != nil {
			return nil, err
		}
		c.handlers["workspace/applyEdit"] = c.applyEdit
		if d := c.texts["go.mod"]; c.server.session.Snapshot() != nil {
			// Another extension formats the file in the same moment, and one change comes of both.
			d.version++
			d.text = "garbled"
			c.notify("textDocument/didChange", map[string]any{
				"textDocument": map[string]any{"uri": c.uri("go.mod"), "version": d.version}, "contentChanges": []map[string]any{{"text": d.text}},
			})
		}
		return protocol.ApplyWorkspaceEditResult{Applied: true}, nil
	}
	asked := make(chan string, 1)
	c.handlers["window/showMessageRequest"] = func(raw jsonrpc2.RawMessage) (any, error) {
		var p protocol.ShowMessageRequestParams
		err := protocol.Unmarshal(raw, &p)
		asked <- p.Message
		return p.Actions[0], err
	}
	c.initialize(capabilities, options{})
	c.open("go.mod")
	if err := c.execute(commandTidy); err != nil {
		t.Fatal(err)
	}
	if message := <-asked; !strings.Contains(message, "go.mod is not what go mod tidy made it") {
		t.Errorf("it says %q", message)
	}
	next(c, "$/progress", func(p protocol.ProgressParams) bool { return strings.Contains(string(p.Value), `"begin"`) }) // tidy
	next(c, "$/progress", func(p protocol.ProgressParams) bool { return strings.Contains(string(p.Value), `"begin"`) }) // undo
	next(c, "$/progress", func(p protocol.ProgressParams) bool { return strings.Contains(string(p.Value), `"end"`) })
	next(c, "$/progress", func(p protocol.ProgressParams) bool { return strings.Contains(string(p.Value), `"end"`) })
	if got := c.texts["go.mod"].text; got != wanting {
		t.Errorf("go.mod is\n%s", got)
	}
	if _, err := os.Stat(c.path("go.sum")); err == nil {
		t.Error("go.sum is still there")
	}
}

func TestPreview(t *testing.T) {
	c := newModule(t)
	shown := make(chan string, 1)
	c.handlers["gomodls/showDiff"] = func(raw jsonrpc2.RawMessage) (any, error) {
		shown <- string(raw)
		return map[string]any{}, nil
	}
	c.initialize(capabilities, options{ShowDiff: true})
	if err := c.execute(commandTidyPreview); err != nil {
		t.Fatal(err)
	}
	var p struct {
		Files []struct {
			URI     uri.URI `json:"uri"`
			NewText string  `json:"newText"`
		} `json:"files"`
		Apply struct {
			Command   string           `json:"command"`
			Arguments []map[string]any `json:"arguments"`
		} `json:"apply"`
	}
	if err := protocol.Unmarshal([]byte(<-shown), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Files) != 2 || p.Files[0].URI != c.uri("go.mod") || p.Files[0].NewText != tidied || p.Files[1].URI != c.uri("go.sum") {
		t.Errorf("shown is %+v", p)
	}
	if got := c.read("go.mod"); got != wanting {
		t.Errorf("go.mod has changed:\n%s", got)
	}
	c.call("workspace/executeCommand", map[string]any{"command": p.Apply.Command, "arguments": p.Apply.Arguments}, nil)
	if got := c.read("go.mod"); got != tidied {
		t.Errorf("what was previewed is not what was applied:\n%s", got)
	}
}

func TestAddPrivate(t *testing.T) {
	c := newModule(t)
	settings := c.settings()
	settings["env"].(map[string]string)["GONOSUMDB"] = "set.example" // stronger than the file
	c.write(".goenv", "# mine\nGOPRIVATE=old.example\nGOFLAGS=\n")
	c.initialize(capabilities, options{Settings: settings})
	add := func(argument map[string]any) error {
		argument["uri"] = c.uri("go.mod")
		return c.try("workspace/executeCommand", map[string]any{"command": commandAddPrivate, "arguments": []any{argument}}, nil)
	}
	if err := add(map[string]any{"pattern": "corp.example/team"}); err != nil {
		t.Fatal(err)
	}
	if got, want := c.read(".goenv"), "# mine\nGOPRIVATE=old.example,corp.example/team\nGOFLAGS=\n"; got != want {
		t.Errorf("go/env is\n%s", got)
	}
	if got := c.server.session.Snapshot().Env().Get("GOPRIVATE").Value; got != "old.example,corp.example/team" {
		t.Errorf("GOPRIVATE is known as %q", got)
	}
	before := c.read(".goenv")
	if err := add(map[string]any{"pattern": "a.example", "key": "GONOSUMDB"}); err != nil || c.read(".goenv") != before {
		t.Errorf("what the environment sets was written to go/env: %v", err)
	}
	for _, bad := range []map[string]any{
		{"pattern": ""}, {"pattern": "a\nGOFLAGS=-toolexec=x"}, {"pattern": "a", "key": "GOFLAGS"},
	} {
		if err := add(bad); code(err) != errRequestFailed {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// A failing go command changes nothing. What it said is explained, and stands at the line that it was about until the file
// changes or go succeeds.
func TestGoFails(t *testing.T) {
	c := newModule(t)
	c.initialize(capabilities, options{})
	c.open("go.mod")
	c.replace("go.mod", "v1.0.0", "v1.9.0")
	unknown := func(p protocol.PublishDiagnosticsParams) (found []protocol.Diagnostic) {
		for _, d := range p.Diagnostics {
			if strings.Contains(string(d.Message.(protocol.String)), "go mod tidy failed: ") {
				found = append(found, d)
			}
		}
		return found
	}
	raised := func(p protocol.PublishDiagnosticsParams) bool { return p.URI == c.uri("go.mod") && len(unknown(p)) > 0 }
	lowered := func(p protocol.PublishDiagnosticsParams) bool {
		return p.URI == c.uri("go.mod") && len(unknown(p)) == 0
	}
	fail := func() protocol.Diagnostic {
		t.Helper()
		err := c.execute(commandTidy)
		if code(err) != errRequestFailed || !strings.Contains(err.Error(), "a.example/x@v1.9.0") {
			t.Errorf("it says %v", err)
		}
		m := next(c, "window/showMessage", func(m protocol.ShowMessageParams) bool { return m.Type == protocol.MessageTypeError })
		if !strings.Contains(m.Message, "go mod tidy failed. The proxy says no such file or directory: the proxy has not got a.example/x v1.9.0.") {
			t.Errorf("it explains %q", m.Message)
		}
		return unknown(next(c, "textDocument/publishDiagnostics", raised))[0]
	}
	d := fail()
	if want := c.rangeOf("go.mod", "require a.example/x v1.9.0"); d.Range != want || d.Severity != protocol.DiagnosticSeverityWarning {
		t.Errorf("it stands at %+v, want %+v", d, want)
	}
	if got := c.texts["go.mod"].text; got != strings.Replace(wanting, "v1.0.0", "v1.9.0", 1) {
		t.Errorf("go.mod is\n%s", got)
	}
	c.take()
	c.replace("go.mod", "go 1.25\n", "go 1.25 // typed\n")
	next(c, "textDocument/publishDiagnostics", lowered)

	fail()
	var actions []protocol.CodeAction
	c.call("textDocument/codeAction", map[string]any{
		"textDocument": map[string]any{"uri": c.uri("go.mod")}, "range": c.rangeOf("go.mod", "a.example/x"), "context": map[string]any{"diagnostics": []any{}},
	}, &actions)
	for _, a := range actions {
		if strings.Contains(a.Title, "a.example/x@latest") && a.Command.Command == commandGet {
			if err := c.try("workspace/executeCommand", map[string]any{"command": commandGet, "arguments": a.Command.Arguments}, nil); err != nil {
				t.Error(err)
			}
			next(c, "textDocument/publishDiagnostics", lowered)
			if got := c.texts["go.mod"].text; !strings.Contains(got, "a.example/x v1.0.0") {
				t.Errorf("go.mod is\n%s", got)
			}
			return
		}
	}
	t.Errorf("no way out is offered: %+v", actions)
}

// A fix whose file has changed since it was offered changes nothing.
func TestOldFix(t *testing.T) {
	c := newModule(t)
	c.initialize(capabilities, options{})
	c.open("go.mod")
	c.write("go.sum", "a.example/x v1.0.0/go.mod h1:new\n")
	old := fileEdits{URI: c.uri("go.sum"), Hash: hashOf("a.example/x v1.0.0/go.mod h1:old\n"), Edits: []spanEdit{{0, 1, "b"}}}
	err := c.try("workspace/executeCommand", map[string]any{"command": commandApplyFix, "arguments": []any{
		map[string]any{"uri": c.uri("go.mod"), "title": "Fix it", "files": []fileEdits{old}},
	}}, nil)
	if code(err) != errRequestFailed || !strings.Contains(err.Error(), "go.sum") {
		t.Errorf("it says %v", err)
	}
	if got := c.read("go.sum"); got != "a.example/x v1.0.0/go.mod h1:new\n" {
		t.Errorf("go.sum is\n%s", got)
	}
}

// An undo that is asked for while a command makes its changes is of those changes.
func TestUndoAtOnce(t *testing.T) {
	c := newModule(t)
	done := make(chan error, 1)
	c.handlers["workspace/applyEdit"] = func(params jsonrpc2.RawMessage) (any, error) {
		c.handlers["workspace/applyEdit"] = c.applyEdit
		params = bytes.Clone(params)
		go func() { done <- c.execute(commandUndo) }()
		next(c, "$/progress", func(p protocol.ProgressParams) bool {
			return strings.Contains(string(p.Value), "waiting for go mod tidy")
		})
		return c.applyEdit(params)
	}
	c.initialize(capabilities, options{})
	c.open("go.mod")
	if err := c.execute(commandTidy); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := c.texts["go.mod"].text; got != wanting {
		t.Errorf("go.mod is\n%s", got)
	}
}

// TestTidyAsks lets the user decide before tidy drops what only a conflict in an unsaved file hides.
func TestTidyAsks(t *testing.T) {
	const gomod = "module example.com/m\n\ngo 1.22\n\nrequire a.example/a v0.0.0\n\nreplace a.example/a => ./a\n"
	for _, tt := range []struct {
		name    string
		answer  int // -1 closes the question
		refuses bool
		dropped bool
	}{
		{"anyway", 0, false, true},
		{"cancel", 1, true, false},
		{"closed", -1, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, testLog(t))
			c.write("go.mod", gomod)
			c.write("main.go", "package main\n\nfunc main() {}\n")
			c.write("used.go", "package main\n\nimport (\n\t_ \"a.example/a\"\n)\n")
			c.write("a/go.mod", "module a.example/a\n\ngo 1.22\n")
			c.write("a/a.go", "package a\n")
			var asked []string
			c.handlers["window/showMessageRequest"] = func(raw jsonrpc2.RawMessage) (any, error) {
				var p protocol.ShowMessageRequestParams
				err := protocol.Unmarshal(raw, &p)
				asked = append(asked, p.Message)
				if tt.answer < 0 {
					return nil, err
				}
				return p.Actions[tt.answer], err
			}
			c.initialize(capabilities, options{})
			c.open("go.mod")
			c.open("used.go")
			c.replace("used.go", "import (", "import (\n<<<<<<< mine")
			err := c.execute(commandTidy)
			if (err != nil) != tt.refuses {
				t.Errorf("the command says %v", err)
			}
			if len(asked) != 1 || !strings.Contains(asked[0], "would drop a.example/a, but only because used.go does not parse") {
				t.Errorf("the user was asked %q", asked)
			}
			if dropped := !strings.Contains(c.texts["go.mod"].text, "require a.example/a"); dropped != tt.dropped {
				t.Errorf("go.mod is\n%s", c.texts["go.mod"].text)
			}
		})
	}
}
