package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
)

// The world holds no source of any module. In its place each module version has a zip with one package, at its root, that
// does nothing, so that go get and go mod vendor, which fixes run, have something to download.

// stubFile is the one Go file of each module version.
const stubFile = "package stub\n"

// stubZip returns the zip of a module version and its checksum. The checksum depends on nothing but the go.mod file.
func stubZip(m module.Version, mod string) (data, sum string, err error) {
	files := []struct{ name, text string }{
		{m.String() + "/go.mod", mod},
		{m.String() + "/stub.go", stubFile},
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	texts := map[string]string{}
	var names []string
	for _, f := range files {
		out, err := z.Create(f.name)
		if err != nil {
			return "", "", err
		}
		if _, err := io.WriteString(out, f.text); err != nil {
			return "", "", err
		}
		names, texts[f.name] = append(names, f.name), f.text
	}
	if err := z.Close(); err != nil {
		return "", "", err
	}
	sum, err = dirhash.Hash1(names, func(name string) (io.ReadCloser, error) { return nopCloser(texts[name]), nil })
	return b.String(), sum, err
}

// withStubs returns a go.sum with the checksums of the made-up zips in place of the real ones.
func (w *world) withStubs(sum string) string {
	var b strings.Builder
	for line := range strings.Lines(sum) {
		if words := strings.Fields(line); len(words) == 3 {
			if have, ok := w.zips[module.Version{Path: words[0], Version: words[1]}]; ok {
				line = fmt.Sprintf("%s %s %s\n", words[0], words[1], have)
			}
		}
		b.WriteString(line)
	}
	return b.String()
}
