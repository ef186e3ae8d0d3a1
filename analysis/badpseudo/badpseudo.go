package badpseudo

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/modgraph"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

//go:embed doc.go
var doc string

// Analyzer reports pseudo-versions that go would refuse to fetch.
var Analyzer = &analysis.Analyzer{
	Name:     "badpseudo",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Warning,
	Run:      run,
}

func run(_ context.Context, pass *analysis.Pass) error {
	if pass.File.Kind != workspace.ModFile {
		return nil
	}
	for _, r := range pass.File.Mod().Require {
		if m := (module.Version{Path: r.Path, Version: r.Version}); r.Valid {
			check(pass, m, r.VersionTok.Span)
		}
	}
	return nil
}

func check(pass *analysis.Pass, m module.Version, span text.Span) {
	if strings.IndexByte(m.Version, '-') < 0 {
		return
	}
	g := pass.View.Graph()
	if g == nil {
		return
	}
	if n := g.Node(m); n == nil || n.Replace != nil || n.Cause != modgraph.NotKnown && n.Cause != modgraph.Unavailable {
		return
	}
	fault := faultOf(m)
	if fault == "" {
		return
	}
	message := fault + "; go refuses to fetch it"
	if !module.IsPseudoVersion(m.Version) {
		message = fmt.Sprintf("%s is no pseudo-version, though it looks like one: %s", m.Version, fault)
	}
	d := analysis.Diagnostic{Span: span, Module: m, Message: message}
	if rev := revision(m.Version); rev != "" && !pass.WouldLeak(m.Path) {
		d.Fixes = []fixes.Fix{{
			Title: fmt.Sprintf("Run go get %s@%s", m.Path, rev), Kind: fixes.QuickFix,
			Command: pass.Command("gomodls.get", map[string]any{"module": m.Path, "version": rev}),
		}}
	}
	pass.Report(d)
}

// similar is what people take for a pseudo-version: a number that may be a time, and the hash of a commit.
var similar = text.Pattern(`[-.]([0-9]{12,16})-([0-9a-fA-F]{7,40})(\+incompatible)?$`)

// hash is the hash of a commit, or its beginning. Digits alone may be a revision of another kind.
var hash = text.Pattern(`^[0-9a-f]*[a-f][0-9a-f]*$`)

// faultOf returns what is wrong with a pseudo-version, "" if nothing is or it is none; see modfetch.validatePseudoVersion.
func faultOf(m module.Version) string {
	if !module.IsPseudoVersion(m.Version) {
		parts := similar().FindStringSubmatch(m.Version)
		switch {
		case parts == nil || module.IsZeroPseudoVersion(m.Version):
			return ""
		case len(parts[1]) != len(module.PseudoVersionTimestampFormat):
			return fmt.Sprintf("%s is no time, which has %d digits", parts[1], len(module.PseudoVersionTimestampFormat))
		}
		return "before the time stands v0.0.0, or a version that ends in -0"
	}
	if module.IsZeroPseudoVersion(m.Version) {
		return ""
	}
	rev, err := module.PseudoVersionRev(m.Version)
	if err != nil {
		return ""
	}
	if _, err := module.PseudoVersionTime(m.Version); err != nil {
		return fmt.Sprintf("the time of %s is none", m.Version)
	}
	if low := strings.ToLower(rev); low != rev && hash().MatchString(low) {
		return fmt.Sprintf("the hash %s has capital letters", rev)
	}
	if hash().MatchString(rev) && len(rev) != 12 {
		return fmt.Sprintf("the hash %s has %d digits instead of 12", rev, len(rev))
	}
	base, err := module.PseudoVersionBase(strings.TrimSuffix(m.Version, "+incompatible"))
	_, major, _ := module.SplitPathVersion(m.Path)
	switch {
	case err != nil:
		return fmt.Sprintf("%s can follow no version, because its patch number is 0", m.Version)
	case base == "" && major == "" && semver.Major(m.Version) == "v1":
		return fmt.Sprintf("%s names no tag before the commit, and would have to start with v0.0.0", m.Version)
	}
	return ""
}

// revision returns the hash that a version ends in, "" if it has none.
func revision(version string) string {
	parts := similar().FindStringSubmatch(version)
	if parts == nil || len(parts[2]) < 7 {
		return ""
	}
	return strings.ToLower(parts[2])
}
