package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/tidy"
)

type options struct {
	src     string
	modules []string
	n       int
	seed    uint64
	verbose bool
	out     string
	kinds   string
	bench   bool
	invent  int

	packages    bool
	diagnostics bool
}

// tally counts the cases.
type tally struct {
	cases, predicted, declined, equal, differ int
	predict, tidied                           time.Duration
}

func (t *tally) add(o tally) {
	t.cases += o.cases
	t.predicted += o.predicted
	t.declined += o.declined
	t.equal += o.equal
	t.differ += o.differ
	t.predict += o.predict
	t.tidied += o.tidied
}

func (t tally) String() string {
	n := time.Duration(max(t.cases, 1))
	return fmt.Sprintf("cases %d, predicted %d, declined %d, equal %d, differ %d; each %v, go %v",
		t.cases, t.predicted, t.declined, t.equal, t.differ, (t.predict / n).Round(time.Millisecond), (t.tidied / n).Round(time.Millisecond))
}

func (o *options) run(ctx context.Context, w io.Writer) (ok bool, err error) {
	if o.invent > 0 {
		t, err := o.invented(ctx, o.invent, w)
		fmt.Fprintf(w, "%-50s %s\n", "made up", t)
		return t.differ == 0, err
	}
	m, err := newMachine(ctx)
	if err != nil {
		return false, err
	}
	m.diagnostics = o.diagnostics
	entries, err := os.ReadDir(o.src)
	if err != nil {
		return false, err
	}
	var all tally
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") || len(o.modules) > 0 && !slices.ContainsFunc(o.modules, func(s string) bool { return strings.Contains(e.Name(), s) }) {
			continue
		}
		if o.bench {
			if err := bench(ctx, filepath.Join(o.src, e.Name()), w); err != nil {
				return false, fmt.Errorf("%s: %w", e.Name(), err)
			}
			continue
		}
		t, err := o.module(ctx, m, e.Name(), w)
		if err != nil {
			return false, fmt.Errorf("%s: %w", e.Name(), err)
		}
		fmt.Fprintf(w, "%-50s %s\n", e.Name(), t)
		all.add(t)
	}
	if !o.bench {
		fmt.Fprintf(w, "%-50s %s\n", "all", all)
	}
	return all.differ == 0, nil
}

// module compares one module and its mutations.
func (o *options) module(ctx context.Context, m *machine, name string, w io.Writer) (t tally, err error) {
	tmp, err := os.MkdirTemp("", "tidyoracle")
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(tmp)
	c, err := newCopy(filepath.Join(o.src, name), filepath.Join(tmp, "m"))
	if err != nil {
		return t, err
	}
	for i := range max(o.n, 1) {
		seed := o.seed + uint64(i)
		for _, name := range []string{"go.mod", "go.sum"} { // go will write them
			if err := c.save(filepath.Join(c.dir, name)); err != nil {
				return t, err
			}
		}
		what := "as it is"
		if o.n > 0 {
			mut := &mutator{workingCopy: c, machine: m, Rand: rand.New(rand.NewPCG(seed, of(name))), kinds: o.kinds}
			if what, err = mut.mutate(); err != nil {
				return t, err
			}
		}
		compare := func() (verdict, error) { return m.compare(ctx, c.dir, "") }
		if o.packages {
			compare = func() (verdict, error) { return m.comparePackages(ctx, c.dir) }
		}
		v, err := compare()
		if err != nil {
			return t, err
		}
		t.add(v.tally)
		if v.differ > 0 {
			fmt.Fprintf(w, "DIFFER %s seed %d: %s\n%s\n", name, seed, what, v.text)
			if o.out != "" {
				if err := os.WriteFile(filepath.Join(o.out, fmt.Sprintf("%s-%d.txt", name, seed)), []byte(what+"\n"+v.text), 0o666); err != nil {
					return t, err
				}
			}
		} else if o.verbose {
			fmt.Fprintf(w, "%s seed %d: %s: %s\n", name, seed, what, v.summary)
		}
		if err := c.restore(); err != nil {
			return t, err
		}
	}
	return t, nil
}

// of makes a number of a module's name, so that each module has mutations of its own.
func of(name string) uint64 {
	h := fnv.New64a()
	io.WriteString(h, name)
	return h.Sum64()
}

// machine is the go command and the module cache.
type machine struct {
	local  string
	cache  *imports.Cache
	store  *modcache.Store
	std    func(string) bool
	stores *modcache.Stores
	dir    string // GOMODCACHE

	diagnostics bool                        // are held against what tidy does, too
	packages    map[module.Version][]string // of versions whose source was looked at, for mutations
	scholar     *gather.Scholar
	memo        tidy.Memo // of all cases, as an editor has it of all edits
}

func newMachine(ctx context.Context) (*machine, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMODCACHE", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	env := strings.Split(strings.TrimSpace(string(out)), "\n")
	stores := modcache.NewStores()
	return &machine{
		local: strings.TrimPrefix(env[2], "go"), cache: imports.NewCache(env[0]),
		dir: env[0], packages: map[module.Version][]string{},
		stores: stores, store: stores.At(env[0], nil), std: imports.Std(env[1]),
	}, nil
}

type verdict struct {
	tally
	summary, text string
}

// contradict notes what diagnostics said that tidy did not do, or the other way round.
func (v *verdict) contradict(faults []string) {
	if len(faults) > 0 {
		v.equal, v.differ, v.text = 0, 1, strings.Join(faults, "\n")+"\n"
	}
}

// compare predicts, lets go tidy, and holds one against the other. compat is the value of the flag of that name, "" for none.
func (m *machine) compare(ctx context.Context, dir, compat string) (v verdict, err error) {
	v.cases = 1
	in, err := m.input(dir)
	if err != nil {
		return v, err
	}
	in.Compat, in.Memo = compat, &m.memo
	began := time.Now()
	got, refused := tidy.Predict(ctx, in)
	v.predict = time.Since(began)
	if refused != nil && !errors.As(refused, new(*tidy.Refusal)) {
		return v, refused
	}
	var shown *analysis.Result
	if m.diagnostics && compat == "" {
		if shown, err = m.analyze(ctx, dir); err != nil {
			return v, err
		}
	}
	began = time.Now()
	var flags []string
	if compat != "" {
		flags = append(flags, "-compat="+compat)
	}
	goErr, err := m.goTidy(ctx, dir, flags...)
	v.tidied = time.Since(began)
	if err != nil {
		return v, err
	}
	switch {
	case refused != nil:
		v.declined = 1
	default:
		v.predicted = 1
	}
	switch {
	case refused != nil && goErr != "":
		v.summary = "both refuse: " + refused.Error()
		return v, nil
	case refused != nil:
		v.differ, v.text = 1, fmt.Sprintf("go succeeds, the prediction refuses: %v", refused)
		return v, nil
	case goErr != "":
		v.differ, v.text = 1, "the prediction succeeds, go refuses: "+goErr
		return v, nil
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return v, err
	}
	sum, sumErr := os.ReadFile(filepath.Join(dir, "go.sum"))
	hasSum := sumErr == nil
	if string(mod) == got.Mod && string(sum) == got.Sum && hasSum == got.HasSum {
		v.equal, v.summary = 1, "equal"
		if shown != nil {
			v.contradict(contradictions(shown, in.Mod, got.Mod, in.Sum, got.Sum))
		}
		return v, nil
	}
	v.differ = 1
	v.text = diff("go.mod", string(mod), got.Mod) + diff("go.sum", string(sum), got.Sum)
	return v, nil
}

func (m *machine) input(dir string) (in tidy.Input, err error) {
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return in, err
	}
	sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return in, err
	}
	return tidy.Input{
		Dir: dir, Mod: string(mod), Sum: string(sum), HasSum: err == nil, Local: m.local,
		Files: imports.FS{List: imports.List, Read: imports.Read, Changing: imports.Changing},
		Std:   m.std, Tree: m.cache.Module, Zip: m.store.ZipHash, Names: m.stores.Names(),
		Mods: func(id modcache.NodeID) (*modcache.Mod, error) {
			mod, err := m.store.Mod(id)
			if errors.Is(err, modcache.ErrMissing) {
				return nil, modgraph.ErrNotKnown
			}
			return mod, err
		},
	}, nil
}

// goTidy runs go; failure is what it said when it refused.
func (m *machine) goTidy(ctx context.Context, dir string, flags ...string) (failure string, err error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"mod", "tidy"}, flags...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off", "GOSUMDB=off", "GOTOOLCHAIN=local", "GOENV=off", "GOMODCACHE="+m.dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err = cmd.Run()
	if errors.As(err, new(*exec.ExitError)) && ctx.Err() == nil {
		return stderr.String(), nil
	}
	return "", err
}

// diff returns the lines that only one of two texts has.
func diff(name, want, got string) string {
	if want == got {
		return ""
	}
	var b strings.Builder
	only := func(mark, a, of string) {
		have := map[string]bool{}
		for line := range strings.Lines(of) {
			have[line] = true
		}
		for line := range strings.Lines(a) {
			if !have[line] {
				fmt.Fprintf(&b, "%s %s: %s", mark, name, line)
			}
		}
	}
	only("only go  ", want, got)
	only("only ours", got, want)
	if b.Len() == 0 {
		fmt.Fprintf(&b, "%s has other lines in another order, or more of them\n", name)
	}
	return b.String()
}
