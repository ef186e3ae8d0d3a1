package tidy

import (
	"maps"
	"slices"
	"sync"

	"github.com/gomodls/gomodls/internal/keep"
)

// reasons says of each root why it is one.
func (l *loader) reasons() []Requirement {
	first := map[string]*pkg{} // by module: the package nearest to the main module
	for _, pk := range l.pkgs {
		if _, ok := first[pk.mod.Path]; !ok && l.external(pk) && pk.testOf == nil {
			first[pk.mod.Path] = pk
		}
	}
	required := map[string]bool{}
	for _, r := range l.file.Require {
		required[r.Mod.Path] = true
	}
	var list []Requirement
	for _, m := range l.rs.roots {
		if isToolchain(m.Path) {
			continue
		}
		r := Requirement{Module: m, Indirect: !l.rs.direct[m.Path]}
		for pk := first[m.Path]; pk != nil; pk = pk.importer {
			if n := len(r.Chain); n == 0 || r.Chain[n-1] != pk.path { // a test has its package's path
				r.Chain = append(r.Chain, pk.path)
			}
		}
		slices.Reverse(r.Chain)
		if !required[m.Path] && !r.Indirect {
			r.Sites = l.sites(l.pkgs, func(dep *pkg) bool { return dep.mod.Path == m.Path })
		}
		list = append(list, r)
	}
	return list
}

// A purpose says of modules which packages lead to them. Nobody asks for it but a reader who points at one, so it is worked out
// then.
type purpose struct {
	pkgs []*pkg // until it is worked out

	once  sync.Once
	built map[string]bool     // the modules with packages that more than tests lead to
	under map[string][]string // build constraints, by module
}

func (p *purpose) work() {
	p.once.Do(func() { p.built, p.under, p.pkgs = built(p.pkgs), under(p.pkgs), nil })
}

// write notes a purpose for another process.
func (p *purpose) write(w *keep.Writer) {
	p.work()
	w.List(mapKeys(p.built))
	paths := slices.Sorted(maps.Keys(p.under))
	w.List(paths)
	for _, path := range paths {
		w.List(p.under[path])
	}
}

// readPurpose returns what was noted.
func readPurpose(r *keep.Reader) *purpose {
	p := &purpose{built: map[string]bool{}, under: map[string][]string{}}
	for _, path := range r.List() {
		p.built[path] = true
	}
	for _, path := range r.List() {
		p.under[path] = r.List()
	}
	p.once.Do(func() {}) // it is done
	return p
}

// OnlyTests reports whether nothing but tests leads to the module of one of r's requirements.
func (r *Result) OnlyTests(of Requirement) bool {
	r.purpose.work()
	return len(of.Chain) > 0 && !r.purpose.built[of.Module.Path]
}

// Under returns build constraints: every way to the module with a path leads through a file that has one of them. There are none
// if some way leads through files without any.
func (r *Result) Under(path string) []string {
	r.purpose.work()
	return r.purpose.under[path]
}

// built returns the modules with packages that more than tests lead to.
func built(pkgs []*pkg) map[string]bool {
	mods, seen := map[string]bool{}, map[*pkg]bool{}
	var queue []*pkg
	push := func(pk *pkg) {
		if !seen[pk] {
			seen[pk] = true
			queue = append(queue, pk)
			mods[pk.mod.Path] = true
		}
	}
	for _, pk := range pkgs {
		if pk.importer == nil && pk.testOf == nil {
			push(pk)
		}
	}
	for len(queue) > 0 {
		pk := queue[0]
		queue = queue[1:]
		for _, dep := range pk.imports {
			push(dep)
		}
	}
	return mods
}

// under returns the first build constraints on the ways to modules that no way without one leads to.
func under(pkgs []*pkg) map[string][]string {
	free := map[*pkg]bool{} // some way leads there without a constraint
	var queue []*pkg
	push := func(pk *pkg) {
		if !free[pk] {
			free[pk] = true
			queue = append(queue, pk)
		}
	}
	type edge struct {
		to         *pkg
		conditions []string
	}
	var edges []edge
	for _, pk := range pkgs {
		if pk.importer == nil && pk.testOf == nil {
			push(pk)
		}
	}
	for len(queue) > 0 {
		pk := queue[0]
		queue = queue[1:]
		if pk.test != nil {
			push(pk.test)
		}
		for _, dep := range pk.imports {
			if free[dep] {
				continue
			}
			if pk.files != nil && pk.files.Groups != nil && !dep.isStd() {
				if c := pk.files.Under(dep.path, pk.testOf != nil); c != nil {
					edges = append(edges, edge{dep, c})
					continue
				}
			}
			push(dep)
		}
	}
	open := map[string]bool{} // modules
	for pk := range free {
		open[pk.mod.Path] = true
	}
	found := map[string]map[string]bool{}
	passed := map[*pkg]map[string]bool{}
	for len(edges) > 0 {
		e := edges[0]
		edges = edges[1:]
		if free[e.to] || e.to.isStd() {
			continue
		}
		if passed[e.to] == nil {
			passed[e.to] = map[string]bool{}
		}
		var more []string
		for _, c := range e.conditions {
			if !passed[e.to][c] {
				passed[e.to][c] = true
				more = append(more, c)
			}
		}
		if len(more) == 0 {
			continue
		}
		if path := e.to.mod.Path; !open[path] {
			if found[path] == nil {
				found[path] = map[string]bool{}
			}
			for _, c := range more {
				found[path][c] = true
			}
		}
		for _, dep := range e.to.imports {
			if !free[dep] && !dep.isStd() {
				edges = append(edges, edge{dep, more})
			}
		}
		if e.to.test != nil {
			edges = append(edges, edge{e.to.test, more})
		}
	}
	all := map[string][]string{}
	for path, conditions := range found {
		all[path] = mapKeys(conditions)
	}
	return all
}
