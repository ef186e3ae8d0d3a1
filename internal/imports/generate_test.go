package imports

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOutputs shows which files //go:generate lines of m.go say that they write.
func TestOutputs(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string // tool: file
	}{
		{"mockgen -source=$GOFILE -destination=mock_$GOFILE -package=m", []string{"mockgen: mock_m.go"}},
		{"go run go.uber.org/mock/mockgen@v0.5.0 -destination mocks/store.go . Store", []string{"mockgen: mocks/store.go"}},
		{"go tool stringer -type=Pill -output pill_string.go", []string{"stringer: pill_string.go"}},
		{"go run -mod=mod ./gen -o ../zz_table.go", []string{"gen: ../zz_table.go"}},
		{"sh -c 'sed s/a/b/ $GOFILE > zz_copy.go'", []string{"sh: zz_copy.go"}},
		{"protoc --go_out=. --go_opt=paths=source_relative api/x.proto", []string{"protoc: api/x.pb.go"}},
		{"protoc --go_out=../gen x.proto", nil},
		{"go run gen.go", nil},
		{"tool -o $OUT/x.go", nil},
		{"tool -o x.txt -out=/tmp/x.go", nil},
		{"tool -o", nil},
	} {
		var got []string
		for _, o := range outputs("m.go", directive+c.line) {
			got = append(got, o.Tool+": "+o.File)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.line, diff)
		}
	}
}

// TestAwaited shows that lines count wherever they stand, and only for files that are not there.
func TestAwaited(t *testing.T) {
	dir := t.TempDir()
	text := "package m\n\n//go:generate gen -o there.go\n\ntype T int\n\n//go:generate gen -o sub/later.go\n// //go:generate gen -o no.go\n"
	for name, text := range map[string]string{"m.go": text, "there.go": "package m\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, read := range map[string]func(string) (string, error){
		"whole": Read,
		"head":  func(path string) (string, error) { text, err := Read(path); return Head(text), err },
	} {
		tree := NewTree(FS{List: List, Read: read}, dir, nil)
		tree.Package("")
		if diff := cmp.Diff([]Output{{File: "sub/later.go", From: "m.go", Tool: "gen", Line: directive + "gen -o sub/later.go"}}, tree.Awaited()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestMayImport shows what is known of generators.
func TestMayImport(t *testing.T) {
	for _, c := range []struct {
		tool, module string
		want         bool
	}{
		{"stringer", "a.example/a", false},
		{"mockgen", "a.example/a", false},
		{"mockgen", "go.uber.org/mock", true},
		{"mockgen", "github.com/golang/mock", true},
		{"gen", "a.example/a", true},
	} {
		if got := (Output{Tool: c.tool}).MayImport(c.module); got != c.want {
			t.Errorf("%s, %s: %v", c.tool, c.module, got)
		}
	}
}
