package lsp

import (
	"context"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/internal/workspace"
)

// errPushed answers clients that pull although it was not offered: they would show everything twice.
var errPushed = jsonrpc2.NewError(jsonrpc2.MethodNotFound, "diagnostics are pushed; set initializationOptions.pull to ask for them")

func (q *query) Diagnostic(ctx context.Context, params *protocol.DocumentDiagnosticParams) (protocol.DocumentDiagnosticReport, error) {
	if !q.peer.pull {
		return nil, errPushed
	}
	report := &protocol.RelatedFullDocumentDiagnosticReport{FullDocumentDiagnosticReport: fullReport([]protocol.Diagnostic{})}
	f, ok := q.snap.File(params.TextDocument.URI)
	if !ok {
		return report, nil
	}
	result, err := q.analyze(ctx, f)
	if err != nil {
		return nil, err
	}
	report.Items = newConverter(q.peer, result.Snapshot).diagnostics(f, result.Diagnostics(f.URI))
	return report, nil
}

// DiagnosticWorkspace reports on all files that something is said about. The client keeps what it has of others, so those that it
// names are reported, too: every report has an id for that.
func (q *query) DiagnosticWorkspace(ctx context.Context, params *protocol.WorkspaceDiagnosticParams) (*protocol.WorkspaceDiagnosticReport, error) {
	if !q.peer.pull {
		return nil, errPushed
	}
	result, err := q.settle(ctx, func(snap *workspace.Snapshot) []string { return q.targets(snap) })
	if err != nil {
		return nil, err
	}
	conv := newConverter(q.peer, result.Snapshot)
	report := &protocol.WorkspaceDiagnosticReport{Items: []protocol.WorkspaceDocumentDiagnosticReport{}}
	reported := map[uri.URI]bool{}
	for _, r := range result.Files {
		reported[r.File.URI] = true
		item := &protocol.WorkspaceFullDocumentDiagnosticReport{
			FullDocumentDiagnosticReport: fullReport(conv.diagnostics(r.File, r.Diagnostics)), URI: r.File.URI,
		}
		if r.File.Open {
			item.Version = new(r.File.Version)
		}
		report.Items = append(report.Items, item)
	}
	for _, p := range params.PreviousResultIds {
		if !reported[p.URI] {
			report.Items = append(report.Items, &protocol.WorkspaceFullDocumentDiagnosticReport{
				FullDocumentDiagnosticReport: fullReport([]protocol.Diagnostic{}), URI: p.URI,
			})
		}
	}
	return report, nil
}
