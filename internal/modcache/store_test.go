package modcache

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/module"
)

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestStore checks that a hit is kept although the file goes, that a miss is not, and that a proxy on this machine stands
// in for what the cache does not have.
func TestStore(t *testing.T) {
	cache, proxy := t.TempDir(), t.TempDir()
	stores := NewStores()
	s := stores.At(cache, []string{proxy})
	x := stores.Names().Node(module.Version{Path: "a.example/Upper", Version: "v1.0.0"})

	if _, err := s.Mod(x); !errors.Is(err, ErrMissing) {
		t.Fatalf("an empty cache: error %v, want ErrMissing", err)
	}
	file := filepath.Join(cache, "cache", "download", "a.example", "!upper", "@v", "v1.0.0.mod")
	write(t, file, "module a.example/Upper\n\ngo 1.21\n\nrequire b.example/y v1.0.0\n")
	m, err := s.Mod(x)
	if err != nil || m.Path != "a.example/Upper" || !m.Pruned || len(m.Requires) != 2 {
		t.Fatalf("after a download: %+v, error %v", m, err)
	}
	if got, want := stores.Names().Version(m.Requires[1]), (module.Version{Path: "go", Version: "1.21"}); got != want {
		t.Errorf("the last requirement is %v, want %v", got, want)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if again, err := s.Mod(x); again != m || err != nil {
		t.Errorf("a hit was not kept: error %v", err)
	}

	y := stores.Names().Node(module.Version{Path: "b.example/y", Version: "v1.0.0"})
	write(t, filepath.Join(proxy, "b.example", "y", "@v", "v1.0.0.mod"), "module b.example/y\n")
	if m, err := s.Mod(y); err != nil || m.Path != "b.example/y" {
		t.Errorf("from the proxy: %+v, error %v", m, err)
	}
	if stores.At(cache, nil) == s {
		t.Error("one store for two lists of proxies")
	}
}

// TestHash compares with a line that the go command wrote.
func TestHash(t *testing.T) {
	m := ParseMod(NewNames(), "module github.com/google/uuid\n")
	if got, want := m.Hash(), "h1:TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo="; got != want {
		t.Errorf("Hash() = %s, want %s", got, want)
	}
}
