package unusedreplace_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/unusedreplace"
)

func Test(t *testing.T) { analysistest.Run(t, unusedreplace.Analyzer) }
