package wrongindirect_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/wrongindirect"
)

func Test(t *testing.T) { analysistest.Run(t, wrongindirect.Analyzer) }
