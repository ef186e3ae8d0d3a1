package missingmodule_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/missingmodule"
)

func Test(t *testing.T) { analysistest.Run(t, missingmodule.Analyzer) }
