package oddspelling_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/oddspelling"
)

func Test(t *testing.T) { analysistest.Run(t, oddspelling.Analyzer) }
