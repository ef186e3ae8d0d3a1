package main

import (
	"slices"
	"strings"
	"unicode"
)

// someLine returns a mutation of one line that is no comment and not blank.
func someLine(change func(m *mutator, line string) []string) func(*mutator) bool {
	return editMod(func(m *mutator, t *modText) bool { return m.changeLine(t, change) })
}

func (m *mutator) changeLine(t *modText, change func(m *mutator, line string) []string) bool {
	var at []int
	for i, line := range t.lines {
		if s := strings.TrimSpace(line); s != "" && !strings.HasPrefix(s, "//") {
			at = append(at, i)
		}
	}
	i, ok := pick(m, at)
	if !ok {
		return false
	}
	lines := change(m, t.lines[i])
	if lines == nil {
		return false
	}
	t.lines = slices.Concat(t.lines[:i], lines, t.lines[i+1:])
	return true
}

// block is the first and the last line of a block.
type block struct{ first, last int }

// blocks returns the blocks that are closed.
func (t *modText) blocks() []block {
	var found []block
	open := -1
	for i, line := range t.lines {
		code, _, _ := strings.Cut(line, "//")
		switch code = strings.TrimSpace(code); {
		case open < 0 && strings.HasSuffix(code, "("):
			open = i
		case open >= 0 && code == ")":
			found = append(found, block{open, i})
			open = -1
		}
	}
	return found
}

// someBlock returns a mutation of one block.
func someBlock(change func(m *mutator, t *modText, b block)) func(*mutator) bool {
	return editMod(func(m *mutator, t *modText) bool {
		b, ok := pick(m, t.blocks())
		if ok {
			change(m, t, b)
		}
		return ok
	})
}

// swapWord replaces one of the words of a line.
func swapWord(change func(m *mutator, word string) string) func(m *mutator, line string) []string {
	return func(m *mutator, line string) []string {
		at, ok := pick(m, word.FindAllStringIndex(line, -1))
		if !ok {
			return nil
		}
		return []string{line[:at[0]] + change(m, line[at[0]:at[1]]) + line[at[1]:]}
	}
}

// formKinds change how go.mod is written, as people, editors and merges do.
var formKinds = []*kind{
	{name: "form-block-repeated", run: someBlock(func(m *mutator, t *modText, b block) { t.add(t.lines[b.first : b.last+1]...) })},
	{name: "form-block-moved", mild: true, run: someBlock(func(m *mutator, t *modText, b block) {
		lines := slices.Clone(t.lines[b.first : b.last+1])
		t.lines = slices.Delete(t.lines, b.first, b.last+1)
		t.insert(m.rng.IntN(2), lines...)
	})},
	{name: "form-block-flush", mild: true, run: someBlock(func(_ *mutator, t *modText, b block) {
		for i := b.first; i <= b.last; i++ {
			t.lines[i] = strings.TrimSpace(t.lines[i])
		}
	})},
	{name: "form-block-empty", mild: true, run: someBlock(func(_ *mutator, t *modText, b block) { t.lines = slices.Delete(t.lines, b.first+1, b.last) })},
	{name: "form-block-gone", run: someBlock(func(_ *mutator, t *modText, b block) { t.lines = slices.Delete(t.lines, b.first, b.last+1) })},
	{name: "form-block-glued", run: someBlock(func(m *mutator, t *modText, b block) {
		switch m.rng.IntN(5) {
		case 0:
			t.lines[b.first] = strings.Replace(t.lines[b.first], " (", "(", 1)
		case 1:
			t.lines[b.last-1] += " )"
			t.delete(entry{line: b.last})
		case 2:
			t.lines[b.first] = strings.TrimSuffix(t.lines[b.first], "(")
			t.insert(b.first+1, "(")
		case 3:
			t.lines[b.first] += " // " + strings.TrimSpace(t.lines[b.first+1])
		case 4:
			t.lines[b.last] += " // end"
		}
	})},
	{name: "form-blocks-nested", run: someBlock(func(m *mutator, t *modText, b block) {
		text, _ := pick(m, []string{"\trequire (\n\t\texample.com/good v1.0.0\n\t)", "\t// (\n\t// )", "exclude example.com/x v1.0.0", "\t(", "go 1.21"})
		t.insert(b.first+1, strings.Split(text, "\n")...)
	})},
	{name: "form-line-deleted", run: someLine(func(*mutator, string) []string { return []string{} })},
	{name: "form-line-repeated", run: someLine(func(_ *mutator, line string) []string { return []string{line, line} })},
	{name: "form-line-commented", run: someLine(func(_ *mutator, line string) []string { return []string{"//" + line} })},
	{name: "form-line-split", run: someLine(func(m *mutator, line string) []string {
		at := 1 + m.rng.IntN(len(line))
		return []string{line[:min(at, len(line))], line[min(at, len(line)):]}
	})},
	{name: "form-lines-swapped", mild: true, run: editMod(func(m *mutator, t *modText) bool {
		a, b := m.rng.IntN(len(t.lines)), m.rng.IntN(len(t.lines))
		t.lines[a], t.lines[b] = t.lines[b], t.lines[a]
		return true
	})},
	{name: "form-case", run: someLine(swapWord(func(m *mutator, w string) string {
		switch m.rng.IntN(3) {
		case 0:
			return strings.ToUpper(w)
		case 1:
			return strings.ToUpper(w[:1]) + w[1:]
		}
		r := []rune(w)
		i := m.rng.IntN(len(r))
		r[i] = unicode.ToUpper(r[i])
		return string(r)
	}))},
	{name: "form-character", run: someLine(swapWord(func(m *mutator, w string) string {
		i := m.rng.IntN(len(w))
		c := w[i : i+1]
		odd, _ := pick(m, []string{c + c, "", "\u00a0", "\u200b", "．", "“", "’", "–", ".", "..", "/", "//", "\\", "@", ":", "%20", "$", "*", "?", "&", "|", "<", ">", "^", "0", "-"})
		return w[:i] + odd + w[i+1:]
	}))},
	{name: "form-quotes", run: someLine(swapWord(func(m *mutator, w string) string {
		with, _ := pick(m, []string{`"{}"`, "`{}`", `'{}'`, `“{}”`, `"{}`, `{}"`, `""{}""`, `"{} "`, `\"{}\"`, `"{}" ""`})
		return strings.ReplaceAll(with, "{}", w)
	}))},
	{name: "form-comment-inside", run: someLine(swapWord(func(m *mutator, w string) string {
		with, _ := pick(m, []string{"{} // x", "// {}", "{}//", "/* x */ {}", "{} /* x", "{}/**/", "# {}", "{} # x", "{} ; {}", "{},", "({})", "[{}]", "{{}}", "{} -- x"})
		return strings.ReplaceAll(with, "{}", w)
	}))},
	{name: "form-comment-mark", mild: true, run: requirementAs("{path} {version} // Indirect", "{path} {version} // indirect;", "{path} {version} // indirect; because", "{path} {version} // indirect because",
		"{path} {version} // indirect // indirect", "{path} {version} ///indirect", "{path} {version} //\tindirect", "{path} {version} // direct", "{path} {version} //", "{path} {version}// indirect", "{path} {version} // indirect, really", "{path} {version} // Deprecated: no")},
	{name: "form-white-space", mild: true, run: func(m *mutator) bool {
		file := m.modFile()
		text := m.tree[file]
		old, new := "\n", "\n\n"
		switch m.rng.IntN(7) {
		case 0:
			old, new = "\t", "    "
		case 1:
			old, new = " ", "  "
		case 2:
			old, new = " ", "\t"
		case 3:
			old, new = "\n", " \n"
		case 4:
			old, new = "\n", "\r\r\n"
		case 5:
			text, old, new = "\n\n\t\n"+text, "", ""
		}
		m.tree[file] = strings.ReplaceAll(text, old, new)
		return text != ""
	}},
	{name: "form-line-ends", run: func(m *mutator) bool {
		file := m.modFile()
		end, _ := pick(m, []string{"\r", "\u2028", "\\n", "; ", "\v", "\f\n"})
		m.tree[file] = strings.ReplaceAll(m.tree[file], "\n", end)
		return m.tree[file] != ""
	}},
	{name: "form-whole-file", run: func(m *mutator) bool {
		file := m.modFile()
		text, _ := pick(m, []string{"", "\n", "// nothing\n", "module", "module example.com/m", "\x00\x00\x00", "package main\n", "{}\n", "go 1.21\n", "require (\n)\n", "<<<<<<< HEAD\n" + m.tree[file] + "=======\n" + m.tree[file] + ">>>>>>> branch\n", m.tree[file] + m.tree[file]})
		m.tree[file] = text
		return true
	}},
	{name: "form-merge", run: editMod(func(m *mutator, t *modText) bool {
		e, mod, ok := m.requirement(t)
		if !ok {
			return false
		}
		other := strings.Replace(t.lines[e.line], mod.Version, m.other(mod, 1), 1)
		switch m.rng.IntN(4) {
		case 0: // as diff3 does
			t.insert(e.line, "<<<<<<< ours", other, "||||||| base", t.lines[e.line], "=======")
			t.insert(e.line+6, ">>>>>>> theirs")
		case 1:
			t.insert(e.line, "<<<<<<< ours", "=======")
			t.insert(e.line+3, ">>>>>>> theirs")
		case 2: // half taken out
			t.insert(e.line, "=======")
			t.insert(e.line+2, ">>>>>>> theirs")
		case 3:
			t.insert(e.line, "<<<<<<< ours", other)
		}
		return true
	})},

	{name: "pseudo-form", run: requirementAs("{path} v0.0.0-20240101000000-0123456789AB", "{path} v0.0.0-20240101000000-0123456789abc", "{path} v0.0.0-20240101000000", "{path} v0.0.0-20241301000000-0123456789ab", "{path} v1.0.0-20240101000000-0123456789ab",
		"{path} v1.2.3-0.20240101000000-0123456789ab", "{path} v1.2.0-0.20240101000000-0123456789ab", "{path} v1.2.3-pre.0.20240101000000-0123456789ab", "{path} v2.0.0-20240101000000-0123456789ab+incompatible", "{path} v2.0.1-0.20240101000000-0123456789ab+incompatible",
		"{path} v0.0.0-0.20240101000000-0123456789ab", "{path} v0.0.0-20240101-0123456789ab", "{path} {version}-0.20240101000000-0123456789ab")},
	{name: "incompatible-form", run: requirementAs("{path} v2.0.0+incompatible", "{path} v3.1.0+incompatible", "{path} v1.9.0+incompatible", "{path} v0.1.0+incompatible", "{path}/v2 v2.0.0+incompatible", "{path} v2.0.0+Incompatible", "{path} v2.0.0+incompatible.1", "{path} v2.0.0-rc.1+incompatible")},
	{name: "gopkgin-form", run: adds("require gopkg.in/invented.v2 v2.0.0-unstable", "require gopkg.in/invented.v2-unstable v2.0.0", "require gopkg.in/invented.v3 v2.0.0", "require gopkg.in/invented.v0 v0.1.0", "require gopkg.in/invented v2.0.0+incompatible",
		"require gopkg.in/invented.v2/sub v2.0.0", "require gopkg.in/someone/invented.v2 v2.0.0", "require gopkg.in/invented.v02 v2.0.0", "require gopkg.in/invented.v2 v2.0.0-gopkgin-v2.0.0", "require gopkg.in/invented.v1 v0.0.0-20240101000000-0123456789ab", "require gopkg.in/invented.v2 v2.0.0+incompatible")},
	{name: "gopkgin-prefix", mild: true, run: editMod(func(m *mutator, t *modText) bool {
		const prefix = "v0.0.0-gopkgin-"
		e, ok := pick(m, slices.DeleteFunc(t.entries("require"), func(e entry) bool { return len(e.args) != 2 || !strings.HasPrefix(e.args[0], "gopkg.in/") }))
		if !ok {
			return false
		}
		line, _ := pick(m, []string{"", "exclude {path} {version}", "replace {path} {version} => ./nowhere", "replace {path} => {path} {version}"})
		if line == "" || m.rng.IntN(4) == 0 {
			t.setArg(e, 1, prefix+e.args[1])
		}
		if line != "" {
			t.add(strings.NewReplacer("{path}", e.args[0], "{version}", prefix+e.args[1]).Replace(line))
		}
		return true
	})},
	{name: "major-form", run: requirementAs("{path}/v2 v2.0.0", "{path}/v3 v2.0.0", "{path}/v1 v1.0.0", "{path}/v2 {version}", "{path}.v2 v2.0.0", "{path}/V2 v2.0.0", "{path}/v2/ v2.0.0", "{path}/v2.0 v2.0.0", "{path}/v10 v10.0.0", "{base}/v2 v2.0.0")},
	{name: "go-value", run: sets("go", 0, "1.9", "1.0", "1.1.1", "1.21rc1", "1.21beta1", "1.22rc99", "1.26rc3", "1.26rc", "1.27", "1.26.7", "1.20.0", "1.5", "1.15", "01.21.0", "1.00", "1.21 ", "1.21.0-custom", "1.021.0", "2", "1.", ".21", "1.21.", "1,21", "1.21.0+x", "１.21", "~1.21", ">=1.21", "^1.21", "1.x", "stable", "tip", "oldstable")},
	{name: "toolchain-value", run: adds("toolchain go1.26.8-foo", "toolchain go1.26rc1", "toolchain go1.26", "toolchain go1.27rc1", "toolchain go2.0.0", "toolchain go1.21.0+auto", "toolchain path", "toolchain auto", "toolchain go1.26.8+path", "toolchain none", `toolchain "go1.26.8"`, "toolchain GO1.26.8", "toolchain go1.26.8 // why", "toolchain go 1.26.8", "toolchain go1.026.0", "toolchain go1.26.08", "toolchain gotip", "toolchain go1.26.8-", "toolchain -go1.26.8")},
	{name: "exclude-and-replace", mild: true, run: adds("exclude {path} {version}\nreplace {path} {version} => {path} {version}", "exclude {node} {nodeversion}\nreplace {node} => example.com/good v1.0.0", "replace {path} => example.com/good v1.0.0\nexclude example.com/good v1.0.0", "exclude {path} {higher}\nreplace {path} {higher} => ./nowhere",
		"exclude {path} {version}\nexclude {path} {lower}\nexclude {path} {higher}", "replace {node} {nodeversion} => ./nowhere", "replace {node} => ./nowhere")},
	{name: "retract-form", run: adds("retract [v0.0.1, v0.0.2], v0.0.3", "retract (\n\tv0.0.1\n\t[v0.0.2, v0.0.3)\n)", "retract v0.0.1 v0.0.2", "retract [v0.0.2, v0.0.1]", "retract [v0.0.1,v0.0.2]", "retract [ v0.0.1 , v0.0.2 ]", "retract (v0.0.1, v0.0.2)", "retract v0.0.1-rc.1", "retract V0.0.1", `retract "v0.0.1"`, "retract [\"v0.0.1\", v0.0.2]",
		"retract v0.0.0-20240101000000-0123456789ab", "retract v0.0.1+incompatible", "retract >v0.0.1", "retract latest", "// retract v0.0.1", "retract // v0.0.1", "retract []", "retract [v0.0.1, v0.0.2, v0.0.3]")},
	{name: "blocks-of-three", mild: true, run: adds("tool (\n\t{path}/cmd/a\n\t{path}/cmd/b // why\n)", "tool (\n)", "tool (\n\t{path}/cmd/a {path}/cmd/b\n)", "godebug (\n\tpanicnil=1 // why\n\thttp2client=0\n)", "godebug (\n\tpanicnil = 1\n)", "godebug (\n)", "ignore (\n\t./a\n\tb // why\n\t/c\n)", "ignore (\n\t./a ./b\n)", "ignore ( ./a )", "godebug ( panicnil=1 )", "tool ( a/b )", "tool (\n\t{path}/...\n)", "ignore (\n\t\"a b\"\n)", "ignore `./a`", "tool \"{path}/cmd\"")},
}

// workFormKinds change how go.work is written.
var workFormKinds = []*kind{
	{name: "use-form", run: workAdds(`use "./b`, "use './a'", "use .\\a", "use ./A", "use ./a/go.mod", "use ./...", "use ./*", "use ./a,./b", "use ~/a", "use $HOME/a", "use ../", "use ..", "use ./m/vendor", "use .//a", "use ././a", "use a/", "use (\n\t./a\n\t./a // again\n)", "use (./a)", "use ( ./a )", "use [./a]", "use /", "use ./a => ./b", "use example.com/work/a", "use // ./a", "use ./a//b")},
	{name: "use-absolute", mild: true, run: workAdds("use $DIR/a", "use $DIR/m", "use $DIR/nowhere", "use $DIR")},
	{name: "use-nested", mild: true, run: func(m *mutator) bool {
		m.tree["m/inner/go.mod"], _ = pick(m, []string{"module example.com/inner\n\ngo 1.20\n", "module {main}/inner\n", "module example.com/inner\n\ngo 1.26.1\n", "module example.com/inner\n\nrequire example.com/good v1.0.0\n", "module example.com/inner\n\nreplace example.com/good => ../x\n", "module example.com/inner\n\nrequire {main} v1.0.0\n", ""})
		m.tree["m/inner/go.mod"] = strings.ReplaceAll(m.tree["m/inner/go.mod"], "{main}", m.plan.module.path)
		return workAdds("use ./m/inner")(m)
	}},
	{name: "use-outside", mild: true, run: func(m *mutator) bool {
		if m.env["GOWORK"] == "off" {
			return false // there would be no module to load
		}
		m.tree["ws/go.work"] = strings.NewReplacer("\t./", "\t../", "use ./", "use ../").Replace(m.tree["go.work"])
		delete(m.tree, "go.work")
		m.dir = "ws"
		return m.tree["ws/go.work"] != ""
	}},
	{name: "use-root", mild: true, run: func(m *mutator) bool {
		m.tree["go.mod"], _ = pick(m, []string{"module example.com/root\n\ngo 1.20\n", "module {main}\n", "module example.com/root\n\ngo 1.20\n\nreplace example.com/good => ./m\n", "module example.com/root\n\ngo 1.99\n", "nonsense\n"})
		m.tree["go.mod"] = strings.ReplaceAll(m.tree["go.mod"], "{main}", m.plan.module.path)
		if m.rng.IntN(3) == 0 {
			return true // beside the go.work, and not used
		}
		return workAdds("use .", "use ./", `use ""`)(m)
	}},
	{name: "work-form", run: editWork(func(m *mutator, t *modText) bool {
		return m.changeLine(t, func(m *mutator, line string) []string {
			switch m.rng.IntN(6) {
			case 0:
				return []string{}
			case 1:
				return []string{line, line}
			case 2:
				return []string{"//" + line}
			case 3:
				return []string{strings.ToUpper(line)}
			case 4:
				return []string{line + " x"}
			}
			return swapWord(func(m *mutator, w string) string {
				i := m.rng.IntN(len(w))
				odd, _ := pick(m, []string{"", w[i:i+1] + w[i:i+1], " ", "\u00a0", "\"", "/", ".", "\\", "("})
				return w[:i] + odd + w[i+1:]
			})(m, line)
		})
	})},
	{name: "work-value", run: workSets("go", 0, "1.9", "1.17", "1.18rc1", "1.26rc1", "1.26.9", "1.21.0-custom", "1.x", `"1.26"`, "01.26", "1.26.08", "go1.26", "1.26 // why")},
	{name: "work-whole-file", run: func(m *mutator) bool {
		text, _ := pick(m, []string{"", "\n", "// nothing\n", "use", "use .", "use ./m", "go 1.26.0", "go 1.26.0\nuse ./m", "\ufeff" + m.tree["go.work"], strings.ReplaceAll(m.tree["go.work"], "\n", "\r\n"), strings.ReplaceAll(m.tree["go.work"], "\n", "\r"), m.tree["go.work"] + m.tree["go.work"], "<<<<<<< HEAD\n" + m.tree["go.work"] + "=======\n" + m.tree["go.work"] + ">>>>>>> branch\n"})
		m.tree["go.work"] = text
		return true
	}},
	{name: "work-sum-form", run: func(m *mutator) bool {
		m.tree["go.work.sum"], _ = pick(m, []string{"example.com/good v1.0.0 h1:x\n", "example.com/good v1.0.0\n", "\n\n", "a b c d\n", "\ufeff", "\x00\n", "// comment\n", "<<<<<<< HEAD\n=======\n>>>>>>> branch\n"})
		return true
	}},
	{name: "work-member", run: func(m *mutator) bool {
		file := m.sibling()
		if file == "" {
			return false
		}
		return m.edit(file, func(t *modText) bool {
			return m.add(t, []string{"replace example.com/work/a => ../nowhere", "replace {main} => ../m", "exclude example.com/good v1.1.0", "require example.com/good v1.1.0\nexclude example.com/good v1.1.0", "require example.com/nowhere v1.0.0", "require example.com/toonew v1.0.0",
				"replace example.com/good => ../nowhere\nrequire example.com/good v1.0.0", "require example.com/good v1", "toolchain go1.99.0", "toolchain go1.20", "godebug nosuchsetting=1", "retract v1", "module example.com/other", "require example.com/renamed v1.0.0", "tool ./x", "ignore", "require example.com/good v1.0.0\nrequire example.com/good v1.1.0"})
		})
	}},
}
