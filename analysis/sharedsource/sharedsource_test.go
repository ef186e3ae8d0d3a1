package sharedsource_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/sharedsource"
)

func Test(t *testing.T) { analysistest.Run(t, sharedsource.Analyzer) }
