package ambiguousimport_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/ambiguousimport"
	"github.com/gomodls/gomodls/analysis/analysistest"
)

func Test(t *testing.T) { analysistest.Run(t, ambiguousimport.Analyzer) }
