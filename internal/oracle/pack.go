package main

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/tools/txtar"
)

// packed holds the go.mod and go.sum files of real modules and the go.mod files of all that these lead to. To make it anew,
// have go list -m all download the latter and run the oracle with -corpus and -pack.
//
//go:embed testdata/corpus.txtar.gz
var packed []byte

// pack writes modules and what they lead to as one compressed archive: corpus/NAME/go.mod, corpus/NAME/go.sum, mod/PATH@VERSION.
func pack(out io.Writer, modules []*corpusModule, mods pool) error {
	a := new(txtar.Archive)
	add := func(name, text string) error {
		if !strings.HasSuffix(text, "\n") {
			text += noNewline
		}
		if one := txtar.Parse(txtar.Format(&txtar.Archive{Files: []txtar.File{{Name: "x", Data: []byte(text)}}})); len(one.Files) != 1 || string(one.Files[0].Data) != text {
			return fmt.Errorf("%s cannot stand in an archive", name)
		}
		a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
		return nil
	}
	for _, m := range modules {
		if err := add("corpus/"+m.name+"/go.mod", m.mod); err != nil {
			return err
		}
		if err := add("corpus/"+m.name+"/go.sum", m.sum); err != nil {
			return err
		}
	}
	for _, m := range slices.SortedFunc(maps.Keys(mods), func(a, b module.Version) int { return strings.Compare(a.String(), b.String()) }) {
		if err := add("mod/"+m.String(), mods[m]); err != nil {
			return err
		}
	}
	z, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(txtar.Format(a)); err != nil {
		return err
	}
	return z.Close()
}

// noNewline ends a file that does not end in a newline, which an archive would add.
const noNewline = "\\\n"

// unpack reads what pack wrote, of it the modules that are wanted and what they lead to.
func unpack(data []byte, names []string) ([]*corpusModule, pool, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, nil, err
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return nil, nil, err
	}
	byName := map[string]*corpusModule{}
	all, mods := pool{}, pool{}
	for _, f := range txtar.Parse(text).Files {
		data := strings.TrimSuffix(string(f.Data), noNewline)
		if m, ok := strings.CutPrefix(f.Name, "mod/"); ok {
			path, version, _ := strings.Cut(m, "@")
			all[module.Version{Path: path, Version: version}] = data
			continue
		}
		words := strings.Split(f.Name, "/") // corpus/NAME/FILE
		if len(words) != 3 || !wanted(words[1], names) {
			continue
		}
		m := byName[words[1]]
		if m == nil {
			m = &corpusModule{name: words[1]}
			byName[m.name] = m
		}
		if words[2] == "go.mod" {
			m.mod, m.path = data, modfile.ModulePath([]byte(data))
		} else {
			m.sum = data
		}
	}
	var modules []*corpusModule
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		modules = append(modules, byName[name])
		for _, m := range named(byName[name].sum) {
			if text, ok := all[m]; ok {
				mods[m] = text
			}
		}
	}
	if len(modules) == 0 {
		return nil, nil, fmt.Errorf("no packed module is called one of %q", names)
	}
	return modules, mods, nil
}
