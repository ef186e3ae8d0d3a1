package misleadingcomment_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/misleadingcomment"
)

func Test(t *testing.T) { analysistest.Run(t, misleadingcomment.Analyzer) }
