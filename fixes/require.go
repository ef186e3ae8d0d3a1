package fixes

import (
	"strings"

	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
)

// AddRequire returns the edit that adds a requirement to a go.mod with a module line: to the last block of requirements of its
// sort, in its order there, else as a line of its own.
func AddRequire(mod *syntax.Mod, path, version string, indirect bool) text.Edit {
	line := path + " " + version
	if indirect {
		line += " // indirect"
	}
	newline := "\n"
	if strings.Contains(mod.Text, "\r\n") {
		newline = "\r\n"
	}
	block, last := home(mod, indirect)
	if block == nil {
		return AddStatement(mod.Text, last, "require "+line)
	}
	at := block.RParen.Start
	for _, l := range block.Lines {
		if len(l.Args) > 0 && l.Args[0].Value > path {
			at = l.Full.Start
			if len(l.Before) > 0 {
				at = lineStart(mod.Text, l.Before[0].Start)
			}
			break
		}
	}
	if at == block.RParen.Start {
		if at = lineStart(mod.Text, at); at < block.LParen.End { // "require ( )"
			return text.Edit{Span: text.Span{Start: block.RParen.Start, End: block.RParen.Start}, New: newline + "\t" + line + newline}
		}
	}
	return text.Edit{Span: text.Span{Start: at, End: at}, New: "\t" + line + newline}
}

func lineStart(src string, offset int) int { return strings.LastIndexByte(src[:offset], '\n') + 1 }

// home returns the last closed block whose requirements are all of one sort, or else the line after which a requirement may
// stand by itself.
func home(mod *syntax.Mod, indirect bool) (block *syntax.Block, after *syntax.Line) {
	mixed := map[*syntax.Block]bool{}
	var blocks []*syntax.Block
	after = mod.Module.Line
	if mod.Go != nil {
		after = mod.Go.Line
	}
	if mod.Toolchain != nil {
		after = mod.Toolchain.Line
	}
	for _, r := range mod.Require {
		after = r.Line
		b := r.Line.Block
		if b == nil || b.RParen.IsZero() {
			continue
		}
		if len(blocks) == 0 || blocks[len(blocks)-1] != b {
			blocks = append(blocks, b)
		}
		mixed[b] = mixed[b] || r.Indirect != indirect
	}
	for _, b := range blocks {
		if !mixed[b] {
			block = b
		}
	}
	return block, after
}

// SetIndirect returns the edit that adds or removes the mark of an indirect requirement. Whatever else the comment says stays.
func SetIndirect(r *syntax.Require, indirect bool) text.Edit {
	l := r.Line
	switch {
	case indirect && l.Suffix == nil:
		return text.Edit{Span: text.Span{Start: l.Span.End, End: l.Span.End}, New: " // indirect"}
	case indirect:
		says := strings.TrimLeft(strings.TrimPrefix(l.Suffix.Text, "//"), " \t")
		return text.Edit{Span: text.Span{Start: l.Suffix.Start, End: l.Suffix.Start + len(l.Suffix.Text) - len(says)}, New: "// indirect; "}
	}
	if remark := l.Remark(); remark != "" {
		return text.Edit{Span: text.Span{Start: l.Suffix.Start, End: l.Suffix.Start + len(strings.TrimRight(l.Suffix.Text, " \t\r"))}, New: remark}
	}
	start := l.Span.End
	return text.Edit{Span: text.Span{Start: start, End: l.Suffix.Start + len(strings.TrimRight(l.Suffix.Text, " \t\r"))}}
}
