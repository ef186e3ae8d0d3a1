package badmodule_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/badmodule"
)

func Test(t *testing.T) { analysistest.Run(t, badmodule.Analyzer) }
