package retracted_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/retracted"
)

func Test(t *testing.T) { analysistest.Run(t, retracted.Analyzer) }
