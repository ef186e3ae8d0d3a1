package badtoolchain_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/badtoolchain"
)

func Test(t *testing.T) { analysistest.Run(t, badtoolchain.Analyzer) }
