package lsp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// codec encodes what messages carry. The library has the same one, but keeps it to itself.
type codec struct{}

func (codec) Marshal(v any) ([]byte, error) {
	if raw, ok := v.(jsonrpc2.RawMessage); ok {
		return raw, nil
	}
	return protocol.Marshal(v)
}

func (codec) Unmarshal(data []byte, v any) error {
	if raw, ok := v.(*jsonrpc2.RawMessage); ok {
		*raw = append((*raw)[:0:0], data...)
		return nil
	}
	return protocol.Unmarshal(data, v)
}

// A hangup cancels everything when the client can no longer be read from. The library would let requests run on.
type hangup struct {
	io.ReadWriteCloser
	cancel context.CancelFunc
}

func (h *hangup) Read(p []byte) (int, error) {
	n, err := h.ReadWriteCloser.Read(p)
	if err != nil {
		h.cancel()
	}
	return n, err
}

var (
	errNotInitialized = jsonrpc2.NewError(jsonrpc2.ServerNotInitialized, "the server is not initialized")
	errShutDown       = jsonrpc2.NewError(jsonrpc2.InvalidRequest, "the server was shut down")
	errInitialized    = jsonrpc2.NewError(jsonrpc2.InvalidRequest, "the server is initialized already")
)

// ordered is called with every message, in wire order, and returns when the next one may be read; or, for calls, gives
// that leave with Async and goes on. No call may return before: the library recycles the context of one that does, and
// CancelHandler may still watch it.
func (s *server) ordered(ctx context.Context, req *jsonrpc2.Request) (any, error) {
	write := protocol.ServerHandler(s, nil)
	switch m := req.Method(); {
	case !req.IsCall():
		switch {
		case m == protocol.MethodExit:
		case s.phase != running:
			return nil, fmt.Errorf("not while the server is %s", s.phase)
		case m == protocol.MethodInitialized: // some clients send it without params, which the library refuses
			return nil, s.Initialized(ctx, nil)
		}
		return write(ctx, req)
	case m == protocol.MethodInitialize || m == protocol.MethodShutdown:
		defer jsonrpc2.Async(ctx)
		switch {
		case s.phase == down:
			return nil, errShutDown
		case m == protocol.MethodShutdown && s.phase == starting:
			return nil, errNotInitialized
		case m == protocol.MethodInitialize && s.phase == running:
			return nil, errInitialized
		}
		return write(ctx, req)
	}
	q, err := s.query()
	jsonrpc2.Async(ctx)
	if err != nil {
		return nil, err
	}
	return protocol.ServerHandler(q, nil)(ctx, req)
}

// shield is the one place where failures become errors on the wire. Nothing that passes it ends the connection.
func shield(log *zap.Logger, next jsonrpc2.Handler) jsonrpc2.Handler {
	return func(ctx context.Context, req *jsonrpc2.Request) (result any, err error) {
		start, call := time.Now(), req.IsCall()
		method := strings.Clone(req.Method())
		if !call {
			// The library recycles a notification's context; one made from it would panic later.
			ctx = jsonrpc2.DetachContext(ctx)
		}
		defer func() {
			if r := recover(); r != nil {
				err = jsonrpc2.Errorf(jsonrpc2.InternalError, "%s: %v", method, r)
				log.DPanic("handler panicked", zap.String("method", method), zap.Any("error", r), zap.ByteString("stack", debug.Stack()))
			}
			log.Debug("handled", zap.String("method", method), zap.Duration("took", time.Since(start)), zap.Error(err))
			if call {
				err = onWire(err)
			} else {
				result, err = nil, nil
			}
		}()
		return next(ctx, req)
	}
}

// onWire gives every error a code.
func onWire(err error) error {
	var coded *jsonrpc2.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return protocol.ErrRequestCancelled
	case !errors.As(err, &coded):
		return jsonrpc2.NewError(jsonrpc2.InternalError, err.Error())
	case coded.Code == jsonrpc2.ParseError: // the library's word for params that do not fit; the frame itself was fine
		return jsonrpc2.NewError(jsonrpc2.InvalidParams, err.Error())
	}
	return err
}

// A bell wakes one goroutine. Ringing one that has not been heard yet changes nothing.
type bell chan struct{}

func newBell() bell { return make(bell, 1) }

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}
