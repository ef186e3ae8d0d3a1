package lsp

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/workspace"
)

const methodHealth = "gomodls/health"

// A health is the state of one module or workspace as a status bar shows it.
type health struct {
	URI         uri.URI            `json:"uri"` // of its go.mod or go.work
	Module      string             `json:"module"`
	State       analysis.State     `json:"state"`
	Errors      int                `json:"errors"`
	Warnings    int                `json:"warnings"`
	Information int                `json:"information"`
	Hints       int                `json:"hints"`
	Silenced    int                `json:"silenced"`
	Complete    bool               `json:"complete"`
	Text        string             `json:"text"`
	Tooltip     string             `json:"tooltip"` // markdown
	Busy        *busy              `json:"busy"`
	Actions     []protocol.Command `json:"actions"`
}

// A busy says that the module's directory is locked, and by whom.
type busy struct {
	Title string `json:"title"`
	Since string `json:"since"` // RFC 3339
	By    string `json:"by"`
}

// A board knows what the client was told about each module, and tells it what has changed. Its goroutine is not the
// publisher's, so that it sees a lock while a long analysis runs.
type board struct {
	store *locked.Store
	due   bell

	mu      sync.Mutex
	result  *analysis.Result // the newest final one
	holders map[string]locked.Holder
	readers []locked.Holder // that work without a lock

	told     map[uri.URI]health // only for the goroutine
	drawn    map[string]drawn   // by directory; only for the goroutine
	complete bool               // all was known of what the client was told; only for the goroutine
}

// A drawn is the health of a module that nobody holds, with what it was made from.
type drawn struct {
	module analysis.ModuleResult
	files  []analysis.FileResult
	health health
}

func newBoard(store *locked.Store) board {
	return board{store: store, due: newBell(), told: map[uri.URI]health{}, drawn: map[string]drawn{}}
}

// occupy shows directories as busy with something that needs no lock, until the function that it returns is called.
func (b *board) occupy(title string, dirs []string) (leave func()) {
	who := locked.Holder{PID: os.Getpid(), Title: title, Since: time.Now(), Dirs: dirs}
	b.mu.Lock()
	b.readers = append(b.readers, who)
	b.mu.Unlock()
	b.due.ring()
	return func() {
		b.mu.Lock()
		b.readers = slices.DeleteFunc(b.readers, func(r locked.Holder) bool { return r.Since.Equal(who.Since) && r.Title == title })
		b.mu.Unlock()
		b.due.ring()
	}
}

func (b *board) renew(result *analysis.Result) {
	b.mu.Lock()
	b.result = result
	b.mu.Unlock()
	b.due.ring()
}

const (
	// glance is the time between two looks at the locks: what another process does is to be seen within half a second.
	glance = 200 * time.Millisecond
	// calm is how long nothing must have changed before the client is told: a keystroke that follows at once shares no processor
	// with what is said of the last one. Whatever happens, it is told within a glance; and at once where it waits for it.
	calm = 5 * time.Millisecond
)

func (s *server) keepBoard(ctx context.Context) {
	b := &s.board
	ticker, rest, due := time.NewTicker(glance), time.NewTimer(calm), false
	defer ticker.Stop()
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.due:
			due = true
			if !b.awaited() {
				rest.Reset(calm)
				continue
			}
		case <-rest.C:
		case <-ticker.C:
		}
		if changed := b.look(); changed || due {
			s.report(ctx)
		}
		due = false
	}
}

// awaited reports whether the client waits for news: for the first, and for all to be known.
func (b *board) awaited() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.result != nil && (len(b.told) == 0 || !b.complete && len(b.result.Snapshot.Questions()) == 0)
}

// look notes who holds which module, and reports whether that has changed.
func (b *board) look() bool {
	b.mu.Lock()
	result := b.result
	b.mu.Unlock()
	if result == nil {
		return false
	}
	var dirs []string
	for _, m := range result.Modules {
		dirs = append(dirs, m.Dir)
	}
	holders := map[string]locked.Holder{}
	if _, any := b.store.Holder(dirs...); any {
		for _, dir := range dirs {
			if who, held := b.store.Holder(dir); held {
				holders[dir] = who
			}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.readers {
		for _, dir := range r.Dirs {
			if _, held := holders[dir]; !held {
				holders[dir] = r
			}
		}
	}
	changed := !reflect.DeepEqual(holders, b.holders) && len(holders)+len(b.holders) > 0
	b.holders = holders
	return changed
}

// report tells the client the state of everything whose state has changed.
func (s *server) report(ctx context.Context) {
	b := &s.board
	b.mu.Lock()
	result, holders := b.result, b.holders
	b.mu.Unlock()
	if result == nil {
		return
	}
	b.complete = len(result.Snapshot.Questions()) == 0
	behind, withheld := s.publish.behind(), false
	current := map[uri.URI]bool{}
	checkup := newCheckup(s.peer, result, holders)
	checkup.drawn = b.drawn
	for _, h := range checkup.all(s.targets(result.Snapshot)) {
		current[h.URI] = true
		last, ok := b.told[h.URI]
		if ok && last.Busy != nil && h.Busy == nil && behind {
			withheld = true
			continue // what was done has its result in a moment; the state before it is of no interest
		}
		if ok && reflect.DeepEqual(last, h) {
			continue
		}
		if !s.announce(ctx, h) {
			return
		}
	}
	for _, u := range sortedKeys(b.told) {
		if current[u] {
			continue
		}
		// Nobody looks at it any more. An empty text hides it.
		if !s.announce(ctx, health{URI: u, State: analysis.InactiveState, Tooltip: "not open", Actions: []protocol.Command{}}) {
			return
		}
		delete(b.told, u)
		if u.IsFile() {
			delete(b.drawn, filepath.Dir(pathOf(u)))
		}
	}
	if s.options.rested != nil && !withheld && b.complete {
		s.options.rested(result.Snapshot.ID)
	}
}

func (s *server) announce(ctx context.Context, h health) bool {
	if err := s.conn.Notify(ctx, methodHealth, h); err != nil {
		if ctx.Err() == nil {
			s.log.Warn("reporting health", zap.Error(err))
		}
		return false
	}
	s.board.told[h.URI] = h
	return true
}

// A checkup puts into words how the modules and workspaces of a result are.
type checkup struct {
	peer    *peer
	result  *analysis.Result
	holders map[string]locked.Holder
	files   map[string][]analysis.FileResult // by directory
	drawn   map[string]drawn                 // what was made before, by directory; may be nil
}

func newCheckup(p *peer, result *analysis.Result, holders map[string]locked.Holder) *checkup {
	return &checkup{peer: p, result: result, holders: holders, files: byDirectory(result)}
}

// all returns the health of every module and workspace of the result, and of what should be one and is not.
func (c *checkup) all(targets []string) []health {
	snap := c.result.Snapshot
	var all []health
	seen := map[uri.URI]bool{}
	add := func(h health) {
		if !seen[h.URI] {
			seen[h.URI] = true
			all = append(all, h)
		}
	}
	for _, m := range c.result.Modules {
		add(c.module(m))
	}
	for _, path := range targets {
		add(c.of(path))
	}
	for _, f := range snap.Open() {
		if !f.URI.IsFile() || foreign(snap, f.Path) {
			if f.Kind != workspace.Other && f.Kind != workspace.GoFile {
				add(off(f.URI, whyNot(snap, f.URI)))
			}
		}
	}
	return all
}

// of returns the health of the module or workspace that the module file at path belongs to.
func (c *checkup) of(path string) health {
	snap := c.result.Snapshot
	views := snap.Views(path)
	if len(views) == 0 {
		u := uriOf(snap, path)
		return off(u, whyNot(snap, u))
	}
	if kind := filepath.Base(path); kind == "go.work" || kind == "go.work.sum" {
		return c.workspace(views[0])
	}
	dir := filepath.Dir(path)
	for _, m := range c.result.Modules {
		if m.Dir == dir {
			return c.module(m)
		}
	}
	u := uriOf(snap, path)
	return off(u, whyNot(snap, u))
}

func (c *checkup) module(m analysis.ModuleResult) health {
	h := health{URI: uriOf(c.result.Snapshot, filepath.Join(m.Dir, "go.mod")), Module: m.Path}
	who, held := c.holders[m.Dir]
	files := c.files[m.Dir]
	if last := c.drawn[m.Dir]; !held && last.module == m && last.health.URI == h.URI && slices.EqualFunc(last.files, files, analysis.FileResult.Same) {
		return last.health
	}
	h.fill(c.peer, m.Health, "go.mod", worst(files), who, held)
	if c.drawn != nil && !held {
		c.drawn[m.Dir] = drawn{m, files, h}
	}
	return h
}

// workspace sums up a workspace: its own files and its modules.
func (c *checkup) workspace(v *workspace.View) health {
	sum := analysis.Health{Complete: true, State: analysis.Healthy}
	var who locked.Holder
	held := false
	own := map[string]bool{}
	for _, m := range v.Modules() {
		own[m.Dir] = true
		if h, ok := c.holders[m.Dir]; ok && !held {
			who, held = h, true
		}
	}
	for _, m := range c.result.Modules {
		if own[m.Dir] {
			sum.Complete = sum.Complete && m.Health.Complete
		}
	}
	for _, r := range c.result.Files {
		if r.File != v.Work && r.File != v.WorkSum && !own[filepath.Dir(r.File.Path)] {
			continue
		}
		for _, d := range r.Diagnostics {
			switch {
			case d.Silenced:
				sum.Silenced++
			case d.Severity == analysis.Error:
				sum.Errors++
			case d.Severity == analysis.Warning:
				sum.Warnings++
			case d.Severity == analysis.Information:
				sum.Information++
			case d.Severity == analysis.Hint:
				sum.Hints++
			}
		}
	}
	switch {
	case sum.Errors > 0:
		sum.State = analysis.HasErrors
	case sum.Warnings > 0:
		sum.State = analysis.HasWarnings
	case sum.Information > 0:
		sum.State = analysis.HasInfo
	}
	h := health{URI: v.Work.URI, Module: filepath.Base(v.Dir)}
	files := slices.DeleteFunc(slices.Clone(c.result.Files), func(r analysis.FileResult) bool {
		return r.File != v.Work && r.File != v.WorkSum && !own[filepath.Dir(r.File.Path)]
	})
	h.fill(c.peer, sum, "go.work", worst(files), who, held)
	return h
}

func (h *health) fill(p *peer, sum analysis.Health, file, problems string, who locked.Holder, held bool) {
	h.State = sum.State
	h.Errors, h.Warnings, h.Information, h.Hints, h.Silenced = sum.Errors, sum.Warnings, sum.Information, sum.Hints, sum.Silenced
	h.Complete = sum.Complete
	h.Text = strings.Replace(sum.Text(), "go.mod", file, 1)
	h.Tooltip = tooltip(h, problems)
	h.Actions = []protocol.Command{}
	offer := func(title, command string) {
		h.Actions = append(h.Actions, protocol.Command{
			Title: title, Command: command, Arguments: []protocol.LSPAny{marshal(map[string]any{"uri": h.URI})},
		})
	}
	if held {
		h.State = analysis.BusyState
		h.Busy = &busy{Title: who.Title, Since: who.Since.Format(time.RFC3339), By: "this editor"}
		if !who.Here() {
			h.Busy.By = fmt.Sprintf("process %d", who.PID)
		}
		h.Text = who.Title + "…"
		h.Tooltip = fmt.Sprintf("`%s` runs since %s (%s)\n\n%s", who.Title, who.Since.Local().Format(time.TimeOnly), h.Busy.By, h.Tooltip)
		if who.Here() {
			offer("Cancel", commandCancel)
		}
		return
	}
	if p.trusted && file == "go.mod" {
		if !sum.Complete {
			offer("Download what is missing", commandDownload)
		}
		offer("Run go mod tidy", commandTidy)
		offer("Preview go mod tidy", commandTidyPreview)
		if sum.Complete {
			offer("Run go mod download", commandDownload)
		}
	}
}

// tooltip says in markdown what the numbers mean, and lists the problems.
func tooltip(h *health, problems string) string {
	var b strings.Builder
	if h.Module != "" {
		fmt.Fprintf(&b, "**`%s`**\n\n", h.Module)
	}
	var counts []string
	count := func(n int, one, more string) {
		switch {
		case n == 1:
			counts = append(counts, "1 "+one)
		case n > 1:
			counts = append(counts, fmt.Sprintf("%d %s", n, more))
		}
	}
	count(h.Errors, "error: go refuses to load the module", "errors: go refuses to load the module")
	count(h.Warnings, "warning", "warnings")
	count(h.Information, "information", "information")
	count(h.Hints, "hint", "hints")
	count(h.Silenced, "silenced", "silenced")
	switch {
	case len(counts) > 0:
		b.WriteString(strings.Join(counts, ", "))
	case h.Complete:
		b.WriteString("go accepts the module")
	default:
		b.WriteString("nothing is known to be wrong")
	}
	if !h.Complete {
		b.WriteString("\n\nNot everything is known: some versions are not on this machine.")
	}
	if problems != "" {
		b.WriteString("\n\n" + problems)
	}
	return b.String()
}

// off is the health of a document that gomodls says nothing about.
func off(u uri.URI, why string) health {
	name := filepath.Base(u.Path())
	return health{URI: u, State: analysis.InactiveState, Text: name + " –", Tooltip: why, Actions: []protocol.Command{}}
}

// whyNot says why there is no module for a document.
func whyNot(snap *workspace.Snapshot, u uri.URI) string {
	if !u.IsFile() {
		return fmt.Sprintf("`%s` is not a file on disk, and the go command loads modules from disk only. Save it in a folder to have it checked.", u)
	}
	path := pathOf(u)
	name := filepath.Base(path)
	if foreign(snap, path) {
		return fmt.Sprintf("`%s` belongs to a dependency or to Go itself, where it is not to be changed.", name)
	}
	switch workspace.KindOf(path) {
	case workspace.ModFile, workspace.WorkFile:
		return standing(snap, path)
	case workspace.SumFile:
		return standing(snap, strings.TrimSuffix(path, ".sum")+map[bool]string{true: "", false: ".mod"}[name == "go.work.sum"])
	}
	return fmt.Sprintf("There is no go.mod in the folder of `%s` or above it. Run `go mod init` to start a module.", name)
}

// standing says what stands in the way at the path of a go.mod or go.work.
func standing(snap *workspace.Snapshot, path string) string {
	name := filepath.Base(path)
	switch fact := snap.Read(path); fact.State {
	case workspace.Missing:
		return fmt.Sprintf("There is no %s in `%s`.", name, filepath.Dir(path))
	case workspace.Directory:
		return fmt.Sprintf("`%s` is a directory; the go command wants a file there.", path)
	case workspace.Irregular:
		return fmt.Sprintf("`%s` is not a regular file.", path)
	case workspace.Unreadable:
		return fmt.Sprintf("`%s` cannot be read: %s.", path, fact.Err)
	}
	return fmt.Sprintf("`%s` cannot be loaded.", path)
}

// uriOf returns the URI of the file at path as the client names it.
func uriOf(snap *workspace.Snapshot, path string) uri.URI {
	if fact := snap.Read(path); fact.File != nil {
		return fact.File.URI
	}
	return uri.File(path)
}

// health answers the request gomodls/health. Every URI has an answer: that of the module it belongs to, or why there is
// none.
func (q *query) health(ctx context.Context, params any) (any, error) {
	var about struct {
		URI uri.URI `json:"uri"`
	}
	raw, _ := params.(protocol.LSPAny)
	if err := protocol.Unmarshal(raw, &about); err != nil || about.URI == "" {
		return nil, jsonrpc2.NewError(jsonrpc2.InvalidParams, "gomodls/health wants an object with a uri")
	}
	u := own(about.URI)
	f, ok := q.snap.File(u)
	if !ok {
		if !u.IsFile() {
			return off(u, whyNot(q.snap, u)), nil
		}
		f = workspace.NewFile(pathOf(u), "")
	}
	targets := func(snap *workspace.Snapshot) []string {
		if path, ok := target(snap, f); ok {
			return []string{path}
		}
		return nil
	}
	result, err := q.settle(ctx, targets)
	if err != nil {
		return nil, err
	}
	path, ok := target(result.Snapshot, f)
	if !ok {
		return off(u, whyNot(result.Snapshot, u)), nil
	}
	q.board.mu.Lock()
	holders := q.board.holders
	q.board.mu.Unlock()
	return newCheckup(q.peer, result, holders).of(path), nil
}
