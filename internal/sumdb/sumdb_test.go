package sumdb

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"
)

const dbName = "sum.example.com"

// A database is a real one that signs with its own key.
type database struct {
	key    string
	server http.Handler
}

func newDatabase(t *testing.T) *database {
	t.Helper()
	signer, verifier, err := note.GenerateKey(nil, dbName)
	if err != nil {
		t.Fatal(err)
	}
	gosum := func(path, version string) ([]byte, error) {
		return fmt.Appendf(nil, "%[1]s %[2]s h1:%[3]s\n%[1]s %[2]s/go.mod h1:%[4]s\n", path, version, digest("zip", path, version), digest("mod", path, version)), nil
	}
	return &database{verifier, sumdb.NewServer(sumdb.NewTestServer(signer, gosum))}
}

// digest is some checksum.
func digest(kind, path, version string) string {
	return strings.Repeat("A", 20) + fmt.Sprintf("%023d=", len(kind+path+version)*1000+int(path[0]))
}

// A goCommand talks to the database and keeps what it hears, as the go command does.
type goCommand struct {
	*disk
	server http.Handler
}

func (g *goCommand) ReadRemote(path string) ([]byte, error) {
	w := httptest.NewRecorder()
	g.server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		return nil, fmt.Errorf("status %d", w.Code)
	}
	return io.ReadAll(w.Body)
}

func (g *goCommand) WriteCache(file string, data []byte) {
	writeFile(filepath.Join(g.place.cache(), file), data)
}

func (g *goCommand) WriteConfig(_ string, _, data []byte) error {
	writeFile(g.place.head(), data)
	return nil
}

func writeFile(file string, data []byte) {
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, data, 0o666)); err != nil {
		panic(err)
	}
}

// fetch looks modules up in the database and leaves the records on disk.
func (db *database) fetch(t *testing.T, p Place, modules ...module.Version) {
	t.Helper()
	client := sumdb.NewClient(&goCommand{&disk{place: p, newest: true}, db.server})
	for _, m := range modules {
		if _, err := client.Lookup(m.Path, m.Version); err != nil {
			t.Fatal(err)
		}
	}
}

func newPlace(t *testing.T, key string) Place {
	return Place{Key: key, ModCache: t.TempDir(), Gopath: t.TempDir()}
}

var (
	alpha = module.Version{Path: "alpha.example/Upper", Version: "v1.0.0"}
	beta  = module.Version{Path: "beta.example/b", Version: "v1.2.3"}
)

// many returns enough modules to fill tiles of the lowest level.
func many(n int) []module.Version {
	var list []module.Version
	for i := range n {
		list = append(list, module.Version{Path: fmt.Sprintf("m%d.example/x", i), Version: "v1.0.0"})
	}
	return list
}

// TestLookup proves what the go command left, whatever came before and after it.
func TestLookup(t *testing.T) {
	db := newDatabase(t)
	p := newPlace(t, db.key)
	db.fetch(t, p, many(260)...)
	db.fetch(t, p, alpha)
	db.fetch(t, newPlace(t, db.key), many(300)...) // somebody else has made the database grow
	db.fetch(t, p, beta)
	r := New(p)
	for _, m := range append(many(260), alpha, beta) {
		sums, err := r.Lookup(m)
		want := Sums{Zip: "h1:" + digest("zip", m.Path, m.Version), Mod: "h1:" + digest("mod", m.Path, m.Version)}
		if err != nil || sums != want {
			t.Fatalf("%v: %v, error %v, want %v", m, sums, err, want)
		}
	}
	if _, err := r.Lookup(module.Version{Path: "gamma.example/c", Version: "v1.0.0"}); !errors.Is(err, ErrNoRecord) {
		t.Errorf("a module without a record: error %v, want ErrNoRecord", err)
	}
	if _, err := r.Lookup(module.Version{Path: "../../etc", Version: "v1.0.0"}); err == nil {
		t.Error("a path that leads elsewhere was looked up")
	}
}

// TestLookupWithoutHead proves a record by the head that came with it.
func TestLookupWithoutHead(t *testing.T) {
	db := newDatabase(t)
	p := newPlace(t, db.key)
	db.fetch(t, p, alpha)
	p.Gopath = ""
	if sums, err := New(p).Lookup(alpha); err != nil || sums.Mod == "" {
		t.Errorf("%v, error %v", sums, err)
	}
}

// TestForged changes every file of the records in every way that a thief would, one at a time: nothing is proved, or what is
// proved is the truth.
func TestForged(t *testing.T) {
	db := newDatabase(t)
	truth := Sums{Zip: "h1:" + digest("zip", alpha.Path, alpha.Version), Mod: "h1:" + digest("mod", alpha.Path, alpha.Version)}
	p := newPlace(t, db.key)
	db.fetch(t, p, append(many(260), alpha)...)
	evil := []byte("h1:" + strings.Repeat("E", 43) + "=")
	for name, forge := range map[string]func(file string, data []byte) []byte{
		"another checksum": func(_ string, data []byte) []byte {
			return []byte(strings.ReplaceAll(string(data), truth.Mod, string(evil)))
		},
		"both checksums": func(_ string, data []byte) []byte {
			return []byte(strings.NewReplacer(truth.Mod, string(evil), truth.Zip, string(evil)).Replace(string(data)))
		},
		"a byte in the middle": func(_ string, data []byte) []byte {
			data = append([]byte(nil), data...)
			data[len(data)/2] ^= 1
			return data
		},
		"the first byte": func(_ string, data []byte) []byte { data = append([]byte(nil), data...); data[0] ^= 1; return data },
		"half of it":     func(_ string, data []byte) []byte { return data[:len(data)/2] },
		"nothing left":   func(string, []byte) []byte { return nil },
		"no signature": func(_ string, data []byte) []byte {
			before, _, _ := strings.Cut(string(data), "— ")
			return []byte(before)
		},
	} {
		t.Run(name, func(t *testing.T) {
			record, err := New(p).File(alpha)
			if err != nil {
				t.Fatal(err)
			}
			changed := 0
			for _, dir := range []string{p.cache(), filepath.Dir(p.head())} {
				err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
					if err != nil || d.IsDir() {
						return err
					}
					if strings.Contains(file, "lookup") && file != record {
						return nil
					}
					data, err := os.ReadFile(file)
					if err != nil {
						return err
					}
					forged := forge(file, data)
					if string(forged) == string(data) {
						return nil
					}
					changed++
					writeFile(file, forged)
					sums, err := New(p).Lookup(alpha)
					if err == nil && sums != truth {
						t.Errorf("%s: proved %v", file, sums)
					}
					if file == record && err == nil {
						t.Errorf("%s: a forged record was proved", file)
					}
					writeFile(file, data)
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if changed == 0 {
				t.Error("nothing was forged")
			}
		})
	}
}

// TestOtherDatabase signs with another key under the same name.
func TestOtherDatabase(t *testing.T) {
	thief, honest := newDatabase(t), newDatabase(t)
	p := newPlace(t, thief.key)
	thief.fetch(t, p, alpha)
	p.Key = honest.key
	if sums, err := New(p).Lookup(alpha); err == nil {
		t.Errorf("proved %v", sums)
	}
}

// TestForgedRecordInHonestTree puts the checksums of a module under the number of another one that is in the tree.
func TestForgedRecordInHonestTree(t *testing.T) {
	db := newDatabase(t)
	p := newPlace(t, db.key)
	db.fetch(t, p, alpha, beta)
	r := New(p)
	from, _ := r.File(beta)
	to, _ := r.File(alpha)
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(to, data) // a true record, of another module
	if sums, err := r.Lookup(alpha); err != nil || sums != (Sums{}) {
		t.Errorf("proved %v, error %v", sums, err)
	}
}

// TestFailureEnds looks again once the files have changed.
func TestFailureEnds(t *testing.T) {
	db := newDatabase(t)
	p := newPlace(t, db.key)
	db.fetch(t, p, alpha)
	r := New(p)
	file, _ := r.File(alpha)
	record, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(file, record[:10])
	if _, err := r.Lookup(alpha); err == nil {
		t.Fatal("a truncated record was proved")
	}
	writeFile(file, record)
	if _, err := r.Lookup(alpha); err != nil {
		t.Error(err)
	}
}
