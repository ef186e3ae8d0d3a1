package mergeconflict_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/mergeconflict"
)

func Test(t *testing.T) { analysistest.Run(t, mergeconflict.Analyzer) }
