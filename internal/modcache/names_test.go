package modcache

import (
	"cmp"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

func TestCompare(t *testing.T) {
	for _, tt := range []struct {
		path, a, b string
		want       int // sign of a compared with b
	}{
		{"a.example/x", "v1.2.0", "v1.10.0", -1},
		{"a.example/x", "v1.0.0-rc.1", "v1.0.0", -1},
		{"a.example/x", "v1.0.0-rc.2", "v1.0.0-rc.10", -1},
		{"a.example/x", "v1.0.0-rc.1", "v0.9.9", 1},
		{"a.example/x", "v2.0.0+incompatible", "v2.0.0", 0},
		{"a.example/x", "v0.0.0-20210101000000-abcdefabcdef", "v0.0.0-20220101000000-abcdefabcdef", -1},
		{"a.example/x", "v1.99999999999.0", "v1.99999999998.0", 1}, // too large for a number
		{"a.example/x", "", "v9.9.9", 1},                           // a main module
		{"a.example/x", "none", "v0.0.0", -1},
		{"go", "1.21", "1.21rc1", -1},
		{"go", "1.21rc1", "1.21.0", -1},
		{"go", "1.20", "1.20.0", 0},
		{"go", "1.21.3rc1", "1.1", -1}, // passes the parser, and is no version
		{"toolchain", "go1.22.1", "go1.22.1-vendor", 0},
		{"toolchain", "default", "go1.1", -1},
		{"toolchain", "1.22.1", "go1.22.0", 1},
		{"toolchain", "go1.22/../x", "go1.1", -1},
	} {
		n := NewNames()
		a, b := n.Node(module.Version{Path: tt.path, Version: tt.a}), n.Node(module.Version{Path: tt.path, Version: tt.b})
		if got := cmp.Compare(n.Compare(a, b), 0); got != tt.want {
			t.Errorf("%s: Compare(%q, %q) = %d, want %d", tt.path, tt.a, tt.b, got, tt.want)
		}
		if got := cmp.Compare(n.Compare(b, a), 0); got != -tt.want {
			t.Errorf("%s: Compare(%q, %q) = %d, want %d", tt.path, tt.b, tt.a, got, -tt.want)
		}
	}
}

// FuzzCompare holds the comparison of numbers against the one of text that it is a shortcut for.
func FuzzCompare(f *testing.F) {
	f.Add("v1.2.3", "v1.2.3-0.20200101000000-abcdef")
	f.Add("v1", "v1.0.0")
	f.Add("v01.2.3", "v1.2.3+meta")
	f.Fuzz(func(t *testing.T, a, b string) {
		if a == "" || b == "" {
			return
		}
		n := NewNames()
		got := n.Compare(n.Node(module.Version{Path: "p", Version: a}), n.Node(module.Version{Path: "p", Version: b}))
		if want := semver.Compare(a, b); cmp.Compare(got, 0) != want {
			t.Errorf("Compare(%q, %q) = %d, semver has %d", a, b, got, want)
		}
	})
}
