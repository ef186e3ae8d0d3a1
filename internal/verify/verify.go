// Package verify checks what the module cache holds against go.sum, against the cache's own records and against those of the
// checksum database: all that `go mod verify` does, and more.
//
// The one idea to keep in mind: a checksum is believed only if this package has made it from the files themselves, now or
// earlier. What it made earlier is a proof, kept beside the stamps of every file that went into it; the proof counts for as
// long as no file has another stamp and none has come or gone. The cache's own .ziphash is what is checked, and is no proof.
package verify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/sync/errgroup"

	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/sumdb"
	"github.com/gomodls/gomodls/internal/syntax"
)

// An Input says what is to be verified.
type Input struct {
	ModCache  string           // GOMODCACHE
	BuildList []module.Version // what `go mod verify` looks at; nil if it is not known
	Sums      []SumFile        // go.sum; in a workspace go.work.sum and then the modules'

	// Vouched returns what the checksum database says about a module version, proved, or an error if nothing is known, and
	// Record the file that it comes from. Both may be nil.
	Vouched func(module.Version) (sumdb.Sums, error)
	Record  func(module.Version) string

	Proofs   *Proofs                            // nil: everything is hashed
	Progress func(done, total int, name string) // may be nil; not called concurrently
}

// A SumFile is a go.sum or go.work.sum.
type SumFile struct {
	Name string // in messages
	*syntax.Sum
}

// A Report is the verdict.
type Report struct {
	Modules  int       // module versions of which something is on this machine
	Absent   int       // module versions in go.sum of which nothing is
	Hashed   int       // zips and directories that were hashed
	Proved   int       // zips and directories whose checksum was taken from an earlier proof
	Oldest   time.Time // when the oldest of those proofs was made
	GoMods   int       // go.mod files that were hashed
	Vouched  int       // module versions for which the database's own record was compared
	Problems []Problem // in the order of the modules
}

// A Problem is something that does not agree. It is never mended by believing what was downloaded.
type Problem struct {
	Module module.Version
	Text   string
	Go     bool // `go mod verify` says it, in these words
}

func (p Problem) String() string { return p.Text }

// OK reports whether nothing is wrong.
func (r Report) OK() bool { return len(r.Problems) == 0 }

// String sums the report up in one line.
func (r Report) String() string {
	if !r.OK() {
		return fmt.Sprintf("%s; %s", plural(len(r.Problems), "problem"), r.Work())
	}
	return "all modules verified: " + r.Work()
}

// Work says what was hashed and what was taken from proofs.
func (r Report) Work() string {
	s := fmt.Sprintf("%s and %s hashed", plural(r.Hashed, "zip or directory", "zips and directories"), plural(r.GoMods, "go.mod file"))
	if r.Proved > 0 {
		s += fmt.Sprintf(", %d unchanged since they were hashed (the oldest on %s)", r.Proved, r.Oldest.Local().Format("2 January 2006 15:04"))
	}
	if r.Vouched > 0 {
		s += fmt.Sprintf(", %d compared with the checksum database's records", r.Vouched)
	}
	if r.Absent > 0 {
		s += fmt.Sprintf(", %d of go.sum not downloaded", r.Absent)
	}
	return s
}

func plural(n int, one string, more ...string) string {
	if n == 1 {
		return "1 " + one
	}
	if len(more) > 0 {
		return fmt.Sprintf("%d %s", n, more[0])
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// A task is one module version to be looked at.
type task struct {
	module.Version
	selected bool // in the build list
	zip, mod bool // go.sum has a line
}

// Run verifies. The error is ctx's, or says that it could not run at all.
func Run(ctx context.Context, in Input) (Report, error) {
	if !filepath.IsAbs(in.ModCache) {
		return Report{}, errors.New("there is no module cache")
	}
	w := &worker{Input: in}
	for _, f := range in.Sums {
		w.sums = append(w.sums, gosum.NewIndex(f.Sum))
	}
	if in.Proofs != nil {
		in.Proofs.load(in.ModCache)
	}
	tasks := in.tasks()
	results := make([]Report, len(tasks))
	var mu sync.Mutex
	done := 0
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, t := range tasks {
		g.Go(func() error {
			r, err := w.verify(ctx, t)
			if err != nil {
				return err
			}
			results[i] = r
			mu.Lock()
			defer mu.Unlock()
			if done++; in.Progress != nil {
				in.Progress(done, len(tasks), t.String())
			}
			return nil
		})
	}
	err := g.Wait()
	if in.Proofs != nil { // what was done before an interruption need not be done again
		err = errors.Join(err, in.Proofs.save())
	}
	if err != nil {
		return Report{}, err
	}
	var sum Report
	for _, r := range results {
		sum.Modules += r.Modules
		sum.Absent += r.Absent
		sum.Hashed += r.Hashed
		sum.Proved += r.Proved
		sum.GoMods += r.GoMods
		sum.Vouched += r.Vouched
		if !r.Oldest.IsZero() && (sum.Oldest.IsZero() || r.Oldest.Before(sum.Oldest)) {
			sum.Oldest = r.Oldest
		}
		sum.Problems = append(sum.Problems, r.Problems...)
	}
	return sum, nil
}

// tasks lists the module versions of the build list, in its order, and then those that only go.sum has.
func (in Input) tasks() []task {
	at := map[module.Version]int{}
	var tasks []task
	find := func(m module.Version) *task {
		i, ok := at[m]
		if !ok {
			i = len(tasks)
			at[m] = i
			tasks = append(tasks, task{Version: m})
		}
		return &tasks[i]
	}
	for _, m := range in.BuildList {
		if m.Version != "" && m.Path != "go" && m.Path != "toolchain" {
			find(m).selected = true
		}
	}
	for _, f := range in.Sums {
		for _, e := range f.Entries {
			t := find(module.Version{Path: e.Path, Version: e.Version})
			t.zip, t.mod = t.zip || !e.GoMod, t.mod || e.GoMod
		}
	}
	return tasks
}

// A worker verifies one module version at a time, for any number of goroutines.
type worker struct {
	Input
	sums []*gosum.Index
}

func (w *worker) verify(ctx context.Context, t task) (Report, error) {
	var r Report
	path, err1 := module.EscapePath(t.Path)
	version, err2 := module.EscapeVersion(t.Version.Version)
	if err := errors.Join(err1, err2); err != nil { // nothing can be in the cache under that name
		r.Absent = 1
		return r, nil
	}
	base := filepath.Join(w.ModCache, "cache", "download", filepath.FromSlash(path), "@v", version)
	found := false
	if t.selected || t.zip {
		hash, there, err := w.verifyZip(ctx, &r, t, base, filepath.Join(w.ModCache, filepath.FromSlash(path)+"@"+version))
		if err != nil {
			return r, err
		}
		found = there
		if hash != "" {
			w.compare(&r, t.Version, false, hash)
		}
	}
	if t.mod {
		data, err := os.ReadFile(base + ".mod")
		if err == nil {
			found = true
			r.GoMods++
			w.compare(&r, t.Version, true, hashMod(data))
		} else if !errors.Is(err, fs.ErrNotExist) {
			r.Problems = append(r.Problems, Problem{Module: t.Version, Text: fmt.Sprintf("%s %s: %v", t.Path, t.Version.Version, err)})
		}
	}
	if found {
		r.Modules = 1
	} else if t.zip || t.mod {
		r.Absent = 1
	}
	return r, nil
}

// verifyZip follows cmd/go/internal/modcmd.verifyMod. It returns the checksum that the files have, "" if there are none or
// they do not agree.
func (w *worker) verifyZip(ctx context.Context, r *Report, t task, base, dir string) (hash string, found bool, err error) {
	say := func(format string, args ...any) {
		r.Problems = append(r.Problems, Problem{
			Module: t.Version, Go: t.selected,
			Text: fmt.Sprintf("%s %s: %s", t.Path, t.Version.Version, fmt.Sprintf(format, args...)),
		})
	}
	zip := base + ".zip"
	_, zipErr := os.Stat(zip)
	dirErr := extracted(t.Path, dir, base)
	noZip, noDir := errors.Is(zipErr, fs.ErrNotExist), errors.Is(dirErr, fs.ErrNotExist)
	data, err := os.ReadFile(base + ".ziphash")
	if err != nil {
		if !noZip || !noDir {
			say("missing ziphash: %v", err)
		}
		return "", !noZip || !noDir, nil
	}
	recorded := string(bytes.TrimSpace(data))
	agreed := true
	look := func(what string, measure func() (string, time.Time, error)) (string, error) {
		got, since, err := measure()
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		switch {
		case err != nil:
			say("%v", err)
			return "", nil
		case since.IsZero():
			r.Hashed++
		default:
			r.Proved++
			if r.Oldest.IsZero() || since.Before(r.Oldest) {
				r.Oldest = since
			}
		}
		if got != recorded {
			agreed = false
			say("%s has been modified (%v)", what, map[string]string{"zip": zip, "dir": dir}[what])
		}
		return got, nil
	}
	if !noZip {
		got, err := look("zip", func() (string, time.Time, error) { return w.zipHash(ctx, zip) })
		if err != nil || got == "" {
			return "", true, err
		}
		hash = got
	}
	if !noDir {
		got, err := look("dir", func() (string, time.Time, error) { return w.dirHash(ctx, dir, t.Version.String()) })
		if err != nil || got == "" {
			return "", true, err
		}
		if hash == "" {
			hash = got
		}
	}
	if !agreed {
		hash = "" // the first thing to say is said
	}
	return hash, true, nil
}

// extracted returns nil if dir holds the files of a module, all of them, and fs.ErrNotExist if it is not there or only a part
// of them is; see cmd/go/internal/modfetch.DownloadDir.
func extracted(path, dir, base string) error {
	info, err := os.Stat(dir)
	switch {
	case err != nil, !info.IsDir():
		return fs.ErrNotExist
	}
	if _, err := os.Stat(base + ".partial"); err == nil {
		return fs.ErrNotExist
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if path == "golang.org/fips140" { // go takes it from GOROOT
		return nil
	}
	if _, err := os.Stat(base + ".ziphash"); errors.Is(err, fs.ErrNotExist) {
		return fs.ErrNotExist
	} else if err != nil {
		return err
	}
	return nil
}

// compare holds the checksum of what is in the cache against go.sum and against the database.
func (w *worker) compare(r *Report, m module.Version, isMod bool, cached string) {
	key := m
	what := m.Path + " " + m.Version
	if isMod {
		key.Version += "/go.mod"
		what += "/go.mod"
	}
	recorded := ""
	if sums, ok := w.vouched(m); ok {
		recorded = sums.Zip
		if isMod {
			recorded = sums.Mod
		} else {
			r.Vouched++
		}
	}
	disagrees := recorded != "" && recorded != cached
	var said bool
	for i, x := range w.sums {
		if line := x.Contradiction(key, cached); line != nil {
			r.disagree(m, what, w.Sums[i].Name, line, cached, recorded)
			said = true
		}
	}
	for i, x := range w.sums {
		if lines := x.Lines(key); disagrees && !said && len(lines) > 0 {
			r.disagree(m, what, w.Sums[i].Name, lines[0], cached, recorded)
			said = true
		}
	}
	if disagrees && !said {
		r.disagree(m, what, "", nil, cached, recorded)
	}
}

// disagree says what go.sum, the module cache and the checksum database have, and who is wrong where two of them agree.
func (r *Report) disagree(m module.Version, what, file string, line *syntax.SumLine, cached, recorded string) {
	var says []string
	if line != nil {
		says = append(says, fmt.Sprintf("%s:%d has %s", file, line.Number, line.Hash))
	}
	says = append(says, "the module cache has "+cached)
	verdict := ""
	switch {
	case recorded == "":
		says = append(says, "no record of the checksum database is on this machine")
	case line != nil && line.Hash == recorded, line == nil:
		verdict = ": the module cache is wrong"
	case cached == recorded:
		verdict = ": " + file + " is wrong"
	default:
		verdict = ": trust neither"
	}
	if recorded != "" {
		says = append(says, "the checksum database has "+recorded)
	}
	r.Problems = append(r.Problems, Problem{Module: m, Text: what + ": " + strings.Join(says, ", ") + verdict})
}

// vouched returns what the checksum database says about a module version. What its record was proved to say it says for as
// long as it is unchanged.
func (w *worker) vouched(m module.Version) (sumdb.Sums, bool) {
	if w.Vouched == nil {
		return sumdb.Sums{}, false
	}
	if w.Record == nil || w.Proofs == nil {
		sums, err := w.Vouched(m)
		return sums, err == nil
	}
	file := w.Record(m)
	info, err := os.Lstat(file)
	if err != nil {
		return sumdb.Sums{}, false
	}
	p := newPrint()
	p.add("", info)
	both, _, err := w.proved(file, p, func() (string, error) {
		sums, err := w.Vouched(m)
		return sums.Zip + " " + sums.Mod, err
	})
	zip, mod, _ := strings.Cut(both, " ")
	return sumdb.Sums{Zip: zip, Mod: mod}, err == nil
}
