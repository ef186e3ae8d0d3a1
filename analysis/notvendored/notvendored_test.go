package notvendored_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/notvendored"
)

func Test(t *testing.T) { analysistest.Run(t, notvendored.Analyzer) }
