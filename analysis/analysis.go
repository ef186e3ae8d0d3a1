// Package analysis runs analyzers: each looks for one fault in the module files of one view and reports it.
//
// The one idea to keep in mind: an Analyzer is a value whose Run is a pure function of one snapshot. It reaches no network,
// no clock, no go command and nothing on disk that can change; the imports are not there. Unknown is not no: an analyzer
// says nothing about what the facts do not say.
package analysis

import (
	"context"
	"strings"

	"go.lsp.dev/uri"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/text"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A Severity says what a diagnostic means; see docs/analyzers.md. The zero value stands for the analyzer's default.
type Severity uint8

const (
	Default     Severity = iota
	Error                // go refuses to load, for a reason that lies in the module files
	Warning              // go accepts; tidy, verify, CI or a colleague's machine would not
	Information          // worth knowing
	Hint                 // has no effect and can go
	Off                  // not reported, by the user's settings
)

var severities = [...]string{"default", "error", "warning", "information", "hint", "off"}

func (s Severity) String() string { return severities[s] }

// ParseSeverity reads a severity as settings spell it.
func ParseSeverity(s string) (Severity, bool) {
	for i, name := range severities[1:] {
		if strings.EqualFold(s, name) {
			return Severity(i + 1), true
		}
	}
	return Default, false
}

// An Analyzer describes one fault and how to find it. It is never changed after it was made.
type Analyzer struct {
	Name     string                                      // the code shown, the setting, the package, the anchor in the docs
	Doc      string                                      // the package comment of doc.go
	Severity Severity                                    // the default; a Diagnostic may say otherwise
	Run      func(ctx context.Context, pass *Pass) error // an error says that the analyzer failed, never that the file is bad
	Kinds    KindSet                                     // the syntax problems that it reports, if that is all it does

	Environment bool // its errors are not about what module files say
}

// HomePage is where gomodls and its documentation are.
const HomePage = "https://github.com/gomodls/gomodls"

// RulePage returns the address of what docs/analyzers.md says about a code.
func RulePage(code string) string { return HomePage + "/blob/main/docs/analyzers.md#" + code }

// A Pass is one run of one analyzer over one module file of one view.
type Pass struct {
	Analyzer *Analyzer
	Snapshot *workspace.Snapshot
	View     *workspace.View
	Module   *workspace.Module // the main module that File belongs to; nil for go.work and go.work.sum
	File     *workspace.File
	Codes    []string // of all analyzers that run
	Report   func(Diagnostic)

	tried int // graphs that were computed to find ways out; see affords
}

// A Diagnostic is one fault at one place.
type Diagnostic struct {
	URI      uri.URI // the document; the zero value stands for the pass's file
	Span     text.Span
	Code     string   // the analyzer's name, filled in by Report
	Severity Severity // filled in by Report where it is Default
	Message  string   // a clause, no capital, no period: names the thing in hand and says what is true
	Module   module.Version
	Tags     Tag
	Related  []Related
	Fixes    []fixes.Fix
	Silenced bool // by a gomodls:ignore comment: not shown, but counted
}

// A Tag says how an editor may draw a diagnostic's text.
type Tag uint8

const (
	Unnecessary Tag = 1 << iota // faded
	Deprecated                  // struck through
)

// A Related is another place that a diagnostic speaks of.
type Related struct {
	URI     uri.URI
	Span    text.Span
	Message string
}
