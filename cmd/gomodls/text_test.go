package main

import (
	"strings"
	"testing"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/text"
)

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("a", 1000)
	for _, test := range []struct {
		name, text string
		start, end int
		line, mark string
	}{
		{"tabs stay under tabs", "\tone\ttwo\n", 5, 8, "\tone\ttwo", "\t   \t^^^"},
		{"a tab within the range counts as one", "a\tb", 0, 3, "a\tb", "^^^"},
		{"wide characters take two columns", "世界 x", 7, 8, "世界 x", "     ^"},
		{"and are marked by two carets", "世界 x", 0, 6, "世界 x", "^^^^"},
		{"an empty range is one caret", "abc", 3, 3, "abc", "   ^"},
		{"a range over several lines is marked on its first", "one\ntwo", 1, 6, "one", " ^^"},
		{"an empty line has nothing to show", "\n\nx", 0, 1, "", ""},
		{"control characters are made visible", "\x1b[31mx\x00", 5, 6, "\uFFFD[31mx\uFFFD", "     ^"},
		{"so are bytes that are no text", "\xff\xfex", 2, 3, "\uFFFD\uFFFDx", "  ^"},
		{"of a long line a part is shown", long, 500, 502, long[:200], strings.Repeat(" ", 50) + "^^"},
		{"near its end, too", long, 999, 1000, long[:200], strings.Repeat(" ", 199) + "^"},
		{"a place behind the text is its end", "abc", 9, 12, "abc", "   ^"},
	} {
		t.Run(test.name, func(t *testing.T) {
			line, mark := excerpt(newSource("go.mod", test.text), text.Span{Start: test.start, End: test.end})
			if line != test.line || mark != test.mark {
				t.Errorf("got\n%q\n%q\nwant\n%q\n%q", line, mark, test.line, test.mark)
			}
		})
	}
}

func TestSummary(t *testing.T) {
	var (
		failure  = analysis.Diagnostic{Severity: analysis.Error}
		warning  = analysis.Diagnostic{Severity: analysis.Warning}
		notice   = analysis.Diagnostic{Severity: analysis.Information}
		silenced = analysis.Diagnostic{Severity: analysis.Error, Silenced: true}
		demo     = analysis.ModuleResult{Dir: "/src/demo", Path: "example.com/demo"}
		nameless = analysis.ModuleResult{Dir: "/src/nameless"}
	)
	for _, tt := range []struct {
		modules  []analysis.ModuleResult
		findings []analysis.Diagnostic
		want     string
	}{
		{[]analysis.ModuleResult{demo}, []analysis.Diagnostic{warning, failure, failure}, "2 errors, 1 warning in example.com/demo"},
		{[]analysis.ModuleResult{demo}, []analysis.Diagnostic{notice, notice}, "2 information in example.com/demo"},
		{[]analysis.ModuleResult{demo}, []analysis.Diagnostic{silenced}, "nothing to report in example.com/demo"},
		{[]analysis.ModuleResult{nameless}, []analysis.Diagnostic{failure}, "1 error in nameless"},
		{[]analysis.ModuleResult{demo, nameless}, nil, "nothing to report in 2 modules"},
	} {
		r := &report{cwd: "/src", result: &analysis.Result{Modules: tt.modules}, findings: tt.findings}
		if got := r.summary(); got != tt.want {
			t.Errorf("the summary is %q, want %q", got, tt.want)
		}
	}
}
