package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gomodls/gomodls/internal/imports"
	"github.com/gomodls/gomodls/internal/tidy"
)

// edits is how many changes of an import are measured.
const edits = 21

// bench measures one module: go mod tidy -diff with everything in its caches, the first answer of a process that has never
// seen the module, that of one that finds what another has kept, and an answer after an import has changed in an editor.
func bench(ctx context.Context, dir string, w io.Writer) error {
	tmp, err := os.MkdirTemp("", "tidybench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	c, err := newCopy(dir, filepath.Join(tmp, "m"))
	if err != nil {
		return err
	}
	kept := filepath.Join(tmp, "kept")
	var goTook, first, again []time.Duration
	for range 4 {
		m, err := newMachine(ctx)
		if err != nil {
			return err
		}
		began := time.Now()
		if failure, err := m.goTidy(ctx, c.dir, "-diff"); err != nil || failure != "" {
			return fmt.Errorf("go mod tidy -diff: %w%s", err, failure)
		}
		goTook = append(goTook, time.Since(began))
		for _, load := range []bool{false, true} {
			m, err := newMachine(ctx)
			if err != nil {
				return err
			}
			began := time.Now()
			if load {
				if err := m.cache.Load(kept); err != nil {
					return err
				}
			}
			if _, err := m.predictIn(ctx, c.dir, ""); err != nil {
				return err
			}
			if load {
				again = append(again, time.Since(began))
				continue
			}
			first = append(first, time.Since(began))
			if err := m.cache.Save(kept); err != nil {
				return err
			}
		}
	}
	typed, err := typing(ctx, c.dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%-45s go mod tidy -diff %6v   first answer %6v   with what was kept %6v   after an edit %6v\n", filepath.Base(dir),
		slices.Min(goTook).Round(time.Millisecond), slices.Min(first).Round(time.Millisecond),
		slices.Min(again).Round(time.Millisecond), typed.Round(100*time.Microsecond))
	return nil
}

// typing returns the median time of an answer after one import has changed, with all files in memory as an editor's session
// has them.
func typing(ctx context.Context, dir string) (time.Duration, error) {
	m, err := newMachine(ctx)
	if err != nil {
		return 0, err
	}
	in, err := m.input(dir)
	if err != nil {
		return 0, err
	}
	type read struct {
		text string
		err  error
	}
	texts, lists, errs := map[string]read{}, map[string][]imports.Entry{}, map[string]error{}
	edited := ""
	var mu sync.Mutex
	in.Files = imports.FS{
		Read: func(path string) (string, error) {
			mu.Lock()
			defer mu.Unlock()
			r, ok := texts[path]
			if !ok {
				r.text, r.err = imports.Read(path)
				texts[path] = r
				if s := imports.Specs(r.text); edited == "" && strings.HasSuffix(path, ".go") && len(s) > 0 {
					edited = path
				}
			}
			return r.text, r.err
		},
		List: func(dir string) ([]imports.Entry, error) {
			mu.Lock()
			defer mu.Unlock()
			if _, ok := lists[dir]; !ok {
				lists[dir], errs[dir] = imports.List(dir)
			}
			return lists[dir], errs[dir]
		},
	}
	in.Memo = new(tidy.Memo)
	if _, err := tidy.Predict(ctx, in); err != nil {
		return 0, err
	}
	text := texts[edited].text
	at := imports.Specs(text)[0].Start
	var took []time.Duration
	for i := range edits {
		changed := text[:at] + []string{"\"net/http\"", "\"net/mail\""}[i%2] + "; import " + text[at:]
		began := time.Now()
		texts[edited] = read{text: changed}
		if _, err := tidy.Predict(ctx, in); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}
