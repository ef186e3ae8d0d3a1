package lsp

import (
	"context"
	"sync/atomic"

	"go.lsp.dev/protocol"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A query answers one request from the snapshot of its place in line. It cannot write: commands, which change files, are
// transactions of their own.
type query struct {
	protocol.UnimplementedServer
	peer      *peer
	snap      *workspace.Snapshot
	analyzers []*analysis.Analyzer

	latest   *atomic.Pointer[analysis.Result] // what was published last
	settle   func(context.Context, func(*workspace.Snapshot) []string) (*analysis.Result, error)
	fork     func(*workspace.Snapshot) *workspace.Session
	targets  func(*workspace.Snapshot) []string
	board    *board
	commands *commands
}

// analyze returns a final result about a document of the snapshot. Where the snapshot lacks facts, a later one is used; it
// fails if the document has changed there.
func (q *query) analyze(ctx context.Context, f *workspace.File) (*analysis.Result, error) {
	if last := q.latest.Load(); last != nil && last.Snapshot == q.snap {
		return last, nil
	}
	targets := func(snap *workspace.Snapshot) []string {
		if path, ok := target(snap, f); ok {
			return []string{path}
		}
		return nil
	}
	result, err := analysis.Run(ctx, q.snap, q.analyzers, targets(q.snap))
	if err != nil || len(q.snap.Wants()) == 0 {
		return q.commands.complaints.join(result), err
	}
	if result, err = q.settle(ctx, targets); err != nil {
		return nil, err
	}
	if now, ok := result.Snapshot.File(f.URI); !ok || now.Text != f.Text {
		return nil, protocol.ErrContentModified
	}
	return result, nil
}

// Request answers what is not part of the protocol.
func (q *query) Request(ctx context.Context, method string, params any) (any, error) {
	if method == methodHealth {
		return q.health(ctx, params)
	}
	return q.UnimplementedServer.Request(ctx, method, params)
}
