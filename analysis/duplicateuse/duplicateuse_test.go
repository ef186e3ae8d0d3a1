package duplicateuse_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/duplicateuse"
)

func Test(t *testing.T) { analysistest.Run(t, duplicateuse.Analyzer) }
