package badversion_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/badversion"
)

func Test(t *testing.T) { analysistest.Run(t, badversion.Analyzer) }
