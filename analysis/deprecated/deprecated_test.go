package deprecated_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/deprecated"
)

func Test(t *testing.T) { analysistest.Run(t, deprecated.Analyzer) }
