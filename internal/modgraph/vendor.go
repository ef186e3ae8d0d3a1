package modgraph

import (
	"path/filepath"
	"slices"
	"strings"

	"go/version"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// A Vendored is what vendor/modules.txt says about one module version, or about all versions of a path.
type Vendored struct {
	Module      module.Version
	Line        int // of its first line, from 1
	Explicit    bool
	Replacement module.Version // the zero value if none is recorded
	Go          string         // "" if none is recorded
	GoLine      int
	Packages    bool // it is the version of its path that provides packages
}

// A VendorList is a vendor/modules.txt. What go does not understand in it is ignored here too.
type VendorList struct {
	Modules  []*Vendored // in the order of their first lines
	byModule map[module.Version]*Vendored
	version  map[string]string // of the modules that provide packages
	packages map[string]module.Version
}

// Provider returns the module that the list says a vendored package comes from.
func (l *VendorList) Provider(importPath string) (m module.Version, ok bool) {
	m, ok = l.packages[importPath]
	return m, ok
}

// PackagesOf returns the vendored packages that come from a module, at whatever version, in order.
func (l *VendorList) PackagesOf(path string) []string {
	var list []string
	for pkg, m := range l.packages {
		if m.Path == path {
			list = append(list, pkg)
		}
	}
	slices.Sort(list)
	return list
}

// ParseVendorList reads a vendor/modules.txt as modload.readVendorList does.
func ParseVendorList(text string) *VendorList {
	l := &VendorList{byModule: map[module.Version]*Vendored{}, version: map[string]string{}, packages: map[string]module.Version{}}
	meta := func(m module.Version, line int) *Vendored {
		v := l.byModule[m]
		if v == nil {
			v = &Vendored{Module: m, Line: line}
			l.byModule[m] = v
			l.Modules = append(l.Modules, v)
		}
		return v
	}
	var mod module.Version
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		if strings.HasPrefix(line, "# ") {
			f := strings.Fields(line)
			switch {
			case len(f) < 3:
				continue
			case semver.IsValid(f[2]):
				mod = module.Version{Path: f[1], Version: f[2]}
				f = f[3:]
			case f[2] == "=>":
				mod = module.Version{Path: f[1]}
				f = f[2:]
			default:
				mod = module.Version{}
				continue
			}
			v := meta(mod, number)
			switch {
			case len(f) == 2 && f[0] == "=>":
				v.Replacement = module.Version{Path: f[1]}
			case len(f) == 3 && f[0] == "=>" && semver.IsValid(f[2]):
				v.Replacement = module.Version{Path: f[1], Version: f[2]}
			}
			continue
		}
		if mod.Path == "" {
			continue
		}
		if annotations, ok := strings.CutPrefix(line, "## "); ok {
			v := meta(mod, number)
			for entry := range strings.SplitSeq(annotations, ";") {
				entry = strings.TrimSpace(entry)
				if entry == "explicit" {
					v.Explicit = true
				}
				if goVersion, ok := strings.CutPrefix(entry, "go "); ok {
					v.Go, v.GoLine = goVersion, number
				}
			}
			continue
		}
		if f := strings.Fields(line); len(f) == 1 && module.CheckImportPath(f[0]) == nil {
			l.packages[f[0]] = mod
			if have, ok := l.version[mod.Path]; !ok || semver.Compare(have, mod.Version) < 0 {
				l.version[mod.Path] = mod.Version
				meta(mod, number).Packages = true
			}
		}
	}
	return l
}

// A VendorFault is one way in which go.mod or go.work and vendor/modules.txt contradict each other.
type VendorFault struct {
	Kind     VendorFaultKind
	Module   module.Version // the requirement, or what is replaced
	Main     int            // which main module's go.mod it stands in, for faults of requirements; -1 otherwise
	Dir      string         // where the replacement's file lies, for faults of replacements in go.mod or go.work
	Recorded module.Version // what modules.txt says instead, if it says something
	Line     int            // in modules.txt, for faults that stand there
}

// A VendorFaultKind says how the files contradict each other.
type VendorFaultKind uint8

const (
	RequireNotExplicit  VendorFaultKind = iota // required, but not marked as explicit
	RequireOtherVersion                        // required at another version than the vendored one, before go 1.14
	ReplaceNotRecorded                         // replaced, but not recorded as replaced
	ReplaceDiffers                             // replaced by something else than recorded
	ExplicitNotRequired                        // marked as explicit, but not required
	RecordedNotReplaced                        // recorded as replaced, but not replaced
	NotARoot                                   // vendored with packages, but not required: only with go 1.17 and above
	VendoredTooNew                             // needs a newer go command
)

// CheckVendor compares the main modules with a vendor/modules.txt, as modload.checkVendorConsistency and initVendor do. The
// directory is that of the go.mod or go.work beside the vendor directory. The order is that of the go command.
func CheckVendor(in Input, list *VendorList, dir string) []VendorFault {
	var faults []VendorFault
	pre114 := !in.Workspace && version.Compare("go"+or(in.Main[0].Go, implicitGo), "go1.14") < 0
	recorded := func(m module.Version) Vendored {
		if v := list.byModule[m]; v != nil {
			return *v
		}
		return Vendored{}
	}
	for _, v := range list.Modules {
		if in.Local != "" && v.Go != "" && version.Compare("go"+v.Go, "go"+in.Local) > 0 {
			faults = append(faults, VendorFault{Kind: VendoredTooNew, Module: v.Module, Main: -1, Recorded: module.Version{Version: v.Go}, Line: v.GoLine})
		}
	}
	for i, main := range in.Main {
		for _, r := range main.Require {
			if recorded(r).Explicit {
				continue
			}
			if !pre114 {
				faults = append(faults, VendorFault{Kind: RequireNotExplicit, Module: r, Main: i})
			} else if v, ok := list.version[r.Path]; ok && v != r.Version {
				faults = append(faults, VendorFault{Kind: RequireOtherVersion, Module: r, Main: i, Recorded: module.Version{Path: r.Path, Version: v}})
			}
		}
	}

	g := &Graph{content: &content{in: in, names: in.Names}}
	g.indexReplacements()
	effective := func(old module.Version) (*Replacement, module.Version) {
		r := g.Replacement(old)
		if r == nil {
			return nil, module.Version{}
		}
		return r, canonical(*r, in.Workspace, dir)
	}
	seen := map[module.Version]bool{}
	check := func(rs []Replacement) {
		for _, line := range rs {
			if seen[line.Old] {
				continue
			}
			seen[line.Old] = true
			r, now := effective(line.Old)
			then := recorded(line.Old).Replacement
			switch {
			case then == module.Version{}:
				if r == nil || pre114 && (line.Old.Version == "" || list.version[line.Old.Path] != line.Old.Version) {
					continue
				}
				faults = append(faults, VendorFault{Kind: ReplaceNotRecorded, Module: line.Old, Main: -1, Dir: line.Dir})
			case then != now:
				faults = append(faults, VendorFault{Kind: ReplaceDiffers, Module: line.Old, Main: -1, Dir: line.Dir, Recorded: then})
			}
		}
	}
	for _, main := range in.Main {
		check(main.Replace)
	}
	check(in.Replace)

	for _, v := range list.Modules {
		required := slices.ContainsFunc(in.Main, func(m MainModule) bool { return slices.Contains(m.Require, v.Module) })
		if v.Packages && v.Explicit && !required {
			faults = append(faults, VendorFault{Kind: ExplicitNotRequired, Module: v.Module, Main: -1, Line: v.Line})
		}
	}
	for _, v := range list.Modules {
		if v.Replacement == (module.Version{}) {
			continue
		}
		if r, _ := effective(v.Module); r == nil {
			faults = append(faults, VendorFault{Kind: RecordedNotReplaced, Module: v.Module, Main: -1, Recorded: v.Replacement, Line: v.Line})
		}
	}
	if len(faults) == 0 && !in.Workspace && isPruned(in.Main[0].Go) {
		for _, v := range list.Modules {
			if v.Packages && !slices.Contains(in.Main[0].Require, v.Module) {
				faults = append(faults, VendorFault{Kind: NotARoot, Module: v.Module, Main: -1, Line: v.Line})
			}
		}
	}
	return faults
}

// canonical spells a replacement as modules.txt records it: in a workspace, relative to the directory of go.work; see
// modload.canonicalizeReplacePath.
func canonical(r Replacement, inWork bool, dir string) module.Version {
	if r.New.Version != "" || filepath.IsAbs(r.New.Path) || !inWork || r.Dir == dir {
		return r.New
	}
	path := filepath.Join(r.Dir, r.New.Path)
	if rel, err := filepath.Rel(dir, path); err == nil {
		path = rel
	}
	if !modfile.IsDirectoryPath(path) {
		path = "./" + filepath.ToSlash(filepath.Clean(path))
	}
	return module.Version{Path: path}
}
