package untidyrequire_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/untidyrequire"
)

func Test(t *testing.T) { analysistest.Run(t, untidyrequire.Analyzer) }
