package gather

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/gosum"
	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/packages"
	"github.com/gomodls/gomodls/internal/workspace"
)

// packagesStudy answers a question of the kind workspace.Packages. Where nothing can be said, the answer is nil.
func (s *Scholar) packagesStudy(ctx context.Context, session *workspace.Session, topic workspace.Topic) (*workspace.Snapshot, *workspace.Study, error) {
	q, err := Settle(ctx, session, func(_ context.Context, snap *workspace.Snapshot) (*packagesQuestion, error) {
		return newPackagesQuestion(snap, topic.Of, &s.Tidier), nil
	})
	if err != nil {
		return nil, nil, err
	}
	st := &workspace.Study{Answer: (*packages.Result)(nil), Trees: []string{topicDir(topic)}}
	if q.view == nil {
		return q.snap, st, nil
	}
	st.Trees, st.Files = q.view.Dirs(), []string{q.view.Dir}
	for _, f := range q.view.Files() {
		st.Files = append(st.Files, f.Path)
	}
	for _, m := range q.view.Modules() {
		st.Files = append(st.Files, filepath.Join(m.Dir, "go.sum"), filepath.Join(m.Dir, "vendor"))
	}
	if !q.known {
		return q.snap, st, nil
	}
	env := q.snap.Env()
	sources, store := s.Tidier.sources(topic.Of, env.ModCache), q.snap.Store()
	q.Std = s.Tidier.stdOf(env.Goroot)
	var mu sync.Mutex
	absent := func(path string) {
		mu.Lock()
		defer mu.Unlock()
		st.Absent = append(st.Absent, path)
	}
	lacks := func(m module.Version, ext string) {
		if path := store.File(m, ext); path != "" {
			absent(path)
		}
	}
	q.Zip = s.Tidier.zip(store, absent)
	q.Tree = func(m module.Version) (*imports.Tree, error) {
		tree, err := sources.Module(m)
		if errors.Is(err, modcache.ErrMissing) {
			lacks(m, ".zip")
		}
		return tree, err
	}
	q.Source.Mod = func(id modcache.NodeID) (*modcache.Mod, error) {
		mod, err := store.Mod(id)
		if errors.Is(err, modcache.ErrMissing) {
			lacks(store.Names().Version(id), ".mod")
			return nil, modgraph.ErrNotKnown
		}
		return mod, err
	}
	m := s.Tidier.module(topic.Of)
	m.loading.Lock()
	defer m.loading.Unlock()
	q.Parsed, q.Memo = &s.Tidier.parsed, &m.packages
	result, err := packages.Load(ctx, q.Input)
	if err != nil {
		return nil, nil, err
	}
	s.Tidier.keep(topic.Of, sources)
	st.Answer, st.Dirs = result, q.disk.listed.all()
	return q.snap, st, nil
}

// topicDir returns the directory of a go.work, or of a module.
func topicDir(t workspace.Topic) string {
	if filepath.Base(t.Of) == "go.work" {
		return filepath.Dir(t.Of)
	}
	return t.Of
}

// packagesQuestion is what packages.Load needs.
type packagesQuestion struct {
	packages.Input
	snap  *workspace.Snapshot
	view  *workspace.View // nil if there is none any more
	disk  *disk
	known bool // enough is known to ask
}

func newPackagesQuestion(snap *workspace.Snapshot, of string, t *Tidier) *packagesQuestion {
	q := &packagesQuestion{snap: snap}
	path := of
	if filepath.Base(of) != "go.work" {
		path = filepath.Join(of, "go.mod")
	}
	for _, v := range snap.Views(path) {
		if (v.Work != nil) == (path == of) {
			q.view = v
		}
	}
	if q.view == nil {
		return q
	}
	v, env := q.view, snap.Env()
	q.Graph = v.Graph()
	q.Context = buildContext(env, snap.Machine(), v.GoVersion())
	switch {
	case len(v.Modules()) == 0, q.Context == nil, env.Goroot == "", env.ModCache == "", v.UnknownToolchain():
		return q
	case v.Mode == workspace.Vendor:
		// Where the files contradict each other, go refuses before it looks at any package.
		list := modgraph.ParseVendorList("") // without the file nothing is listed
		if v.Vendor != nil {
			list = v.Vendor.VendorList()
		} else if snap.Read(filepath.Join(v.Dir, "vendor", "modules.txt")).State != workspace.Missing {
			return q
		}
		if len(v.VendorFaults()) > 0 {
			return q
		}
		q.Mode, q.Vendor = packages.InVendor, packages.Vendor{
			Dir: filepath.Join(v.Dir, "vendor"), List: list,
			Strict: goenv.CompareVersions(goLine(v), "1.23") >= 0 && goenv.CompareVersions(v.GoVersion(), "1.23") >= 0,
		}
	case q.Graph == nil:
		return q
	case v.Mode == workspace.Mutable:
		q.Mode = packages.Mutable
	}
	q.Workspace, q.Source = v.Work != nil, v.Source()
	for _, m := range v.Modules() {
		main := packages.Main{Path: m.Path(), Dir: m.Dir}
		if main.Path == "" || main.Path == "std" || main.Path == "cmd" {
			return q
		}
		for _, i := range m.Mod.Mod().Ignore {
			main.Ignore = append(main.Ignore, i.Path)
		}
		q.Main = append(q.Main, main)
	}
	q.known = true
	q.disk = t.disk(snap)
	q.Files = q.disk.fs()
	sums := []*gosum.Index{v.WorkSum.Checksums()}
	for _, m := range v.Modules() {
		sums = append(sums, m.Sum.Checksums())
	}
	q.Sites = func(key module.Version, hash string) bool {
		for _, x := range sums {
			if x.Has(key) && (hash == "" || x.AnyContradiction(key, hash) == nil) {
				return false
			}
		}
		return true
	}
	return q
}

// goLine returns the Go version that the view's packages are written for.
func goLine(v *workspace.View) string {
	switch {
	case v.Work != nil && v.Work.Work().Go != nil:
		return v.Work.Work().Go.Version
	case v.Work != nil:
		return "1.18"
	case v.Modules()[0].Mod.Mod().Go != nil:
		return v.Modules()[0].Mod.Mod().Go.Version
	}
	return "1.16"
}

// buildContext returns what build constraints are judged by, or nil if nobody can tell.
func buildContext(env *goenv.Env, m *workspace.Machine, goVersion string) *imports.Context {
	t := imports.Target{GOOS: env.Get("GOOS").Value, GOARCH: env.Get("GOARCH").Value, Experiments: env.Get("GOEXPERIMENT").Value != ""}
	if t.GOOS == "" {
		t.GOOS = m.GOOS
	}
	if t.GOARCH == "" {
		t.GOARCH = runtime.GOARCH
	}
	minor, ok := strings.CutPrefix(goVersion, "1.")
	if i := strings.IndexFunc(minor, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		minor = minor[:i]
	}
	var err error
	if t.Release, err = strconv.Atoi(minor); !ok || err != nil {
		return nil
	}
	if c, ok := env.Flag("compiler"); ok && c != "gc" {
		return nil
	}
	if _, ok := env.Flag("overlay"); ok { // files are not what they are on disk
		return nil
	}
	if tags, ok := env.Flag("tags"); ok {
		t.Tags = strings.FieldsFunc(tags, func(r rune) bool { return r == ',' || r == ' ' })
	}
	for _, flag := range []string{"race", "msan", "asan"} {
		if v, ok := env.Flag(flag); ok && v != "false" && v != "0" {
			t.Tags = append(t.Tags, flag)
		}
	}
	for _, tag := range t.Tags {
		if tag == "ignore" { // files for which nobody looks otherwise
			return nil
		}
	}
	t.Cgo = cgo(env, m, t)
	return imports.NewContext(t)
}

// cgo reports whether cgo is enabled: as CGO_ENABLED says, else where the go command finds a C compiler for the machine.
func cgo(env *goenv.Env, m *workspace.Machine, t imports.Target) imports.Truth {
	switch env.Get("CGO_ENABLED").Value {
	case "1":
		return imports.Yes
	case "0":
		return imports.No
	}
	switch {
	case t.GOOS != m.GOOS || t.GOARCH != runtime.GOARCH:
		return imports.No
	case m.GOOS != "linux" && m.GOOS != "darwin":
		return imports.Maybe
	case m.Environ["CC"] != "":
		return imports.Yes
	}
	cc := map[string]string{"linux": "gcc", "darwin": "clang"}[m.GOOS]
	for _, dir := range filepath.SplitList(m.Environ["PATH"]) {
		if info, err := os.Stat(filepath.Join(dir, cc)); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return imports.Yes
		}
	}
	return imports.No
}
