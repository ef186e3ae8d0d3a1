package lsp

import (
	"fmt"
	"os"
	"testing"
)

// TestMain gives all tests one environment, whatever the machine's is. The invented hosts are private, so that no test would
// ask anybody for them. It is one of TestStress's writers if it is started as one.
func TestMain(m *testing.M) {
	if name := os.Getenv("GOMODLS_TEST_WRITER"); name != "" {
		if err := stressWriter(name); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	for key, value := range map[string]string{"GOENV": "off", "GOFLAGS": "", "GOWORK": "", "GOPRIVATE": "*.example", "GOPROXY": "", "GOSUMDB": ""} {
		os.Setenv(key, value)
	}
	os.Exit(m.Run())
}
