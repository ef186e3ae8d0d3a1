package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// An editor is a client of a language server that runs as a child process: the least that opens documents, changes them and
// notes when their diagnostics come back.
type editor struct {
	ctx   context.Context // its end kills the server
	name  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	begun time.Time // when the process was started

	mu       sync.Mutex
	lastID   int
	answers  map[int]chan json.RawMessage
	settings any
	docs     map[string]*document
	marks    map[string]map[string]bool // what was published last, by file
	heard    chan heard                 // what the server says, in order; the measuring goroutine empties it
	gone     chan struct{}
}

// A document is the text that the editor holds.
type document struct {
	path    string
	version int
	lines   []string
}

// heard is one notification that somebody may wait for, with the moment at which its last byte was read.
type heard struct {
	at      time.Time
	path    string
	publish bool // else it is gomodls/health
	version int  // 0 if the document is not open
	marks   map[string]bool
	health  health
}

type health struct {
	URI      string `json:"uri"`
	State    string `json:"state"`
	Complete bool   `json:"complete"`
}

// start starts a server in dir. The settings are what it is told of the user's wishes.
func start(ctx context.Context, name string, argv, env []string, dir string, settings any) (*editor, error) {
	e := &editor{
		ctx: ctx, name: name, settings: settings, answers: map[int]chan json.RawMessage{}, docs: map[string]*document{}, marks: map[string]map[string]bool{},
		heard: make(chan heard, 100_000), gone: make(chan struct{}),
	}
	e.cmd = exec.CommandContext(ctx, argv[0], argv[1:]...)
	e.cmd.Dir, e.cmd.Env = dir, env
	e.cmd.WaitDelay = time.Second
	var err error
	if e.in, err = e.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := e.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	e.begun = time.Now()
	if err := e.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	go e.read(out)
	if err := e.initialize(dir, settings); err != nil {
		e.stop()
		return nil, err
	}
	return e, nil
}

func (e *editor) initialize(dir string, settings any) error {
	params := map[string]any{
		"processId": nil, "rootUri": toURI(dir), "initializationOptions": settings,
		"workspaceFolders": []map[string]any{{"uri": toURI(dir), "name": filepath.Base(dir)}},
		"capabilities": map[string]any{
			"general":   map[string]any{"positionEncodings": []string{"utf-8", "utf-16"}},
			"workspace": map[string]any{"configuration": true, "workspaceEdit": map[string]any{"documentChanges": true}},
			"textDocument": map[string]any{
				"publishDiagnostics": map[string]any{"relatedInformation": true, "versionSupport": true, "codeDescriptionSupport": true},
				"codeAction":         map[string]any{"codeActionLiteralSupport": map[string]any{"codeActionKind": map[string]any{"valueSet": []string{"quickfix"}}}},
			},
			"window": map[string]any{"workDoneProgress": true},
		},
	}
	if _, err := e.call("initialize", params); err != nil {
		return err
	}
	return e.notify("initialized", map[string]any{})
}

// stop ends the server, the polite way first.
func (e *editor) stop() {
	kill := time.AfterFunc(5*time.Second, func() { _ = e.cmd.Process.Kill() })
	defer kill.Stop()
	_, _ = e.call("shutdown", nil)
	_ = e.notify("exit", nil)
	e.in.Close()
	_ = e.cmd.Wait()
}

func (e *editor) send(message map[string]any) error {
	message["jsonrpc"] = "2.0"
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	_, err = fmt.Fprintf(e.in, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}

func (e *editor) notify(method string, params any) error {
	return e.send(map[string]any{"method": method, "params": params})
}

func (e *editor) call(method string, params any) (json.RawMessage, error) {
	answer := make(chan json.RawMessage, 1)
	e.mu.Lock()
	e.lastID++
	id := e.lastID
	e.answers[id] = answer
	e.mu.Unlock()
	if err := e.send(map[string]any{"id": id, "method": method, "params": params}); err != nil {
		return nil, err
	}
	select {
	case result := <-answer:
		return result, nil
	case <-e.gone:
		return nil, fmt.Errorf("%s ended during %s", e.name, method)
	case <-time.After(time.Minute):
		return nil, fmt.Errorf("%s does not answer %s", e.name, method)
	}
}

// read takes what the server says until it ends.
func (e *editor) read(out io.Reader) {
	defer close(e.gone)
	in := bufio.NewReaderSize(out, 1<<16)
	for {
		header, err := textproto.NewReader(in).ReadMIMEHeader()
		if err != nil {
			return
		}
		n, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			return
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		e.take(time.Now(), body)
	}
}

func (e *editor) take(at time.Time, body []byte) {
	var message struct {
		ID     *json.RawMessage
		Method string
		Params json.RawMessage
		Result json.RawMessage
	}
	if json.Unmarshal(body, &message) != nil {
		return
	}
	switch {
	case message.Method == "" && message.ID != nil:
		id, _ := strconv.Atoi(string(*message.ID))
		e.mu.Lock()
		answer := e.answers[id]
		delete(e.answers, id)
		e.mu.Unlock()
		if answer != nil {
			answer <- message.Result
		}
	case message.ID != nil:
		var result any
		if message.Method == "workspace/configuration" {
			result = []any{e.settings}
		}
		_ = e.send(map[string]any{"id": message.ID, "result": result})
	case message.Method == "textDocument/publishDiagnostics":
		var p struct {
			URI         string
			Version     int
			Diagnostics []struct {
				Range   json.RawMessage
				Message json.RawMessage
			}
		}
		if json.Unmarshal(message.Params, &p) != nil {
			return
		}
		h := heard{at: at, publish: true, path: toPath(p.URI), version: p.Version, marks: map[string]bool{}}
		for _, d := range p.Diagnostics {
			h.marks[string(d.Range)+string(d.Message)] = true
		}
		e.mu.Lock()
		e.marks[h.path] = h.marks
		e.mu.Unlock()
		e.heard <- h
	case message.Method == "gomodls/health":
		h := heard{at: at}
		if json.Unmarshal(message.Params, &h.health) == nil {
			h.path = toPath(h.health.URI)
			e.heard <- h
		}
	}
}

// open opens the file at path.
func (e *editor) open(path, text string) error {
	language := map[string]string{"go.mod": "go.mod", "go.sum": "go.sum", "go.work": "go.work"}[filepath.Base(path)]
	e.docs[path] = &document{path: path, version: 1, lines: strings.SplitAfter(text, "\n")}
	return e.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": toURI(path), "languageId": language, "version": 1, "text": text,
	}})
}

// A change replaces whole lines of a document; at is the first, from 0.
type change struct {
	path    string
	at      int
	old     []string
	with    []string
	inverse bool
}

func (c change) undo() change {
	return change{path: c.path, at: c.at, old: c.with, with: c.old, inverse: !c.inverse}
}

// apply makes a change, and returns the version of the document after it and the moment at which it was sent.
func (e *editor) apply(c change) (version int, at time.Time, err error) {
	d := e.docs[c.path]
	if d == nil {
		return 0, at, errors.New(c.path + " is not open")
	}
	d.version++
	d.lines = append(append(append([]string{}, d.lines[:c.at]...), c.with...), d.lines[c.at+len(c.old):]...)
	params := map[string]any{
		"textDocument": map[string]any{"uri": toURI(c.path), "version": d.version},
		"contentChanges": []map[string]any{{
			"range": map[string]any{
				"start": map[string]int{"line": c.at, "character": 0},
				"end":   map[string]int{"line": c.at + len(c.old), "character": 0},
			},
			"text": strings.Join(c.with, ""),
		}},
	}
	at = time.Now()
	return d.version, at, e.notify("textDocument/didChange", params)
}

// await returns the first thing heard for which ok holds. It reports false if there is none before the limit.
func (e *editor) await(limit time.Duration, ok func(heard) bool) (heard, bool) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		select {
		case h := <-e.heard:
			if ok(h) {
				return h, true
			}
		case <-e.gone:
			return heard{}, false
		case <-e.ctx.Done():
			return heard{}, false
		case <-timer.C:
			return heard{}, false
		}
	}
}

// marked returns what was published last about a file, and forgets what has been heard so far.
func (e *editor) marked(path string) map[string]bool {
	for {
		select {
		case <-e.heard:
		default:
			e.mu.Lock()
			defer e.mu.Unlock()
			return e.marks[path]
		}
	}
}

// settle waits until the server has nothing to do: it says that it knows everything about the file at path, or it has said
// nothing for a while and used no processor meanwhile. It returns what it said last about the file, which is last if it says
// nothing more.
func (e *editor) settle(path string, last heard, limit time.Duration) heard {
	const pause = 500 * time.Millisecond
	pid := e.cmd.Process.Pid
	before, known := worked(pid)
	for end := time.Now().Add(limit); time.Now().Before(end) && !last.health.Complete && e.ctx.Err() == nil; {
		h, any := e.await(pause, func(h heard) bool { return h.path == path })
		if any {
			last = h
			continue
		}
		now, _ := worked(pid)
		if known && now-before <= 1 || !known && time.Since(last.at) > 5*time.Second {
			break
		}
		before = now
	}
	return last
}

func toURI(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

func toPath(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	return filepath.FromSlash(u.Path)
}
