package lsp

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
)

const broken = "module example.com/m\n\ngo 1.25\n\nrequire a.example/x v1.0.0\n\nreplace a.example/x => ./lib\n"

type published = protocol.PublishDiagnosticsParams

func (c *client) about(name string) func(published) bool {
	return func(p published) bool { return p.URI == c.uri(name) }
}

// Every capability that is offered works; what is not there is not offered.
func TestCapabilities(t *testing.T) {
	c := newClient(t, testLog(t))
	result := c.initialize(capabilities, options{})
	raw, err := protocol.Marshal(result.Capabilities)
	if err != nil {
		t.Fatal(err)
	}
	var offered map[string]json.RawMessage
	if err := json.Unmarshal(raw, &offered); err != nil {
		t.Fatal(err)
	}
	want := []string{"codeActionProvider", "executeCommandProvider", "hoverProvider", "positionEncoding", "textDocumentSync", "workspace"}
	if got := sortedKeys(offered); !slices.Equal(got, want) {
		t.Errorf("offered are %v, want %v", got, want)
	}
	for _, name := range result.Capabilities.ExecuteCommandProvider.Commands {
		if !known(name) {
			t.Errorf("%s is offered and unknown", name)
		}
	}
}

// Columns are counted as the client asked for.
func TestEncodings(t *testing.T) {
	for _, test := range []struct {
		offered string
		want    uint32 // where the path ends
	}{
		{`["utf-32", "utf-8"]`, 35},
		{`["utf-16"]`, 33},
		{`["utf-32"]`, 33},
		{`null`, 33},
	} {
		c := newClient(t, testLog(t))
		c.initialize(`{"general": {"positionEncodings": `+test.offered+`}}`, options{})
		c.write("go.mod", "module example.com/m\n\ngo 1.25\n\nreplace \"a.example/x\" => \"./𝄞li\"\n")
		c.open("go.mod")
		p := next(c, "textDocument/publishDiagnostics", c.about("go.mod"))
		if got := p.Diagnostics[0].Range; got.Start.Character != 25 || got.End.Character != test.want {
			t.Errorf("%s: marked is %v", test.offered, got)
		}
	}
}

// Closed files are told of, and are taken back when they belong to nothing that is open.
func TestClosedFiles(t *testing.T) {
	c := newClient(t, testLog(t))
	c.initialize(capabilities, options{})
	c.write("sub/go.mod", emptyMod)
	c.write("sub/go.sum", "nonsense\n")
	c.open("sub/go.mod")
	p := next(c, "textDocument/publishDiagnostics", c.about("sub/go.sum"))
	if _, versioned := p.Version.Get(); versioned || len(p.Diagnostics) == 0 {
		t.Errorf("published is %+v", p)
	}
	next(c, methodHealth, func(h health) bool {
		return h.URI == c.uri("sub/go.mod") && h.State != analysis.InactiveState && h.Complete
	})
	c.rest()
	c.take()
	c.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": c.uri("sub/go.mod")}})
	if p := next(c, "textDocument/publishDiagnostics", c.about("sub/go.sum")); len(p.Diagnostics) > 0 {
		t.Errorf("published is %+v", p)
	}
	if h := next(c, methodHealth, func(h health) bool { return h.URI == c.uri("sub/go.mod") }); h.State != analysis.InactiveState || h.Text != "" {
		t.Errorf("the health is %+v", h)
	}
	c.rest()
	c.take()
	c.rest()
	if said := c.take(); len(said) > 0 {
		t.Errorf("said without a reason: %s", said)
	}
}

// Only what has changed is published.
func TestUnchanged(t *testing.T) {
	c := newClient(t, testLog(t))
	c.write("go.mod", broken)
	c.write("go.sum", "nonsense\n")
	c.initialize(capabilities, options{})
	c.rest()
	c.take()
	c.openText("other.txt", "")
	c.replace("other.txt", "", "x")
	c.rest()
	if said := c.take(); len(said) > 0 {
		t.Errorf("said: %s", said)
	}
	c.open("go.mod")
	c.rest()
	for _, h := range c.take() {
		if h.method == "textDocument/publishDiagnostics" && !strings.Contains(string(h.params), "go.mod") {
			t.Errorf("said: %s", h.params)
		}
	}
}

func TestFolders(t *testing.T) {
	c := newClient(t, testLog(t))
	c.initialize(capabilities, options{})
	c.write("b/go.mod", broken)
	folder := []map[string]any{{"uri": c.uri("b"), "name": "b"}}
	c.notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{"added": folder, "removed": []any{}}})
	if p := next(c, "textDocument/publishDiagnostics", c.about("b/go.mod")); len(p.Diagnostics) == 0 {
		t.Error("the new folder has no diagnostics")
	}
	c.notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{"added": []any{}, "removed": folder}})
	if p := next(c, "textDocument/publishDiagnostics", c.about("b/go.mod")); len(p.Diagnostics) > 0 {
		t.Error("the diagnostics of a folder that is gone stay")
	}
}

// What changes outside the editor shows up without a message of the client.
func TestOutside(t *testing.T) {
	c := newClient(t, testLog(t))
	c.write("go.mod", broken)
	c.initialize(capabilities, options{})
	if p := next(c, "textDocument/publishDiagnostics", c.about("go.mod")); len(p.Diagnostics) == 0 {
		t.Fatal("a missing directory is not reported")
	}
	c.write("lib/go.mod", "module a.example/x\n")
	next(c, "textDocument/publishDiagnostics", func(p published) bool { return p.URI == c.uri("go.mod") && len(p.Diagnostics) == 0 })
}

func TestPull(t *testing.T) {
	c := newClient(t, testLog(t))
	c.write("go.mod", broken)
	c.write("go.sum", "nonsense\n")
	refreshed := make(chan struct{}, 100)
	c.handlers["workspace/diagnostic/refresh"] = func(jsonrpc2.RawMessage) (any, error) {
		refreshed <- struct{}{}
		return nil, nil
	}
	result := c.initialize(`{"workspace": {"diagnostics": {"refreshSupport": true}}}`, options{Pull: true})
	if result.Capabilities.DiagnosticProvider == nil {
		t.Error("pulling is not offered")
	}
	c.open("go.mod")
	var report protocol.RelatedFullDocumentDiagnosticReport
	c.call("textDocument/diagnostic", map[string]any{"textDocument": map[string]any{"uri": c.uri("go.mod")}}, &report)
	if report.Kind != "full" || len(report.Items) == 0 {
		t.Errorf("the report is %+v", report)
	}
	var all protocol.WorkspaceDiagnosticReport
	c.call("workspace/diagnostic", map[string]any{"previousResultIds": []any{}}, &all)
	var names []string
	for _, item := range all.Items {
		names = append(names, c.name(item.(*protocol.WorkspaceFullDocumentDiagnosticReport).URI))
	}
	if !slices.Equal(names, []string{"go.mod", "go.sum"}) {
		t.Errorf("the workspace has %v", names)
	}
	// What the client knows of other files, which nothing is said about any more, it is to forget.
	c.call("workspace/diagnostic", map[string]any{"previousResultIds": []any{
		map[string]any{"uri": c.uri("go.mod"), "value": *report.ResultID}, map[string]any{"uri": c.uri("main.go"), "value": *report.ResultID},
	}}, &all)
	if n := len(all.Items); n != 3 {
		t.Errorf("%d files are reported, not three", n)
	} else if last := all.Items[2].(*protocol.WorkspaceFullDocumentDiagnosticReport); last.URI != c.uri("main.go") || len(last.Items) > 0 {
		t.Errorf("the last report is %+v", last)
	}
	c.write("lib/go.mod", "module a.example/x\n")
	<-refreshed
	c.call("textDocument/diagnostic", map[string]any{"textDocument": map[string]any{"uri": c.uri("go.mod")}}, &report)
	c.rest()
	for _, h := range c.take() {
		if h.method == "textDocument/publishDiagnostics" {
			t.Errorf("pushed all the same: %s", h.params)
		}
	}
}

// The client is asked to watch, and for settings, where it can.
func TestAskedClient(t *testing.T) {
	c := newClient(t, testLog(t))
	c.write("go.mod", broken)
	registered := make(chan string, 1)
	c.handlers["client/registerCapability"] = func(raw jsonrpc2.RawMessage) (any, error) {
		registered <- string(raw)
		return nil, nil
	}
	severity := `{"replacepath": "warning"}`
	c.handlers["workspace/configuration"] = func(jsonrpc2.RawMessage) (any, error) {
		return jsonrpc2.RawMessage(`[{"severity": ` + severity + `, "network": "perhaps"}]`), nil
	}
	c.initialize(`{"workspace": {"configuration": true, "didChangeConfiguration": {"dynamicRegistration": true}, "didChangeWatchedFiles": {"dynamicRegistration": true}}}`, options{})
	for asked := <-registered; ; {
		for _, method := range []string{"workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration"} {
			if !strings.Contains(asked, method) {
				t.Errorf("%s is not asked for: %s", method, asked)
			}
		}
		break
	}
	has := func(severity protocol.DiagnosticSeverity) func(published) bool {
		return func(p published) bool { return len(p.Diagnostics) == 1 && p.Diagnostics[0].Severity == severity }
	}
	next(c, "textDocument/publishDiagnostics", has(protocol.DiagnosticSeverityWarning))
	next(c, "window/showMessage", func(p protocol.ShowMessageParams) bool {
		return strings.Contains(p.Message, "gomodls.network is not true or false")
	})
	severity = `{"replacepath": "loud", "missingsum": "off"}`
	c.notify("workspace/didChangeConfiguration", map[string]any{"settings": nil})
	next(c, "window/showMessage", func(p protocol.ShowMessageParams) bool { return strings.Contains(p.Message, `"loud"`) })
	next(c, "textDocument/publishDiagnostics", has(protocol.DiagnosticSeverityError))
}

// Clients that cannot be asked send their settings.
func TestSentSettings(t *testing.T) {
	c := newClient(t, testLog(t))
	c.write("go.mod", broken)
	c.initialize(`{}`, options{})
	next(c, "textDocument/publishDiagnostics", c.about("go.mod"))
	c.notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"gomodls": map[string]any{"severity": map[string]string{"replacepath": "off"}}}})
	if p := next(c, "textDocument/publishDiagnostics", c.about("go.mod")); len(p.Diagnostics) > 0 {
		t.Errorf("still published: %+v", p)
	}
}

// Every URI has a health that says what is the matter with it.
func TestHealth(t *testing.T) {
	c := newClient(t, testLog(t))
	c.write("go.mod", broken)
	c.write("sub/main.go", "package main\n")
	c.write("work/go.work", "go 1.25\n\nuse ./m\n")
	c.write("work/m/go.mod", strings.Replace(broken, "example.com/m", "example.com/n", 1))
	c.write("dir/go.mod/x", "")
	c.initialize(capabilities, options{})
	c.openText("untitled", "")
	c.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": "untitled:go.mod", "languageId": "go.mod", "version": 1, "text": "module m\n"}})
	for _, test := range []struct {
		uri           uri.URI
		about, module string
		state         analysis.State
		text, tooltip string
	}{
		{c.uri("go.mod"), "go.mod", "example.com/m", "error", "go.mod ✗ 1", "1 error"},
		{c.uri("go.sum"), "go.mod", "example.com/m", "error", "go.mod ✗ 1", "1 error"},
		{c.uri("sub/main.go"), "go.mod", "example.com/m", "error", "go.mod ✗ 1", "1 error"},
		{c.uri("work/go.work"), "work/go.work", "work", "error", "go.work ✗ 1", "1 error"},
		{c.uri("work/m/go.mod"), "work/m/go.mod", "example.com/n", "error", "go.mod ✗ 1", "1 error"},
		{c.uri("dir/go.mod"), "dir/go.mod", "", "off", "go.mod –", "is a directory"},
		{c.uri("dir/go.sum"), "dir/go.sum", "", "off", "go.sum –", "is a directory"},
		{c.uri("none/go.mod"), "none/go.mod", "", "off", "go.mod –", "There is no go.mod in"},
		{"untitled:go.mod", "untitled:go.mod", "", "off", "go.mod –", "is not a file on disk"},
		{"git://host/go.mod", "git://host/go.mod", "", "off", "go.mod –", "is not a file on disk"},
		{c.uri(".modcache/a.example/x@v1.0.0/go.mod"), ".modcache/a.example/x@v1.0.0/go.mod", "", "off", "go.mod –", "belongs to a dependency"},
	} {
		var h health
		c.call(methodHealth, map[string]any{"uri": test.uri}, &h)
		if c.name(h.URI) != test.about || h.Module != test.module || h.State != test.state || h.Text != test.text || !strings.Contains(h.Tooltip, test.tooltip) {
			t.Errorf("%s: %+v", test.uri, h)
		}
		if h.Actions == nil {
			t.Errorf("%s: actions is null", test.uri)
		}
		if listed := "\n- ✗ [go.mod:7]("; strings.Contains(h.Tooltip, listed) != (h.Errors > 0) {
			t.Errorf("%s: the tooltip is\n%s", test.uri, h.Tooltip)
		}
	}
	next(c, methodHealth, func(h health) bool { return h.URI == "untitled:go.mod" && h.State == analysis.InactiveState })
}
