package toonew_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/toonew"
)

func Test(t *testing.T) { analysistest.Run(t, toonew.Analyzer) }
