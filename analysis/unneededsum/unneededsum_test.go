package unneededsum_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/unneededsum"
)

func Test(t *testing.T) { analysistest.Run(t, unneededsum.Analyzer) }
