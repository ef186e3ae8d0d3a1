package lsp

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

const (
	kindFixAll protocol.CodeActionKind = protocol.CodeActionKind(fixes.FixAll)
	kindTidy   protocol.CodeActionKind = "source.tidy.gomodls"
)

// CodeAction offers the fixes of the diagnostics at the range, as the snapshot has them: what the client believes to be
// shown there does not count.
func (q *query) CodeAction(ctx context.Context, params *protocol.CodeActionParams) ([]protocol.CommandOrCodeAction, error) {
	f, ok := q.snap.File(params.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	result, err := q.analyze(ctx, f)
	if err != nil {
		return nil, err
	}
	a := &actions{query: q, file: f, conv: newConverter(q.peer, result.Snapshot)}
	a.file = a.conv.file(f.URI) // with the version of the result's snapshot
	shown := visible(result.Diagnostics(f.URI))

	only := params.Context.Only
	if wants(only, protocol.CodeActionKindQuickFix) {
		a.quickFixes(shown, wholeLines(f.Lines(), q.peer.encoding.span(f.Lines(), params.Range)))
	}
	// Editors ask at every move of the cursor; what is for the whole file is worked out only for a user who asks.
	asked := len(only) > 0 || params.Context.TriggerKind == protocol.CodeActionTriggerKindInvoked
	if asked && wants(only, kindFixAll) {
		if err := a.fixAll(ctx, result); err != nil {
			return nil, err
		}
	}
	if asked && wants(only, kindTidy) && len(result.Snapshot.Views(f.Path)) > 0 && tidies(f.Kind) {
		a.command(protocol.CodeAction{Title: "Run go mod tidy", Kind: new(kindTidy)},
			fixes.Command{Name: commandTidy, Arguments: map[string]any{"uri": f.URI}})
	}
	return a.list, nil
}

// wholeLines widens a range to the lines that it touches: a cursor before the first word of a line means the line.
func wholeLines(lines *text.Lines, at text.Span) text.Span {
	return text.Span{Start: lines.Span(lines.Line(at.Start)).Start, End: lines.Span(lines.Line(at.End)).End}
}

func tidies(k workspace.Kind) bool { return k == workspace.ModFile || k == workspace.SumFile }

// wants reports whether a client that asks for some kinds, or for all, gets actions of a kind.
func wants(only []protocol.CodeActionKind, kind protocol.CodeActionKind) bool {
	for _, o := range only {
		if o == "" || o == kind || strings.HasPrefix(string(kind), string(o)+".") {
			return true
		}
	}
	return len(only) == 0
}

func visible(ds []analysis.Diagnostic) []analysis.Diagnostic {
	var out []analysis.Diagnostic
	for _, d := range ds {
		if !d.Silenced {
			out = append(out, d)
		}
	}
	return out
}

// actions collects what is offered for one document.
type actions struct {
	*query
	file *workspace.File
	conv *converter
	list []protocol.CommandOrCodeAction
}

func (a *actions) quickFixes(ds []analysis.Diagnostic, at text.Span) {
	codes := map[string]bool{}
	for _, d := range ds {
		if !d.Span.Overlaps(at) {
			continue
		}
		shown := []protocol.Diagnostic{a.conv.diagnostic(a.file, d)}
		for _, fix := range d.Fixes {
			action := protocol.CodeAction{Title: fix.Title, Kind: new(protocol.CodeActionKindQuickFix), Diagnostics: shown}
			if fix.Preferred {
				action.IsPreferred = new(true)
			}
			if fix.Command != nil {
				a.command(action, *fix.Command)
			} else {
				a.edit(action, fix.Edits)
			}
		}
		if len(d.Fixes) > 0 && !codes[d.Code] {
			codes[d.Code] = true
			a.allOf(ds, d.Code)
		}
	}
}

// allOf offers to fix all diagnostics of a code at once, where there are more than one that can be.
func (a *actions) allOf(ds []analysis.Diagnostic, code string) {
	var same []analysis.Diagnostic
	var shown []protocol.Diagnostic
	for _, d := range ds {
		if d.Code == code {
			same = append(same, d)
			shown = append(shown, a.conv.diagnostic(a.file, d))
		}
	}
	edits, taken := fixes.Merge(preferred(same, a.file))
	if taken < 2 {
		return
	}
	a.edit(protocol.CodeAction{
		Title: fmt.Sprintf("Fix all %s in this file", code), Kind: new(protocol.CodeActionKindQuickFix), Diagnostics: shown,
	}, edits)
}

// preferred returns the preferred fixes of diagnostics that change nothing but the file.
func preferred(ds []analysis.Diagnostic, f *workspace.File) []fixes.Fix {
	var out []fixes.Fix
fix:
	for _, d := range ds {
		for _, fix := range d.Fixes {
			if !fix.Preferred || fix.Command != nil {
				continue
			}
			for _, e := range fix.Edits {
				if e.URI != f.URI {
					continue fix
				}
			}
			out = append(out, fix)
			break
		}
	}
	return out
}

// maxRounds bounds how often fixAll looks whether its fixes have made others possible or necessary. Each round but the last
// changes something, and what needs more than a few is a fault of ours.
const maxRounds = 10

// fixAll applies the preferred fixes in memory, and those of what is then left, until nothing changes any more.
func (a *actions) fixAll(ctx context.Context, result *analysis.Result) error {
	session := a.fork(result.Snapshot)
	now := a.file
	for range maxRounds {
		edits, _ := fixes.Merge(preferred(visible(result.Diagnostics(now.URI)), now))
		next, ok := text.Apply(now.Text, fixes.ByFile(edits)[now.URI])
		if !ok || next == now.Text {
			break
		}
		session.Apply(workspace.Opened(now.URI, now.Version, next))
		var err error
		result, err = gather.Settle(ctx, session, func(ctx context.Context, snap *workspace.Snapshot) (*analysis.Result, error) {
			return analysis.Run(ctx, snap, a.analyzers, []string{now.Path})
		})
		if err != nil {
			return err
		}
		now, _ = result.Snapshot.File(now.URI)
	}
	if now.Text == a.file.Text {
		return nil
	}
	var edits []fixes.Edit
	for _, e := range locked.Edits(a.file.Text, now.Text) {
		edits = append(edits, fixes.Edit{URI: a.file.URI, Span: e.Span, New: e.New})
	}
	a.edit(protocol.CodeAction{Title: "Fix all in " + filepath.Base(a.file.Path), Kind: new(kindFixAll)}, edits)
	return nil
}

// fork returns a session of its own that knows what the snapshot knows.
func (s *server) fork(snap *workspace.Snapshot) *workspace.Session {
	session := workspace.NewSession(snap.Machine(), snap.Settings(), s.stores)
	var changes []workspace.Change
	for want, fact := range snap.Facts() {
		changes = append(changes, workspace.Learned(want, fact))
	}
	for _, f := range snap.Open() {
		changes = append(changes, workspace.Opened(f.URI, f.Version, f.Text))
	}
	session.Apply(changes...)
	return session
}

// edit offers edits: as such where they are in open documents, else as a command.
func (a *actions) edit(action protocol.CodeAction, edits []fixes.Edit) {
	if files, ok := closedEdits(a.conv, edits); ok {
		a.command(action, fixes.Command{Name: commandApplyFix, Arguments: map[string]any{"uri": a.file.URI, "title": action.Title, "files": files}})
		return
	}
	edit, ok := a.conv.edit(edits)
	if !ok || !a.peer.literals {
		return
	}
	action.Edit = edit
	a.list = append(a.list, &action)
}

func (a *actions) command(action protocol.CodeAction, c fixes.Command) {
	if !known(c.Name) {
		return
	}
	command := protocol.Command{Title: action.Title, Command: c.Name, Arguments: []protocol.LSPAny{marshal(c.Arguments)}}
	if !a.peer.literals {
		a.list = append(a.list, &command)
		return
	}
	action.Command = command
	a.list = append(a.list, &action)
}
