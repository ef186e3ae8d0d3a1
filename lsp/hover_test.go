package lsp

import (
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/gomodls/gomodls/analysis/unneededsum"
	"github.com/gomodls/gomodls/analysis/unusedrequire"
)

// hover returns the text shown at the first occurrence of marked.
func (c *client) hover(name, marked string) string {
	c.t.Helper()
	var h *protocol.Hover
	c.call("textDocument/hover", map[string]any{"textDocument": map[string]any{"uri": c.uri(name)}, "position": c.rangeOf(name, marked).Start}, &h)
	if h == nil {
		return ""
	}
	content, ok := h.Contents.(*protocol.MarkupContent)
	if !ok || h.Range == nil {
		c.t.Fatalf("the hover is %+v", h)
	}
	return content.Value
}

func TestHover(t *testing.T) {
	c := newClient(t, testLog(t))
	c.serveModule("a.example/x@v1.0.0/go.mod", []byte("module a.example/x\n\ngo 1.25\n\nrequire b.example/y v1.1.0\n"))
	c.serveModule("a.example/x@v1.0.0/x.go", []byte("package x\n\nimport _ \"b.example/y\"\n"))
	c.serveModule("b.example/y@v1.1.0/go.mod", []byte("// Deprecated: use z.\nmodule b.example/y\n\ngo 1.25\n\nretract v1.1.0\n"))
	c.serveModule("b.example/y@v1.1.0/y.go", []byte("package y\n"))
	c.write("go.mod", "module example.com/m\n\ngo 1.25\n\nrequire (\n\ta.example/x v1.0.0\n\tb.example/y v1.1.0 // indirect\n\tc.example/z v1.0.0\n\td.example/w v1.0.0\n)\n\nreplace c.example/z => ./z\n")
	c.write("z/go.mod", "module c.example/z\n")
	c.write("main.go", "package main\n\nimport _ \"a.example/x\"\n\nfunc main() {}\n")
	c.write("go.sum", "")
	c.initialize(capabilities, options{})
	c.call("workspace/executeCommand", map[string]any{"command": commandDownload, "arguments": []any{map[string]any{
		"uri": c.uri("go.mod"), "modules": []string{"a.example/x@v1.0.0", "b.example/y@v1.1.0"},
	}}}, nil)
	const wrong = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	c.write("go.sum", strings.TrimSpace(c.read("go.sum"))+"\ne.example/v v1.0.0 "+wrong+"\n")
	c.open("go.mod")
	c.open("go.sum")
	for _, tt := range []struct {
		file, at string
		want     []string
	}{
		{"go.mod", "a.example/x v1.0.0", []string{"go uses `v1.0.0`, as this line says"}},
		{"go.mod", "b.example/y v1.1.0", []string{"Also required by `a.example/x v1.0.0` at `v1.1.0`", "**Deprecated**: use z.", "**Retracted**", "as far as `v1.1.0` knows"}},
		{"go.mod", "c.example/z v1.0.0", []string{"Replaced by the directory `./z`"}},
		{"go.mod", "d.example/w v1.0.0", []string{"Its go.mod file is not on this machine", "Whether it is retracted or deprecated is not known"}},
		{"go.mod", "module example.com/m", nil},
		{"go.sum", "a.example/x v1.0.0 h1:", []string{"Protects the source of `a.example/x v1.0.0`", "The module cache agrees, by what it noted", "The checksum database is off"}},
		{"go.sum", "b.example/y v1.1.0/go.mod", []string{"Protects the go.mod file of `b.example/y v1.1.0`", "Needed: go reads that file", "The file in the module cache agrees"}},
		{"go.sum", "e.example/v v1.0.0", []string{"Protects the source of", "Nothing to compare it with"}},
	} {
		got := c.hover(tt.file, tt.at)
		if tt.want == nil && got != "" {
			t.Errorf("%s at %q shows\n%s", tt.file, tt.at, got)
		}
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s at %q shows\n%s\nwithout %q", tt.file, tt.at, got, want)
			}
		}
	}
}

// TestHoverPurpose asks about requirements that a build on this machine would not miss.
func TestHoverPurpose(t *testing.T) {
	c := newClient(t, testLog(t), unusedrequire.Analyzer) // which asks what tidy would do
	// All is there before the server looks: what is downloaded while it looks is news to it for a while.
	var requires []string
	for _, name := range []string{"always", "below", "either", "ever", "integrated", "tested", "windows"} {
		path := name + ".example/x"
		mod, src := "module "+path+"\n\ngo 1.25\n", "package x\n"
		if name == "always" {
			mod, src = mod+"\nrequire below.example/x v1.0.0\n", src+"\nimport _ \"below.example/x\"\n"
		}
		c.write(".modcache/cache/download/"+path+"/@v/v1.0.0.mod", mod)
		c.write(".modcache/cache/download/"+path+"/@v/v1.0.0.ziphash", "h1:ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=")
		c.write(".modcache/"+path+"@v1.0.0/go.mod", mod)
		c.write(".modcache/"+path+"@v1.0.0/x.go", src)
		requires = append(requires, "\t"+path+" v1.0.0\n")
	}
	c.write("go.mod", "module example.com/m\n\ngo 1.25\n\nrequire (\n"+strings.Join(requires, "")+")\n")
	c.write("m.go", "package m\n\nimport _ \"always.example/x\"\n")
	c.write("m_test.go", "package m\n\nimport _ \"tested.example/x\"\n")
	c.write("m_windows.go", "package m\n\nimport (\n\t_ \"either.example/x\"\n\t_ \"windows.example/x\"\n)\n")
	c.write("other.go", "//go:build !windows\n\npackage m\n\nimport _ \"either.example/x\"\n")
	c.write("ever.go", "//go:build go1.18\n\npackage m\n\nimport _ \"ever.example/x\"\n")
	c.write("it_test.go", "//go:build integration\n\npackage m\n\nimport _ \"integrated.example/x\"\n")
	c.initialize(capabilities, options{})
	c.open("go.mod")
	c.rest()
	const byTests, byTag = "**Kept only by tests**", "**Kept only under build constraints**"
	for _, tt := range []struct {
		name string
		want []string
	}{
		{"always", nil},
		{"below", []string{"Imported through `example.com/m` → `always.example/x` → `below.example/x`."}},
		{"either", nil},
		{"ever", nil},
		{"integrated", []string{byTests, byTag + ": `integration`"}},
		{"tested", []string{byTests}},
		{"windows", []string{byTag + ": `windows`"}},
	} {
		got := c.hover("go.mod", tt.name+".example/x v1.0.0")
		for _, want := range append(tt.want, "Imported through `example.com/m` → ") {
			if !strings.Contains(got, want) {
				t.Errorf("%s shows\n%s\nwithout %q", tt.name, got, want)
			}
		}
		for _, word := range []string{byTests, byTag} {
			if strings.Contains(got, word) && !strings.Contains(strings.Join(tt.want, "\n"), word) {
				t.Errorf("%s shows\n%s", tt.name, got)
			}
		}
	}
}

// TestHoverSums asks about lines of go.sum where they mean less than elsewhere, or more.
func TestHoverSums(t *testing.T) {
	const (
		hash  = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
		gomod = "module example.com/m\n\ngo 1.25\n\nrequire a.example/x v1.0.0\n"
		sums  = "a.example/x v1.0.0 " + hash + "\na.example/x v1.0.0/go.mod " + hash + "\nold.example/o v1.0.0/go.mod " + hash + "\n"
	)
	for _, tt := range []struct {
		name  string
		files map[string]string
		at    string
		want  []string
	}{
		{"needed", map[string]string{"go.mod": gomod, "go.sum": sums}, "a.example/x v1.0.0/go.mod", []string{"Needed: go reads that file", "keeps the line", "The checksum database is off"}},
		{"not needed", map[string]string{"go.mod": gomod, "go.sum": sums}, "old.example/o v1.0.0", []string{"Not needed to load the module graph", "would drop the line", "that version is not in the module cache"}},
		{"of a replacement", map[string]string{"go.mod": strings.Replace(gomod, "a.example/x v1", "z.example/z v1", 1) + "\nreplace z.example/z => a.example/x v1.0.0\n", "go.sum": sums},
			"a.example/x v1.0.0/go.mod", []string{"Needed: go reads that file", "It replaces `z.example/z v1.0.0`"}},
		{"in a workspace", map[string]string{"go.work": "go 1.25\n\nuse .\n", "go.mod": gomod, "go.sum": sums}, "a.example/x v1.0.0/go.mod", []string{"In a workspace go demands no checksum", "Required through `a.example/x v1.0.0`"}},
		{"vendored", map[string]string{"go.mod": gomod, "go.sum": sums, "vendor/modules.txt": "# a.example/x v1.0.0\n## explicit; go 1.25\na.example/x\n", "vendor/a.example/x/x.go": "package x\n"},
			"a.example/x v1.0.0/go.mod", []string{"with a vendor directory go looks at no checksum"}},
		{"of another kind", map[string]string{"go.mod": gomod, "go.sum": "a.example/x v1.0.0 h9:new\n" + sums}, "a.example/x v1.0.0 h9", []string{"go does not know this kind of checksum"}},
		{"of a broken go.mod", map[string]string{"go.mod": "module example.com/m\n\nrequire (\n", "go.sum": sums}, "a.example/x v1.0.0/go.mod", []string{"Whether it is needed is not known"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, testLog(t), unneededsum.Analyzer) // which asks what tidy would do
			c.serveModule("a.example/x@v1.0.0/go.mod", []byte("module a.example/x\n\ngo 1.25\n"))
			c.serveModule("a.example/x@v1.0.0/x.go", []byte("package x\n"))
			for name, text := range tt.files {
				c.write(name, text)
			}
			c.write("m.go", "package m\n\nimport _ \"a.example/x\"\n")
			if tt.name == "needed" || tt.name == "not needed" {
				c.write("go.sum", "")
			}
			c.initialize(capabilities, options{})
			if tt.name == "needed" || tt.name == "not needed" {
				if err := c.run(commandDownload, map[string]any{"modules": []string{"a.example/x@v1.0.0"}}); err != nil {
					t.Fatal(err)
				}
				c.write("go.sum", c.read("go.sum")+"old.example/o v1.0.0/go.mod "+hash+"\n")
			}
			c.open("go.sum")
			c.rest()
			got := c.hover("go.sum", tt.at)
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("it shows\n%s\nwithout %q", got, want)
				}
			}
		})
	}
}
