// Package gomodls_test guards what no single package can: which package may import which, and what no file may name.
package gomodls_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const modulePath = "github.com/gomodls/gomodls"

// edges holds what each package may import of this module: the packages below it, and no others. A name that ends in "/*"
// stands for the packages directly under it that have no line of their own. docs/architecture.md has the picture.
var edges = map[string][]string{
	"internal/text":     {},
	"internal/syntax":   {"internal/text"},
	"internal/sumdb":    {},
	"internal/keep":     {},
	"internal/modcache": {"internal/text", "internal/syntax", "internal/sumdb", "internal/keep"},

	"internal/goenv":    rules(),
	"internal/modgraph": rules(),
	"internal/imports":  rules("internal/modgraph", "internal/keep"),
	"internal/gosum":    rules("internal/modgraph", "internal/imports"),

	"internal/tidy":     rules("internal/modgraph", "internal/imports", "internal/gosum", "internal/keep"),
	"internal/packages": rules("internal/modgraph", "internal/imports", "internal/gosum"),

	"internal/workspace": append(below("workspace"), "internal/tidy"),

	"fixes":        {"internal/text", "internal/syntax"},
	"fixes/locked": {"fixes", "internal/text", "internal/syntax", "internal/goenv"},

	"internal/verify": append(below("workspace"), "internal/workspace"),

	"internal/explain": {"internal/text", "internal/syntax", "fixes"},

	"internal/gather": below("gather"),

	"analysis":              below("analysis"),
	"analysis/*":            append(below("analysis"), "analysis"),
	"analysis/suite":        append(below("analysis"), "analysis", "analysis/*"),
	"analysis/analysistest": append(below("analysis"), "analysis", "internal/gather"),

	"lsp":     append(below("lsp"), "analysis", "analysis/suite", "analysis/privategap", "fixes", "fixes/locked", "internal/explain", "internal/gather", "internal/verify"),
	"editors": {}, // tests alone
	// Programs that compare the engine with the go command.
	"internal/tidy/oracle": append(below("oracle"), "analysis", "analysis/suite", "internal/gather"),
	"internal/oracle":      append(below("oracle"), "analysis", "analysis/suite", "internal/gather"),
	// A program that measures; it knows the servers it measures only as programs.
	"internal/bench": {},
	// A program that runs the go command's own test scripts against the engine.
	"internal/scripts": append(below("scripts"), "analysis", "analysis/suite", "internal/gather"),

	"cmd/gomodls": append(below("cmd"), "analysis", "analysis/*", "analysis/suite", "fixes", "fixes/locked", "internal/explain", "internal/gather", "internal/verify", "lsp"),
}

// rules returns what a package with some of go's rules may import.
func rules(more ...string) []string {
	return append([]string{"internal/text", "internal/syntax", "internal/sumdb", "internal/modcache"}, more...)
}

// below returns what stands below a package that builds on the rules of go.
func below(name string) []string {
	all := rules("internal/goenv", "internal/modgraph", "internal/imports", "internal/gosum")
	switch name {
	case "workspace":
		return append(all, "internal/packages")
	case "gather":
		return append(all, "internal/packages", "internal/tidy", "internal/workspace", "internal/keep")
	}
	return append(all, "internal/packages", "internal/tidy", "internal/workspace", "fixes")
}

// forTests are the packages that exist for tests, which may import them beside what their package may, and those that only
// the tests of one package import.
var forTests = []string{"analysis/analysistest"}

var testEdges = map[string][]string{
	"analysis": {"analysis/suite"},
	"lsp":      {"analysis/*"},
	"editors":  {"internal/workspace"},
}

// A restriction keeps packages from elsewhere out of ours.
type restriction struct {
	imports string // a pattern of import paths
	in      string // a pattern of our packages
	except  string // one of those
	because string
}

func (r restriction) forbids(dir, imported string) bool {
	return dir != r.except && regexp.MustCompile(r.imports).MatchString(imported) && regexp.MustCompile(r.in).MatchString(dir)
}

var restrictions = []restriction{
	{`^go\.lsp\.dev/(protocol|jsonrpc2)(/|$)`, `.`, "lsp", "the engine speaks byte spans; only lsp speaks the protocol"},
	{`^go\.uber\.org/zap(/|$)`, `^(internal/(text|syntax|modcache|modgraph|gosum|imports|goenv|workspace)|analysis(/.*)?|fixes)$`, "", "pure packages do not log"},
	{`^(os|os/.*|net|net/http|io/ioutil|syscall|plugin)$`, `^(internal/(text|syntax|modgraph|gosum|goenv|workspace)|analysis(/.*)?|fixes)$`, "", "answers are pure functions of a snapshot"},
	{`^(time|math/rand|math/rand/v2|crypto/rand)$`, `^(internal/(text|syntax|modgraph|gosum|goenv|workspace)|analysis(/.*)?|fixes)$`, "", "answers do not depend on the clock or on chance"},
	{`^os/exec$`, `^internal/(modcache|imports|sumdb)$`, "", "reading executes nothing"},
}

// TestImports holds the picture of docs/architecture.md against the import declarations of every package.
func TestImports(t *testing.T) {
	for dir, files := range goFiles(t) {
		if dir == "." {
			continue
		}
		allowed, ok := allowedFor(dir)
		if !ok {
			t.Errorf("%s: the package has no line in arch_test.go; add it where it stands in the picture", dir)
			continue
		}
		for _, file := range files {
			isTest := strings.HasSuffix(file, "_test.go")
			for _, imported := range importsOf(t, file) {
				own, ok := strings.CutPrefix(imported, modulePath+"/")
				switch {
				case !ok:
					checkOutside(t, dir, file, imported, isTest)
				case own == dir && isTest:
				case isTest && (slices.Contains(forTests, own) || contains(testEdges[dir], own)):
				case !slices.Contains(forTests, own) && contains(allowed, own):
				default:
					t.Errorf("%s: %s may not import %s, which does not stand below it", file, dir, own)
				}
			}
		}
	}
}

func allowedFor(dir string) ([]string, bool) {
	if allowed, ok := edges[dir]; ok {
		return allowed, true
	}
	allowed, ok := edges[path.Dir(dir)+"/*"]
	return allowed, ok
}

func contains(names []string, dir string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return matches(name, dir) })
}

// matches reports whether a name of edges stands for the package dir.
func matches(name, dir string) bool {
	if parent, ok := strings.CutSuffix(name, "/*"); ok {
		_, own := edges[dir]
		return path.Dir(dir) == parent && !own
	}
	return name == dir
}

// checkOutside holds an import of another module or the standard library against the restrictions. A package's tests, and
// packages for tests, may read files.
func checkOutside(t *testing.T, dir, file, imported string, isTest bool) {
	if isTest || slices.Contains(forTests, dir) {
		return
	}
	for _, r := range restrictions {
		if r.forbids(dir, imported) {
			t.Errorf("%s: %s may not import %s: %s", file, dir, imported, r.because)
		}
	}
}

// TestRestrictions shows that each restriction forbids what it is there to forbid, and no more.
func TestRestrictions(t *testing.T) {
	for _, test := range []struct {
		dir, imported string
		forbidden     bool
	}{
		{"analysis/missingsum", "os", true},
		{"analysis/missingsum", "time", true},
		{"analysis", "go.uber.org/zap", true},
		{"cmd/gomodls", "go.lsp.dev/protocol", true},
		{"internal/workspace", "go.lsp.dev/jsonrpc2", true},
		{"internal/workspace", "go.lsp.dev/uri", false},
		{"lsp", "go.lsp.dev/protocol", false},
		{"internal/modcache", "os", false},
		{"internal/modcache", "os/exec", true},
		{"internal/gather", "os/exec", false},
		{"fixes/locked", "os/exec", false},
	} {
		forbidden := slices.ContainsFunc(restrictions, func(r restriction) bool { return r.forbids(test.dir, test.imported) })
		if forbidden != test.forbidden {
			t.Errorf("%s imports %s: forbidden is %v, want %v", test.dir, test.imported, forbidden, test.forbidden)
		}
	}
}

// goFiles returns the Go files of this module's packages, by directory. Directories that the go command passes over are
// passed over.
func goFiles(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if file != "." && (name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) == ".go" {
			dir := filepath.ToSlash(filepath.Dir(file))
			files[dir] = append(files[dir], file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, spec := range parsed.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}

// TestNamesNothingOfThisMachine looks in every file of the repository for the hosts of the module proxy and the checksum
// database, which the go command alone knows, and for directories of the machine that the file was written on.
func TestNamesNothingOfThisMachine(t *testing.T) {
	forbidden := append(registryHosts(t), machineDirs(t)...)
	for _, file := range repositoryFiles(t) {
		data, err := os.ReadFile(file)
		if os.IsNotExist(err) {
			continue // deleted, and the deletion not committed
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range forbidden {
			if at := f.FindIndex(data); at != nil {
				line := 1 + strings.Count(string(data[:at[0]]), "\n")
				t.Errorf("%s:%d: names %s", file, line, data[at[0]:at[1]])
			}
		}
	}
}

// registryHosts returns patterns for the hosts that the go command uses here and those that it uses by default.
func registryHosts(t *testing.T) []*regexp.Regexp {
	t.Helper()
	out, err := exec.Command("go", "env", "-json", "GOPROXY", "GOSUMDB", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	var env map[string]string
	if err := json.Unmarshal(out, &env); err != nil {
		t.Fatalf("go env: %v", err)
	}
	values := []string{env["GOPROXY"], env["GOSUMDB"]}
	defaults, err := os.ReadFile(filepath.Join(env["GOROOT"], "go.env"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(defaults)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && (key == "GOPROXY" || key == "GOSUMDB") {
			values = append(values, value)
		}
	}
	var patterns []*regexp.Regexp
	for _, value := range values {
		for _, word := range strings.FieldsFunc(value, func(c rune) bool { return strings.ContainsRune(",| ", c) }) {
			host, _, _ := strings.Cut(word, "+") // a checksum database may carry its key
			if u, err := url.Parse(word); err == nil && u.Host != "" {
				host = u.Hostname()
			}
			if strings.Contains(host, ".") {
				patterns = append(patterns, regexp.MustCompile(`(?i)\b`+regexp.QuoteMeta(host)+`\b`))
			}
		}
	}
	if len(patterns) == 0 {
		t.Fatal("found no host in the output of go env or in GOROOT/go.env")
	}
	return patterns
}

// machineDirs returns patterns for this checkout's directory and the user's home.
func machineDirs(t *testing.T) []*regexp.Regexp {
	t.Helper()
	checkout, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	home, _ := os.UserHomeDir()
	var patterns []*regexp.Regexp
	for _, dir := range []string{checkout, home} {
		if len(dir) > 1 {
			patterns = append(patterns, regexp.MustCompile(`(^|[^\w./$}-])`+regexp.QuoteMeta(filepath.ToSlash(dir))+`/`))
		}
	}
	return patterns
}

// repositoryFiles returns the files that are, or are about to be, in the repository.
func repositoryFiles(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate").Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	files := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	if len(files) < 10 {
		t.Fatalf("git lists only %d files", len(files))
	}
	return files
}
