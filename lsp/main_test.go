package lsp

import (
	"os"
	"testing"
)

// TestMain gives all tests one environment, whatever the machine's is. The invented hosts are private, so that no test would
// ask anybody for them.
func TestMain(m *testing.M) {
	for key, value := range map[string]string{"GOENV": "off", "GOFLAGS": "", "GOWORK": "", "GOPRIVATE": "*.example", "GOPROXY": "", "GOSUMDB": ""} {
		os.Setenv(key, value)
	}
	os.Exit(m.Run())
}
