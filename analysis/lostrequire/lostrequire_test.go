package lostrequire_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/lostrequire"
)

func Test(t *testing.T) { analysistest.Run(t, lostrequire.Analyzer) }
