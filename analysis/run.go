package analysis

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"go.lsp.dev/uri"
	"golang.org/x/sync/errgroup"

	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A Result is what the analyzers say about the modules that some documents belong to. It is final if the snapshot that it
// was made from has no wants left.
type Result struct {
	Snapshot *workspace.Snapshot
	Files    []FileResult   // by path
	Modules  []ModuleResult // by directory
	Failures []error        // analyzers that failed: faults of ours, never of a file
}

// A FileResult holds the diagnostics of one document, which may be none, by place.
type FileResult struct {
	File        *workspace.File
	Diagnostics []Diagnostic
}

// Same reports whether two results about one document are the very same answer, so that nobody need look at them again. It may
// say no of answers that are equal.
func (r FileResult) Same(other FileResult) bool {
	return r.File == other.File && len(r.Diagnostics) == len(other.Diagnostics) &&
		(len(r.Diagnostics) == 0 || &r.Diagnostics[0] == &other.Diagnostics[0])
}

// A ModuleResult sums up one main module.
type ModuleResult struct {
	Dir    string
	Path   string // "" if its go.mod declares none
	Health Health
}

// Diagnostics returns what is said about the document u.
func (r *Result) Diagnostics(u uri.URI) []Diagnostic {
	for _, f := range r.Files {
		if f.File.URI == u {
			return f.Diagnostics
		}
	}
	return nil
}

// Run runs the analyzers over every view that one of the paths belongs to. Paths that belong to no view add nothing. It
// returns early, with an error, only when ctx ends. What nothing has changed about is not looked at again.
func Run(ctx context.Context, snap *workspace.Snapshot, analyzers []*Analyzer, paths []string) (*Result, error) {
	c := &collector{snap: snap}
	asker := newAsker(ctx, analyzers, runtime.GOMAXPROCS(0))
	var views []*workspace.View
	for _, path := range paths {
		for _, v := range snap.Views(path) {
			if !slices.Contains(views, v) {
				views = append(views, v)
			}
		}
	}
	all := func(i int, each answered) error { return asker.all(views[i], each) }
	if len(views) >= many {
		var err error
		if all, err = askAtOnce(ctx, views, analyzers); err != nil {
			return nil, err
		}
	}
	for i, v := range views {
		if err := c.view(v, func(each answered) error { return all(i, each) }); err != nil {
			return nil, err
		}
	}
	return c.result(), nil
}

// answered is called with the answer about a file, and the number of the view's module that the file belongs to, -1 for none.
type answered func(f *workspace.File, module int, a *answer)

// many is how many views are worth more than one processor.
const many = 8

// askAtOnce asks about several views on all processors, and returns what hands on the answers about one of them, by its number.
func askAtOnce(ctx context.Context, views []*workspace.View, analyzers []*Analyzer) (func(int, answered) error, error) {
	answers := make([][]about, len(views))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, v := range views {
		g.Go(func() error {
			return workspace.Guarded(func() error {
				return newAsker(ctx, analyzers, 1).all(v, note(&answers[i]))
			})
		})
	}
	return func(i int, each answered) error {
		handOn(answers[i], each)
		return nil
	}, g.Wait()
}

// about is what an answered is called with.
type about struct {
	file   *workspace.File
	module int
	answer *answer
}

func note(in *[]about) answered {
	return func(f *workspace.File, module int, a *answer) { *in = append(*in, about{f, module, a}) }
}

func handOn(answers []about, each answered) {
	for _, a := range answers {
		each(a.file, a.module, a.answer)
	}
}

// An answer is what all analyzers say about one file of one view. It is never changed.
type answer struct {
	diagnostics []Diagnostic // sorted; some may be about other documents
	shown       []Diagnostic // those about the file itself, not more than anybody reads
	elsewhere   bool         // some are about other documents
	failures    []error
}

// A collector puts the answers about all files of all views together.
type collector struct {
	snap     *workspace.Snapshot
	entries  []entry
	answers  []*answer       // the first of each entry
	byURI    map[uri.URI]int // made when there is more than one view
	all      []ModuleResult
	modules  map[string]int // into all, by directory
	failures []error
}

// An entry is a document with what is said about it.
type entry struct {
	file    *workspace.File
	answers []*answer
	more    []Diagnostic // what answers about other files say about it
	module  int          // one more than the place of the module in whose directory it lies; 0 if that is not known
}

// view collects the answers about a view, which all hands on.
func (c *collector) view(v *workspace.View, all func(answered) error) error {
	if len(c.entries) > 0 && c.byURI == nil {
		c.indexEntries()
	}
	most := 2*len(v.Modules()) + 4 // most have no settings
	c.entries, c.answers = slices.Grow(c.entries, most), slices.Grow(c.answers, most)
	modules, of := v.Modules(), c.place(v.Modules())
	err := all(func(f *workspace.File, i int, a *answer) {
		e := &c.entries[c.entry(f)]
		if i >= 0 && strings.LastIndexByte(f.Path, filepath.Separator) == len(modules[i].Dir) && strings.HasPrefix(f.Path, modules[i].Dir) {
			e.module = of[i] + 1
		}
		if e.answers == nil {
			c.answers = append(c.answers, a)
			e.answers = slices.Clip(c.answers[len(c.answers)-1:])
		} else {
			e.answers = append(e.answers, a)
		}
		c.failures = append(c.failures, a.failures...)
	})
	if err != nil {
		return err
	}
	g := v.Graph()
	unknown := g != nil && !g.Complete() || c.snap.Machine().Go == "" && v.Env().GoVersion == "" || v.UnknownToolchain() || lacksSources(v)
	for i, m := range modules {
		if unknown || v.Unanswered(m) {
			c.all[of[i]].Health.incomplete = true
		}
	}
	return nil
}

// place gives each module its place among all.
func (c *collector) place(modules []*workspace.Module) (of []int) {
	of, c.all = make([]int, len(modules)), slices.Grow(c.all, len(modules))
	if c.modules == nil {
		c.modules = make(map[string]int, len(modules))
	}
	for k, m := range modules {
		i, ok := c.modules[m.Dir]
		if !ok {
			i = len(c.all)
			c.modules[m.Dir] = i
			c.all = append(c.all, ModuleResult{Dir: m.Dir, Path: m.Path()})
		}
		of[k] = i
	}
	return of
}

// lacksSources reports whether nobody can say what some packages of the view import.
func lacksSources(v *workspace.View) bool {
	if v.Own {
		return false
	}
	r := v.Packages()
	return r != nil && len(r.Unknown) > 0
}

func (c *collector) indexEntries() {
	c.byURI = make(map[uri.URI]int, len(c.entries))
	for i, e := range c.entries {
		c.byURI[e.file.URI] = i
	}
}

// entry returns the place of a document among the entries.
func (c *collector) entry(f *workspace.File) int {
	if c.byURI != nil {
		if i, ok := c.byURI[f.URI]; ok {
			return i
		}
		c.byURI[f.URI] = len(c.entries)
	}
	c.entries = append(c.entries, entry{file: f})
	return len(c.entries) - 1
}

// An asker asks the analyzers about one file after the other.
type asker struct {
	ctx       context.Context
	analyzers []*Analyzer
	codes     []string
	atOnce    int // how many goroutines may look at a file that most of them have something to say about
	inquiry   workspace.Inquiry[said, *answer]
}

func newAsker(ctx context.Context, analyzers []*Analyzer, atOnce int) *asker {
	a := &asker{ctx: ctx, analyzers: analyzers, codes: codesOf(analyzers), atOnce: atOnce}
	a.inquiry = workspace.Inquiry[said, *answer]{
		Pieces: len(analyzers), Begin: a.begin, Same: said.same,
		Whole: func(all []said) *answer { return whole(a.inquiry.File, all) },
	}
	if len(analyzers) > 0 {
		a.inquiry.Subject = &analyzers[0]
	}
	return a
}

// all asks about every file of a view, and hands on the answers in order.
func (a *asker) all(v *workspace.View, each answered) error {
	if err := a.look(v, -1, each, v.Work, v.WorkSum); err != nil {
		return err
	}
	modules := v.Modules()
	if n := len(modules); n >= many && a.atOnce > 1 && modules[n-1].Mod != nil && !a.recalls(v, modules[n-1]) {
		if err := a.modulesAtOnce(v, each); err != nil {
			return err
		}
	} else {
		for i := range modules {
			if err := a.module(v, i, each); err != nil {
				return err
			}
		}
	}
	return a.look(v, -1, each, v.Vendor)
}

// recalls reports whether the answer about a module's go.mod is known. Where it is not, there is more to do for others as well.
func (a *asker) recalls(v *workspace.View, m *workspace.Module) bool {
	a.inquiry.File, a.inquiry.Module = m.Mod, m
	return workspace.Recalls(v, &a.inquiry)
}

// modulesAtOnce asks about the files of the modules of a view on several processors.
func (a *asker) modulesAtOnce(v *workspace.View, each answered) error {
	answers := make([][]about, len(v.Modules()))
	var next atomic.Int32
	var g errgroup.Group
	for range a.atOnce {
		g.Go(func() error {
			return workspace.Guarded(func() error {
				one := newAsker(a.ctx, a.analyzers, 1)
				for {
					i := int(next.Add(1)) - 1
					if i >= len(answers) {
						return nil
					}
					if err := one.module(v, i, note(&answers[i])); err != nil {
						return err
					}
				}
			})
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, of := range answers {
		handOn(of, each)
	}
	return nil
}

// module asks about the files of one module of a view.
func (a *asker) module(v *workspace.View, i int, each answered) error {
	m := v.Modules()[i]
	return a.look(v, i, each, m.Mod, m.Sum, m.Settings)
}

// look asks about some files of a view, of the module with a number or of none.
func (a *asker) look(v *workspace.View, module int, each answered, files ...*workspace.File) error {
	var m *workspace.Module
	if module >= 0 {
		m = v.Modules()[module]
	}
	for _, f := range files {
		if f == nil {
			continue
		}
		said, err := a.ask(v, f, m)
		if err != nil {
			return err
		}
		each(f, module, said)
	}
	return nil
}

// ask returns what the analyzers say about one file of a view.
func (a *asker) ask(v *workspace.View, f *workspace.File, m *workspace.Module) (*answer, error) {
	if len(a.analyzers) == 0 {
		return new(answer), nil
	}
	a.inquiry.File, a.inquiry.Module, a.inquiry.AtOnce = f, m, 1
	if f.Kind == workspace.ModFile {
		a.inquiry.AtOnce = a.atOnce
	}
	return workspace.Recall(v, &a.inquiry)
}

// begin returns what asks the analyzer with a number about the file.
func (a *asker) begin(v *workspace.View) func(int) (said, bool, error) {
	t := &turn{settings: v.Snapshot.SettingsFor(v, a.inquiry.Module)}
	fresh := Pass{Snapshot: v.Snapshot, View: v, Module: a.inquiry.Module, File: a.inquiry.File, Codes: a.codes, Report: t.add}
	return func(i int) (said, bool, error) {
		if err := a.ctx.Err(); err != nil {
			return said{}, false, err
		}
		t.said, t.pass = said{}, fresh
		t.pass.Analyzer = a.analyzers[i]
		if err := t.run(a.ctx); err != nil {
			if a.ctx.Err() != nil {
				return said{}, false, a.ctx.Err()
			}
			t.said.failure = fmt.Errorf("analyzer %s on %s: %w", t.pass.Analyzer.Name, t.pass.File.Path, err)
		}
		return t.said, t.said.failure == nil, nil
	}
}

// A turn is that of one analyzer after the other.
type turn struct {
	settings *workspace.Settings
	pass     Pass
	said     said // in the pass
}

// run lets the analyzer look. One that panics has failed, and keeps no other from saying what it has to say.
func (t *turn) run(ctx context.Context) error {
	return workspace.Guarded(func() error { return t.pass.Analyzer.Run(ctx, &t.pass) })
}

func (t *turn) add(d Diagnostic) { t.said.add(&t.pass, t.settings, d) }

// said is what one analyzer says about one file of a view.
type said struct {
	diagnostics []Diagnostic
	elsewhere   bool  // some are about other documents
	failure     error // of ours
}

// same reports whether nothing is said in either case; more often is not worth a closer look.
func (s said) same(other said) bool {
	return len(s.diagnostics) == 0 && len(other.diagnostics) == 0 && s.failure == nil && other.failure == nil
}

func codesOf(analyzers []*Analyzer) []string {
	codes := make([]string, len(analyzers))
	for i, a := range analyzers {
		codes[i] = a.Name
	}
	return codes
}

func (s *said) add(pass *Pass, settings *workspace.Settings, d Diagnostic) {
	analyzer, in := pass.Analyzer, pass.File
	d.Code = analyzer.Name
	if d.URI == "" {
		d.URI = in.URI
	}
	if d.Severity == Default {
		d.Severity = analyzer.Severity
	}
	if pass.View.Own && d.Severity == Error {
		d.Severity, d.Message = Warning, outsideWorkspace(d.Message)
	}
	if d.Severity == Error && !analyzer.Environment && pass.View.Overlaid() {
		d.Severity, d.Message = Warning, d.Message+"; but go reads other files, which -overlay in GOFLAGS names"
	}
	if severity, ok := ParseSeverity(settings.Severity[d.Code]); ok {
		d.Severity = severity
	}
	if d.Severity == Off {
		return
	}
	if d.URI != in.URI { // a replaced directory's go.mod, for example
		if in = pass.Snapshot.Read(d.URI.FsPath()).File; in == nil {
			return
		}
		s.elsewhere = true
	}
	d.Silenced = silenced(in, d)
	s.diagnostics = append(s.diagnostics, d)
}

// outsideWorkspace turns what is true of a module alone into what is true of a module that a workspace lists.
func outsideWorkspace(message string) string {
	const refuses = "go refuses"
	if before, after, ok := strings.Cut(message, refuses); ok {
		return before + "outside the workspace " + refuses + after
	}
	return message + "; outside the workspace " + refuses + " that"
}

// whole puts together what the analyzers say about a file.
func whole(f *workspace.File, all []said) *answer {
	a := new(answer)
	for _, s := range all {
		a.diagnostics = append(a.diagnostics, s.diagnostics...)
		a.elsewhere = a.elsewhere || s.elsewhere
		if s.failure != nil {
			a.failures = append(a.failures, s.failure)
		}
	}
	a.diagnostics = sorted(a.diagnostics)
	a.shown = a.diagnostics
	if a.elsewhere {
		a.shown = slices.DeleteFunc(slices.Clone(a.diagnostics), func(d Diagnostic) bool { return d.URI != f.URI })
	}
	a.shown = limited(a.shown)
	return a
}

// sorted returns diagnostics by place. They are large, so it is their addresses that are sorted.
func sorted(ds []Diagnostic) []Diagnostic {
	if len(ds) < 2 {
		return ds
	}
	order := make([]*Diagnostic, len(ds))
	for i := range ds {
		order[i] = &ds[i]
	}
	slices.SortStableFunc(order, byPlace)
	all := make([]Diagnostic, len(ds))
	for i, d := range order {
		all[i] = *d
	}
	return all
}

func byPlace(a, b *Diagnostic) int {
	return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End),
		cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
}

// silenced reports whether the line that d starts on has a comment "gomodls:ignore CODE". The lines of module and retract
// directives cannot be silenced: their comments are published.
func silenced(f *workspace.File, d Diagnostic) bool {
	var line *syntax.Line
	switch f.Kind {
	case workspace.ModFile:
		line = f.Mod().LineAt(d.Span.Start)
	case workspace.WorkFile:
		line = f.Work().LineAt(d.Span.Start)
	}
	if line == nil || line.Suffix == nil || line.Verb == "module" || line.Verb == "retract" {
		return false
	}
	_, rest, ok := strings.Cut(line.Suffix.Text, "gomodls:ignore ")
	if !ok {
		return false
	}
	words := strings.Fields(rest)
	return len(words) > 0 && words[0] == d.Code
}

func (c *collector) result() *Result {
	r := &Result{Snapshot: c.snap, Failures: c.failures, Modules: c.all}
	c.distribute()
	r.Files = make([]FileResult, len(c.entries))
	for i := range c.entries {
		e := &c.entries[i]
		all, shown := e.said()
		r.Files[i] = FileResult{File: e.file, Diagnostics: shown}
		if m := c.moduleOf(e); m != nil {
			for _, d := range all {
				m.Health.count(d)
			}
		}
	}
	slices.SortFunc(r.Files, func(a, b FileResult) int { return cmp.Compare(a.File.Path, b.File.Path) })
	for i := range r.Modules {
		r.Modules[i].Health.finish()
	}
	slices.SortFunc(r.Modules, func(a, b ModuleResult) int { return cmp.Compare(a.Dir, b.Dir) })
	return r
}

// distribute gives every document what answers about others say about it.
func (c *collector) distribute() {
	for i := 0; i < len(c.entries); i++ { // more may be added
		for _, a := range c.entries[i].answers {
			if !a.elsewhere {
				continue
			}
			if c.byURI == nil {
				c.indexEntries()
			}
			for _, d := range a.diagnostics {
				if d.URI == c.entries[i].file.URI {
					continue
				}
				if f := c.snap.Read(d.URI.FsPath()).File; f != nil {
					j := c.entry(f)
					c.entries[j].more = append(c.entries[j].more, d)
				}
			}
		}
	}
}

// said returns all that is said about a document, and what of it is shown. Of a fault that several views report, perhaps in
// different words, the first view's word counts.
func (e *entry) said() (all, shown []Diagnostic) {
	if len(e.answers) == 1 && len(e.more) == 0 && !e.answers[0].elsewhere {
		return e.answers[0].diagnostics, e.answers[0].shown
	}
	type fault struct {
		code string
		span text.Span
	}
	first := map[fault]int{} // the answer that decides
	add := func(i int, d Diagnostic) {
		key := fault{d.Code, d.Span}
		if j, ok := first[key]; !ok || i == j {
			first[key] = i
			all = append(all, d)
		}
	}
	for i, a := range e.answers {
		for _, d := range a.diagnostics {
			if d.URI == e.file.URI {
				add(i, d)
			}
		}
	}
	for _, d := range e.more {
		add(len(e.answers), d)
	}
	all = sorted(all)
	return all, limited(all)
}

// maxOfACode is how many diagnostics of one code are shown in one file: enough for every line of a large go.mod, so that what go
// names is among them, and few enough for a file that is none of ours, such as a program that was named go.sum.
const maxOfACode = 1000

// limited leaves out what exceeds maxOfACode, and says so at the last that stays.
func limited(ds []Diagnostic) []Diagnostic {
	if len(ds) <= maxOfACode {
		return ds
	}
	count := map[string]int{}
	last := map[string]int{}
	var kept []Diagnostic
	for _, d := range ds {
		if count[d.Code]++; count[d.Code] <= maxOfACode {
			last[d.Code] = len(kept)
			kept = append(kept, d)
		}
	}
	for code, n := range count {
		if n > maxOfACode {
			kept[last[code]].Message += fmt.Sprintf("; there are %d more of this code in the file", n-maxOfACode)
		}
	}
	return kept
}

// moduleOf returns the module whose directory holds a document, or the nearest above.
func (c *collector) moduleOf(e *entry) *ModuleResult {
	if e.module > 0 {
		return &c.all[e.module-1]
	}
	for path := e.file.Path; ; {
		dir := filepath.Dir(path)
		if i, ok := c.modules[dir]; ok {
			return &c.all[i]
		}
		if dir == path {
			return nil
		}
		path = dir
	}
}
