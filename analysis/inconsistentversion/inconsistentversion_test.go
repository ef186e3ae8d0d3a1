package inconsistentversion_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/inconsistentversion"
)

func Test(t *testing.T) { analysistest.Run(t, inconsistentversion.Analyzer) }
