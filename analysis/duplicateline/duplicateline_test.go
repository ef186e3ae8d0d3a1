package duplicateline_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/duplicateline"
)

func Test(t *testing.T) { analysistest.Run(t, duplicateline.Analyzer) }
