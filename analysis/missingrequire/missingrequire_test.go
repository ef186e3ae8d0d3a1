package missingrequire_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/missingrequire"
)

func Test(t *testing.T) { analysistest.Run(t, missingrequire.Analyzer) }
