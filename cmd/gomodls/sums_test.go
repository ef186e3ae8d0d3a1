package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/sumdb/note"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
)

// A vouchedModule is a module that the go command has downloaded and checked against a checksum database, which is gone by
// now. Its go.sum is empty.
type vouchedModule struct {
	dir, cache string
	line       string // what the database says about the go.mod file of the dependency
}

const dependency = "alpha.example/Lib"

func newVouchedModule(t *testing.T) vouchedModule {
	t.Helper()
	base := t.TempDir()
	m := vouchedModule{dir: filepath.Join(base, "m"), cache: filepath.Join(base, "cache")}
	served := filepath.Join(base, "proxy", "alpha.example", "!lib", "@v")
	const gomod = "module " + dependency + "\n"
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	w, err := z.Create(dependency + "@v1.0.0/go.mod")
	_, err2 := io.WriteString(w, gomod)
	if err := errors.Join(err, err2, z.Close()); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(served, "v1.0.0.info"), `{"Version":"v1.0.0"}`)
	write(t, filepath.Join(served, "v1.0.0.mod"), gomod)
	write(t, filepath.Join(served, "v1.0.0.zip"), archive.String())
	zipHash, err := dirhash.HashZip(filepath.Join(served, "v1.0.0.zip"), dirhash.Hash1)
	if err != nil {
		t.Fatal(err)
	}
	modHash, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(gomod)), nil })
	if err != nil {
		t.Fatal(err)
	}
	m.line = dependency + " v1.0.0/go.mod " + modHash + "\n"
	signer, verifier, err := note.GenerateKey(nil, "sum.example.com")
	if err != nil {
		t.Fatal(err)
	}
	database := httptest.NewServer(sumdb.NewServer(sumdb.NewTestServer(signer, func(string, string) ([]byte, error) {
		return []byte(dependency + " v1.0.0 " + zipHash + "\n" + m.line), nil
	})))
	defer database.Close()

	for key, value := range map[string]string{
		"GOPROXY": "file://" + filepath.ToSlash(filepath.Join(base, "proxy")), "GOSUMDB": verifier + " " + database.URL,
		"GOMODCACHE": m.cache, "GOPATH": filepath.Join(base, "gopath"), "GOENV": "off", "GOFLAGS": "-modcacherw",
		"GOPRIVATE": "", "GONOPROXY": "", "GONOSUMDB": "", "GOWORK": "off", "HOME": base, "GOCACHE": filepath.Join(base, "build"),
	} {
		t.Setenv(key, value)
	}
	withoutTelemetry(t, base)
	write(t, filepath.Join(m.dir, "go.mod"), "module example.com/m\n\ngo 1.22\n\nrequire "+dependency+" v1.0.0\n")
	m.run(t, "mod", "download", dependency)
	write(t, filepath.Join(m.dir, "go.sum"), "")
	return m
}

func (m vouchedModule) run(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = m.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %s", strings.Join(args, " "), out)
	}
}

// withoutTelemetry keeps go from starting a process that writes below HOME when it has ended itself.
func withoutTelemetry(t *testing.T, base string) {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(base, "config"))
	write(t, filepath.Join(base, "config", "go", "telemetry", "mode"), "off\n")
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, []byte(text), 0o666)); err != nil {
		t.Fatal(err)
	}
}

// fix returns the fix of the checksum that is missing.
func (m vouchedModule) fix(t *testing.T) fixes.Fix {
	t.Helper()
	e, err := newEngine([]string{m.dir}, "")
	if err != nil {
		t.Fatal(err)
	}
	a, err := e.analyze(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		for _, d := range f.Diagnostics {
			if d.Code == "missingsum" {
				return d.Fixes[0]
			}
		}
	}
	t.Fatal("no checksum is reported as missing")
	return fixes.Fix{}
}

// TestVouchedSum adds a checksum that the records in the module cache prove, and go is content.
func TestVouchedSum(t *testing.T) {
	m := newVouchedModule(t)
	fix := m.fix(t)
	if len(fix.Edits) != 1 || fix.Edits[0].New != m.line || !fix.Preferred {
		t.Fatalf("got %+v, want an edit that adds %q", fix, m.line)
	}
	write(t, filepath.Join(m.dir, "go.sum"), fix.Edits[0].New)
	m.run(t, "list", "-m", "all")
}

// TestForgedCache changes the module cache as somebody would who wants a line of his own in go.sum. Then the go command has
// to ask the database.
func TestForgedCache(t *testing.T) {
	m := newVouchedModule(t)
	download := filepath.Join(m.cache, "cache", "download")
	at := filepath.Join(download, "alpha.example", "!lib", "@v", "v1.0.0")
	records, err := filepath.Glob(filepath.Join(download, "sumdb", "sum.example.com", "lookup", "alpha.example", "*"))
	if err != nil || len(records) != 1 {
		t.Fatalf("records: %q (%v)", records, err)
	}
	tiles, err := filepath.Glob(filepath.Join(download, "sumdb", "sum.example.com", "tile", "8", "0", "*", "*"))
	if err != nil || len(tiles) != 1 {
		t.Fatalf("tiles: %q (%v)", tiles, err)
	}
	const evilMod = "module " + dependency + "\n\n// evil\n"
	evil, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(evilMod)), nil })
	if err != nil {
		t.Fatal(err)
	}
	truth := strings.Fields(m.line)[2]
	inRecord := func(s string) string { return strings.ReplaceAll(s, truth, evil) }
	broken := func(s string) string { return string(s[0]^1) + s[1:] }
	for _, tt := range []struct {
		name   string
		forged map[string]func(string) string
	}{
		{"the go.mod file", map[string]func(string) string{at + ".mod": func(string) string { return evilMod }}},
		{"the record", map[string]func(string) string{records[0]: inRecord}},
		{"the go.mod file and the record", map[string]func(string) string{at + ".mod": func(string) string { return evilMod }, records[0]: inRecord}},
		{"a tile", map[string]func(string) string{tiles[0]: broken}},
		{"everything", map[string]func(string) string{at + ".mod": func(string) string { return evilMod }, records[0]: inRecord, tiles[0]: broken}},
		{"no record", map[string]func(string) string{records[0]: func(string) string { return "" }}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for file, forge := range tt.forged {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				write(t, file, forge(string(data)))
				defer write(t, file, string(data))
			}
			if fix := m.fix(t); fix.Command == nil || len(fix.Edits) > 0 {
				t.Errorf("the fix is %+v, want a command", fix)
			}
		})
	}
}

// TestMismatch says who is wrong where the records prove it, and offers nothing but the database's word.
func TestMismatch(t *testing.T) {
	m := newVouchedModule(t)
	const other = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	truth := strings.Fields(m.line)[2]
	cached := filepath.Join(m.cache, "cache", "download", "alpha.example", "!lib", "@v", "v1.0.0.mod")
	right, err := os.ReadFile(cached)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, sum, mod string
		says, writes   string
	}{
		{"go.sum is wrong", other, string(right), "so has the checksum database: this line is wrong", truth},
		{"the cache is wrong", truth, "module evil.example\n", "the checksum database agrees with this line", ""},
		{"all differ", other, "module evil.example\n", "the checksum database has " + truth + ": trust neither", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write(t, cached, tt.mod)
			write(t, filepath.Join(m.dir, "go.sum"), strings.Replace(m.line, truth, tt.sum, 1))
			e, err := newEngine([]string{m.dir}, "")
			if err != nil {
				t.Fatal(err)
			}
			a, err := e.analyze(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, f := range a.Files {
				for _, d := range f.Diagnostics {
					if d.Code != "summismatch" {
						continue
					}
					found = true
					if !strings.Contains(d.Message, tt.says) {
						t.Errorf("it says %s", d.Message)
					}
					written := ""
					for _, fix := range d.Fixes {
						for _, e := range fix.Edits {
							written += e.New
						}
						if fix.Command != nil || fix.Preferred {
							t.Errorf("it offers %+v", fix)
						}
					}
					if written != tt.writes {
						t.Errorf("it offers to write %q, want %q", written, tt.writes)
					}
				}
			}
			if !found {
				t.Error("nothing is reported")
			}
		})
	}
}

// TestConflictingSums has two checksums in go.sum for the same file. What is offered first believes the checksum database,
// whatever the order, and never the module cache alone.
func TestConflictingSums(t *testing.T) {
	const forged = "module " + dependency + "\n// forged\n"
	forgedHash, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(forged)), nil })
	if err != nil {
		t.Fatal(err)
	}
	forgedLine := dependency + " v1.0.0/go.mod " + forgedHash + "\n"
	m := newVouchedModule(t)
	at := filepath.Join(m.cache, "cache", "download", "alpha.example", "!lib", "@v", "v1.0.0.mod")
	honest, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	malformed := "" // titles of what is offered where the two lines are found
	titles := func(sum string) (titles []string, first fixes.Fix) {
		write(t, filepath.Join(m.dir, "go.sum"), sum)
		malformed = ""
		e, err := newEngine([]string{m.dir}, "")
		if err != nil {
			t.Fatal(err)
		}
		a, err := e.analyze(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			for _, d := range f.Diagnostics {
				for i, fix := range d.Fixes {
					switch d.Code {
					case "malformedsum":
						malformed += fix.Title + "\n"
					case "summismatch":
						titles = append(titles, fix.Title)
						if i == 0 {
							first = fix
						}
					}
				}
			}
		}
		return titles, first
	}
	keepRight := "Keep " + strings.Fields(m.line)[2][:11] + "…, which the checksum database has\n"
	got, first := titles(forgedLine + m.line)
	if malformed != keepRight {
		t.Errorf("of a wrong line before the right one there may be kept: %s", malformed)
	}
	if len(got) == 0 || got[0] != "Delete this line: beside it stands the checksum that the checksum database has" || !first.Preferred {
		t.Fatalf("for a wrong line before the right one there is %q", got)
	}
	e := first.Edits[0]
	write(t, filepath.Join(m.dir, "go.sum"), (forgedLine + m.line)[:e.Span.Start]+e.New+(forgedLine + m.line)[e.Span.End:])
	m.run(t, "list", "-m", "all")

	if got, _ := titles(m.line + forgedLine); len(got) > 0 { // go compares with the first
		t.Errorf("for the right line before a wrong one there is %q", got)
	}

	if err := os.Chmod(at, 0o666); err != nil {
		t.Fatal(err)
	}
	write(t, at, forged)
	if got, _ := titles(m.line + forgedLine); len(got) > 0 || malformed != keepRight {
		t.Errorf("for a forged module cache that a line agrees with there is %q, and %s", got, malformed)
	}

	write(t, at, string(honest))
	if err := os.RemoveAll(filepath.Join(m.cache, "cache", "download", "sumdb")); err != nil {
		t.Fatal(err)
	}
	if got, _ := titles(forgedLine + m.line); len(got) != 1 || !strings.HasPrefix(got[0], "Drop this line and let go check") || !strings.HasPrefix(malformed, "Drop these lines and let go check") {
		t.Errorf("without a proof there is %q, and %s", got, malformed)
	}
}

// TestSumFiles holds what is said about a go.sum against go list -m all: an error is shown if and only if go refuses, and what
// is preferred as a fix, where it is an edit, makes go content.
func TestSumFiles(t *testing.T) {
	m := newVouchedModule(t)
	t.Setenv("GOSUMDB", "off")
	t.Setenv("GOPROXY", "off")
	right := strings.TrimSuffix(m.line, "\n")
	key := strings.Join(strings.Fields(right)[:2], " ") + " "
	const wrong, orphan = "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "other.example/x v1.0.0/go.mod h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	for _, tt := range []struct{ name, sum string }{
		{"right", right + "\n"},
		{"no newline at the end", right},
		{"empty", ""},
		{"only the source", dependency + " v1.0.0 " + wrong + "\n"},
		{"two fields", right + "\n" + dependency + " v1.0.0\n"},
		{"four fields", right + " more\n"},
		{"one word before", "word\n" + right + "\n"},
		{"a comment", "// why\n" + right + "\n"},
		{"a conflict", "<<<<<<< HEAD\n" + right + "\n=======\n" + orphan + "\n>>>>>>> theirs\n"},
		{"a conflict with a base", "<<<<<<< HEAD\n" + orphan + "\n||||||| base\n=======\n" + right + "\n>>>>>>> theirs branch\n"},
		{"a conflict of two checksums", "<<<<<<< HEAD\n" + right + "\n=======\n" + key + wrong + "\n>>>>>>> theirs\n"},
		{"a marker of a conflict with three fields", "<<<<<<< HEAD two\n" + right + "\n"},
		{"the checksum of an empty file", key + "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=\n"},
		{"the checksum of an empty file beside the right one", key + "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=\n" + right + "\n"},
		{"an unknown algorithm", key + "h2:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"},
		{"an unknown algorithm before the right line", key + "h2:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n" + right + "\n"},
		{"no algorithm", key + "47DEQpj8HBSa\n"},
		{"a checksum that is none", key + "h1:???\n"},
		{"a checksum that is none behind the right one", right + "\n" + key + "h1:???\n"},
		{"a version that is none", right + "\n" + dependency + " version h1:x\n"},
		{"a path that is none", right + "\n../x v1.0.0 h1:x\n"},
		{"a suffix that is none", right + "\n" + dependency + " v1.0.0/go.sum h1:x\n"},
		{"twice", right + "\n" + right + "\n"},
		{"wrong", key + wrong + "\n"},
		{"wrong before right", key + wrong + "\n" + right + "\n"},
		{"wrong behind right", right + "\n" + key + wrong + "\n"},
		{"unsorted", "z.example/z v1.0.0 " + wrong + "\n" + right + "\n"},
		{"CRLF", right + "\r\n"},
		{"tabs, blanks and blank lines", "\n\n\t" + strings.ReplaceAll(right, " ", "\t\u00a0 ") + "  \n \n"},
		{"a byte order mark", "\ufeff" + right + "\n"},
		{"a byte of zero", right + "\x00\n"},
		{"an orphan", orphan + "\n" + right + "\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(m.dir, "go.sum")
			refused := func(text string) (bool, string) {
				write(t, file, text)
				cmd := exec.Command("go", "list", "-m", "all")
				cmd.Dir = m.dir
				out, err := cmd.CombinedOutput()
				return err != nil, string(out)
			}
			refuses, said := refused(tt.sum)
			e, err := newEngine([]string{m.dir}, "")
			if err != nil {
				t.Fatal(err)
			}
			a, err := e.analyze(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var shown []string
			for _, f := range a.Files {
				for _, d := range f.Diagnostics {
					if d.Severity != analysis.Error {
						continue
					}
					shown = append(shown, d.Message)
					for _, fix := range d.Fixes {
						if !fix.Preferred || len(shown) > 1 {
							continue
						}
						mended := tt.sum
						for _, e := range slices.Backward(fix.Edits) {
							mended = mended[:e.Span.Start] + e.New + mended[e.Span.End:]
						}
						if len(fix.Edits) == 0 {
							continue
						}
						for _, line := range []string{right + "\n", orphan + "\n"} {
							if strings.Contains(tt.sum, line) && !strings.Contains(mended, line) {
								t.Errorf("after %q there is no more %s", fix.Title, line)
							}
						}
						if refuses, said := refused(mended); refuses && !strings.Contains(said, "missing go.sum entry") {
							t.Errorf("after %q go refuses\n%s%s", fix.Title, mended, said)
						}
					}
				}
			}
			if refuses != (len(shown) > 0) {
				t.Errorf("go refuses: %v, shown is %q; go says\n%s", refuses, shown, said)
			}
		})
	}
}
