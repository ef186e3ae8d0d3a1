package lsp

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

// An encoding is the unit in which the client counts columns.
type encoding int

const (
	utf16 encoding = iota
	utf8
)

func (e encoding) kind() protocol.PositionEncodingKind {
	if e == utf8 {
		return protocol.PositionEncodingKindUTF8
	}
	return protocol.PositionEncodingKindUTF16
}

func (e encoding) position(l *text.Lines, offset int) protocol.Position {
	p := l.Position(offset)
	if e == utf16 {
		p = l.Position16(offset)
	}
	return protocol.Position{Line: uint32(p.Line), Character: uint32(p.Column)}
}

// offset never fails: a position outside the text is moved into it.
func (e encoding) offset(l *text.Lines, p protocol.Position) int {
	at := text.Position{Line: int(p.Line), Column: int(p.Character)}
	if e == utf16 {
		return l.Offset16(at)
	}
	return l.Offset(at)
}

func (e encoding) span(l *text.Lines, r protocol.Range) text.Span {
	start, end := e.offset(l, r.Start), e.offset(l, r.End)
	return text.Span{Start: min(start, end), End: max(start, end)}
}

func (e encoding) rangeOf(l *text.Lines, s text.Span) protocol.Range {
	return protocol.Range{Start: e.position(l, s.Start), End: e.position(l, s.End)}
}

// pathOf returns the path of a file's URI. It does not share memory with the message that u came in.
func pathOf(u uri.URI) string { return filepath.Clean(strings.Clone(u.FsPath())) }

// own returns u in memory of its own, to be kept.
func own(u uri.URI) uri.URI { return uri.URI(strings.Clone(string(u))) }

// A converter turns what the engine says about one snapshot into the protocol's types.
type converter struct {
	peer *peer
	snap *workspace.Snapshot
}

func newConverter(p *peer, snap *workspace.Snapshot) *converter {
	return &converter{peer: p, snap: snap}
}

// file returns the document u as the snapshot has it, open or read from disk, or nil.
func (c *converter) file(u uri.URI) *workspace.File {
	if f, ok := c.snap.File(u); ok {
		return f
	}
	if !u.IsFile() {
		return nil
	}
	return c.snap.Read(pathOf(u)).File
}

// diagnostics returns those that are shown: not the silenced ones.
func (c *converter) diagnostics(f *workspace.File, ds []analysis.Diagnostic) []protocol.Diagnostic {
	out := make([]protocol.Diagnostic, 0, len(ds))
	for _, d := range ds {
		if !d.Silenced {
			out = append(out, c.diagnostic(f, d))
		}
	}
	return out
}

func (c *converter) diagnostic(f *workspace.File, d analysis.Diagnostic) protocol.Diagnostic {
	out := protocol.Diagnostic{
		Range:    c.peer.encoding.rangeOf(f.Lines(), d.Span),
		Severity: severityOf(d.Severity),
		Source:   protocol.NewOptional("gomodls"),
		Message:  protocol.String(d.Message),
	}
	if d.Code != "" { // else it is what a command has said
		out.Code = protocol.String(d.Code)
	}
	if c.peer.rulePages && d.Code != "" {
		out.CodeDescription = protocol.CodeDescription{Href: uri.URI(analysis.RulePage(d.Code))}
	}
	var tags []protocol.DiagnosticTag
	if d.Tags&analysis.Unnecessary != 0 {
		tags = append(tags, protocol.DiagnosticTagUnnecessary)
	}
	if d.Tags&analysis.Deprecated != 0 {
		tags = append(tags, protocol.DiagnosticTagDeprecated)
	}
	out.Tags = protocol.NewDiagnosticTags(tags...)
	if c.peer.data {
		out.Data = alikeOf(f, d)
	}
	if !c.peer.related {
		return out
	}
	for _, r := range d.Related {
		in := f
		if r.URI != "" && r.URI != f.URI {
			in = c.file(r.URI)
		}
		if in == nil {
			continue
		}
		out.RelatedInformation = append(out.RelatedInformation, protocol.DiagnosticRelatedInformation{
			Location: protocol.Location{URI: in.URI, Range: c.peer.encoding.rangeOf(in.Lines(), r.Span)},
			Message:  r.Message,
		})
	}
	return out
}

func severityOf(s analysis.Severity) protocol.DiagnosticSeverity {
	switch s {
	case analysis.Warning:
		return protocol.DiagnosticSeverityWarning
	case analysis.Information:
		return protocol.DiagnosticSeverityInformation
	case analysis.Hint:
		return protocol.DiagnosticSeverityHint
	}
	return protocol.DiagnosticSeverityError
}

// edit returns edits of documents of the snapshot, with their versions where the client understands them. It reports false
// if a document is not there.
func (c *converter) edit(edits []fixes.Edit) (*protocol.WorkspaceEdit, bool) {
	out := new(protocol.WorkspaceEdit)
	byFile := fixes.ByFile(edits)
	for _, u := range sortedKeys(byFile) {
		f := c.file(u)
		if f == nil {
			return nil, false
		}
		lines := f.Lines()
		var plain []protocol.TextEdit
		var elements []protocol.TextDocumentEditElement
		for _, e := range byFile[u] {
			edit := protocol.TextEdit{Range: c.peer.encoding.rangeOf(lines, e.Span), NewText: e.New}
			plain = append(plain, edit)
			elements = append(elements, &edit)
		}
		if !c.peer.versions {
			if out.Changes == nil {
				out.Changes = map[uri.URI][]protocol.TextEdit{}
			}
			out.Changes[f.URI] = plain
			continue
		}
		id := protocol.OptionalVersionedTextDocumentIdentifier{TextDocumentIdentifier: protocol.TextDocumentIdentifier{URI: f.URI}}
		if f.Open {
			id.Version = new(f.Version)
		}
		out.DocumentChanges = append(out.DocumentChanges, &protocol.TextDocumentEdit{TextDocument: id, Edits: elements})
	}
	return out, true
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// The library does not fill in the Kind of these.

func progressBegin(title string) protocol.LSPAny {
	return marshal(protocol.WorkDoneProgressBegin{Kind: "begin", Title: title, Cancellable: new(true)})
}

func progressReport(message string) protocol.LSPAny {
	return marshal(protocol.WorkDoneProgressReport{Kind: "report", Message: &message})
}

func progressEnd(message string) protocol.LSPAny {
	end := protocol.WorkDoneProgressEnd{Kind: "end"}
	if message != "" {
		end.Message = &message
	}
	return marshal(end)
}

func fullReport(items []protocol.Diagnostic) protocol.FullDocumentDiagnosticReport {
	return protocol.FullDocumentDiagnosticReport{Kind: "full", ResultID: new("full"), Items: items}
}

// marshal encodes values of ours, which cannot fail.
func marshal(v any) protocol.LSPAny {
	raw, err := protocol.Marshal(v)
	if err != nil {
		return protocol.LSPAny("null")
	}
	return raw
}
