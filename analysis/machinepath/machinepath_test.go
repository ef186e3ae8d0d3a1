package machinepath_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/machinepath"
)

func Test(t *testing.T) { analysistest.Run(t, machinepath.Analyzer) }
