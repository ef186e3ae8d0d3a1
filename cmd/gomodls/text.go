package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/term"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/text"
)

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

func isGraphic(c rune) bool { return unicode.IsGraphic(c) && c != utf8.RuneError }

// A style is an escape sequence that starts it; the empty style draws plainly.
type style string

const (
	plain  style = ""
	bold   style = "\x1b[1m"
	faint  style = "\x1b[2m"
	red    style = "\x1b[1;31m"
	green  style = "\x1b[32m"
	yellow style = "\x1b[1;33m"
	cyan   style = "\x1b[1;36m"
)

var severityStyles = map[analysis.Severity]style{
	analysis.Error: red, analysis.Warning: yellow, analysis.Information: cyan, analysis.Hint: faint,
}

// printText prints each diagnostic with its line and the marked range, its related places and its fixes.
func printText(r *report, out *bytes.Buffer) error {
	p := textPrinter{report: r, out: out, color: colored()}
	for _, d := range r.findings {
		if !d.Silenced {
			p.diagnostic(d)
		}
	}
	switch n := r.silencedErrors(); n {
	case 0:
	case 1:
		p.line(faint, "1 error is silenced by a comment; go refuses all the same")
	default:
		p.line(faint, fmt.Sprintf("%d errors are silenced by comments; go refuses all the same", n))
	}
	return nil
}

// summary counts what printText prints: "4 errors, 1 warning in example.com/demo".
func (r *report) summary() string {
	counts := map[analysis.Severity]int{}
	for _, d := range r.findings {
		if !d.Silenced {
			counts[d.Severity]++
		}
	}
	var parts []string
	for _, s := range []analysis.Severity{analysis.Error, analysis.Warning, analysis.Information, analysis.Hint} {
		switch n := counts[s]; {
		case n == 0:
		case n == 1 || s == analysis.Information:
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		default:
			parts = append(parts, fmt.Sprintf("%d %ss", n, s))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing to report"}
	}
	where := fmt.Sprintf("%d modules", len(r.result.Modules))
	if len(r.result.Modules) == 1 {
		m := r.result.Modules[0]
		where = cmp.Or(m.Path, shortPath(r.cwd, m.Dir))
	}
	return strings.Join(parts, ", ") + " in " + where
}

type textPrinter struct {
	*report
	out   *bytes.Buffer
	color bool
}

const indent = "    "

func (p *textPrinter) diagnostic(d analysis.Diagnostic) {
	src := p.source(d.URI)
	at := src.place(d.Span).Start
	fmt.Fprintf(p.out, "%s %s %s %s\n",
		p.styled(bold, fmt.Sprintf("%s:%d:%d:", printable(p.name(src.path)), at.Line, at.Column)),
		p.styled(severityStyles[d.Severity], d.Severity.String()+":"),
		printable(d.Message), p.styled(faint, "["+d.Code+"]"))
	if line, mark := excerpt(src, d.Span); line != "" {
		p.line(plain, indent+line)
		p.line(green, indent+mark)
	}
	for _, related := range d.Related {
		src := p.source(related.URI)
		at := src.place(related.Span).Start
		p.line(plain, fmt.Sprintf("%s%s:%d:%d: %s", indent, printable(p.name(src.path)), at.Line, at.Column, printable(related.Message)))
	}
	for i, fix := range shownFixes(d) {
		label := "fix: "
		if i > 0 {
			label = "or:  "
		}
		p.line(plain, indent+p.styled(faint, label)+printable(fix.Title))
	}
}

func (p *textPrinter) line(s style, text string) { fmt.Fprintln(p.out, p.styled(s, text)) }

func (p *textPrinter) styled(s style, text string) string {
	if !p.color || s == plain || text == "" {
		return text
	}
	return string(s) + text + "\x1b[0m"
}

// maxExcerpt is how many bytes of a line are shown: a binary go.sum may be all one line.
const maxExcerpt = 200

// excerpt returns the line that span begins on and a line that marks it with carets. The marking line has a tab where the
// line has one, so that both stay aligned whatever the width of a tab. Both are empty where there is nothing to show.
func excerpt(src *source, span text.Span) (line, mark string) {
	whole := src.lines.Span(src.lines.Line(span.Start))
	if whole.Len() == 0 {
		return "", ""
	}
	start := min(max(span.Start, whole.Start), whole.End)
	end := min(max(span.End, start), whole.End)
	shown := whole
	if shown.Len() > maxExcerpt {
		shown.Start = max(whole.Start, min(start-maxExcerpt/4, whole.End-maxExcerpt))
		shown.End = min(whole.End, shown.Start+maxExcerpt)
		end = min(end, shown.End)
	}
	before := printable(src.text[shown.Start:start])
	marked := printable(src.text[start:end])
	after := printable(src.text[end:shown.End])
	return before + marked + after, blanks(before) + strings.Repeat("^", max(width(marked), 1))
}

// blanks returns white space as wide as s.
func blanks(s string) string {
	var b strings.Builder
	for i, part := range strings.Split(s, "\t") {
		if i > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(strings.Repeat(" ", uniseg.StringWidth(part)))
	}
	return b.String()
}

// width returns how many columns s takes on a terminal, counting a tab as one.
func width(s string) int { return uniseg.StringWidth(strings.ReplaceAll(s, "\t", " ")) }
