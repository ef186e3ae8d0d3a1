package missingsum_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/missingsum"
)

func Test(t *testing.T) { analysistest.Run(t, missingsum.Analyzer) }
