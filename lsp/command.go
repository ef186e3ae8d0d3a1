package lsp

import (
	"context"
	"sync"

	"go.lsp.dev/protocol"
)

const (
	commandTidy     = "gomodls.tidy"
	commandDownload = "gomodls.download"
	commandCancel   = "gomodls.cancel"
)

func commandNames() []string { return []string{} }

func known(name string) bool { return false }

type commands struct {
	tasks sync.WaitGroup
}

func newCommands(s *server) *commands { return &commands{} }

func (c *commands) wait()                 { c.tasks.Wait() }
func (c *commands) cancelAll()            {}
func (c *commands) saw(path, text string) {}
func (c *commands) saved(path string)     {}

func (q *query) ExecuteCommand(ctx context.Context, params *protocol.ExecuteCommandParams) (protocol.LSPAny, error) {
	return nil, nil
}
