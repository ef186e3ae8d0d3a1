package repeateddirective_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/repeateddirective"
)

func Test(t *testing.T) { analysistest.Run(t, repeateddirective.Analyzer) }
