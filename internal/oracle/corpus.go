package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// A corpusModule is a real module: its go.mod and its go.sum.
type corpusModule struct {
	name string // without the version's and the host's punctuation
	path string
	mod  string
	sum  string
}

// readCorpus reads the modules in the directories below dir, and the go.mod files that their go.sum files name out of the
// download directory of a module cache. Files that are not there are left out: then go refuses, and the engine must say so.
func readCorpus(dir, downloads string, names []string) ([]*corpusModule, pool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	var modules []*corpusModule
	mods := pool{}
	for _, e := range entries {
		if !e.IsDir() || !wanted(e.Name(), names) {
			continue
		}
		mod, err := os.ReadFile(filepath.Join(dir, e.Name(), "go.mod"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		sum, sumErr := os.ReadFile(filepath.Join(dir, e.Name(), "go.sum"))
		if err = errors.Join(err, sumErr); err != nil {
			return nil, nil, err
		}
		m := &corpusModule{name: e.Name(), path: modfile.ModulePath(mod), mod: string(mod), sum: string(sum)}
		modules = append(modules, m)
		if err := mods.read(downloads, m.sum); err != nil {
			return nil, nil, err
		}
	}
	if len(modules) == 0 {
		return nil, nil, fmt.Errorf("%s: no module of the corpus is called one of %q", dir, names)
	}
	return modules, mods, nil
}

func wanted(name string, names []string) bool {
	for _, n := range names {
		if strings.Contains(name, n) {
			return true
		}
	}
	return len(names) == 0
}

// named returns the module versions that a go.sum names.
func named(sum string) []module.Version {
	var list []module.Version
	for line := range strings.Lines(sum) {
		if words := strings.Fields(line); len(words) == 3 {
			list = append(list, module.Version{Path: words[0], Version: strings.TrimSuffix(words[1], "/go.mod")})
		}
	}
	return list
}

// read adds the go.mod files that a go.sum names.
func (p pool) read(downloads, sum string) error {
	for _, m := range named(sum) {
		if _, ok := p[m]; ok {
			continue
		}
		path, err := module.EscapePath(m.Path)
		if err != nil {
			return err
		}
		version, err := module.EscapeVersion(m.Version)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(filepath.Join(downloads, filepath.FromSlash(path), "@v", version+".mod"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		p[m] = string(text)
	}
	return nil
}
