package syntax

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// words are what mutate puts into files: everything that some rule looks at.
var words = []string{
	"module", "go", "toolchain", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore", "use", "requires",
	"(", ")", "[", "]", ",", "{", "()", "=>", "->", "=", "//", "// indirect", "//indirect", "// indirect; x", "/*", "*/", "/* x */",
	"\"", "`", "'", "\"a b\"", "`a`", "'a'", "\"\\\"v1.0.0\\\"\"", "\"v1.0.0\"", "\"\\x\"", "\"\"", "\"=>\"", "\"[\"", "\\", "\"a\\\n\"",
	"v1.0.0", "v2.0.0", "v2.0.0+incompatible", "v1.0.0+incompatible", "v1", "v1.2", "v1.0.0+meta", "master", "v0.0.0-20240101000000-abcdefabcdef",
	"v1.0.0-gopkgin-v2.0.0", "v0", "v3.0.0-rc.1", "1.21", "1.21.0", "1.21rc1", "1.21.3rc1", "v1.21", "01.2", "go1.21", "go1.21.0", "go1", "default", "go1.2x",
	"a=b", "a=b=c", "default=go1.20", "default=x", "=", "a,b",
	"a.example/x", "a.example/x/v2", "a.example/x/v1", "a.example/x/v0", "gopkg.in/yaml", "gopkg.in/yaml.v2", "gopkg.in/yaml.v1", "gopkg.in/a.v0-unstable", "m",
	"./a", "../a", "/a", ".", "..", "./a/*", "a//b", "a@v1.0.0", "..\\a", "C:\\a", "a=>b",
	"\n", "\n\n", "\r\n", "\r", "\t", " ", "\x00", "\u00a0", "\ufeff", "\u200b", "\xff", "\v", "é", "// Deprecated: x", "\n// c\n", "\n//\n",
	"\n<<<<<<< HEAD\n", "\n=======\n", "\n||||||| b\n", "\n>>>>>>> t\n", "\n)\n", "\nrequire (\n", "\nretract (\n", "\ntool (\n", "\nreplace (\n", "\ngo 1.21\n",
}

// mutate changes a text in a few places, most of them at the edge of a word.
func mutate(rng *rand.Rand, s string) string {
	for n := 1 + rng.IntN(3); n > 0; n-- {
		lines := strings.SplitAfter(s, "\n")
		i, j := rng.IntN(len(lines)), rng.IntN(len(lines))
		fields := strings.SplitAfter(lines[i], " ")
		k := rng.IntN(len(fields))
		word := words[rng.IntN(len(words))]
		switch rng.IntN(8) {
		case 0:
			lines[i] = ""
		case 1:
			lines[i], lines[j] = lines[j], lines[i]
		case 2:
			lines[i] += lines[j]
		case 3:
			fields[k] = ""
			lines[i] = strings.Join(fields, "")
		case 4, 5:
			tail := strings.TrimRight(fields[k], " \r\n")
			fields[k] = word + fields[k][len(tail):]
			lines[i] = strings.Join(fields, "")
		case 6:
			fields[k] = word + " " + fields[k]
			lines[i] = strings.Join(fields, "")
		case 7:
			at := rng.IntN(len(lines[i]) + 1)
			lines[i] = lines[i][:at] + word + lines[i][at:]
		}
		s = strings.Join(lines, "")
	}
	return s
}

// TestMutations checks on broken variants of real files what the fuzz targets check on arbitrary ones. The directory
// SYNTAX_CORPUS, if set, has more files to start from.
func TestMutations(t *testing.T) {
	rounds := 50
	mods, works := seeds(t, ".mod"), seeds(t, ".work")
	mods = append(mods, broken...)
	if dir := os.Getenv("SYNTAX_CORPUS"); dir != "" {
		rounds = 700
		names, _ := filepath.Glob(filepath.Join(dir, "*", "go.mod"))
		for _, name := range names {
			if data, err := os.ReadFile(name); err == nil && len(data) < 5000 {
				mods = append(mods, string(data))
			}
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		for _, s := range mods {
			s = mutate(rng, s)
			m := ParseMod(s)
			agreeOnMod(t, s)
			checkTree(t, &m.Tree)
			checkSuggestions(t, s, m.Problems, func(s string) []Problem { return ParseMod(s).Problems })
		}
		for _, s := range append(works, broken...) {
			s = mutate(rng, s)
			w := ParseWork(s)
			agreeOnWork(t, s)
			checkTree(t, &w.Tree)
			checkSuggestions(t, s, w.Problems, func(s string) []Problem { return ParseWork(s).Problems })
		}
	}
}
