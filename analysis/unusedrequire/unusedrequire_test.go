package unusedrequire_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/unusedrequire"
)

func Test(t *testing.T) { analysistest.Run(t, unusedrequire.Analyzer) }
