package imports

import (
	"strings"
	"testing"
)

func TestAlways(t *testing.T) {
	for _, tt := range []struct {
		conditions string // separated by commas
		want       bool
	}{
		{"windows", false},
		{"windows,!windows", true},
		{"unix,windows", false}, // there are more
		{"unix,!unix", true},
		{"linux && !android,!linux,android", true},
		{"linux && amd64,!linux", false},
		{"linux && amd64,!linux,linux && !amd64", true},
		{"integration", false},
		{"integration,!integration", true},
		{"integration && !fast,fast", false},
		{"cgo", false},
		{"cgo,!cgo", true},
		{"go1.18", true},
		{"!go1.18", false},
		{"go1.99", false},
		{"gc", true},
		{"goexperiment.x", true},      // nobody can tell
		{"a&&b&&c&&d&&e&&f&&g", true}, // nor try all
	} {
		if got := Always(26, strings.Split(tt.conditions, ",")...); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.conditions, got, tt.want)
		}
	}
	if Always(26) {
		t.Error("no condition at all is satisfied")
	}
}
