package badpath_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/badpath"
)

func Test(t *testing.T) { analysistest.Run(t, badpath.Analyzer) }
