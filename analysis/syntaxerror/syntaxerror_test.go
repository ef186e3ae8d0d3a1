package syntaxerror_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/syntaxerror"
)

func Test(t *testing.T) { analysistest.Run(t, syntaxerror.Analyzer) }
