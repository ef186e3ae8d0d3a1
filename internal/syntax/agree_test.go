package syntax

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// fixOffline is what the go command does with the versions of a main module's go.mod, without the network.
func fixOffline(path, vers string) (string, error) {
	if i := strings.Index(vers, "-gopkgin-"); i >= 0 && strings.HasPrefix(path, "gopkg.in/") {
		vers = vers[i+len("-gopkgin-"):]
	}
	_, major, ok := module.SplitPathVersion(path)
	if !ok {
		return "", errors.New("malformed module path")
	}
	if vers == "" || module.CanonicalVersion(vers) != vers {
		return "", errors.New("network needed")
	}
	return vers, module.CheckPathMajor(vers, major)
}

// verdict is what can be compared of two parsers' opinions: the lines with errors, or the meaning of the file.
type verdict struct {
	Lines   []int // of errors of stage Directive
	Lexical bool  // the file could not be parsed at all
	Meaning []string
}

func theirVerdict(err error, meaning func() []string) verdict {
	if err == nil {
		return verdict{Meaning: meaning()}
	}
	var list modfile.ErrorList
	if !errors.As(err, &list) {
		return verdict{Lexical: true}
	}
	lines := make(map[int]bool)
	for _, e := range list {
		m := e.Err.Error()
		if strings.HasPrefix(m, "syntax error") || strings.HasPrefix(m, "unexpected ") && !strings.HasPrefix(m, "unexpected token after version") ||
			strings.HasPrefix(m, "mod files must use") {
			return verdict{Lexical: true}
		}
		lines[e.Pos.Line] = true
	}
	return verdict{Lines: sorted(lines)}
}

func sorted(set map[int]bool) (list []int) {
	for n := range set {
		list = append(list, n)
	}
	sort.Ints(list)
	return list
}

// ourVerdict returns the same for our tree, and whether its recovery went another way than go, so that lines differ.
func ourVerdict(t *Tree, meaning func() []string) (v verdict, recovered bool) {
	lines := make(map[int]bool)
	refused := false
	for _, p := range t.Problems {
		if p.Severity != Refused || p.Stage == Later {
			continue
		}
		refused = true
		v.Lexical = v.Lexical || p.Stage == Lexical
		switch p.Kind {
		case "syntax-string-newline", "syntax-string-eof":
			recovered = recovered || strings.Contains(t.Text, "\\\n") || strings.Contains(t.Text, "\\\r\n") // go goes on there
		case "syntax-unterminated-block", "syntax-stray-rparen", "syntax-lparen-not-last", "conflict-markers":
			recovered = true
		}
		lines[1+strings.Count(t.Text[:p.Span.Start], "\n")] = true
		for _, r := range p.Related {
			if r.Message == refusedToo {
				lines[1+strings.Count(t.Text[:r.Span.Start], "\n")] = true
			}
		}
	}
	if v.Lexical {
		return verdict{Lexical: true}, recovered
	}
	if v.Lines = sorted(lines); !refused {
		v.Meaning = meaning()
	}
	return v, recovered
}

func theirModMeaning(f *modfile.File) (m []string) {
	add := func(line *modfile.Line, format string, args ...any) {
		m = append(m, fmt.Sprintf("%d: ", line.Start.Line)+fmt.Sprintf(format, args...))
	}
	if f.Module != nil {
		add(f.Module.Syntax, "module %q deprecated %q", f.Module.Mod.Path, f.Module.Deprecated)
	}
	if f.Go != nil {
		add(f.Go.Syntax, "go %q", f.Go.Version)
	}
	if f.Toolchain != nil {
		add(f.Toolchain.Syntax, "toolchain %q", f.Toolchain.Name)
	}
	for _, g := range f.Godebug {
		add(g.Syntax, "godebug %q %q", g.Key, g.Value)
	}
	for _, r := range f.Require {
		add(r.Syntax, "require %q %q %v", r.Mod.Path, r.Mod.Version, r.Indirect)
	}
	for _, x := range f.Exclude {
		add(x.Syntax, "exclude %q %q", x.Mod.Path, x.Mod.Version)
	}
	for _, r := range f.Replace {
		add(r.Syntax, "replace %q %q by %q %q", r.Old.Path, r.Old.Version, r.New.Path, r.New.Version)
	}
	for _, r := range f.Retract {
		add(r.Syntax, "retract %q to %q because %q", r.Low, r.High, r.Rationale)
	}
	for _, t := range f.Tool {
		add(t.Syntax, "tool %q", t.Path)
	}
	for _, i := range f.Ignore {
		add(i.Syntax, "ignore %q", i.Path)
	}
	return m
}

func ourModMeaning(f *Mod) (m []string) {
	add := func(line *Line, format string, args ...any) {
		m = append(m, fmt.Sprintf("%d: ", line.Number)+fmt.Sprintf(format, args...))
	}
	if f.Module != nil {
		add(f.Module.Line, "module %q deprecated %q", f.Module.Path, f.Module.Deprecated)
	}
	if f.Go != nil {
		add(f.Go.Line, "go %q", f.Go.Version)
	}
	if f.Toolchain != nil {
		add(f.Toolchain.Line, "toolchain %q", f.Toolchain.Name)
	}
	for _, g := range f.Godebug {
		add(g.Line, "godebug %q %q", g.Key, g.Value)
	}
	for _, r := range f.Require {
		add(r.Line, "require %q %q %v", r.Path, r.Version, r.Indirect)
	}
	for _, x := range f.Exclude {
		add(x.Line, "exclude %q %q", x.Path, x.Version)
	}
	for _, r := range f.Replace {
		add(r.Line, "replace %q %q by %q %q", r.Old.Path, r.Old.Version, r.New.Path, r.New.Version)
	}
	for _, r := range f.Retract {
		add(r.Line, "retract %q to %q because %q", r.Low, r.High, r.Rationale)
	}
	for _, t := range f.Tool {
		add(t.Line, "tool %q", t.Path)
	}
	for _, i := range f.Ignore {
		add(i.Line, "ignore %q", i.Path)
	}
	return m
}

func theirWorkMeaning(f *modfile.WorkFile) (m []string) {
	add := func(line *modfile.Line, format string, args ...any) {
		m = append(m, fmt.Sprintf("%d: ", line.Start.Line)+fmt.Sprintf(format, args...))
	}
	if f.Go != nil {
		add(f.Go.Syntax, "go %q", f.Go.Version)
	}
	if f.Toolchain != nil {
		add(f.Toolchain.Syntax, "toolchain %q", f.Toolchain.Name)
	}
	for _, g := range f.Godebug {
		add(g.Syntax, "godebug %q %q", g.Key, g.Value)
	}
	for _, u := range f.Use {
		add(u.Syntax, "use %q", u.Path)
	}
	for _, r := range f.Replace {
		add(r.Syntax, "replace %q %q by %q %q", r.Old.Path, r.Old.Version, r.New.Path, r.New.Version)
	}
	return m
}

func ourWorkMeaning(f *Work) (m []string) {
	add := func(line *Line, format string, args ...any) {
		m = append(m, fmt.Sprintf("%d: ", line.Number)+fmt.Sprintf(format, args...))
	}
	if f.Go != nil {
		add(f.Go.Line, "go %q", f.Go.Version)
	}
	if f.Toolchain != nil {
		add(f.Toolchain.Line, "toolchain %q", f.Toolchain.Name)
	}
	for _, g := range f.Godebug {
		add(g.Line, "godebug %q %q", g.Key, g.Value)
	}
	for _, u := range f.Use {
		add(u.Line, "use %q", u.Path)
	}
	for _, r := range f.Replace {
		add(r.Line, "replace %q %q by %q %q", r.Old.Path, r.Old.Version, r.New.Path, r.New.Version)
	}
	return m
}

// agree compares the verdicts. Where our recovery took another way than go, only the fact of the refusal must agree.
func agree(t testing.TB, text string, ours verdict, recovered bool, theirs verdict) {
	t.Helper()
	weRefuse, theyRefuse := ours.Lexical || ours.Lines != nil, theirs.Lexical || theirs.Lines != nil
	if weRefuse != theyRefuse || !recovered && cmp.Diff(theirs, ours) != "" {
		t.Fatalf("go.mod, go's verdict (-) and ours (+):\n%s\n%s", cmp.Diff(theirs, ours), text)
	}
}

func agreeOnMod(t testing.TB, text string) {
	t.Helper()
	f, err := modfile.Parse("go.mod", []byte(text), fixOffline)
	m := ParseMod(text)
	ours, recovered := ourVerdict(&m.Tree, func() []string { return ourModMeaning(m) })
	theirs := theirVerdict(err, func() []string { return theirModMeaning(f) })
	agree(t, text, ours, recovered, theirs)
}

func agreeOnWork(t testing.TB, text string) {
	t.Helper()
	f, err := modfile.ParseWork("go.work", []byte(text), nil)
	w := ParseWork(text)
	ours, recovered := ourVerdict(&w.Tree, func() []string { return ourWorkMeaning(w) })
	agree(t, text, ours, recovered, theirVerdict(err, func() []string { return theirWorkMeaning(f) }))
}

// seeds returns the files of testdata/seeds with the given extension.
func seeds(t testing.TB, ext string) (texts []string) {
	names, err := filepath.Glob("testdata/seeds/*" + ext)
	if err != nil || len(names) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	return texts
}

func TestSeedsAgreeWithModfile(t *testing.T) {
	for _, s := range seeds(t, ".mod") {
		agreeOnMod(t, s)
	}
	for _, s := range seeds(t, ".work") {
		agreeOnWork(t, s)
	}
}
