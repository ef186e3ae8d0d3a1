package privategap_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/privategap"
)

func Test(t *testing.T) { analysistest.Run(t, privategap.Analyzer) }
