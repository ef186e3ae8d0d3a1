// Package suite lists the analyzers. A test fails if a package beside it is missing from the list.
package suite

import (
	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/badenvironment"
	"github.com/gomodls/gomodls/analysis/badgodebug"
	"github.com/gomodls/gomodls/analysis/badmodule"
	"github.com/gomodls/gomodls/analysis/badpath"
	"github.com/gomodls/gomodls/analysis/badreplace"
	"github.com/gomodls/gomodls/analysis/badsettings"
	"github.com/gomodls/gomodls/analysis/badtoolchain"
	"github.com/gomodls/gomodls/analysis/badversion"
	"github.com/gomodls/gomodls/analysis/conflictingreplace"
	"github.com/gomodls/gomodls/analysis/duplicateline"
	"github.com/gomodls/gomodls/analysis/duplicatemodule"
	"github.com/gomodls/gomodls/analysis/duplicateuse"
	"github.com/gomodls/gomodls/analysis/emptywork"
	"github.com/gomodls/gomodls/analysis/excludedrequire"
	"github.com/gomodls/gomodls/analysis/inconsistentvendor"
	"github.com/gomodls/gomodls/analysis/inconsistentversion"
	"github.com/gomodls/gomodls/analysis/lowgoline"
	"github.com/gomodls/gomodls/analysis/malformedsum"
	"github.com/gomodls/gomodls/analysis/mergeconflict"
	"github.com/gomodls/gomodls/analysis/misleadingcomment"
	"github.com/gomodls/gomodls/analysis/missingmodule"
	"github.com/gomodls/gomodls/analysis/missingsum"
	"github.com/gomodls/gomodls/analysis/notdownloaded"
	"github.com/gomodls/gomodls/analysis/notinwork"
	"github.com/gomodls/gomodls/analysis/oddspelling"
	"github.com/gomodls/gomodls/analysis/privategap"
	"github.com/gomodls/gomodls/analysis/repeateddirective"
	"github.com/gomodls/gomodls/analysis/replacepath"
	"github.com/gomodls/gomodls/analysis/summismatch"
	"github.com/gomodls/gomodls/analysis/syntaxerror"
	"github.com/gomodls/gomodls/analysis/toonew"
	"github.com/gomodls/gomodls/analysis/unknowndirective"
	"github.com/gomodls/gomodls/analysis/uselessline"
	"github.com/gomodls/gomodls/analysis/usepath"
)

// All holds every analyzer by name.
var All = []*analysis.Analyzer{
	badenvironment.Analyzer,
	badgodebug.Analyzer,
	badmodule.Analyzer,
	badpath.Analyzer,
	badreplace.Analyzer,
	badsettings.Analyzer,
	badtoolchain.Analyzer,
	badversion.Analyzer,
	conflictingreplace.Analyzer,
	duplicateline.Analyzer,
	duplicatemodule.Analyzer,
	duplicateuse.Analyzer,
	emptywork.Analyzer,
	excludedrequire.Analyzer,
	inconsistentvendor.Analyzer,
	inconsistentversion.Analyzer,
	lowgoline.Analyzer,
	malformedsum.Analyzer,
	mergeconflict.Analyzer,
	misleadingcomment.Analyzer,
	missingmodule.Analyzer,
	missingsum.Analyzer,
	notdownloaded.Analyzer,
	notinwork.Analyzer,
	oddspelling.Analyzer,
	privategap.Analyzer,
	repeateddirective.Analyzer,
	replacepath.Analyzer,
	summismatch.Analyzer,
	syntaxerror.Analyzer,
	toonew.Analyzer,
	unknowndirective.Analyzer,
	uselessline.Analyzer,
	usepath.Analyzer,
}
