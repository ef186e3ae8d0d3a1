package imports

import (
	"fmt"
	"path/filepath"
	"testing"
)

// BenchmarkScan reads the imports of 200 directories with 5 files each, from memory: for the first time, and after a change of
// one file.
func BenchmarkScan(b *testing.B) {
	const dirs, files = 200, 5
	root := filepath.FromSlash("/m")
	texts := map[string]string{}
	var names []Entry
	lists := map[string][]Entry{}
	for i := range files {
		names = append(names, Entry{Name: fmt.Sprintf("f%d.go", i)})
	}
	for i := range dirs {
		name := fmt.Sprintf("p%03d", i)
		lists[root] = append(lists[root], Entry{Name: name, Dir: true})
		lists[filepath.Join(root, name)] = names
		for j, e := range names {
			texts[filepath.Join(root, name, e.Name)] = fmt.Sprintf("// Package p is made up.\npackage p\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\n\t\"example.com/m%d/p%d\"\n)\n\nfunc f() {}\n", i, j)
		}
	}
	fs := FS{
		List: func(dir string) ([]Entry, error) { return lists[dir], nil },
		Read: func(path string) (string, error) {
			if text, ok := texts[path]; ok {
				return text, nil
			}
			return "", ErrIrregular
		},
	}
	scan := func(b *testing.B, memo *Memo) {
		if paths, faults := NewTree(fs, root, memo).Packages("example.com/m", nil); len(paths) != dirs || len(faults) > 0 {
			b.Fatalf("%d packages, %v", len(paths), faults)
		}
	}
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			scan(b, nil)
		}
	})
	b.Run("again", func(b *testing.B) {
		var memo Memo
		scan(b, &memo)
		changed := filepath.Join(root, "p100", "f2.go")
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			texts[changed] = fmt.Sprintf("package p\n\nimport \"example.com/m%d\"\n", i%2)
			scan(b, &memo)
		}
	})
}
