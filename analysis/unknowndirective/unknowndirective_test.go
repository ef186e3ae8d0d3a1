package unknowndirective_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/unknowndirective"
)

func Test(t *testing.T) { analysistest.Run(t, unknowndirective.Analyzer) }
