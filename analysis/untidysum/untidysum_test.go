package untidysum_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/untidysum"
)

func Test(t *testing.T) { analysistest.Run(t, untidysum.Analyzer) }
