package lsp

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/inconsistentversion"
	"github.com/gomodls/gomodls/analysis/malformedsum"
	"github.com/gomodls/gomodls/analysis/missingsum"
	"github.com/gomodls/gomodls/analysis/replacepath"
	"github.com/gomodls/gomodls/analysis/syntaxerror"
	"github.com/gomodls/gomodls/analysis/unknowndirective"
	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/text"
)

// stuck is the time after which a test that waits for the server has failed.
const stuck = 30 * time.Second

// analyzers are enough to have diagnostics, and few enough that the tests do not change with every new one.
var analyzers = []*analysis.Analyzer{
	inconsistentversion.Analyzer, malformedsum.Analyzer, missingsum.Analyzer, replacepath.Analyzer, syntaxerror.Analyzer, unknowndirective.Analyzer,
}

// A client is an editor that does what a test tells it, and remembers what the server said.
type client struct {
	t      *testing.T
	dir    string
	conn   jsonrpc2.Conn
	server *server
	served chan error // what Serve returned
	close  func()     // hangs up
	rested chan int64 // ids of the snapshots whose diagnostics and health have been sent

	mu       sync.Mutex
	heard    []heard
	more     chan struct{} // closed when heard grows
	handlers map[string]func(params jsonrpc2.RawMessage) (any, error)
	texts    map[string]*document // by name

	modules map[string]map[string][]byte // what the proxy serves: files by module version
}

// heard is a notification of the server.
type heard struct {
	method string
	params jsonrpc2.RawMessage
}

type document struct {
	text    string
	version int32
	saved   string
}

// newClient starts a server and connects to it, without a word yet. The server runs more analyzers than the usual ones.
func newClient(t *testing.T, log *zap.Logger, more ...*analysis.Analyzer) *client {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	here, there := net.Pipe()
	c := &client{
		t: t, dir: dir, served: make(chan error, 1), rested: make(chan int64, 1000), more: make(chan struct{}),
		texts: map[string]*document{}, modules: map[string]map[string][]byte{},
	}
	c.handlers = map[string]func(jsonrpc2.RawMessage) (any, error){
		"client/registerCapability":      func(jsonrpc2.RawMessage) (any, error) { return nil, nil },
		"window/workDoneProgress/create": func(jsonrpc2.RawMessage) (any, error) { return nil, nil },
		"workspace/applyEdit":            c.applyEdit,
		"gomodls/save":                   c.save,
	}
	made := make(chan *server, 1)
	go func() {
		c.served <- serve(t.Context(), there, Options{
			Version: "test", Analyzers: slices.Concat(analyzers, more), Log: log,
			Store: &locked.Store{Dir: t.TempDir(), Log: log},
			rested: func(id int64) {
				c.rested <- id
			},
		}, made)
		there.Close()
	}()
	c.server = <-made
	c.close = func() { here.Close() }
	c.conn = jsonrpc2.NewConn(jsonrpc2.NewStream(here), jsonrpc2.WithCodec(codec{}))
	c.conn.Go(context.Background(), c.handle)
	t.Cleanup(func() {
		here.Close()
		select {
		case <-c.served:
		case <-time.After(stuck):
			t.Error("the server does not end when the client hangs up")
		}
	})
	return c
}

func testLog(t *testing.T) *zap.Logger {
	return zaptest.NewLogger(t, zaptest.Level(zap.WarnLevel), zaptest.WrapOptions(zap.Development()))
}

func (c *client) handle(ctx context.Context, req *jsonrpc2.Request) (any, error) {
	method, params := strings.Clone(req.Method()), slices.Clone(req.Params())
	if req.IsCall() {
		c.mu.Lock()
		handler := c.handlers[method]
		c.mu.Unlock()
		jsonrpc2.Async(ctx)
		if handler == nil {
			return nil, jsonrpc2.ErrMethodNotFound
		}
		return handler(params)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = append(c.heard, heard{method, params})
	close(c.more)
	c.more = make(chan struct{})
	return nil, nil
}

// options are what a test's editor says of itself.
type options struct {
	Trusted  any  `json:"trusted,omitempty"`
	Pull     bool `json:"pull,omitempty"`
	Save     bool `json:"save,omitempty"`
	ShowDiff bool `json:"showDiff,omitempty"`
	Settings any  `json:"settings,omitempty"`
}

// capabilities are those of a good editor.
const capabilities = `{
	"general": {"positionEncodings": ["utf-8", "utf-16"]},
	"workspace": {"applyEdit": true, "workspaceEdit": {"documentChanges": true}},
	"textDocument": {
		"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source"]}}},
		"publishDiagnostics": {"relatedInformation": true, "versionSupport": true}
	},
	"window": {"workDoneProgress": true}
}`

// settings keep the test's machine out: its environment, module cache and network.
func (c *client) settings() map[string]any {
	return map[string]any{"env": map[string]string{
		"GOMODCACHE": c.path(".modcache"), "GOENV": c.path(".goenv"), "GOFLAGS": "-modcacherw", "GOPROXY": string(c.uri(".proxy")),
		"GOWORK": "", "GOPRIVATE": "", "GONOPROXY": "", "GONOSUMDB": "", "GOSUMDB": "off", "GOTOOLCHAIN": "local",
	}}
}

// initialize makes the server ready. The folder of the client is open.
func (c *client) initialize(capabilities string, o options) protocol.InitializeResult {
	c.t.Helper()
	if o.Settings == nil {
		o.Settings = c.settings()
	}
	var result protocol.InitializeResult
	c.call("initialize", map[string]any{
		"processId": nil, "rootUri": uri.File(c.dir), "capabilities": json.RawMessage(capabilities), "initializationOptions": o,
		"workspaceFolders": []map[string]any{{"uri": uri.File(c.dir), "name": "m"}},
	}, &result)
	c.notify("initialized", map[string]any{})
	return result
}

// call sends a request, which must succeed.
func (c *client) call(method string, params, result any) {
	c.t.Helper()
	if err := c.try(method, params, result); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

func (c *client) try(method string, params, result any) error {
	ctx, cancel := context.WithTimeout(context.Background(), stuck)
	defer cancel()
	_, err := c.conn.Call(ctx, method, encode(params), result)
	return err
}

func (c *client) notify(method string, params any) {
	c.t.Helper()
	if err := c.conn.Notify(context.Background(), method, encode(params)); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

// encode lets tests write params as maps and raw JSON.
func encode(v any) any {
	if v == nil {
		return nil
	}
	if raw, ok := v.(string); ok {
		return jsonrpc2.RawMessage(raw)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return jsonrpc2.RawMessage(raw)
}

// next returns the first notification that matches and has not been taken yet, and takes it.
func next[T any](c *client, method string, match func(T) bool) T {
	c.t.Helper()
	deadline := time.After(stuck)
	for {
		c.mu.Lock()
		for i, h := range c.heard {
			var v T
			if h.method == method && protocol.Unmarshal(h.params, &v) == nil && match(v) {
				c.heard = slices.Delete(c.heard, i, i+1)
				c.mu.Unlock()
				return v
			}
		}
		more := c.more
		c.mu.Unlock()
		select {
		case <-more:
		case <-deadline:
			c.t.Fatalf("no such %s; there were %s", method, c.said())
		}
	}
}

func (c *client) said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	for _, h := range c.heard {
		b.WriteString("\n" + h.method + " " + string(h.params))
	}
	return b.String()
}

// take returns all notifications heard so far.
func (c *client) take() []heard {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.heard
	c.heard = nil
	return all
}

// rest waits until the server has nothing to do and has said all that there is to say about what it was told.
func (c *client) rest() {
	c.t.Helper()
	_ = c.try("gomodls/test", map[string]any{}, nil) // all that was sent before has been read
	c.server.commands.wait()
	want := c.server.session.Snapshot().ID
	for len(c.rested) > 0 {
		<-c.rested
	}
	deadline := time.After(stuck)
	// What the first report that comes now says may have been looked up before; the next one is newer.
	for reports, id := 0, int64(0); reports < 2 || id < want; reports++ {
		c.server.changed()
		select {
		case id = <-c.rested:
		case <-deadline:
			c.t.Fatal("the server does not come to rest")
		}
	}
	_ = c.try("gomodls/test", map[string]any{}, nil) // all that was written before has been heard
}

func (c *client) path(name string) string { return filepath.Join(c.dir, filepath.FromSlash(name)) }

func (c *client) uri(name string) uri.URI { return uri.File(c.path(name)) }

func (c *client) name(u uri.URI) string {
	if !u.IsFile() {
		return string(u)
	}
	rel, err := filepath.Rel(c.dir, u.FsPath())
	if err != nil {
		return string(u)
	}
	return filepath.ToSlash(rel)
}

func (c *client) write(name, content string) {
	c.t.Helper()
	if err := os.MkdirAll(filepath.Dir(c.path(name)), 0o777); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(c.path(name), []byte(content), 0o666); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) read(name string) string {
	c.t.Helper()
	data, err := os.ReadFile(c.path(name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(data)
}

// open opens a file that is on disk.
func (c *client) open(name string) {
	c.t.Helper()
	content := c.read(name)
	c.openText(name, content)
	c.texts[name].saved = content
}

func (c *client) openText(name, content string) {
	c.t.Helper()
	c.texts[name] = &document{text: content, version: 1}
	c.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": c.uri(name), "languageId": "go.mod", "version": 1, "text": content,
	}})
}

// replace types over the first occurrence of old.
func (c *client) replace(name, old, new string) {
	c.t.Helper()
	d := c.texts[name]
	start := strings.Index(d.text, old)
	if start < 0 {
		c.t.Fatalf("%q does not occur in\n%s", old, d.text)
	}
	c.edit(name, text.Edit{Span: text.Span{Start: start, End: start + len(old)}, New: new})
}

// edit changes a document and sends the change.
func (c *client) edit(name string, e text.Edit) {
	d := c.texts[name]
	lines := text.NewLines(d.text)
	enc := c.server.peer.encoding
	d.version++
	c.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": c.uri(name), "version": d.version},
		"contentChanges": []map[string]any{{"range": enc.rangeOf(lines, e.Span), "text": e.New}},
	})
	d.text, _ = text.Apply(d.text, []text.Edit{e})
}

func (c *client) rangeOf(name, marked string) protocol.Range {
	c.t.Helper()
	d := c.texts[name]
	start := strings.Index(d.text, marked)
	if start < 0 {
		c.t.Fatalf("%q does not occur in\n%s", marked, d.text)
	}
	return c.server.peer.encoding.rangeOf(text.NewLines(d.text), text.Span{Start: start, End: start + len(marked)})
}

// apply makes the edits of one document, or refuses as editors do.
func (c *client) apply(edit *protocol.WorkspaceEdit) bool {
	for _, change := range edit.DocumentChanges {
		change := change.(*protocol.TextDocumentEdit)
		d := c.texts[c.name(change.TextDocument.URI)]
		if d == nil || change.TextDocument.Version == nil || *change.TextDocument.Version != d.version {
			return false
		}
	}
	for _, change := range edit.DocumentChanges {
		change := change.(*protocol.TextDocumentEdit)
		name := c.name(change.TextDocument.URI)
		lines := text.NewLines(c.texts[name].text)
		var edits []text.Edit
		for _, e := range change.Edits {
			e := e.(*protocol.TextEdit)
			edits = append(edits, text.Edit{Span: c.server.peer.encoding.span(lines, e.Range), New: e.NewText})
		}
		slices.SortFunc(edits, func(a, b text.Edit) int { return b.Span.Start - a.Span.Start })
		for _, e := range edits {
			c.edit(name, e)
		}
	}
	return true
}

func (c *client) applyEdit(params jsonrpc2.RawMessage) (any, error) {
	var p protocol.ApplyWorkspaceEditParams
	if err := protocol.Unmarshal(params, &p); err != nil {
		return nil, err
	}
	return protocol.ApplyWorkspaceEditResult{Applied: c.apply(&p.Edit)}, nil
}

func (c *client) save(params jsonrpc2.RawMessage) (any, error) {
	var p struct {
		URIs []uri.URI `json:"uris"`
	}
	if err := protocol.Unmarshal(params, &p); err != nil {
		return nil, err
	}
	for _, u := range p.URIs {
		c.saveFile(c.name(u))
	}
	return map[string]any{"saved": p.URIs}, nil
}

func (c *client) saveFile(name string) {
	d := c.texts[name]
	c.write(name, d.text)
	d.saved = d.text
	c.notify("textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": c.uri(name)}})
}

// serveModule adds a file, named PATH@VERSION/NAME, to the module proxy.
func (c *client) serveModule(name string, data []byte) {
	c.t.Helper()
	path, rest, _ := strings.Cut(name, "@")
	version, file, _ := strings.Cut(rest, "/")
	m := path + "@" + version
	if c.modules[m] == nil {
		c.modules[m] = map[string][]byte{}
	}
	c.modules[m][file] = data
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, file := range sortedKeys(c.modules[m]) {
		f, err := w.Create(m + "/" + file)
		if err != nil {
			c.t.Fatal(err)
		}
		f.Write(c.modules[m][file])
	}
	if err := w.Close(); err != nil {
		c.t.Fatal(err)
	}
	base := ".proxy/" + path + "/@v/"
	c.write(base+version+".zip", archive.String())
	c.write(base+version+".info", fmt.Sprintf(`{"Version":%q}`, version))
	c.write(base+version+".mod", string(c.modules[m]["go.mod"]))
	versions := ""
	for other := range c.modules {
		if p, v, _ := strings.Cut(other, "@"); p == path {
			versions += v + "\n"
		}
	}
	c.write(base+"list", versions)
}
