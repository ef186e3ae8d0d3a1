package badreplace_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/badreplace"
)

func Test(t *testing.T) { analysistest.Run(t, badreplace.Analyzer) }
