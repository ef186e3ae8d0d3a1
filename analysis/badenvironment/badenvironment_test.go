package badenvironment_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/badenvironment"
)

func Test(t *testing.T) { analysistest.Run(t, badenvironment.Analyzer) }
