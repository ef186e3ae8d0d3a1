// Package lsp serves the language server protocol: it turns messages into changes of a session, and what the engine says
// about a snapshot into messages.
//
// The one idea to keep in mind: notifications change the session one after the other, in the order in which they were
// sent; a request is answered from the snapshot that was current at its place in that order, while later messages are
// already being read. So there are two types: server, which has the notifications and the session, and query, one for
// each request, which has a snapshot and no way to write. What takes time never runs in a notification's handler.
//
// This is the only package that knows the protocol. The engine speaks byte spans; convert.go is the one bridge.
package lsp

import (
	"context"
	"errors"
	"io"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/gather"
)

// Options are what a server is made of.
type Options struct {
	Version   string // of gomodls, as clients show it
	Analyzers []*analysis.Analyzer
	Store     *locked.Store   // where all processes of this user keep their locks
	Scholar   *gather.Scholar // who answers what takes longer than a keystroke; nil for one of the server's own
	Log       *zap.Logger
	Opened    func() // called when all has been said about what was opened first; may be nil

	rested func(snapshot int64) // for tests: all that there is to say about a snapshot has been said
}

// ErrNoShutdown says that the client went away, or sent exit, without asking for shutdown before.
var ErrNoShutdown = errors.New("the client left without asking for shutdown")

// patience is how long Serve waits for its goroutines when the client has left. Only one that writes to a client which
// neither reads nor closes the connection takes longer, and nothing can wake it.
const patience = 3 * time.Second

// Serve speaks with one client until it exits or hangs up, or the context ends. It does not wait for a reader of rwc: one that
// waits at standard input cannot be woken, so the process has to end to free it. When Serve returns, no go command that it
// started runs any more and no lock is held.
func Serve(ctx context.Context, rwc io.ReadWriteCloser, options Options) error {
	return serve(ctx, rwc, options, make(chan *server, 1))
}

func serve(parent context.Context, rwc io.ReadWriteCloser, options Options, made chan<- *server) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	conn := jsonrpc2.NewConn(jsonrpc2.NewStream(&hangup{rwc, cancel}), jsonrpc2.WithCodec(codec{}))
	s := newServer(ctx, conn, options)
	s.hangUp = cancel
	made <- s
	conn.Go(ctx, shield(options.Log, protocol.CancelHandler(s.ordered)))

	select {
	case <-ctx.Done(): // by exit, by the client's hanging up, or by our caller
	case <-conn.Done(): // by a frame that makes no sense
	}
	cancel()
	s.wait(patience)
	if err := parent.Err(); err != nil {
		return context.Cause(parent) // the reader may wait for input that never comes
	}
	select {
	case <-conn.Done():
	case <-time.After(patience):
	}
	switch err := conn.Err(); {
	case s.orderly.Load():
		return nil
	case err != nil:
		return err
	}
	return ErrNoShutdown
}
