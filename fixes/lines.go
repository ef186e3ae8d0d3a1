package fixes

import (
	"strings"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
)

// DeleteLine returns the edit that removes a line of go.mod or go.work. A comment at its end stays, on a line of its own,
// unless it only says that the requirement is indirect; the comments above it stay where they are. A block goes with its
// only line, and a statement between blank lines, or at the end of the file, takes one of them with it.
func DeleteLine(src string, l *syntax.Line) text.Edit {
	if comment := l.Remark(); comment != "" {
		return text.Edit{Span: text.Span{Start: l.Span.Start, End: l.Suffix.End}, New: comment}
	}
	span := l.Full
	if b := l.Block; b != nil {
		if len(b.Lines) > 1 || b.RParen.IsZero() || len(l.Before)+len(b.Trailing) > 0 || b.Suffix != nil || b.RParenSuffix != nil {
			return text.Edit{Span: span}
		}
		span = b.Full
	}
	if before := blankBefore(src, span.Start); before < span.Start && (span.End == len(src) || blank(src[span.End:])) {
		span.Start = before
	}
	return text.Edit{Span: span}
}

// blankBefore returns where the blank line that ends at offset starts, or offset if there is none.
func blankBefore(src string, offset int) int {
	if offset == 0 || src[offset-1] != '\n' {
		return offset
	}
	start := strings.LastIndexByte(src[:offset-1], '\n') + 1
	if strings.TrimSpace(src[start:offset]) != "" {
		return offset
	}
	return start
}

// blank reports whether the first line of src holds nothing but blanks.
func blank(src string) bool {
	line, _, _ := strings.Cut(src, "\n")
	return strings.TrimSpace(line) == ""
}

// AddStatement returns the edit that adds a statement after l, or after the block that l is in, with a blank line between.
func AddStatement(src string, l *syntax.Line, statement string) text.Edit {
	at := l.Full.End
	if l.Block != nil {
		at = l.Block.Full.End
	}
	newline := "\n"
	if strings.HasSuffix(src[:at], "\r\n") {
		newline = "\r\n"
	}
	add := newline + statement + newline
	if !strings.HasSuffix(src[:at], "\n") {
		add = newline + add
	}
	return text.Edit{Span: text.Span{Start: at, End: at}, New: add}
}

// Replace returns the edit that puts other text in the place of a token.
func Replace(span text.Span, s string) text.Edit { return text.Edit{Span: span, New: s} }

// AddUse returns the edit that adds a directory to a go.work: to its last use block, else as a line of its own at the end.
func AddUse(u uri.URI, work *syntax.Work, dir string) Edit {
	var block *syntax.Block
	for _, stmt := range work.Stmts {
		if b := stmt.Block; b != nil && b.Verb.Raw == "use" && !b.RParen.IsZero() {
			block = b
		}
	}
	newline := "\n"
	if strings.Contains(work.Text, "\r\n") {
		newline = "\r\n"
	}
	if block != nil {
		at := block.RParen.Start
		return Edit{URI: u, Span: text.Span{Start: at, End: at}, New: "\t" + dir + newline}
	}
	at := len(work.Text)
	add := newline + "use " + dir + newline
	if at > 0 && !strings.HasSuffix(work.Text, "\n") {
		add = newline + add
	}
	return Edit{URI: u, Span: text.Span{Start: at, End: at}, New: add}
}
