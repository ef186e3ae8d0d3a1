package lsp

import (
	"slices"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// A peer is the client: what it can do, and a way to speak to it. It does not change after initialize.
type peer struct {
	protocol.Client
	conn     jsonrpc2.Conn
	encoding encoding

	applyEdit     bool // workspace/applyEdit
	versions      bool // edits may say which version of a document they are for
	literals      bool // code actions, not only commands
	progress      bool // window/workDoneProgress/create
	configuration bool // workspace/configuration
	watchFiles    bool // workspace/didChangeWatchedFiles on demand
	watchSettings bool // workspace/didChangeConfiguration on demand
	related       bool // related information of diagnostics
	rulePages     bool // where a diagnostic's code is explained
	data          bool // data of diagnostics
	refresh       bool // workspace/diagnostic/refresh

	pull     bool // diagnostics are asked for, not pushed
	save     bool // gomodls/save
	showDiff bool // gomodls/showDiff
	trusted  bool // the user trusts the folder
}

// initOptions are the initializationOptions of the client.
type initOptions struct {
	trusted, pull, save, showDiff bool
	settings                      protocol.LSPAny
}

// readOptions never fails: what does not fit is as if it were not there, but that no folder is taken for trusted by
// mistake.
func readOptions(log *zap.Logger, raw protocol.LSPAny) initOptions {
	options := initOptions{trusted: true}
	if len(raw) == 0 || raw.Kind() == 'n' {
		return options
	}
	var fields map[string]protocol.LSPAny
	if err := protocol.Unmarshal(raw, &fields); err != nil {
		log.Warn("initializationOptions is not an object", zap.Error(err))
		return options
	}
	flag := func(name string, to *bool) {
		if v, ok := fields[name]; ok && v.Kind() != 'n' {
			*to = v.Kind() == 't'
		}
	}
	flag("trusted", &options.trusted)
	flag("pull", &options.pull)
	flag("save", &options.save)
	flag("showDiff", &options.showDiff)
	options.settings = fields["settings"]
	return options
}

func newPeer(conn jsonrpc2.Conn, params *protocol.InitializeParams, options initOptions) *peer {
	p := &peer{
		Client: protocol.ClientDispatcher(conn), conn: conn,
		pull: options.pull, save: options.save, showDiff: options.showDiff, trusted: options.trusted,
	}
	can := params.Capabilities
	if g := can.General; g != nil && slices.Contains(g.PositionEncodings, protocol.PositionEncodingKindUTF8) {
		p.encoding = utf8
	}
	if w := can.Workspace; w != nil {
		p.applyEdit = is(w.ApplyEdit)
		p.configuration = is(w.Configuration)
		if w.WorkspaceEdit != nil {
			p.versions = is(w.WorkspaceEdit.DocumentChanges)
		}
		if w.DidChangeWatchedFiles != nil {
			p.watchFiles = is(w.DidChangeWatchedFiles.DynamicRegistration)
		}
		if w.DidChangeConfiguration != nil {
			p.watchSettings = is(w.DidChangeConfiguration.DynamicRegistration)
		}
		if w.Diagnostics != nil {
			p.refresh = is(w.Diagnostics.RefreshSupport)
		}
	}
	if t := can.TextDocument; t != nil {
		if t.CodeAction != nil {
			p.literals = t.CodeAction.CodeActionLiteralSupport.CodeActionKind.ValueSet != nil
		}
		if t.PublishDiagnostics != nil {
			p.related = is(t.PublishDiagnostics.RelatedInformation)
			p.rulePages = is(t.PublishDiagnostics.CodeDescriptionSupport)
			p.data = is(t.PublishDiagnostics.DataSupport)
		}
		if t.Diagnostic != nil && p.pull {
			p.related = p.related || is(t.Diagnostic.RelatedInformation)
			p.rulePages = p.rulePages || is(t.Diagnostic.CodeDescriptionSupport)
			p.data = p.data || is(t.Diagnostic.DataSupport)
		}
	}
	if w := can.Window; w != nil {
		p.progress = is(w.WorkDoneProgress)
	}
	return p
}

func is(b *bool) bool { return b != nil && *b }

// offer returns the capabilities of the server for this client: those that work, and no others.
func (p *peer) offer() protocol.ServerCapabilities {
	c := protocol.ServerCapabilities{
		PositionEncoding: p.encoding.kind(),
		TextDocumentSync: &protocol.TextDocumentSyncOptions{
			OpenClose: new(true),
			Change:    new(protocol.TextDocumentSyncKindIncremental),
			Save:      &protocol.SaveOptions{IncludeText: new(false)},
		},
		CodeActionProvider:     protocol.Boolean(true),
		HoverProvider:          protocol.Boolean(true),
		ExecuteCommandProvider: protocol.ExecuteCommandOptions{Commands: commandNames()},
		Workspace: &protocol.WorkspaceOptions{WorkspaceFolders: &protocol.WorkspaceFoldersServerCapabilities{
			Supported: new(true), ChangeNotifications: protocol.Boolean(true),
		}},
	}
	if p.literals {
		c.CodeActionProvider = &protocol.CodeActionOptions{CodeActionKinds: []protocol.CodeActionKind{
			protocol.CodeActionKindQuickFix, kindFixAll, kindTidy,
		}}
	}
	if p.pull {
		c.DiagnosticProvider = &protocol.DiagnosticOptions{
			Identifier: new("gomodls"), InterFileDependencies: true, WorkspaceDiagnostics: true,
		}
	}
	return c
}

// watched are the files whose changes are asked for. The directories of replacements may lie outside the folder, and much
// else that matters does; internal/gather watches those itself.
const watched = "**/{*.go,go.mod,go.sum,go.work,go.work.sum,modules.txt,.gomodls.yaml}"

func (p *peer) registrations() []protocol.Registration {
	var regs []protocol.Registration
	if p.watchFiles {
		regs = append(regs, protocol.Registration{
			ID: "gomodls.files", Method: protocol.MethodWorkspaceDidChangeWatchedFiles,
			RegisterOptions: marshal(protocol.DidChangeWatchedFilesRegistrationOptions{
				Watchers: []protocol.FileSystemWatcher{{GlobPattern: protocol.Pattern(watched)}},
			}),
		})
	}
	if p.watchSettings {
		regs = append(regs, protocol.Registration{
			ID: "gomodls.settings", Method: protocol.MethodWorkspaceDidChangeConfiguration,
			RegisterOptions: marshal(map[string]string{"section": "gomodls"}),
		})
	}
	return regs
}
