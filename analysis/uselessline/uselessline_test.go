package uselessline_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/uselessline"
)

func Test(t *testing.T) { analysistest.Run(t, uselessline.Analyzer) }
