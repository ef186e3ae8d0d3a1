package emptywork_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/emptywork"
)

func Test(t *testing.T) { analysistest.Run(t, emptywork.Analyzer) }
