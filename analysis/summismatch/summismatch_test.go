package summismatch_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/summismatch"
)

func Test(t *testing.T) { analysistest.Run(t, summismatch.Analyzer) }
