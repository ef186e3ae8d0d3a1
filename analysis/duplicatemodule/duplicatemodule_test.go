package duplicatemodule_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/duplicatemodule"
)

func Test(t *testing.T) { analysistest.Run(t, duplicatemodule.Analyzer) }
