package lsp

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"go.lsp.dev/protocol"

	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

func (s *server) DidOpen(_ context.Context, params *protocol.DidOpenTextDocumentParams) error {
	d := params.TextDocument
	s.session.Apply(workspace.Opened(own(d.URI), d.Version, strings.Clone(d.Text)))
	s.changed()
	return nil
}

// DidChange carries out the changes one after the other, each on the text that the one before has left. Positions outside
// the text are moved into it, as editors do.
func (s *server) DidChange(_ context.Context, params *protocol.DidChangeTextDocumentParams) error {
	f, ok := s.session.Snapshot().File(params.TextDocument.URI)
	if !ok {
		return fmt.Errorf("%s is not open", params.TextDocument.URI)
	}
	now, lines := f.Text, f.Lines()
	for _, change := range params.ContentChanges {
		switch change := change.(type) {
		case *protocol.TextDocumentContentChangeWholeDocument:
			now, lines = strings.Clone(change.Text), nil
		case *protocol.TextDocumentContentChangePartial:
			if lines == nil {
				lines = text.NewLines(now)
			}
			span := s.peer.encoding.span(lines, change.Range)
			now, lines = now[:span.Start]+change.Text+now[span.End:], nil
		}
	}
	s.studies.edited(f.Kind)
	s.session.Apply(workspace.Opened(f.URI, params.TextDocument.Version, now))
	s.commands.saw(f.Path, now)
	s.changed()
	if f.Kind == workspace.GoFile { // what is said of imports need not wait for what is said at once
		snap := s.session.Snapshot()
		s.studies.renew(snap, unanswered(snap))
	}
	return nil
}

func (s *server) DidSave(_ context.Context, params *protocol.DidSaveTextDocumentParams) error {
	if u := params.TextDocument.URI; u.IsFile() {
		path := pathOf(u)
		s.commands.saved(path)
		s.looker.look(path)
	}
	return nil
}

func (s *server) DidClose(_ context.Context, params *protocol.DidCloseTextDocumentParams) error {
	s.session.Apply(workspace.Closed(params.TextDocument.URI))
	s.changed()
	return nil
}

func (s *server) DidChangeWatchedFiles(_ context.Context, params *protocol.DidChangeWatchedFilesParams) error {
	for _, e := range params.Changes {
		if e.URI.IsFile() {
			s.looker.look(pathOf(e.URI))
		}
	}
	return nil
}

// A looker looks at the disk for those who may not wait for it.
type looker struct {
	due   bell
	mu    sync.Mutex
	paths []string
}

func (l *looker) look(path string) {
	l.mu.Lock()
	l.paths = append(l.paths, path)
	l.mu.Unlock()
	l.due.ring()
}

func (l *looker) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	paths := l.paths
	l.paths = nil
	return paths
}

func (s *server) keepLooking(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.looker.due:
			if paths := s.looker.take(); len(paths) > 0 { // none would mean all
				s.watcher.Refresh(paths...)
			}
		}
	}
}
