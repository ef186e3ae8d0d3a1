package implicitrequire_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/implicitrequire"
)

func Test(t *testing.T) { analysistest.Run(t, implicitrequire.Analyzer) }
