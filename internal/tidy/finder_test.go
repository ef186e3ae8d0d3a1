package tidy

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFinder asks for paths nearly in order, as the blocks of a go.mod have them, and at random.
func TestFinder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		var list []string
		for c := 'a'; c <= 'z'; c++ {
			if r.IntN(2) == 0 {
				list = append(list, string(c))
			}
		}
		find := finder(len(list), func(i int) string { return list[i] })
		asked := "abcdefghijklmnopqrstuvwxyzaabbzzaz"
		if r.IntN(2) == 0 {
			asked = ""
			for range 40 {
				asked += string('a' + rune(r.IntN(26)))
			}
		}
		for i := range asked {
			path := asked[i : i+1]
			if got, want := find(path), slices.Index(list, path); got != want {
				t.Fatalf("%q is found at %d of %q after %q, want %d", path, got, list, asked[:i], want)
			}
		}
	}
}
