package notinwork_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/notinwork"
)

func Test(t *testing.T) { analysistest.Run(t, notinwork.Analyzer) }
