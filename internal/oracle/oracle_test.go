package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/module"
)

// small are the modules of the corpus with the fewest requirements.
var small = []string{"zap", "gofumpt", "gin", "viper", "grpc", "client-go"}

// casesVariable sets how many seeded cases are compared; "make test" sets more than a plain go test takes.
const casesVariable = "ORACLE_CASES"

func cases(t *testing.T) int {
	t.Helper()
	value := os.Getenv(casesVariable)
	if value == "" {
		return 40
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		t.Fatalf("%s: %v", casesVariable, err)
	}
	return n
}

// testWorld makes a world of the packed modules with one of these words in their names.
func testWorld(t *testing.T, names []string) (*world, []*corpusModule) {
	t.Helper()
	corpus, mods, err := unpack(packed, names)
	if err != nil {
		t.Fatal(err)
	}
	o := &options{goCmd: "go", world: t.TempDir()}
	w, err := o.open(corpus, mods)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.close() }) // before t.TempDir does, which cannot remove what is read-only
	return w, corpus
}

// TestCorpus shows that go accepts what the cases are made from, and that the engine reports no error there: every
// difference comes from a mutation, and real modules are not blamed for anything.
func TestCorpus(t *testing.T) {
	names := small
	if os.Getenv(casesVariable) != "" {
		names = nil // all
	}
	w, corpus := testWorld(t, names)
	for _, m := range corpus {
		for _, l := range []layout{single, vendored, inUse} {
			t.Run(m.name+"/"+string(l), func(t *testing.T) {
				t.Parallel()
				r, err := w.try(t.Context(), &plan{module: m, layout: l, seed: 1, whole: l != vendored})
				if err != nil {
					t.Fatal(err)
				}
				if r.verdict.refused {
					t.Errorf("go refuses the module as it is:\n%s", r.verdict.output)
				}
				if r.outcome != agreed {
					t.Error(r)
				}
			})
		}
	}
}

// TestSeeded compares go and the engine on mutated modules. To look into a seed that fails, run
// go run ./internal/oracle -v -n 1 -seed SEED -modules zap,gofumpt,gin,viper,grpc,client-go
func TestSeeded(t *testing.T) {
	w, corpus := testWorld(t, small)
	for i := range cases(t) {
		seed := uint64(1 + i)
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			r, err := w.try(t.Context(), new(options).plan(corpus, seed))
			if err != nil {
				t.Fatal(err)
			}
			if r.seed = seed; r.outcome != agreed {
				t.Error(r)
			}
		})
	}
}

// TestRegressions holds the engine against what go said of cases that they once disagreed about, and go against what it
// said. A go command of another release may say something else.
func TestRegressions(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			reg, err := parseRegression(data)
			if err != nil {
				t.Fatal(err)
			}
			w := caseWorld(t, reg.mods)
			v, a, err := w.both(t.Context(), reg.c)
			if err != nil {
				t.Fatal(err)
			}
			if version, err := w.goVersion(t.Context()); err != nil {
				t.Fatal(err)
			} else if release(version) == release(reg.version) && v.refused != reg.verdict.refused {
				t.Errorf("go %s: refused is %v, and was %v with %s\n%s", version, v.refused, reg.verdict.refused, reg.version, v.output)
			}
			if o, why := compare(reg.c, v, a); o != agreed {
				t.Error(&result{plan: &plan{module: &corpusModule{}}, c: reg.c, verdict: v, answer: a, outcome: o, why: why})
			}
		})
	}
}

func release(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// caseWorld makes a world with nothing but these module versions.
func caseWorld(t *testing.T, mods pool) *world {
	t.Helper()
	goCmd, err := findGo("go")
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorld(t.TempDir(), goCmd, mods)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.close() })
	return w
}

// TestKinds shows that every kind of mutation finds something to change where it makes sense, and what it promises of the
// number of kinds.
func TestKinds(t *testing.T) {
	if len(kinds) < 50 {
		t.Errorf("%d kinds of mutation are too few", len(kinds))
	}
	corpus, mods, err := unpack(packed, []string{"etcd", "client-go"})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{mods: mods, versions: map[string][]string{}}
	for m := range mods {
		w.versions[m.Path] = append(w.versions[m.Path], m.Version)
	}
	names := map[string]bool{}
	for _, k := range kinds {
		if names[k.name] {
			t.Errorf("two kinds are called %s", k.name)
		}
		names[k.name] = true
		if !slices.ContainsFunc([]layout{single, vendored, inUse}, func(l layout) bool { return k.fits(l) && changes(w, corpus, k, l) }) {
			t.Errorf("%s changes nothing", k.name)
		}
	}
}

func changes(w *world, corpus []*corpusModule, k *kind, l layout) bool {
	for seed := range uint64(30) {
		for _, m := range corpus {
			p := &plan{module: m, layout: l, seed: seed, whole: true, mutations: []mutation{{k, seed}}}
			if len(p.make(w).kinds) > 0 {
				return true
			}
		}
	}
	return false
}

// TestPlanIsReproducible shows that a seed says all there is to say about a case.
func TestPlanIsReproducible(t *testing.T) {
	corpus, mods, err := unpack(packed, small)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{mods: mods, versions: map[string][]string{}}
	for seed := range uint64(200) {
		a, b := new(options).plan(corpus, seed).make(w), new(options).plan(corpus, seed).make(w)
		if diff := cmp.Diff(a.tree, b.tree); diff != "" {
			t.Fatalf("seed %d makes two cases:\n%s", seed, diff)
		}
		if !maps.Equal(a.env, b.env) || a.dir != b.dir {
			t.Fatalf("seed %d makes two environments", seed)
		}
	}
}

func TestRegressionFormat(t *testing.T) {
	reg := &regression{
		about: "what it shows\n",
		c: &testCase{dir: "m", env: map[string]string{"GOWORK": "", "GOFLAGS": "-mod=mod"}, tree: tree{
			"m/go.mod": "module m\r\n", "m/go.sum": "", "m/vendor/": "", "m/odd": "no newline", "m/mark": "a\n-- b --\n", "m/bytes": "\ufeff\x00\xff\n", "m/empty lines": "\n\n",
		}},
		mods:    pool{module.Version{Path: "example.com/a", Version: "v1.0.0"}: "module example.com/a\n"},
		version: "1.26.0", verdict: verdict{refused: true, output: "go: no\n"},
	}
	got, err := parseRegression(reg.format())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(reg, got, cmp.AllowUnexported(regression{}, testCase{}, verdict{})); diff != "" {
		t.Error(diff)
	}
}

func TestBlamed(t *testing.T) {
	for _, test := range []struct {
		output string
		want   []string
	}{
		{"go: updates to go.mod needed; to update it:\n\tgo mod tidy\n", nil},
		{"go: a.example/a@v1.0.0 requires\n\tb.example/b@v1.2.0: missing go.sum entry for go.mod file; to add it:\n\tgo mod download b.example/b\n", []string{"b.example/b"}},
		{"go: a.example/a@v1.0.0 (replaced by ./x): reading x/go.mod: open $DIR/m/x/go.mod: no such file or directory\n", []string{"a.example/a"}},
		{"verifying a.example/a@v1.0.0/go.mod: checksum mismatch\n\tdownloaded: h1:x\n", []string{"a.example/a"}},
		{"go: inconsistent vendoring in $DIR/m:\n\ta.example/a@v1.0.0: is explicitly required in go.mod, but not marked\n\tb.example/b: is replaced in go.mod, but not marked\n", []string{"a.example/a", "b.example/b"}},
		{"go: conflicting replacements for a.example/a@v1.0.0:\n\t./x\n\t./y\n", []string{"a.example/a"}},
		{"go: malformed module path \"a\\xff.example/a\": invalid UTF-8\ngo: a\xff.example/a@v1.0.0: missing go.sum entry for go.mod file; to add it:\n", []string{"a\xff.example/a"}},
		{"go: module a.example/a appears multiple times in workspace\n", []string{"a.example/a"}},
	} {
		if diff := cmp.Diff(test.want, blamed(test.output)); diff != "" {
			t.Errorf("%s%s", test.output, diff)
		}
	}
}

func TestPlaces(t *testing.T) {
	c := &testCase{dir: "m", tree: tree{"m/go.mod": "", "go.work": "", "m/broken/go.mod": ""}}
	for _, test := range []struct {
		output string
		want   [][]place
	}{
		{"go: errors parsing go.mod:\ngo.mod:3:2: unknown directive: x\ngo.mod:7: usage\n", [][]place{{{"m/go.mod", 3}}, {{"m/go.mod", 7}}}},
		{"go: errors parsing ../go.work:\n../go.work:2: unknown directive: x\n", [][]place{{{"go.work", 2}}}},
		{"go.mod:9:1: syntax error (unterminated block started at go.mod:4:1)\n", [][]place{{{"m/go.mod", 9}, {"m/go.mod", 4}}}},
		{"go: a.example/a@v1.0.0 (replaced by ./broken): parsing broken/go.mod: $DIR/m/broken/go.mod:3: usage\n", [][]place{{{"m/broken/go.mod", 3}}}},
		{"go: a.example/a@v1.0.0: parsing go.mod: go.mod:5: syntax error (unterminated block started at go.mod:3:1)\n", nil},
		{"m.go:3:8: cannot find module\n", nil},
	} {
		if diff := cmp.Diff(test.want, placesIn(test.output, c), cmp.AllowUnexported(place{})); diff != "" {
			t.Errorf("%s%s", test.output, diff)
		}
	}
}

// TestShrink shows that a case loses what its outcome does not need.
func TestShrink(t *testing.T) {
	w := caseWorld(t, pool{})
	c := &testCase{dir: "m", env: map[string]string{"GOWORK": "off"}, tree: tree{
		"m/go.mod": "module example.com/m\n\ngo 1.20\n\nexclude example.com/x v1.0.0\n\nnonsense\n", "m/go.sum": "", "other/file": "x\n",
	}}
	v, a, err := w.both(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	if !v.refused {
		t.Fatal("go accepts nonsense")
	}
	o, _ := compare(c, v, a)
	r, err := w.shrink(t.Context(), &result{plan: &plan{}, c: c, verdict: v, answer: a, outcome: o})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tree{"m/go.mod": "nonsense\n"}, r.c.tree); diff != "" {
		t.Error(diff)
	}
}
