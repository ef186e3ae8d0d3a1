package workspace_test

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A world is a disk that holds some files and nothing else.
type world map[string]string

func (w world) fact(want workspace.Want) *workspace.Fact {
	if text, ok := w[want.Path]; ok {
		return &workspace.Fact{State: workspace.Regular, File: workspace.NewFile(want.Path, text)}
	}
	below := strings.TrimSuffix(want.Path, "/") + "/"
	names := map[string]bool{}
	for name := range w {
		if rest, ok := strings.CutPrefix(name, below); ok {
			first, _, isDir := strings.Cut(rest, "/")
			if isDir {
				first += "/"
			}
			names[first] = true
		}
	}
	if len(names) == 0 {
		return &workspace.Fact{State: workspace.Missing}
	}
	return &workspace.Fact{State: workspace.Directory, Names: slices.Sorted(maps.Keys(names))}
}

// settle calls ask on the newest snapshot until it lacks nothing.
func (w world) settle(session *workspace.Session, ask func(*workspace.Snapshot)) {
	for {
		snap := session.Snapshot()
		ask(snap)
		wants := snap.Wants()
		if len(wants) == 0 {
			return
		}
		var changes []workspace.Change
		for _, want := range wants {
			changes = append(changes, workspace.Learned(want, w.fact(want)))
		}
		session.Apply(changes...)
	}
}

func newSession() *workspace.Session {
	return workspace.NewSession(&workspace.Machine{
		GOOS: "linux", Home: "/home/u", ConfigDir: "/home/u/.config", Go: "/go/bin/go",
		Environ: map[string]string{"GOMODCACHE": "/nowhere", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOPRIVATE": ""},
	}, nil, modcache.NewStores())
}

// TestRecall asks five questions about one module of a workspace after each of some changes: one that looks at the file alone,
// one that looks at the graph as a whole, one that looks at another file, one that is never to be kept, and one that asks the graph
// about one path. The answer is put together anew only if a piece of it is another.
func TestRecall(t *testing.T) {
	w := world{
		"/w/go.work": "go 1.25\nuse ./a\nuse ./b\n", "/w/a/go.mod": "module m.example/a\ngo 1.25\n", "/w/b/go.mod": "module m.example/b\ngo 1.25\n",
		"/w/note": "one", "/go/VERSION": "go1.26.0\n",
	}
	session := newSession()
	asked, whole := make([]int, 5), 0
	answer := ""
	ask := func(snap *workspace.Snapshot) {
		for _, v := range snap.Views("/w/b/go.mod") {
			m := v.Module("/w/b/go.mod")
			if v.Work == nil || m == nil {
				continue
			}
			var err error
			answer, err = workspace.Recall(v, &workspace.Inquiry[string, string]{
				File: m.Mod, Module: m, Subject: "test", Pieces: len(asked),
				Begin: func(v *workspace.View) func(int) (string, bool, error) {
					return func(i int) (string, bool, error) {
						asked[i]++
						switch i {
						case 1:
							return fmt.Sprint(len(v.Graph().Main()[0].Require)), true, nil
						case 2:
							if f := v.Snapshot.Read("/w/note").File; f != nil {
								return f.Text, true, nil
							}
							return "nothing", true, nil
						case 4:
							return v.Graph().Selected("x.example/y"), true, nil
						}
						return path.Base(m.Dir), i != 3, nil
					}
				},
				Same: func(a, b string) bool { return a == b },
				Whole: func(all []string) string {
					whole++
					return strings.Join(all, " ")
				},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	edit := func(name, text string) func() {
		return func() { session.Apply(workspace.Opened(uri.File(name), 1, text)) }
	}
	for _, step := range []struct {
		name   string
		change func()
		asked  []bool
		whole  bool
		answer string
	}{
		{"at first", func() {}, []bool{true, true, true, true, true}, true, "b 0 one b none"},
		{"nothing", func() {}, []bool{false, false, false, true, false}, false, "b 0 one b none"},
		{"a file of no interest", edit("/w/other", "x"), []bool{false, false, false, true, false}, false, "b 0 one b none"},
		{"a comment in another module", edit("/w/a/go.mod", "module m.example/a\ngo 1.25\n// x\n"), []bool{false, false, false, true, false}, false, "b 0 one b none"},
		{"a requirement in another module", edit("/w/a/go.mod", "module m.example/a\ngo 1.25\nrequire x.example/x v1.0.0\n"), []bool{false, true, false, true, false}, true, "b 1 one b none"},
		{"another version there", edit("/w/a/go.mod", "module m.example/a\ngo 1.25\nrequire x.example/x v1.0.1\n"), []bool{false, true, false, true, false}, false, "b 1 one b none"},
		{"a requirement of what was asked about", edit("/w/a/go.mod", "module m.example/a\ngo 1.25\nrequire x.example/y v1.0.0\n"), []bool{false, true, false, true, true}, true, "b 1 one b v1.0.0"},
		{"the file that is read", func() {
			w["/w/note"] = "two"
			session.Apply(workspace.Learned(workspace.Want{Path: "/w/note"}, w.fact(workspace.Want{Path: "/w/note"})))
		}, []bool{false, false, true, true, false}, true, "b 1 two b v1.0.0"},
		{"the module itself", edit("/w/b/go.mod", "module m.example/b\ngo 1.25\n// x\n"), []bool{true, true, true, true, true}, true, "b 1 two b v1.0.0"},
	} {
		step.change()
		clear(asked)
		whole = 0
		w.settle(session, ask)
		for i, want := range step.asked {
			if (asked[i] > 0) != want {
				t.Errorf("%s: piece %d was asked %d times", step.name, i, asked[i])
			}
		}
		if answer != step.answer || (whole > 0) != step.whole {
			t.Errorf("%s: the answer is %q, want %q, and was put together %d times", step.name, answer, step.answer, whole)
		}
	}
}

// TestRecallAtOnce asks many questions in several goroutines, each of which reads a file of its own, then changes one of the files:
// that question alone is asked again.
func TestRecallAtOnce(t *testing.T) {
	w := world{"/m/go.mod": "module m.example/a\ngo 1.25\n", "/go/VERSION": "go1.26.0\n"}
	const pieces = 40
	for i := range pieces {
		w[fmt.Sprintf("/m/%d", i)] = fmt.Sprint(i)
	}
	session := newSession()
	var asked [pieces]atomic.Int32
	answer := ""
	ask := func(snap *workspace.Snapshot) {
		v := snap.Views("/m/go.mod")
		if len(v) == 0 {
			return
		}
		var err error
		answer, err = workspace.Recall(v[0], &workspace.Inquiry[string, string]{
			File: v[0].Modules()[0].Mod, Subject: "test", Pieces: pieces, AtOnce: 4,
			Begin: func(v *workspace.View) func(int) (string, bool, error) {
				return func(i int) (string, bool, error) {
					asked[i].Add(1)
					if f := v.Snapshot.Read(fmt.Sprintf("/m/%d", i)).File; f != nil {
						return f.Text, true, nil
					}
					return "", true, nil
				}
			},
			Same:  func(a, b string) bool { return a == b },
			Whole: func(all []string) string { return strings.Join(all, " ") },
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want := func(changed int) {
		t.Helper()
		fields := strings.Fields(answer)
		for i := range pieces {
			text := fmt.Sprint(i)
			if i == changed {
				text = "other"
			}
			if len(fields) != pieces || fields[i] != text {
				t.Fatalf("the answer is %q", answer)
			}
		}
	}
	w.settle(session, ask)
	want(-1)
	for i := range asked {
		asked[i].Store(0)
	}
	w["/m/7"] = "other"
	session.Apply(workspace.Learned(workspace.Want{Path: "/m/7"}, w.fact(workspace.Want{Path: "/m/7"})))
	w.settle(session, ask)
	want(7)
	for i := range asked {
		if n := asked[i].Load(); (n > 0) != (i == 7) {
			t.Errorf("question %d was asked %d times", i, n)
		}
	}
}
