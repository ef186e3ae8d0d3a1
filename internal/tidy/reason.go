package tidy

import "slices"

// reasons says of each root why it is one.
func (l *loader) reasons() []Requirement {
	first := map[string]*pkg{} // by module: the package nearest to the main module
	for _, pk := range l.pkgs {
		if _, ok := first[pk.mod.Path]; !ok && l.external(pk) && pk.testOf == nil {
			first[pk.mod.Path] = pk
		}
	}
	built := l.built()
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
		r.Tests = len(r.Chain) > 0 && !built[m.Path]
		if !required[m.Path] && !r.Indirect {
			r.Sites = l.sites(func(dep *pkg) bool { return dep.mod.Path == m.Path })
		}
		list = append(list, r)
	}
	return list
}

// built returns the modules with packages that more than tests lead to.
func (l *loader) built() map[string]bool {
	mods, seen := map[string]bool{}, map[*pkg]bool{}
	var queue []*pkg
	push := func(pk *pkg) {
		if !seen[pk] {
			seen[pk] = true
			queue = append(queue, pk)
			mods[pk.mod.Path] = true
		}
	}
	for _, pk := range l.pkgs {
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
