package analysis_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

// snapshot returns one in which the given files are all there is.
func snapshot(t *testing.T, settings *workspace.Settings, files map[string]string) *workspace.Snapshot {
	t.Helper()
	session := workspace.NewSession(&workspace.Machine{GOOS: "linux"}, settings, modcache.NewStores())
	paths := []string{"/m/go.mod", "/m/go.work", "/m/a/go.mod"}
	for range 10 {
		snap := session.Snapshot()
		for _, p := range paths {
			for _, v := range snap.Views(p) {
				v.Graph()
				for _, m := range v.Modules() {
					snap.SettingsFor(v, m)
				}
			}
		}
		wants := snap.Wants()
		if len(wants) == 0 {
			return snap
		}
		for _, w := range wants {
			f := &workspace.Fact{State: workspace.Missing}
			if text, ok := files[w.Path]; ok {
				f = &workspace.Fact{State: workspace.Regular, File: workspace.NewFile(w.Path, text)}
			}
			session.Apply(workspace.Learned(w, f))
		}
	}
	t.Fatal("the snapshot never settles")
	return nil
}

// everyRequirement is an analyzer that reports every requirement as an error.
var everyRequirement = &analysis.Analyzer{
	Name: "every", Severity: analysis.Error,
	Run: func(_ context.Context, pass *analysis.Pass) error {
		if pass.File.Kind == workspace.ModFile {
			for _, r := range pass.File.Mod().Require {
				pass.Report(analysis.Diagnostic{Span: r.Line.Span, Message: r.Path})
			}
		}
		return nil
	},
}

const single = "module example.com/m\n\nrequire (\n\ta.example/x v1.0.0\n\tb.example/y v1.0.0 // gomodls:ignore every it is known\n\tc.example/z v1.0.0 // indirect; gomodls:ignore every so is this\n\td.example/w v1.0.0 // gomodls:ignore other\n)\n"

func TestSeverityAndSilence(t *testing.T) {
	for _, tt := range []struct {
		name     string
		settings *workspace.Settings
		yaml     string
		want     analysis.Health
	}{
		{"the default", nil, "", analysis.Health{State: analysis.HasErrors, Errors: 2, Silenced: 2}},
		{"the user's settings", &workspace.Settings{Severity: map[string]string{"every": "warning"}}, "", analysis.Health{State: analysis.HasWarnings, Warnings: 2, Silenced: 2}},
		{"the module's settings", nil, "severity: {every: hint}\n", analysis.Health{State: analysis.Healthy, Hints: 2, Silenced: 2}},
		{"the user's win", &workspace.Settings{Severity: map[string]string{"every": "information"}}, "severity: {every: off}\n", analysis.Health{State: analysis.HasInfo, Information: 2, Silenced: 2}},
		{"off", nil, "severity: {every: off}\n", analysis.Health{State: analysis.Healthy}},
	} {
		files := map[string]string{"/m/go.mod": single}
		if tt.yaml != "" {
			files["/m/.gomodls.yaml"] = tt.yaml
		}
		r, err := analysis.Run(context.Background(), snapshot(t, tt.settings, files), []*analysis.Analyzer{everyRequirement}, []string{"/m/go.mod"})
		if err != nil {
			t.Fatal(err)
		}
		got := r.Modules[0].Health
		if got.State != tt.want.State || got.Errors != tt.want.Errors || got.Warnings != tt.want.Warnings || got.Information != tt.want.Information || got.Hints != tt.want.Hints || got.Silenced != tt.want.Silenced {
			t.Errorf("%s: health is %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// TestModuleOfWorkspace checks that what is wrong with a module in its workspace is an error, said once, and that what is
// wrong only with the module on its own is a warning.
func TestModuleOfWorkspace(t *testing.T) {
	snap := snapshot(t, nil, map[string]string{"/m/go.work": "go 1.22\n\nuse ./a\n", "/m/a/go.mod": "module example.com/a\n\ngo 1.22\n"})
	at := func(n int) text.Span { return text.Span{Start: n, End: n + 1} }
	both := &analysis.Analyzer{Name: "both", Severity: analysis.Error, Run: func(_ context.Context, pass *analysis.Pass) error {
		if pass.File.Kind != workspace.ModFile {
			return nil
		}
		pass.Report(analysis.Diagnostic{Span: at(0), Message: map[bool]string{true: "alone", false: "in the workspace"}[pass.View.Own]})
		if pass.View.Own {
			pass.Report(analysis.Diagnostic{Span: at(5), Message: "alone"})
			pass.Report(analysis.Diagnostic{Span: at(6), Message: "alone; go refuses"})
		}
		return nil
	}}
	r, err := analysis.Run(context.Background(), snap, []*analysis.Analyzer{both}, []string{"/m/a/go.mod"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Files {
		for _, d := range f.Diagnostics {
			got = append(got, d.Severity.String()+" "+d.Message)
		}
	}
	want := []string{
		"error in the workspace", "warning alone; outside the workspace go refuses that", "warning alone; outside the workspace go refuses",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFailureOfAnAnalyzer(t *testing.T) {
	fails := &analysis.Analyzer{Name: "fails", Run: func(context.Context, *analysis.Pass) error { return errors.New("a fault of ours") }}
	snap := snapshot(t, nil, map[string]string{"/m/go.mod": single})
	r, err := analysis.Run(context.Background(), snap, []*analysis.Analyzer{fails, everyRequirement}, []string{"/m/go.mod"})
	if err != nil || len(r.Failures) != 1 || r.Modules[0].Health.Errors != 2 {
		t.Errorf("failures %v, health %+v, error %v: the other analyzers go on", r.Failures, r.Modules[0].Health, err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	snap := snapshot(t, nil, map[string]string{"/m/go.mod": single})
	if _, err := analysis.Run(ctx, snap, []*analysis.Analyzer{everyRequirement}, []string{"/m/go.mod"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// TestPanic lets one analyzer panic: that is a failure of its own, and the others say what they have to say.
func TestPanic(t *testing.T) {
	panics := &analysis.Analyzer{Name: "panics", Run: func(context.Context, *analysis.Pass) error { panic("oh") }}
	snap := snapshot(t, nil, map[string]string{"/m/go.mod": single})
	result, err := analysis.Run(t.Context(), snap, []*analysis.Analyzer{panics, everyRequirement}, []string{"/m/go.mod"})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Failures) != 1 || !strings.Contains(result.Failures[0].Error(), "analyzer panics on /m/go.mod: panic: oh") {
		t.Errorf("failures: %v", result.Failures)
	}
	if got := result.Diagnostics(uri.File("/m/go.mod")); len(got) == 0 {
		t.Error("the other analyzer says nothing")
	}
}
