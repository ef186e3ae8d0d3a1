package modcache

import (
	"path/filepath"
	"testing"
)

func TestClones(t *testing.T) {
	cache := t.TempDir()
	vcs := filepath.Join(cache, "cache", "vcs")
	write(t, filepath.Join(vcs, "aa.info"), "git3:https://git.example.com/team/lib\n")
	write(t, filepath.Join(vcs, "bb.info"), "git3:ssh://git@git.example.com/team/other.git")
	write(t, filepath.Join(vcs, "cc.info"), "nonsense")
	write(t, filepath.Join(vcs, "dd", "HEAD"), "")
	clones := NewStores().At(cache, nil).Clones()
	for path, want := range map[string]bool{
		"git.example.com/team/lib": true, "git.example.com/team/lib/v2": true, "git.example.com/team/lib.git/sub": true,
		"git.example.com/team/other": true, "git.example.com/team/library": false, "git.example.com/team": false, "nonsense": false,
	} {
		if got := clones.Has(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
	if NewStores().At(t.TempDir(), nil).Clones().Has("git.example.com/team/lib") {
		t.Error("a clone in an empty cache")
	}
}
