package mismatchedreplace_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/mismatchedreplace"
)

func Test(t *testing.T) { analysistest.Run(t, mismatchedreplace.Analyzer) }
