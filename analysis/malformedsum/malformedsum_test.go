package malformedsum_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/malformedsum"
)

func Test(t *testing.T) { analysistest.Run(t, malformedsum.Analyzer) }
