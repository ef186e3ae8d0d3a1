package lsp

import (
	"fmt"
	"strings"
	"testing"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

// The tooltip names the gravest problems, the files' order within a severity, and says how many it leaves out.
func TestWorst(t *testing.T) {
	const dir = "/m"
	at := func(offset int, severity analysis.Severity, message string) analysis.Diagnostic {
		return analysis.Diagnostic{Span: text.Span{Start: offset, End: offset}, Severity: severity, Message: message}
	}
	file := func(name, src string, ds ...analysis.Diagnostic) analysis.FileResult {
		f := workspace.NewFile(dir+"/"+name, src)
		f.URI = uri.File(f.Path)
		return analysis.FileResult{File: f, Diagnostics: ds}
	}
	silenced := at(0, analysis.Error, "silenced")
	silenced.Silenced = true
	result := &analysis.Result{Files: []analysis.FileResult{
		file("go.mod", "module m\nrequire x v1.0.0\n",
			at(0, analysis.Warning, "a_b *is* [odd](command:x) $(bug)"), silenced, at(10, analysis.Error, "go refuses\nx"), at(10, analysis.Hint, "faded")),
		file("go.sum", "\n\nx\n", at(2, analysis.Error, "no hash")),
		file("sub/go.mod", "", at(0, analysis.Error, "another module's")),
		file("vendor/modules.txt", "", at(0, analysis.Error, "in vendor")),
	}}
	want := "- ✗ [go.mod:2](file:///m/go.mod#L2) go refuses x\n" +
		"- ✗ [go.sum:3](file:///m/go.sum#L3) no hash\n" +
		"- ✗ [modules.txt:1](file:///m/vendor/modules.txt#L1) in vendor\n" +
		"- ⚠ [go.mod:1](file:///m/go.mod#L1) a\\_b \\*is\\* \\[odd\\]\\(command:x\\) \\$\\(bug\\)\n"
	if got := worst(byDirectory(result)[dir]); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}

	var many []analysis.Diagnostic
	for i := range most + 2 {
		many = append(many, at(0, analysis.Error, fmt.Sprint("number ", i)))
	}
	got := worst([]analysis.FileResult{file("go.mod", "", many...)})
	if strings.Count(got, "\n") != most+1 || !strings.HasSuffix(got, "number 4\n- and 2 more\n") {
		t.Errorf("got\n%s", got)
	}
}
