package tidy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/modgraph"
)

// emptyModHash is the checksum of an empty go.mod, which old versions of go wrote by mistake. Lines with it are dropped.
const emptyModHash = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY="

// readSums reads a go.sum as tidy does, which passes over what it does not understand. The keys of lines about go.mod files
// have versions that end in "/go.mod".
func readSums(text string) (sums map[module.Version][]string, order []module.Version) {
	sums = make(map[module.Version][]string, strings.Count(text, "\n"))
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) != 3 || f[2] == emptyModHash {
			continue
		}
		key := module.Version{Path: f[0], Version: f[1]}
		if _, ok := sums[key]; !ok {
			order = append(order, key)
		}
		sums[key] = append(sums[key], f[2])
	}
	return sums, order
}

func modKey(m module.Version) module.Version {
	return module.Version{Path: m.Path, Version: m.Version + "/go.mod"}
}

// use notes that something was read whose checksum is hash. The go command stops where go.sum says otherwise.
func (p *predictor) use(key module.Version, hash string) {
	if _, ok := p.used[key]; ok {
		return
	}
	p.used[key] = hash
	for _, h := range p.sums[key] {
		if h == hash {
			return
		}
		if strings.HasPrefix(h, "h1:") {
			p.fatal = errors.Join(p.fatal, &Refusal{Module: key, Err: fmt.Errorf("its checksum is %s, but go.sum says %s", hash, h)})
			return
		}
	}
}

// useMod notes that the go.mod file that stands for a module was read.
func (p *predictor) useMod(n *modgraph.Node) {
	if n.Mod != nil && n.Actual.Version != "" {
		key := modKey(n.Actual)
		if _, ok := p.used[key]; !ok {
			p.use(key, n.Mod.Hash())
		}
	}
}

// useGraph notes that the go.mod files of a graph were read.
func (p *predictor) useGraph(g *graph) {
	if !p.graphsUsed[g] {
		p.graphsUsed[g] = true
		for _, n := range g.Nodes() {
			p.useMod(n)
		}
	}
}

// keepAll returns the keys of the lines that go.sum is to have, as far as they are known; see modload.keepSums. A module whose
// go line asks for it stays loadable by the version of go before it, which does not prune.
func (l *loader) keepAll() (map[module.Version]bool, error) {
	keep := make(map[module.Version]bool, len(l.sums))
	l.keep(keep, l.rs)
	goVersion := l.rs.goVersion()
	compat := l.in.Compat
	if compat == "" {
		compat = goVersion
		if isPruned(goVersion) && compareGo(goVersion, "1.18") < 0 {
			compat = defaultGo
		}
	}
	if compareGo(compat, goVersion) > 0 {
		compat = goVersion
	}
	if isPruned(compat) == l.rs.pruned {
		return keep, nil
	}
	old := l.newRequirements(!l.rs.pruned, l.rs.roots, l.rs.direct)
	if err := l.checkCompat(old, compat); err != nil {
		r := &Refusal{Err: err}
		errors.As(err, &r)
		r.Compat = compat
		return nil, r
	}
	l.keep(keep, old)
	return keep, nil
}

// checkCompat reports a package that an older go would take from elsewhere.
func (l *loader) checkCompat(old *requirements, compat string) error {
	g := l.graph(old)
	if g.fault != nil {
		return g.fault
	}
	for _, pk := range l.pkgs {
		if pk.isStd() {
			continue
		}
		at, err := l.resolve(pk.path, old, g, l.skipMods)
		if at.mod == pk.mod {
			continue
		}
		if err == nil {
			err = fmt.Errorf("go %s would take it from %s, not from %s", compat, at.mod, pk.mod)
		} else {
			err = fmt.Errorf("it is in %s, but go %s would not find it: %w", pk.mod, compat, err)
		}
		return l.refuse(pk, err)
	}
	for _, m := range l.rs.roots {
		if !g.isSelected(m) {
			return &Refusal{Module: m, Err: fmt.Errorf("go %s would select %s", compat, g.version(m.Path))}
		}
	}
	return nil
}

func (l *loader) keep(keep map[module.Version]bool, rs *requirements) {
	pkgMods := compareGo(l.rs.goVersion(), strictGo) >= 0
	for _, pk := range l.pkgs {
		if pk.testOf != nil || pk.isStd() || pk.mod.Path == "" && module.CheckImportPath(pk.path) != nil {
			continue
		}
		if pkgMods {
			keep[modKey(l.actual(pk.mod))] = true
		}
		selected := rs.max
		if v, ok := l.rootSelected(rs, pk.mod.Path); !rs.pruned || pk.mod.Path == "" || !ok || v != pk.mod.Version {
			selected = l.graph(rs).selected
		}
		for path := range imports.Prefixes(pk.path) {
			if v, ok := selected[path]; ok && v != "none" {
				keep[l.actual(module.Version{Path: path, Version: v})] = true
			}
		}
	}
	if rs.loaded == nil {
		for _, m := range rs.roots {
			keep[modKey(l.actual(m))] = true
		}
		return
	}
	for _, n := range rs.loaded.Nodes() {
		if n.Cause == modgraph.OK {
			keep[modKey(n.Actual)] = true
		}
	}
}

// unneeded returns the keys of the lines of go.sum that are not to be kept, in its order.
func (p *predictor) unneeded(keep map[module.Version]bool) []module.Version {
	var keys []module.Version
	for _, key := range p.order {
		if !keep[key] {
			keys = append(keys, key)
		}
	}
	return keys
}

// added returns the keys of the lines that go.sum does not have and that are to be kept, in order.
func (p *predictor) added(keep map[module.Version]bool) []module.Version {
	var keys []module.Version
	for key, hash := range p.used {
		if keep[key] && !slices.Contains(p.sums[key], hash) {
			keys = append(keys, key)
		}
	}
	module.Sort(keys)
	return keys
}

// writeSums returns what go.sum would hold: of what it has, what is to be kept, and what was read and is to be kept. If
// nothing is taken away, and nothing was read that it does not have, whether that is kept or not, the file stays as it is,
// however it looks.
func (p *predictor) writeSums(keep map[module.Version]bool) (text string, exists bool) {
	if !slices.ContainsFunc(p.order, func(key module.Version) bool { return !keep[key] }) && !p.usedMore() {
		return p.in.Sum, p.in.HasSum
	}
	var keys []module.Version
	lines := map[module.Version][]string{}
	for _, key := range p.order {
		if keep[key] {
			keys = append(keys, key)
			lines[key] = slices.Clone(p.sums[key])
		}
	}
	for key, hash := range p.used {
		if !keep[key] || slices.Contains(p.sums[key], hash) {
			continue
		}
		if lines[key] == nil {
			keys = append(keys, key)
		}
		lines[key] = append(lines[key], hash)
	}
	module.Sort(keys)
	var b strings.Builder
	for _, key := range keys {
		slices.Sort(lines[key])
		for _, hash := range slices.Compact(lines[key]) {
			for _, part := range []string{key.Path, " ", key.Version, " ", hash, "\n"} {
				b.WriteString(part)
			}
		}
	}
	return b.String(), true
}

// usedMore reports whether something was read whose checksum go.sum does not have.
func (p *predictor) usedMore() bool {
	for key, hash := range p.used {
		if !slices.Contains(p.sums[key], hash) {
			return true
		}
	}
	return false
}
