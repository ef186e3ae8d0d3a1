package lsp

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// A progress shows how far a job is. The nil progress shows nothing: not every client can.
type progress struct {
	server     *server
	token      protocol.ProgressToken
	downloaded atomic.Int64 // modules that go has begun to download
}

// begin takes the token that came with the request, or makes one where the client can be asked to.
func (c *commands) begin(ctx context.Context, title string, token protocol.ProgressToken) *progress {
	if token == nil {
		if !c.server.peer.progress {
			return nil
		}
		c.mu.Lock()
		c.tokens++
		token = protocol.String(fmt.Sprintf("gomodls-%d", c.tokens))
		c.mu.Unlock()
		if err := c.server.peer.WorkDoneProgressCreate(ctx, &protocol.WorkDoneProgressCreateParams{Token: token}); err != nil {
			return nil
		}
	} else if s, ok := token.(protocol.String); ok {
		token = protocol.String(strings.Clone(string(s)))
	}
	p := &progress{server: c.server, token: token}
	p.send(progressBegin(title))
	return p
}

// report shows a line that go has printed, or another message. Of downloads it says how many there were so far; how many
// there will be, go does not know itself.
func (p *progress) report(message string) {
	if message = strings.TrimSpace(message); p == nil || message == "" {
		return
	}
	if what, ok := strings.CutPrefix(message, "go: downloading "); ok {
		message = fmt.Sprintf("downloading %s (%d)", what, p.downloaded.Add(1))
	}
	p.send(progressReport(message))
}

func (p *progress) end(message string) {
	if p != nil {
		p.send(progressEnd(message))
	}
}

func (p *progress) is(token protocol.ProgressToken) bool { return p != nil && p.token == token }

// send uses the session's context: the end of a progress is to be sent also when its request was cancelled.
func (p *progress) send(value protocol.LSPAny) {
	err := p.server.peer.Progress(p.server.ctx, &protocol.ProgressParams{Token: p.token, Value: value})
	if err != nil && p.server.ctx.Err() == nil {
		p.server.log.Warn("reporting progress", zap.Error(err))
	}
}
