package lowgoline_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/lowgoline"
)

func Test(t *testing.T) { analysistest.Run(t, lowgoline.Analyzer) }
