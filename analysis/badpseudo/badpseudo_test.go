package badpseudo_test

import (
	"testing"

	"github.com/gomodls/gomodls/analysis/analysistest"
	"github.com/gomodls/gomodls/analysis/badpseudo"
)

func Test(t *testing.T) { analysistest.Run(t, badpseudo.Analyzer) }
