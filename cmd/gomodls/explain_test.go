package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// The codes that the explanations of go's messages name are those of diagnostics.
func TestExplainedCodes(t *testing.T) {
	src, err := os.ReadFile(filepath.FromSlash("../../internal/explain/families.go"))
	if err != nil {
		t.Fatal(err)
	}
	families := regexp.MustCompile(`(?m)^\t\{"([a-z]+)", "([a-z]*)", `).FindAllStringSubmatch(string(src), -1)
	if len(families) < 50 {
		t.Errorf("only %d families are seen", len(families))
	}
	for _, family := range families {
		if code := family[2]; code != "" {
			if _, err := ruleNamed(code); err != nil {
				t.Errorf("%s: %v", family[1], err)
			}
		}
	}
}
