package replacepath_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/replacepath"
)

func Test(t *testing.T) { analysistest.Run(t, replacepath.Analyzer) }
