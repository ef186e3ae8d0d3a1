package missingpackage_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/missingpackage"
)

func Test(t *testing.T) { analysistest.Run(t, missingpackage.Analyzer) }
