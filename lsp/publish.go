package lsp

import (
	"context"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A publisher keeps the client's diagnostics true. Its goroutine takes the newest snapshot as soon as there is one; a newer
// one cancels the work on it. Nothing is taken back before the next answer is final, so nothing flickers.
type publisher struct {
	due     bell
	outside atomic.Bool // something has changed that the client did not send
	started bool

	mu     sync.Mutex
	cancel context.CancelFunc // of the work that is going on
	paused int
	asked  int // how often there was something newer
	told   int // what asked was when the work began whose result was told last

	shown map[uri.URI]shown // what the client was told last; only for the goroutine
}

type shown struct {
	version     int32
	open        bool
	diagnostics []protocol.Diagnostic
	of          analysis.FileResult // what they were made from
}

// renew says that there is a newer snapshot.
func (p *publisher) renew() {
	p.mu.Lock()
	p.asked++
	if p.cancel != nil {
		p.cancel()
	}
	p.mu.Unlock()
	p.due.ring()
}

// add says that more is known: what is being worked out is worth telling all the same, and then there is more to tell.
func (p *publisher) add() {
	p.mu.Lock()
	p.asked++
	p.mu.Unlock()
	p.due.ring()
}

// pause keeps the client from being told of states that nobody is to see, those between the files of one transaction, until
// resume is called.
func (p *publisher) pause() (resume func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused++
	if p.cancel != nil {
		p.cancel()
	}
	return func() {
		p.mu.Lock()
		p.paused--
		p.asked++
		p.mu.Unlock()
		p.due.ring()
	}
}

// begin returns the context of the work on the newest snapshot, and what to give to tells afterwards. The context has ended
// already while there is a pause.
func (p *publisher) begin(ctx context.Context) (context.Context, context.CancelFunc, int) {
	ctx, cancel := context.WithCancel(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel = cancel
	if p.paused > 0 {
		cancel()
	}
	return ctx, cancel, p.asked
}

// tells notes of what state the client is being told.
func (p *publisher) tells(asked int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = asked
}

// behind reports whether the client will be told of a newer state soon.
func (p *publisher) behind() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.told != p.asked
}

func (s *server) keepPublishing(ctx context.Context) {
	rest := time.NewTimer(quiet)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-rest.C:
			s.spawn("rest", func(context.Context) { s.rest() })
			continue
		case <-s.publish.due:
		}
		rest.Stop()
		run, cancel, asked := s.publish.begin(ctx)
		s.foresee(run)
		result, err := s.settle(run, s.targets)
		if err == nil {
			s.last.Store(result)
			s.push(run, result)
			if run.Err() == nil { // else not all may have been said, and a newer answer follows
				s.publish.tells(asked)
				s.board.renew(result)
			}
			s.studies.renew(result.Snapshot, result.Snapshot.Questions())
			s.watcher.Pursue(result.Snapshot)
			for _, err := range result.Failures {
				s.log.Error("analyzer failed", zap.Error(err))
			}
		} else if run.Err() == nil {
			s.publish.tells(asked) // there is nothing better to come
			s.log.Error("analyzing", zap.Error(err))
		}
		cancel()
		rest.Reset(quiet)
	}
}

// foresee has the studies begun that take longest of those that what is open will ask for, beside the first look at it.
func (s *server) foresee(ctx context.Context) {
	topics, err := gather.Expected(ctx, s.session, s.targets)
	topics = slices.DeleteFunc(topics, func(t workspace.Topic) bool { return t.Kind != workspace.Tidy })
	if err == nil && len(topics) > 0 {
		s.studies.add(topics)
	}
}

// settle returns a final result about what targets names in the newest snapshot.
func (s *server) settle(ctx context.Context, targets func(*workspace.Snapshot) []string) (*analysis.Result, error) {
	result, err := gather.Settle(ctx, s.session, func(ctx context.Context, snap *workspace.Snapshot) (*analysis.Result, error) {
		return analysis.Run(ctx, snap, s.options.Analyzers, targets(snap))
	})
	return s.commands.complaints.join(result), err
}

// push sends the diagnostics that have changed. It stops between two documents when they are superseded.
func (s *server) push(ctx context.Context, result *analysis.Result) {
	p := &s.publish
	if s.peer.pull {
		if p.outside.Swap(false) && s.peer.refresh {
			switch err := s.peer.DiagnosticRefresh(ctx); {
			case err == nil:
			case ctx.Err() != nil: // superseded, perhaps before it was sent; the newer snapshot asks again
				p.outside.Store(true)
			default:
				s.log.Warn("asking the client to refresh", zap.Error(err))
			}
		}
		return
	}
	conv := newConverter(s.peer, result.Snapshot)
	current := make(map[uri.URI]bool, len(p.shown))
	for _, r := range result.Files {
		if ctx.Err() != nil {
			return
		}
		f := r.File
		last, known := p.shown[f.URI]
		if known {
			current[f.URI] = true
		}
		if !known && len(r.Diagnostics) == 0 || known && last.of.Same(r) {
			continue
		}
		next := shown{version: f.Version, open: f.Open, diagnostics: conv.diagnostics(f, r.Diagnostics), of: r}
		// A document that has moved on without its diagnostics is told again: editors move or drop the marks themselves.
		moved := known && len(next.diagnostics) > 0 && (last.version != next.version || last.open != next.open)
		if len(next.diagnostics) == 0 && len(last.diagnostics) == 0 ||
			known && !moved && reflect.DeepEqual(last.diagnostics, next.diagnostics) {
			if known {
				p.shown[f.URI] = next
			}
			continue
		}
		if !s.send(f.URI, next) {
			return
		}
		current[f.URI] = true
	}
	for _, u := range sortedKeys(p.shown) {
		if current[u] {
			continue
		}
		if len(p.shown[u].diagnostics) > 0 {
			none := shown{diagnostics: []protocol.Diagnostic{}}
			if f, ok := result.Snapshot.File(u); ok {
				none.version, none.open = f.Version, f.Open
			}
			if ctx.Err() != nil || !s.send(u, none) {
				return
			}
		}
		delete(p.shown, u)
	}
}

func (s *server) send(u uri.URI, next shown) bool {
	params := &protocol.PublishDiagnosticsParams{URI: u, Diagnostics: next.diagnostics}
	if next.open {
		params.Version.Set(next.version)
	}
	if err := s.peer.PublishDiagnostics(s.ctx, params); err != nil {
		if s.ctx.Err() == nil {
			s.log.Warn("publishing", zap.String("uri", string(u)), zap.Error(err))
		}
		return false
	}
	s.publish.shown[u] = next
	return true
}

// targets returns the module files that the client's documents and folders belong to. Modules of the module cache and of
// the Go distribution are nobody's to mend.
func (s *server) targets(snap *workspace.Snapshot) []string {
	var paths []string
	seen := map[string]bool{}
	add := func(path string) {
		if !seen[path] {
			seen[path] = true
			paths = append(paths, path)
		}
	}
	for _, f := range snap.Open() {
		if path, ok := target(snap, f); ok {
			add(path)
		}
	}
	for _, dir := range *s.folders.Load() {
		if foreign(snap, dir) {
			continue
		}
		if root, known := snap.FindModule(dir); known && root != "" {
			add(filepath.Join(root, "go.mod"))
		}
		if work := filepath.Join(dir, "go.work"); snap.Read(work).State == workspace.Regular {
			add(work)
		}
	}
	return paths
}

// target returns the module file that stands for the module or workspace of a document.
func target(snap *workspace.Snapshot, f *workspace.File) (path string, ok bool) {
	if !f.URI.IsFile() || foreign(snap, f.Path) {
		return "", false
	}
	switch f.Kind {
	case workspace.ModFile, workspace.SumFile, workspace.WorkFile:
		return f.Path, true
	}
	root, known := snap.FindModule(filepath.Dir(f.Path))
	return filepath.Join(root, "go.mod"), known && root != ""
}

// foreign reports whether path lies in the module cache or in the Go distribution.
func foreign(snap *workspace.Snapshot, path string) bool {
	return within(path, snap.Env().ModCache) || snap.Machine().Go != "" && within(path, goenv.GorootOf(snap.Machine().Go))
}

func within(path, dir string) bool {
	return dir != "" && (path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator)))
}
