package analysis

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/syntax"
)

// AddSums returns the preferred fix that adds lines for keys to the go.sum of the pass's module as a plain edit, and false
// where the go command has to do it. The version of a key that is for a go.mod file ends in "/go.mod".
//
// No line gets in on the word of the module cache alone. Each is what the checksum database has recorded, proved on this
// machine, and the cache must agree with it. Only where go would not ask the database either, by the user's own settings,
// does the cache decide, and then the title says so. It is all or nothing.
func (p *Pass) AddSums(title string, keys []module.Version) (fixes.Fix, bool) {
	file := p.Module.Sum
	if file == nil || slices.ContainsFunc(file.Sum().Problems, func(problem syntax.Problem) bool { return problem.Severity == syntax.Refused }) {
		return fixes.Fix{}, false
	}
	var sums []fixes.Sum
	unasked := ""
	for _, key := range keys {
		hash, why := p.trusted(key)
		if hash == "" {
			return fixes.Fix{}, false
		}
		if why != "" {
			unasked = why
		}
		sums = append(sums, fixes.Sum{Version: key, Hash: hash})
	}
	fix := fixes.Fix{Title: title, Kind: fixes.QuickFix, Preferred: true}
	if unasked != "" {
		fix.Title += " from the module cache, unchecked because of " + unasked
	}
	for _, e := range fixes.AddSums(file.Sum(), sums) {
		fix.Edits = append(fix.Edits, fixes.Edit{URI: file.URI, Span: e.Span, New: e.New})
	}
	return fix, len(fix.Edits) > 0
}

// Recorded returns the checksum that the checksum database has for key, as far as this machine can prove it, and "" if it cannot
// or if by the user's settings the database is not asked. The version of a key that is for a go.mod file ends in "/go.mod".
func (p *Pass) Recorded(key module.Version) string {
	if !p.View.Env().AsksSumDB(key.Path) {
		return ""
	}
	version, isMod := strings.CutSuffix(key.Version, "/go.mod")
	switch sums, err := p.Snapshot.Vouched(module.Version{Path: key.Path, Version: version}); {
	case err != nil:
		return ""
	case isMod:
		return sums.Mod
	default:
		return sums.Zip
	}
}

// Recheck returns the fix that drops what go.sum says of a module version and has go ask the checksum database anew.
func (p *Pass) Recheck(drop string, key module.Version) fixes.Fix {
	version, _ := strings.CutSuffix(key.Version, "/go.mod")
	return fixes.Fix{
		Title: drop + " and let go check " + key.Path + " against the checksum database", Kind: fixes.QuickFix,
		Command: p.Command("gomodls.download", map[string]any{"recheck": key.Path + "@" + version}),
	}
}

// Unasked returns the setting because of which nobody is asked about the checksums of a module, and "" if the database is.
func (p *Pass) Unasked(path string) string {
	switch env := p.View.Env(); {
	case env.SumDB.Off:
		return "GOSUMDB=off"
	case env.SumDB.Err != nil || !env.NoSumDB.Match(path):
		return ""
	default:
		return cmp.Or(env.Get("GONOSUMDB").From, "GONOSUMDB")
	}
}

// trusted returns the checksum of what the module cache has for key, "" if there is nothing or no reason to trust it, and
// the setting because of which nobody vouches for it.
func (p *Pass) trusted(key module.Version) (hash, unasked string) {
	env, store := p.View.Env(), p.Snapshot.Store()
	version, isMod := strings.CutSuffix(key.Version, "/go.mod")
	m := module.Version{Path: key.Path, Version: version}
	cached := func() string {
		if !isMod {
			sum, _ := store.ZipSum(m)
			return sum
		}
		mod, err := store.Mod(store.Names().Node(m))
		if err != nil {
			return ""
		}
		return mod.Hash()
	}
	if why := p.Unasked(m.Path); why != "" {
		return cached(), why
	}
	if env.SumDB.Err != nil {
		return "", ""
	}
	sums, err := p.Snapshot.Vouched(m)
	if err != nil {
		return "", ""
	}
	if isMod && cached() == sums.Mod {
		return sums.Mod, ""
	}
	if recorded, err := store.ZipHash(m); !isMod && err == nil && recorded == sums.Zip {
		return sums.Zip, ""
	}
	return "", ""
}
