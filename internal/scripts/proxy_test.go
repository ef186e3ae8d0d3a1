package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// servedProxy returns a proxy of a few invented modules.
func servedProxy(t *testing.T) *proxy {
	t.Helper()
	dir := t.TempDir()
	mods := filepath.Join(dir, "testdata", "mod")
	if err := os.MkdirAll(mods, 0o777); err != nil {
		t.Fatal(err)
	}
	signer, verifier, err := note.GenerateKey(rand.Reader, "sums.example")
	if err != nil {
		t.Fatal(err)
	}
	keys := fmt.Sprintf("package p\nconst (\n\ttestSumDBName = %q\n\ttestSumDBVerifierKey = %q\n\ttestSumDBSignerKey = %q\n)\n", "sums.example", verifier, signer)
	files := map[string]string{
		filepath.Join(dir, "proxy_test.go"):                                            keys,
		filepath.Join(mods, "a.example_x_v1.0.0.txt"):                                  "-- .mod --\nmodule a.example/x\n-- .info --\n{\"Version\":\"v1.0.0\",\"Short\":\"aaaa\"}\n-- x.go --\npackage x\n",
		filepath.Join(mods, "a.example_x_v1.1.0-pre.txt"):                              "-- .mod --\nmodule a.example/x\n-- .info --\n{\"Version\":\"v1.1.0-pre\",\"Short\":\"eeee\"}\n",
		filepath.Join(mods, "a.example_x_v0.0.0-20200101000000-bbbbbbbbbbbb.txt"):      "-- .mod --\nmodule a.example/x\n",
		filepath.Join(mods, "a.example_!upper_v0.0.0-20200101000000-cccccccccccc.txt"): "-- .mod --\nmodule a.example/Upper\n",
	}
	for path, text := range files {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	p, err := newProxy(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.close() })
	return p
}

func TestProxy(t *testing.T) {
	p := servedProxy(t)
	for _, test := range []struct {
		path   string
		status int
		body   string // what the answer contains
	}{
		{"/a.example/x/@v/list", 200, "v1.0.0\nv1.1.0-pre\n"},
		{"/a.example/!upper/@v/list", 200, ""},
		{"/a.example/y/@v/list", 404, ""},
		{"/a.example/x/@latest", 200, `"v1.0.0"`},
		{"/a.example/x/@v/v1.0.0.mod", 200, "module a.example/x"},
		{"/a.example/x/@v/aaaa.info", 200, `"v1.0.0"`},
		{"/a.example/x/@v/bbbbbbbb.mod", 200, "module a.example/x"},
		{"/a.example/x/@v/dddd.mod", 404, ""},
		{"/a.example/x/@v/v1.0.0.zip", 200, "a.example/x@v1.0.0/x.go"},
		{"/a.example/x/@v/v1.0.0.what", 404, ""},
		{"/sumdb/sums.example/supported", 200, ""},
		{"/sumdb/sums.example/lookup/a.example/x@v1.0.0", 200, "a.example/x v1.0.0/go.mod h1:"},
		{"/sumdb-direct/lookup/a.example/x@v1.0.0", 200, "a.example/x v1.0.0 h1:"},
		{"/sumdb-wrong/lookup/a.example/x@v1.0.0", 200, "h1:wrong"},
		{"/sumdb-redirect/a.example/x@v1.0.0:/lookup/a.example/y@v1.0.0", 200, "a.example/x v1.0.0 h1:"},
		{"/sumdb-503/sumdb/sums.example/supported", 503, ""},
		{"/sumdb-503/a.example/x/@v/v1.0.0.mod", 200, "module a.example/x"},
		{"/redirect/3/a.example/x/@v/v1.0.0.mod", 200, "module a.example/x"},
		{"/404/a.example/x/@v/v1.0.0.mod", 404, ""},
		{"/invalid/a.example/x/@v/v1.0.0.mod", 200, "invalid"},
	} {
		response, err := http.Get(p.url() + test.path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != test.status || !strings.Contains(string(body), test.body) {
			t.Errorf("%s: status %d, %q", test.path, response.StatusCode, body)
		}
	}
}
