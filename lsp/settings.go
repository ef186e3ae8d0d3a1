package lsp

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/workspace"
)

// settings are read by one goroutine, because clients that can be asked for them must be.
type settings struct {
	due     bell
	trusted bool

	mu   sync.Mutex
	sent protocol.LSPAny // what came with the last didChangeConfiguration
}

// DidChangeConfiguration says that there are new settings. Some clients send them with it, most want to be asked.
func (s *server) DidChangeConfiguration(_ context.Context, params *protocol.DidChangeConfigurationParams) error {
	s.settings.mu.Lock()
	s.settings.sent = params.Settings.Clone()
	s.settings.mu.Unlock()
	s.settings.due.ring()
	return nil
}

func (s *server) keepSettings(ctx context.Context) {
	if s.peer.configuration {
		s.settings.due.ring()
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.settings.due:
		}
		raw, err := s.ask(ctx)
		if err != nil {
			if ctx.Err() == nil {
				s.log.Warn("asking for settings", zap.Error(err))
			}
			continue
		}
		if len(raw) == 0 || raw.Kind() == 'n' {
			continue // nothing is chosen there; what came with initialize holds
		}
		chosen, problems := s.settings.read(raw)
		for _, p := range problems {
			s.tell(ctx, protocol.MessageTypeWarning, p)
		}
		machine, snap := gather.Machine(chosen), s.session.Snapshot()
		if reflect.DeepEqual(chosen, snap.Settings()) && reflect.DeepEqual(machine, snap.Machine()) {
			continue // as it came with initialize: what is known stands
		}
		s.session.Apply(workspace.Configured(chosen, machine))
		s.changedOutside()
	}
}

// ask returns the section gomodls of the client's settings.
func (s *server) ask(ctx context.Context) (protocol.LSPAny, error) {
	if s.peer.configuration {
		answers, err := s.peer.Configuration(ctx, &protocol.ConfigurationParams{
			Items: []protocol.ConfigurationItem{{Section: new("gomodls")}},
		})
		if err != nil || len(answers) == 0 {
			return nil, err
		}
		return answers[0], nil
	}
	s.settings.mu.Lock()
	defer s.settings.mu.Unlock()
	var sections map[string]protocol.LSPAny
	if len(s.settings.sent) == 0 || protocol.Unmarshal(s.settings.sent, &sections) != nil {
		return nil, nil
	}
	return sections["gomodls"], nil
}

// read decodes settings key by key, so that one that does not fit spoils no other. It returns what is wrong with those.
func (c *settings) read(raw protocol.LSPAny) (*workspace.Settings, []string) {
	out := &workspace.Settings{Trusted: c.trusted}
	if len(raw) == 0 || raw.Kind() == 'n' {
		return out, nil
	}
	var keys map[string]protocol.LSPAny
	if err := protocol.Unmarshal(raw, &keys); err != nil {
		return out, []string{"the settings under gomodls are not an object"}
	}
	var problems []string
	decode := func(key, want string, to any) {
		v, ok := keys[key]
		if !ok || v.Kind() == 'n' {
			return
		}
		if err := protocol.Unmarshal(v.Clone(), to); err != nil {
			problems = append(problems, fmt.Sprintf("the setting gomodls.%s is not %s", key, want))
		}
	}
	decode("severity", "an object from codes to severities", &out.Severity)
	decode("private", "a list of patterns", &out.Private)
	decode("go", "the path of a go command", &out.Go)
	decode("env", "an object from names to values", &out.Env)
	decode("network", "true or false", &out.Network)
	for _, code := range sortedKeys(out.Severity) {
		if _, ok := analysis.ParseSeverity(out.Severity[code]); !ok {
			problems = append(problems, fmt.Sprintf("the setting gomodls.severity has %q for %s: it is one of off, error, warning, information, hint",
				out.Severity[code], code))
			delete(out.Severity, code)
		}
	}
	return out, problems
}

// tell shows a message to the user. Only goroutines and requests may call it: the client may read slowly.
func (s *server) tell(ctx context.Context, kind protocol.MessageType, message string) {
	err := s.peer.ShowMessage(ctx, &protocol.ShowMessageParams{Type: kind, Message: "gomodls: " + strings.TrimSpace(message)})
	if err != nil && ctx.Err() == nil {
		s.log.Warn("showing a message", zap.Error(err))
	}
}
