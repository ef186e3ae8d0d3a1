package excludedrequire_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/excludedrequire"
)

func Test(t *testing.T) { analysistest.Run(t, excludedrequire.Analyzer) }
