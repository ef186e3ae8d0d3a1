package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

func TestParseLine(t *testing.T) {
	env := map[string]string{"WORK": "/w", "v": "a.b", "/": "/"}
	for _, test := range []struct {
		line string
		name string
		want outcomeWanted
		args []string
	}{
		{"", "", "", nil},
		{"  # a comment", "", "", nil},
		{"go list -m all # why", "go", succeeds, []string{"list", "-m", "all"}},
		{"! go build ./...", "go", fails, []string{"build", "./..."}},
		{"? exec sh -c 'exit 1'", "exec", either, []string{"sh", "-c", "exit 1"}},
		{"[GOOS:linux] [!net:example.com] ! stderr x", "stderr", fails, []string{"x"}},
		{"cp a${/}b $WORK/'$v'''$v", "cp", succeeds, []string{"a/b", "/w/$v'a.b"}},
		{"echo 'don''t' ''", "echo", succeeds, []string{"don't", ""}},
		{"stdout ^$v'$'", "stdout", succeeds, []string{`^a\.b$`}},
		{"grep -count=1 $v $v", "grep", succeeds, []string{"-count=1", `a\.b`, "a.b"}},
		{"go run . &", "go", succeeds, []string{"run", "."}},
	} {
		c, err := parseLine(1, test.line)
		if err != nil {
			t.Errorf("%s: %v", test.line, err)
			continue
		}
		if c == nil {
			c = new(command)
		}
		var args []string
		for i, w := range c.words {
			args = append(args, w.expand(env, i == patternAt(c)))
		}
		if c.name != test.name || c.want != test.want || !cmp.Equal(args, test.args) || c.background != strings.HasSuffix(test.line, "&") {
			t.Errorf("%s: got %q %q %q, in the background: %v", test.line, c.want, c.name, args, c.background)
		}
	}
	for _, line := range []string{"!", "[cgo]", "echo 'open", "'go' list"} {
		if _, err := parseLine(1, line); err == nil {
			t.Errorf("%s: no error", line)
		}
	}
}

// TestCommands runs a script of what scripts can do beside running programs.
func TestCommands(t *testing.T) {
	const source = `
env GREETING=hello NAME=b
cp a.txt dir
cmp a.txt dir/a.txt
cmpenv dir/a.txt want.txt
! cmp a.txt want.txt
grep -count=2 l a.txt
! grep -count=1 l a.txt
cd dir
exists a.txt
! exists ../$NAME.txt
mv a.txt ../b.txt
cat ../b.txt
stdout ^hello$
! stderr .
replace hello \tbye ../b.txt
grep '\tbye' ../b.txt
symlink link -> ../b.txt
cmp link ../b.txt
rm ../b.txt
! cat link
exec echo one
cp stdout out.txt
grep one out.txt
! exec false
env NAME
stdout NAME=b
mkdir deep/deeper
chmod 0555 deep
[GOOS:none] skip 'never here'
stop 'done'
nothing that is reached
-- a.txt --
hello
-- want.txt --
$GREETING
-- dir/x --
`
	s, end := runSource(t, source)
	if end.reason != "" {
		t.Fatalf("ended at line %d: %s: %s", end.line, end.reason, end.detail)
	}
	if got, want := s.cwd, filepath.Join(s.work, "gopath", "src", "dir"); got != want {
		t.Errorf("the script ended in %s, not in %s", got, want)
	}
}

func TestEnds(t *testing.T) {
	for _, test := range []struct {
		source, reason string
		line           int
	}{
		{"exists .\nskip 'no money'\n", "skips itself: no money", 2},
		{"[!net:a.example] skip\n", "needs the network", 1},
		{"[GOOS:linux] skip\n", "is for other machines: [GOOS:linux]", 1},
		{"juggle\n", "the interpreter does not have a command juggle", 1},
		{"[moon:full] exists .\n", "the interpreter does not have a condition moon", 1},
		{"\n! exists .\n", "the installed go command does otherwise than the script expects", 2},
	} {
		if _, end := runSource(t, test.source); end.reason != test.reason || end.line != test.line {
			t.Errorf("%q: ended at line %d: %q, want line %d: %q", test.source, end.line, end.reason, test.line, test.reason)
		}
	}
}

func runSource(t *testing.T, source string) (*script, end) {
	t.Helper()
	work, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{goroot: work, goos: "linux", proxy: servedProxy(t)}
	s, end, err := r.run(t.Context(), "test", work, txtar.Parse([]byte(source)))
	if err != nil {
		t.Fatal(err)
	}
	return s, end
}

// TestInCopy checks that nothing which is done in the copy is left, except in the cache where that is asked for.
func TestInCopy(t *testing.T) {
	s := &script{work: filepath.Join(t.TempDir(), "work"), env: map[string]string{}}
	cache := filepath.Join(s.work, "cache")
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(s.work, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	hash := func(dir string) string {
		t.Helper()
		h, err := hashTree(dir, cache)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	write("go.mod", "module m\n")
	write("cache/a", "1")
	before := hash(s.work)
	err := s.inCopy(func() error {
		write("go.mod", "module other\n")
		write("more/go.mod", "")
		write("cache/b", "2")
		if hash(s.work) == before {
			t.Error("the hash does not tell that files were changed")
		}
		if err := s.forget(cache); err != nil {
			return err
		}
		if hash(s.work) != before {
			t.Error("not all is forgotten")
		}
		_, err := os.Stat(filepath.Join(cache, "b"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if hash(s.work) != before {
		t.Error("the script's directory is not what it was")
	}
	if _, err := os.Stat(filepath.Join(cache, "b")); err == nil {
		t.Error("the cache of the copy is still there")
	}
}
