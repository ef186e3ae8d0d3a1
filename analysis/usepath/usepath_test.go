package usepath_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/usepath"
)

func Test(t *testing.T) { analysistest.Run(t, usepath.Analyzer) }
