package badtool_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/badtool"
)

func Test(t *testing.T) { analysistest.Run(t, badtool.Analyzer) }
