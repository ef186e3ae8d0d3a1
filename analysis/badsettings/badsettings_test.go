package badsettings_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/badsettings"
)

func Test(t *testing.T) { analysistest.Run(t, badsettings.Analyzer) }
