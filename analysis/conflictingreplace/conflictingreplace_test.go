package conflictingreplace_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/conflictingreplace"
)

func Test(t *testing.T) { analysistest.Run(t, conflictingreplace.Analyzer) }
