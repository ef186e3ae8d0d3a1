package casecollision_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/casecollision"
)

func Test(t *testing.T) { analysistest.Run(t, casecollision.Analyzer) }
