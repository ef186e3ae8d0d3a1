// Package suite lists the analyzers. A test fails if a package beside it is missing from the list.
package suite

import (
	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/inconsistentversion"
	"github.com/gomodls/gomodls/analysis/malformedsum"
	"github.com/gomodls/gomodls/analysis/missingsum"
	"github.com/gomodls/gomodls/analysis/notdownloaded"
	"github.com/gomodls/gomodls/analysis/privategap"
	"github.com/gomodls/gomodls/analysis/replacepath"
	"github.com/gomodls/gomodls/analysis/summismatch"
	"github.com/gomodls/gomodls/analysis/syntaxerror"
)

// All holds every analyzer by name.
var All = []*analysis.Analyzer{
	inconsistentversion.Analyzer,
	malformedsum.Analyzer,
	missingsum.Analyzer,
	notdownloaded.Analyzer,
	privategap.Analyzer,
	replacepath.Analyzer,
	summismatch.Analyzer,
	syntaxerror.Analyzer,
}
