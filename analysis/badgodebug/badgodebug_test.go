package badgodebug_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/badgodebug"
)

func Test(t *testing.T) { analysistest.Run(t, badgodebug.Analyzer) }
