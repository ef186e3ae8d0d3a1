package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/gomodls/gomodls/fixes/locked"
)

const emptyMod = "module example.com/m\n\ngo 1.25\n"

func code(err error) jsonrpc2.Code {
	var coded *jsonrpc2.Error
	errors.As(err, &coded)
	if coded == nil {
		return 0
	}
	return coded.Code
}

func TestLifecycle(t *testing.T) {
	c := newClient(t, testLog(t))
	wants := func(method string, want jsonrpc2.Code) {
		t.Helper()
		if got := code(c.try(method, map[string]any{}, nil)); got != want {
			t.Errorf("%s: code %d, want %d", method, got, want)
		}
	}
	wants("textDocument/codeAction", jsonrpc2.ServerNotInitialized)
	wants("shutdown", jsonrpc2.ServerNotInitialized)
	c.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": c.uri("go.mod"), "text": "x"}})

	result := c.initialize(capabilities, options{})
	if result.Capabilities.PositionEncoding != "utf-8" || result.ServerInfo.Name != "gomodls" {
		t.Errorf("initialize says %+v", result)
	}
	if len(c.server.session.Snapshot().Open()) > 0 {
		t.Error("a notification before initialize was heard")
	}
	wants("initialize", jsonrpc2.InvalidRequest)
	c.call("shutdown", nil, nil)
	wants("textDocument/codeAction", jsonrpc2.InvalidRequest)
	wants("initialize", jsonrpc2.InvalidRequest)
	c.notify("exit", nil)
	if err := <-c.served; err != nil {
		t.Errorf("Serve returns %v after shutdown and exit", err)
	}
	c.served <- nil
}

func TestExitWithoutShutdown(t *testing.T) {
	for _, leave := range []struct {
		name string
		do   func(*client)
	}{
		{"exit", func(c *client) { c.notify("exit", nil) }},
		{"hangup", func(c *client) { c.close() }},
	} {
		t.Run(leave.name, func(t *testing.T) {
			c := newClient(t, testLog(t))
			c.initialize(capabilities, options{})
			leave.do(c)
			if err := <-c.served; !errors.Is(err, ErrNoShutdown) {
				t.Errorf("Serve returns %v", err)
			}
			c.served <- nil
		})
	}
}

// Whatever a client sends that makes no sense, it gets an error, if it asked, and the next message is heard.
func TestNonsense(t *testing.T) {
	c := newClient(t, testLog(t))
	c.write("go.mod", emptyMod)
	c.initialize(capabilities, options{})
	c.open("go.mod")
	for _, n := range []struct{ method, params string }{
		{"$/unknown", `{}`},
		{"workspace/unknown", `[]`},
		{"textDocument/didOpen", ``},
		{"textDocument/didOpen", `[]`},
		{"textDocument/didOpen", `{"textDocument": 7}`},
		{"textDocument/didChange", `{}`},
		{"textDocument/didChange", `{"textDocument": {"uri": "untitled:nothing", "version": 1}, "contentChanges": [{"text": ""}]}`},
		{"textDocument/didClose", `{"textDocument": {"uri": "::::"}}`},
		{"textDocument/didSave", `{}`},
		{"initialized", ``},
		{"workspace/didChangeConfiguration", `{"settings": [1]}`},
		{"workspace/didChangeConfiguration", `{"settings": {"gomodls": 7}}`},
		{"workspace/didChangeWatchedFiles", `{"changes": [{"uri": "", "type": 9}]}`},
		{"workspace/didChangeWorkspaceFolders", `{}`},
		{"window/workDoneProgress/cancel", `{}`},
		{"window/workDoneProgress/cancel", `{"token": "none"}`},
		{"$/cancelRequest", `{"id": null}`},
		{"$/cancelRequest", `{"id": 1.5}`},
		{"$/setTrace", `{"value": "verbose"}`},
	} {
		if n.params == "" {
			c.notify(n.method, nil)
		} else {
			c.notify(n.method, n.params)
		}
	}
	for _, r := range []struct {
		method, params string
		want           jsonrpc2.Code
	}{
		{"unknown", `{}`, jsonrpc2.MethodNotFound},
		{"textDocument/moniker", `{"textDocument": {"uri": "file:///x"}, "position": {"line": 0, "character": 0}}`, jsonrpc2.MethodNotFound},
		{"textDocument/codeAction", `[]`, jsonrpc2.InvalidParams},
		{"textDocument/codeAction", `{"range": 1}`, jsonrpc2.InvalidParams},
		{"textDocument/codeAction", `{"textDocument": {"uri": "untitled:x"}, "range": {}, "context": {}}`, 0},
		{"textDocument/diagnostic", `{"textDocument": {"uri": "untitled:x"}}`, jsonrpc2.MethodNotFound},
		{"workspace/executeCommand", `{"command": "gomodls.tidy"}`, jsonrpc2.InvalidParams},
		{"workspace/executeCommand", `{"command": "gomodls.tidy", "arguments": ["x"]}`, jsonrpc2.InvalidParams},
		{"workspace/executeCommand", `{"command": "gomodls.tidy", "arguments": [{"uri": "untitled:x"}]}`, errRequestFailed},
		{"workspace/executeCommand", `{"command": "rm"}`, jsonrpc2.InvalidParams},
		{"gomodls/health", `{}`, jsonrpc2.InvalidParams},
		{"gomodls/health", `{"uri": "untitled:go.mod"}`, 0},
	} {
		if got := code(c.try(r.method, r.params, nil)); got != r.want {
			t.Errorf("%s %s: code %d, want %d", r.method, r.params, got, r.want)
		}
	}
	c.replace("go.mod", emptyMod, broken)
	next(c, "textDocument/publishDiagnostics", func(p protocol.PublishDiagnosticsParams) bool { return len(p.Diagnostics) > 0 })
}

func TestPanicAnswers(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	conn := jsonrpc2.NewConn(jsonrpc2.NewStream(there), jsonrpc2.WithCodec(codec{}))
	conn.Go(t.Context(), shield(zap.NewNop(), func(ctx context.Context, req *jsonrpc2.Request) (any, error) {
		if req.IsCall() {
			jsonrpc2.Async(ctx)
		}
		panic("oh")
	}))
	client := jsonrpc2.NewConn(jsonrpc2.NewStream(here))
	client.Go(t.Context(), jsonrpc2.MethodNotFoundHandler)
	for range 3 {
		if err := client.Notify(t.Context(), "notify", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Call(t.Context(), "call", nil, nil); code(err) != jsonrpc2.InternalError {
			t.Fatalf("a panic is answered with %v", err)
		}
	}
}

// Notifications are heard in the order in which they were sent, whatever requests are between them.
func TestOrder(t *testing.T) {
	c := newClient(t, testLog(t))
	c.write("go.mod", emptyMod)
	c.initialize(capabilities, options{})
	c.open("go.mod")
	done := make(chan error)
	const n = 300
	for i := range n {
		c.replace("go.mod", "go 1.25\n", fmt.Sprintf("go 1.25\n// %d\n", i))
		params := map[string]any{"textDocument": map[string]any{"uri": c.uri("go.mod")}, "range": protocol.Range{}, "context": map[string]any{"diagnostics": []any{}}}
		go func() { done <- c.try("textDocument/codeAction", params, nil) }()
	}
	for range n {
		if err := <-done; err != nil && code(err) != protocol.CodeContentModified {
			t.Error(err)
		}
	}
	if f, _ := c.server.session.Snapshot().File(c.uri("go.mod")); f.Text != c.texts["go.mod"].text {
		t.Errorf("the server has\n%s", f.Text)
	}
}

func TestChanges(t *testing.T) {
	type m = map[string]any
	at := func(line, character int) m { return m{"line": line, "character": character} }
	for _, test := range []struct {
		name, encoding string
		changes        []m
		want           string
	}{
		{"one", "utf-16", []m{{"range": m{"start": at(0, 1), "end": at(0, 2)}, "text": "X"}}, "aX𝄞c\nd\n"},
		{"UTF-16", "utf-16", []m{{"range": m{"start": at(0, 4), "end": at(0, 5)}, "text": "X"}}, "ab𝄞X\nd\n"},
		{"UTF-8", "utf-8", []m{{"range": m{"start": at(0, 6), "end": at(0, 7)}, "text": "X"}}, "ab𝄞X\nd\n"},
		{"in turn", "utf-16", []m{
			{"range": m{"start": at(0, 0), "end": at(1, 0)}, "text": ""},
			{"range": m{"start": at(0, 1), "end": at(0, 1)}, "text": "e"},
		}, "de\n"},
		{"whole", "utf-16", []m{{"text": "new"}, {"range": m{"start": at(0, 3), "end": at(0, 3)}, "text": "er"}}, "newer"},
		{"outside", "utf-16", []m{{"range": m{"start": at(7, 0), "end": at(4000000000, 4000000000)}, "text": "X"}}, "ab𝄞c\nd\nX"},
		{"behind the line", "utf-16", []m{{"range": m{"start": at(0, 99), "end": at(1, 0)}, "text": ""}}, "ab𝄞cd\n"},
		{"backwards", "utf-16", []m{{"range": m{"start": at(1, 1), "end": at(0, 0)}, "text": "X"}}, "X\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClient(t, testLog(t))
			c.initialize(`{"general": {"positionEncodings": ["`+test.encoding+`"]}}`, options{})
			c.openText("go.mod", "ab𝄞c\nd\n")
			c.notify("textDocument/didChange", m{"textDocument": m{"uri": c.uri("go.mod"), "version": 2}, "contentChanges": test.changes})
			c.rest()
			if f, _ := c.server.session.Snapshot().File(c.uri("go.mod")); f.Text != test.want || f.Version != 2 {
				t.Errorf("version %d is %q, want %q", f.Version, f.Text, test.want)
			}
		})
	}
}

// A raw client writes bytes and reads what it wants.
type raw struct {
	net.Conn
	served chan error
}

func newRaw(t testing.TB) *raw {
	here, there := net.Pipe()
	r := &raw{here, make(chan error, 1)}
	log := zap.NewNop()
	go func() {
		r.served <- Serve(context.Background(), there, Options{
			Version: "test", Analyzers: analyzers, Store: &locked.Store{Dir: t.TempDir(), Log: log}, Log: log,
		})
		there.Close()
	}()
	return r
}

func (r *raw) send(t testing.TB, method string, id int, params any) {
	t.Helper()
	message := map[string]any{"jsonrpc": "2.0", "method": method, "params": params}
	if id > 0 {
		message["id"] = id
	}
	data, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	r.SetWriteDeadline(time.Now().Add(stuck))
	if _, err := r.Write(frame(string(data))); err != nil {
		t.Fatalf("the server does not read %s: %v", method, err)
	}
}

func frame(body string) []byte {
	return fmt.Appendf(nil, "Content-Length: %d\r\n\r\n%s", len(body), body)
}

// receive reads messages until one satisfies ok.
func receive(t *testing.T, in *bufio.Reader, ok func(method string, params json.RawMessage) bool) {
	t.Helper()
	for {
		var n int
		if _, err := fmt.Fscanf(in, "Content-Length: %d\r\n\r\n", &n); err != nil {
			t.Fatal(err)
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(in, body); err != nil {
			t.Fatal(err)
		}
		var message struct {
			Method string
			Params json.RawMessage
		}
		if err := json.Unmarshal(body, &message); err != nil {
			t.Fatal(err)
		}
		if ok(message.Method, message.Params) {
			return
		}
	}
}

// A client that does not read is still heard, and when it reads gets what is true then.
func TestSlowClient(t *testing.T) {
	r := newRaw(t)
	in := bufio.NewReader(r)
	uri := "file://" + t.TempDir() + "/go.mod"
	r.send(t, "initialize", 1, map[string]any{"capabilities": map[string]any{}})
	receive(t, in, func(method string, _ json.RawMessage) bool { return method == "" })
	r.send(t, "initialized", 0, map[string]any{})
	r.send(t, "textDocument/didOpen", 0, map[string]any{"textDocument": map[string]any{"uri": uri, "version": 0, "languageId": "x", "text": broken}})
	const last = 500
	for i := range last {
		r.send(t, "textDocument/didChange", 0, map[string]any{
			"textDocument": map[string]any{"uri": uri, "version": i + 1}, "contentChanges": []map[string]any{{"text": strings.Repeat("// comment\n", i%7) + broken}},
		})
	}
	told := 0
	receive(t, in, func(method string, params json.RawMessage) bool {
		var p struct{ Version int }
		if method != "textDocument/publishDiagnostics" || json.Unmarshal(params, &p) != nil {
			return false
		}
		told++
		return p.Version == last
	})
	if told > 20 {
		t.Errorf("it was told %d times of states that were past", told)
	}
	r.Close()
	<-r.served
}

// A client that asks to exit and does not read cannot keep the process.
func TestExitUnread(t *testing.T) {
	r := newRaw(t)
	in := bufio.NewReader(r)
	r.send(t, "initialize", 1, map[string]any{"capabilities": map[string]any{}})
	receive(t, in, func(method string, _ json.RawMessage) bool { return method == "" })
	r.send(t, "initialized", 0, map[string]any{})
	r.send(t, "textDocument/didOpen", 0, map[string]any{"textDocument": map[string]any{"uri": "untitled:go.mod", "version": 0, "languageId": "x", "text": "nonsense\n"}})
	r.send(t, "exit", 0, nil)
	if err := <-r.served; !errors.Is(err, ErrNoShutdown) {
		t.Errorf("Serve returns %v", err)
	}
	r.Close()
}

func TestLargeDocuments(t *testing.T) {
	var sum strings.Builder
	for i := 0; sum.Len() < 8<<20; i++ {
		fmt.Fprintf(&sum, "a%06d.example/x v1.0.0/go.mod h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", i)
	}
	c := newClient(t, testLog(t))
	c.write("go.mod", emptyMod)
	c.write("go.sum", sum.String())
	c.initialize(capabilities, options{})
	c.open("go.mod")
	c.open("go.sum")
	c.replace("go.sum", "a000007.example/x v1.0.0/go.mod h1:", "a000007.example/x v1.0.0/go.mod ")
	next(c, "textDocument/publishDiagnostics", func(p protocol.PublishDiagnosticsParams) bool {
		return p.URI == c.uri("go.sum") && len(p.Diagnostics) == 1
	})
	c.replace("go.mod", emptyMod, emptyMod+"require (\n"+strings.Repeat("\t// a comment of forty characters or more\n", 200_000)+")\n"+strings.TrimPrefix(broken, emptyMod))
	next(c, "textDocument/publishDiagnostics", func(p protocol.PublishDiagnosticsParams) bool {
		return p.URI == c.uri("go.mod") && len(p.Diagnostics) == 1
	})
}

// FuzzFrames sends bytes to a server and hangs up: it must end, and may not panic.
func FuzzFrames(f *testing.F) {
	f.Setenv("PATH", "") // no input may start anything
	const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},"initializationOptions":{"trusted":false}}}`
	const open = `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:go.mod","languageId":"go.mod","version":1,"text":"module m\n\nrequire (\n"}}}`
	session := func(messages ...string) []byte {
		var b []byte
		for _, m := range append([]string{initialize, `{"jsonrpc":"2.0","method":"initialized","params":{}}`, open}, messages...) {
			b = append(b, frame(m)...)
		}
		return b
	}
	f.Add([]byte("garbage"))
	f.Add([]byte("Content-Length: 5\r\n\r\n{...}"))
	f.Add([]byte("Content-Length: -1\r\n\r\n"))
	f.Add([]byte("Content-Length: 1000000000\r\n\r\n{"))
	f.Add(frame(`[]`))
	f.Add(frame(`[` + initialize + `,` + initialize + `]`))
	f.Add(frame(`{"jsonrpc":"2.0","id":{},"method":"initialize"}`))
	f.Add(session(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"untitled:go.mod","version":2},"contentChanges":[{"range":{"start":{"line":2,"character":1},"end":{"line":0,"character":9}},"text":"x"}]}}`,
		`{"jsonrpc":"2.0","id":2,"method":"textDocument/codeAction","params":{"textDocument":{"uri":"untitled:go.mod"},"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"context":{"diagnostics":[]}}}`))
	f.Add(session(`{"jsonrpc":"2.0","id":2,"method":"gomodls/health","params":{"uri":"untitled:go.mod"}}`, `{"jsonrpc":"2.0","id":3,"result":null}`))
	f.Add(session(`{"jsonrpc":"2.0","id":"x","method":"workspace/executeCommand","params":{"command":"gomodls.tidy","arguments":[{"uri":"untitled:go.mod"}]}}`,
		`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"x"}}`, `{"jsonrpc":"2.0","id":4,"method":"shutdown"}`, `{"jsonrpc":"2.0","method":"exit"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := newRaw(t)
		go io.Copy(io.Discard, r)
		r.Write(data)
		r.Close()
		select {
		case <-r.served:
		case <-time.After(stuck):
			t.Fatal("the server does not end")
		}
	})
}
