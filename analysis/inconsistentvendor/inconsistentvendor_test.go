package inconsistentvendor_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/inconsistentvendor"
)

func Test(t *testing.T) { analysistest.Run(t, inconsistentvendor.Analyzer) }
