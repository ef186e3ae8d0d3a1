package text

import "testing"

func TestSimilar(t *testing.T) {
	for _, tt := range []struct {
		a, b     string
		distance int
		similar  bool
	}{
		{"lib", "lib", 0, true},
		{"lib", "libs", 1, true},
		{"lib", "lbi", 1, true}, // two letters swapped
		{"lib", "bin", 2, false},
		{"require", "requre", 1, true},
		{"", "a", 1, false},
		{"module", "toolchain", 8, false},
	} {
		if got := Distance(tt.a, tt.b, 10); got != tt.distance {
			t.Errorf("Distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.distance)
		}
		if got := Similar(tt.a, tt.b); got != tt.similar || Similar(tt.b, tt.a) != got {
			t.Errorf("Similar(%q, %q) = %v, want %v both ways", tt.a, tt.b, got, tt.similar)
		}
	}
	if got := Distance("abcdefgh", "stuvwxyz", 2); got <= 2 {
		t.Errorf("Distance stopped at %d, which does not exceed its limit", got)
	}
}
