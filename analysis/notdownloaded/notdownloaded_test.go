package notdownloaded_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/notdownloaded"
)

func Test(t *testing.T) { analysistest.Run(t, notdownloaded.Analyzer) }
