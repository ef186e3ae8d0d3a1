package main

import (
	"path"
	"slices"
	"strings"
)

// dirKinds replace a requirement by a directory, or change one that is there.
var dirKinds = []*kind{
	{name: "dir-missing", run: replaces("./nowhere", nil)},
	{name: "dir-outside", mild: true, run: replaces("../outside", tree{"../outside/go.mod": "module {path}\n"})},
	{name: "dir-without-gomod", run: replaces("./empty", tree{"empty/": ""})},
	{name: "dir-is-file", run: replaces("./file", tree{"file": "text\n"})},
	{name: "dir-gomod-is-dir", run: replaces("./odd", tree{"odd/go.mod/": ""})},
	{name: "dir-good", mild: true, run: replaces("./good", tree{"good/go.mod": "module {path}\n\ngo 1.20\n"})},
	{name: "dir-other-name", mild: true, run: replaces("./other", tree{"other/go.mod": "module example.com/other\n"})},
	{name: "dir-empty-gomod", mild: true, run: replaces("./nothing", tree{"nothing/go.mod": ""})},
	{name: "dir-broken", run: func(m *mutator) bool {
		text, _ := pick(m, []string{"module {path}\n\nrequire example.com/good\n", "module {path}\n\nrequire (\n", "module {path}\n\ngo banana\n", "module \"x\n", "/* */\n", "module {path}\n\nrequire example.com/good v2.0.0\n",
			"module {path}\nmodule {path}\n", "module {path}\n\nrequire example.com/good master\n", "module\n", "module {path}\n\nretract [v1\n\nfuture x\n", "\xff\xfe\n", "module {path}\n\nrequire example.com/good v1.2.3-\n"})
		return replaces("./broken", tree{"broken/go.mod": text})(m)
	}},
	{name: "dir-too-new", run: replaces("./new", tree{"new/go.mod": "module {path}\n\ngo 1.99\n"})},
	{name: "dir-raises-go", run: replaces("./raise", tree{"raise/go.mod": "module {path}\n\ngo 1.26.7\n"})},
	{name: "dir-requires", mild: true, run: func(m *mutator) bool {
		text, _ := pick(m, []string{"require {path} {higher}", "require {path} {lower}", "require example.com/good v1.2.0", "require example.com/nowhere v1.0.0", "require {main} v1.0.0", "require example.com/broken v1.0.0"})
		goLine, _ := pick(m, []string{"go 1.20", "go 1.16", ""})
		return replaces("./req", tree{"req/go.mod": "module example.com/req\n\n" + goLine + "\n\n" + text + "\n"})(m)
	}},
	{name: "dir-more-broken", run: func(m *mutator) bool {
		text, _ := pick(m, []string{"module {path}\n\ngo 1.21.x\n", "module {path}\n\ntoolchain go1.99.0\n", "module {path}\n\nreplace example.com/good => ./nowhere\n", "module {path}\n\nreplace x y z\n", "module {path}\n\nunknown (\n\tx\n)\n", "module {path}\n\nrequire example.com/good v1.0.0\nrequire example.com/good v1.1.0\n", "\ufeffmodule {path}\n", "module {path}\r\n\r\ngo 1.20\r\n",
			"module {path}\n\nexclude example.com/good\n", "module {path}\n\nretract [v1.0.0, v1.1.0\n", "module {path}\n\ngo 1.26.9\n", "module {path}\n\ngodebug nosuch=1\n", "module {path}\n\ntool ./x\n", "module {path}\n\nignore\n", "module {path}\n\nrequire example.com/good/v2 v1.0.0\n", "module {path}\n\nrequire example.com/good v1.0\n", "module {path}\n\nrequire \"\" v1.0.0\n", "module {path}\n\nrequire Example.com/x v1.0.0\n",
			"<<<<<<< HEAD\nmodule {path}\n=======\nmodule {path}\n>>>>>>> branch\n", "module {path}\n\nrequire {main} v9.0.0\n", "module {path}\n\nrequire {path} v1.0.0\n", "// nothing\n", "module (\n\t{path}\n)\n", "module {path} // Deprecated: use another\n", "module `{path}`\n", "module go\n", "module {path}\n\ngo 1.21.0beta1\n", "module {path}\n\nrequire go 1.21\n"})
		return replaces("./more", tree{"more/go.mod": text})(m)
	}},
	{name: "dir-form", run: adds("replace {path} => ./nowhere/", "replace {path} => .", "replace {path} => ..", "replace {path} => ../m", "replace {path} => ~/x", "replace {path} => $HOME/x", "replace {path} => \"./with blank\"", "replace {path} => ./with blank", "replace {path} => ./go.mod", "replace {path} => ./nowhere/go.mod", "replace {path} => .\\nowhere", "replace {path} => ././nowhere", "replace {path} => ./nowhere v1.0.0", "replace {path} v1 => ./nowhere", "replace {path}@{version} => ./nowhere", "replace {path} => nowhere/sub", "replace {path} => ./Nowhere // why", "replace {path} => file:///nowhere", "replace {path} => https://example.com/x", "replace {path} {version} => ./nowhere", "replace {main} => ./nowhere", "replace {path} => ../../../../../../../../nowhere")},
	{name: "dir-absolute", run: replaces("/nonexistent/oracle", nil)},
	{name: "dir-itself", in: everywhereButVendor, run: replaces(".", nil)},
	{name: "dir-twice", mild: true, run: func(m *mutator) bool {
		return editMod(func(m *mutator, t *modText) bool {
			_, a, ok := m.requirement(t)
			_, b, _ := m.requirement(t)
			if !ok {
				return false
			}
			t.add("replace "+a.Path+" => ../twice", "replace "+b.Path+" => ../twice")
			m.tree["twice/go.mod"] = "module example.com/twice\n"
			return true
		})(m)
	}},
	{name: "dir-existing-changed", run: func(m *mutator) bool {
		var names []string
		for name := range m.tree {
			if strings.HasSuffix(name, "/go.mod") && name != "m/go.mod" && !slices.Contains([]string{"a", "b", "c"}, path.Dir(name)) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		name, ok := pick(m, names)
		if !ok {
			return false
		}
		switch m.rng.IntN(6) {
		case 0:
			delete(m.tree, name)
		case 1:
			m.tree[name] = ""
		case 2:
			m.tree[name] += "\ngo 1.26.7\n"
		case 3:
			m.tree[name] += "\nrequire example.com/nowhere v1.0.0\n"
		case 4:
			m.tree[name] += "\nnonsense (\n"
		case 5:
			m.tree[name] += "\nunknown directive\n\nexclude x\n"
		}
		return true
	}},
}

// sumLines returns a mutation of go.sum as lines without their ends.
func sumLines(change func(m *mutator, lines []string) []string) func(*mutator) bool {
	return func(m *mutator) bool {
		text, ok := m.tree["m/go.sum"]
		if !ok || text == "" {
			return false
		}
		lines := change(m, strings.Split(strings.TrimSuffix(text, "\n"), "\n"))
		if lines == nil {
			return false
		}
		m.tree["m/go.sum"] = strings.Join(lines, "\n") + "\n"
		return true
	}
}

// someSum picks a line: one of those that the graph needs more often than any other.
func (m *mutator) someSum(lines []string, want func(words []string) bool) int {
	var all, near []int
	roots := map[string]bool{}
	for _, e := range parseText(m.tree["m/go.mod"]).entries("require") {
		if len(e.args) == 2 {
			roots[e.args[0]+" "+e.args[1]] = true
		}
	}
	for i, line := range lines {
		words := strings.Fields(line)
		if len(words) != 3 || !want(words) {
			continue
		}
		all = append(all, i)
		if roots[words[0]+" "+strings.TrimSuffix(words[1], "/go.mod")] {
			near = append(near, i)
		}
	}
	if len(near) > 0 && m.rng.IntN(3) > 0 {
		all = near
	}
	i, ok := pick(m, all)
	if !ok {
		return -1
	}
	return i
}

func isModSum(words []string) bool { return strings.HasSuffix(words[1], "/go.mod") }
func isZipSum(words []string) bool { return !isModSum(words) }
func isAnySum([]string) bool       { return true }

// sumLine returns a mutation of one line of go.sum, which becomes the lines that change returns.
func sumLine(want func(words []string) bool, change func(m *mutator, line string, words []string) []string) func(*mutator) bool {
	return sumLines(func(m *mutator, lines []string) []string {
		i := m.someSum(lines, want)
		if i < 0 {
			return nil
		}
		return slices.Concat(lines[:i], change(m, lines[i], strings.Fields(lines[i])), lines[i+1:])
	})
}

// wrongHash is the hash of something else.
const wrongHash = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

func wrong(words []string) string { return words[0] + " " + words[1] + " " + wrongHash }

var everywhereButVendor = []layout{single, inUse}

// sumKinds change go.sum.
var sumKinds = []*kind{
	{name: "sum-mod-removed", run: sumLine(isModSum, func(*mutator, string, []string) []string { return nil })},
	{name: "sum-zip-removed", mild: true, run: sumLine(isZipSum, func(*mutator, string, []string) []string { return nil })},
	{name: "sum-several-removed", mild: true, run: sumLines(func(m *mutator, lines []string) []string {
		return slices.DeleteFunc(lines, func(string) bool { return m.rng.IntN(10) == 0 })
	})},
	{name: "sum-module-removed", run: sumLines(func(m *mutator, lines []string) []string {
		i := m.someSum(lines, isAnySum)
		if i < 0 {
			return nil
		}
		path, _, _ := strings.Cut(lines[i], " ")
		return slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, path+" ") })
	})},
	{name: "sum-mod-wrong", run: sumLine(isModSum, func(_ *mutator, _ string, w []string) []string { return []string{wrong(w)} })},
	{name: "sum-zip-wrong", run: sumLine(isZipSum, func(_ *mutator, _ string, w []string) []string { return []string{wrong(w)} })},
	{name: "sum-wrong-after-right", mild: true, run: sumLine(isModSum, func(_ *mutator, line string, w []string) []string { return []string{line, wrong(w)} })},
	{name: "sum-right-after-wrong", run: sumLine(isModSum, func(_ *mutator, line string, w []string) []string { return []string{wrong(w), line} })},
	{name: "sum-algorithm-only", run: sumLine(isModSum, func(_ *mutator, _ string, w []string) []string { return []string{w[0] + " " + w[1] + " h9:abc="} })},
	{name: "sum-algorithm-also", mild: true, run: sumLine(isModSum, func(_ *mutator, line string, w []string) []string {
		return []string{w[0] + " " + w[1] + " h9:abc=", line}
	})},
	{name: "sum-malformed-line", run: sumLine(isAnySum, func(m *mutator, line string, w []string) []string {
		bad, _ := pick(m, []string{w[0] + " " + w[1], line + " extra", w[0], w[0] + w[1] + " " + w[2], "// comment", line + "\n" + "x", strings.Join(w, "\n")})
		return []string{bad}
	})},
	{name: "sum-junk-line", mild: true, run: sumLine(isAnySum, func(m *mutator, line string, w []string) []string {
		junk, _ := pick(m, []string{"a b c", "example.com/x v1 h1:x", "# a comment", w[0] + " " + w[1] + "/go.sum " + w[2], "example.com/x v1.0.0/go.mod h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=", "//  not this"})
		return []string{line, junk}
	})},
	{name: "sum-hash-damaged", run: sumLine(isModSum, func(m *mutator, _ string, w []string) []string {
		h, _ := pick(m, []string{w[2][:len(w[2])-2], strings.ToLower(w[2]), "h1:", w[2] + "=", strings.TrimPrefix(w[2], "h1:"), "H1" + w[2][2:]})
		return []string{w[0] + " " + w[1] + " " + h}
	})},
	{name: "sum-empty-hash", run: sumLine(isModSum, func(_ *mutator, _ string, w []string) []string {
		return []string{w[0] + " " + w[1] + " h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY="}
	})},
	{name: "sum-version-wrong", run: sumLine(isModSum, func(m *mutator, _ string, w []string) []string {
		return []string{w[0] + " " + strings.Replace(w[1], "v", "v9", 1) + " " + w[2]}
	})},
	{name: "sum-conflict-markers", run: sumLine(isAnySum, func(m *mutator, line string, w []string) []string {
		return []string{"<<<<<<< HEAD", line, "=======", wrong(w), ">>>>>>> branch"}
	})},
	{name: "sum-duplicate-line", mild: true, run: sumLine(isAnySum, func(_ *mutator, line string, _ []string) []string { return []string{line, line} })},
	{name: "sum-shuffled", mild: true, run: sumLines(func(m *mutator, lines []string) []string {
		m.rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		return lines
	})},
	{name: "sum-white-space", mild: true, run: func(m *mutator) bool {
		text := m.tree["m/go.sum"]
		switch m.rng.IntN(4) {
		case 0:
			text = strings.ReplaceAll(text, "\n", "\r\n")
		case 1:
			text = strings.TrimRight(text, "\n")
		case 2:
			text = strings.ReplaceAll(text, " ", "\t ") + "\n \n\t\n"
		case 3:
			text = strings.ReplaceAll(text, " ", "\u00a0")
		}
		m.tree["m/go.sum"] = text
		return text != ""
	}},
	{name: "sum-bom", run: func(m *mutator) bool { m.tree["m/go.sum"] = "\ufeff" + m.tree["m/go.sum"]; return true }},
	{name: "sum-truncated", run: func(m *mutator) bool {
		text := m.tree["m/go.sum"]
		if text == "" {
			return false
		}
		m.tree["m/go.sum"] = text[:m.rng.IntN(len(text))]
		return true
	}},
	{name: "sum-empty", run: func(m *mutator) bool { m.tree["m/go.sum"] = ""; return true }},
	{name: "sum-missing", run: func(m *mutator) bool { delete(m.tree, "m/go.sum"); return true }},
	{name: "sum-is-directory", run: func(m *mutator) bool {
		delete(m.tree, "m/go.sum")
		m.tree["m/go.sum/"] = ""
		return true
	}},
	{name: "sum-of-workspace", mild: true, in: []layout{inUse}, run: func(m *mutator) bool {
		lines := strings.Split(m.tree["m/go.sum"], "\n")
		i := m.someSum(lines, isModSum)
		if i < 0 {
			return false
		}
		text, _ := pick(m, []string{lines[i], wrong(strings.Fields(lines[i])), "malformed line", "<<<<<<< HEAD"})
		m.tree["go.work.sum"] += text + "\n"
		return true
	}},
	{name: "sum-of-sibling", mild: true, in: []layout{inUse}, run: func(m *mutator) bool {
		lines := strings.Split(m.tree["m/go.sum"], "\n")
		i := m.someSum(lines, isModSum)
		if i < 0 {
			return false
		}
		text, _ := pick(m, []string{lines[i], wrong(strings.Fields(lines[i])), "malformed line"})
		m.tree["a/go.sum"] += text + "\n"
		return true
	}},
}

// sumFormKinds change how go.sum is written.
var sumFormKinds = []*kind{
	{name: "sum-fields", run: sumLine(isAnySum, func(m *mutator, line string, w []string) []string {
		bad, _ := pick(m, []string{w[1] + " " + w[0] + " " + w[2], w[0] + "  " + w[1] + "\t" + w[2] + " ", " " + line, line + " // why", strings.ToUpper(w[0]) + " " + w[1] + " " + w[2], w[0] + " " + strings.TrimPrefix(w[1], "v") + " " + w[2], w[0] + "@" + w[1] + " " + w[2], w[0] + " " + w[1] + ": " + w[2], w[0] + "," + w[1] + "," + w[2],
			line + "\x00", "\u200b" + line, line + "\r", `"` + w[0] + `" ` + w[1] + " " + w[2], w[0] + " " + w[1] + " " + w[2] + w[2], w[0] + " " + w[1] + "/go.mod/go.mod " + w[2], w[0] + " v1 " + w[2], w[0] + " latest " + w[2], w[0] + " " + w[1] + " h1", w[0] + " " + w[1] + " sha256:" + w[2][3:]})
		return []string{bad}
	})},
	{name: "sum-swapped", run: sumLines(func(m *mutator, lines []string) []string {
		i, j := m.someSum(lines, isModSum), m.someSum(lines, isModSum)
		if i < 0 || j < 0 {
			return nil
		}
		a, b := strings.Fields(lines[i]), strings.Fields(lines[j])
		lines[i], lines[j] = a[0]+" "+a[1]+" "+b[2], b[0]+" "+b[1]+" "+a[2]
		return lines
	})},
	{name: "sum-lines-joined", run: sumLines(func(m *mutator, lines []string) []string {
		i := m.someSum(lines, isAnySum)
		if i < 0 || i+1 >= len(lines) {
			return nil
		}
		glue, _ := pick(m, []string{" ", "", "\r", "\\n"})
		lines[i] += glue + lines[i+1]
		return slices.Delete(lines, i+1, i+2)
	})},
	{name: "sum-of-other-module", mild: true, run: sumLines(func(m *mutator, lines []string) []string {
		return append(slices.Clone(lines), lines[m.rng.IntN(len(lines))])
	})},
	{name: "sum-half-gone", run: sumLines(func(m *mutator, lines []string) []string {
		at := m.rng.IntN(len(lines))
		if m.rng.IntN(2) == 0 {
			return lines[at:]
		}
		return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(line, "/go.mod ") })
	})},
	{name: "sum-byte-changed", run: func(m *mutator) bool {
		text := m.tree["m/go.sum"]
		if text == "" {
			return false
		}
		at := m.rng.IntN(len(text))
		c := "abzAZ019+/=./-_@ \t\n\r\x00"
		i := m.rng.IntN(len(c))
		m.tree["m/go.sum"] = text[:at] + c[i:i+1] + text[at+m.rng.IntN(2):]
		return true
	}},
}

var inWorkspace = []layout{inUse}

// workKinds change go.work.
var workKinds = []*kind{
	{name: "use-missing-dir", run: workAdds("use ./nowhere", "use ../nowhere", "use nowhere", "use /nonexistent/oracle")},
	{name: "use-dir-without-gomod", run: func(m *mutator) bool { m.tree["empty/"] = ""; return workAdds("use ./empty")(m) }},
	{name: "use-duplicate", run: workAdds("use ./m", "use ./a", "use m", "use ./m/", "use ./a/../m", "use (\n\t./a\n)")},
	{name: "use-module-twice", run: func(m *mutator) bool {
		text, _ := pick(m, []string{"module example.com/work/a\n", "module {main}\n"})
		m.tree["again/go.mod"], _ = m.expand(parseText(""), text)
		return workAdds("use ./again")(m)
	}},
	{name: "use-removed", mild: true, run: editWork(func(m *mutator, t *modText) bool { return m.remove(t, "use") })},
	{name: "use-none", run: func(m *mutator) bool { m.tree["go.work"] = "go 1.26.0\n"; return true }},
	{name: "use-arguments", run: workAdds("use", "use ./a ./b", `use ""`, `use "./b"`, "use ./a v1.0.0", "use `./a`", "use '.'", "use .", "use ./a // comment")},
	{name: "use-broken-module", run: func(m *mutator) bool {
		m.tree["broken/go.mod"], _ = pick(m, []string{"module example.com/broken\n\nrequire x\n", "", "go 1.20\n", "module example.com/broken\n\nunknown x\n", "module go\n", "module example.com/a!b\n", "module \"x\n"})
		return workAdds("use ./broken")(m)
	}},
	{name: "use-another", mild: true, run: func(m *mutator) bool {
		m.tree["d/go.mod"], _ = pick(m, []string{"module example.com/d\n", "module example.com/d\n\ngo 1.26.8\n", "module example.com/good\n\ngo 1.20\n", "module example.com/d\n\ngo 1.21\n\nrequire example.com/work/a v1.0.0\n",
			"module example.com/d\n\ngo 1.99\n", "module example.com/d\n\ngo 1.21\n\nrequire example.com/work/b v1.0.0\n", "module example.com/d\n\ngo 1.21\n\nrequire example.com/good v1.2.0\n", "module example.com/d\n\ngo 1.21\n\nexclude example.com/good v1.2.0\n"})
		return workAdds("use ./d")(m)
	}},
	{name: "work-go-low", mild: true, run: workSets("go", 0, "1.18", "1.20", "1.21", "1.21.0", "1.22.0", "1.23")},
	{name: "work-go-removed", run: editWork(func(m *mutator, t *modText) bool { return m.remove(t, "go") })},
	{name: "work-go-too-new", run: workSets("go", 0, "1.99", "1.27", "1.26.99")},
	{name: "work-go-malformed", run: workSets("go", 0, "v1.21", "1", "latest", "1.21.x", "1.21.3rc1")},
	{name: "work-go-repeated", run: workAdds("go 1.26", "go 1.26.0", "go", "go 1.26 1.26")},
	{name: "module-go-raised", run: func(m *mutator) bool {
		file := m.sibling()
		return file != "" && m.edit(file, func(t *modText) bool {
			return m.set(t, "go", 0, []string{"1.26.8", "1.26.1", "1.26", "1.99", "1.21", "1.20"})
		})
	}},
	{name: "work-toolchain", mild: true, run: workAdds("toolchain go1.26.0", "toolchain go1.26.8", "toolchain default", "toolchain go1.21.0", "toolchain 1.26", "toolchain go1.x", "toolchain", "toolchain go1.26.1\ntoolchain go1.26.2")},
	{name: "work-unknown-directive", run: workAdds("require example.com/good v1.0.0", "module example.com/w", "exclude example.com/good v1.0.0", "unknown", "retract v1.0.0", "tool example.com/x", "ignore ./x", "uses ./x")},
	{name: "work-godebug", mild: true, run: workAdds("godebug default=go1.21", "godebug nosuchsetting=1", "godebug x509sha1=1", "godebug panicnil", "godebug default=1.21", "godebug default=go1.99", "godebug panicnil=1\ngodebug panicnil=0")},
	{name: "work-replace", mild: true, run: workAdds("replace {main} => ./nowhere", "replace {main} v1.0.0 => ./m", "replace example.com/work/a => ./a", "replace example.com/unused => ./nowhere", "replace example.com/unused v1 => ./nowhere", "replace example.com/unused master => ./x",
		"replace example.com/unused => ./x\nreplace example.com/unused => ./y", "replace example.com/unused example.com/x", "replace example.com/unused => x", `replace example.com/unused => .\x`, "replace example.com/unused/v2 v1.0.0 => ./x")},
	{name: "work-replace-requirement", run: func(m *mutator) bool {
		return m.edit("go.work", func(t *modText) bool {
			mod := parseText(m.tree["m/go.mod"])
			rhs, _ := pick(m, []string{"./nowhere", "./a", "example.com/good v1.0.0", "example.com/renamed v1.0.0", "example.com/fork v1.0.0", "./m", "{path} {lower}", "{path} {higher}", "{path} {lower}+meta"})
			lhs, _ := pick(m, []string{"{path}", "{path} {version}", "{path} {version}+meta", "{node} {nodeversion}"})
			line, ok := m.expand(mod, "replace "+lhs+" => "+rhs)
			if ok {
				t.add(line)
			}
			return ok
		})
	}},
	{name: "work-replace-conflict", mild: true, run: func(m *mutator) bool {
		lines, _ := pick(m, [][3]string{
			{"replace example.com/unused => ./x", "replace example.com/unused => ./x", ""},
			{"replace example.com/unused => ../x", "replace example.com/unused => ../x", ""},
			{"replace example.com/unused => ../x", "replace example.com/unused => ../y", ""},
			{"replace example.com/unused => ../x", "replace example.com/unused => ../y", "replace example.com/unused => ./x"},
			{"replace example.com/unused v1.0.0 => ../x", "replace example.com/unused => ../y", ""},
			{"replace example.com/unused => example.com/x v1.0.0", "replace example.com/unused => example.com/x v1.1.0", ""},
			{"replace example.com/unused => ../x", "replace example.com/unused => ../y", "replace example.com/unused v1.0.0 => ./x"},
			{"replace example.com/good => ../x", "replace example.com/good v1.0.0 => ../y\nrequire example.com/good v1.0.0", ""},
		})
		for i, file := range []string{"m/go.mod", "a/go.mod", "go.work"} {
			if lines[i] != "" && !m.edit(file, func(t *modText) bool { t.add(strings.Split(lines[i], "\n")...); return true }) {
				return false
			}
		}
		return true
	}},
	{name: "work-syntax", run: workAdds("use (\n\t./x", ")", "use ) x", "/* x */", "\ufeff", "use \"./x", "use (\n) x", "unknown (\n)", "use x (\n)", "go (\n\t1.26\n)")},
	{name: "work-truncated", run: func(m *mutator) bool {
		text := m.tree["go.work"]
		if text == "" {
			return false
		}
		m.tree["go.work"] = text[:m.rng.IntN(len(text))]
		return true
	}},
	{name: "work-requires-sibling", mild: true, run: func(m *mutator) bool {
		line, _ := pick(m, []string{"require example.com/work/a v1.0.0", "require example.com/work/b v1.0.0", "require example.com/work/a v1.9.0\nreplace example.com/work/a v1.9.0 => ../a", "require {main} v1.0.0"})
		file, _ := pick(m, []string{"m/go.mod", "b/go.mod", "a/go.mod"})
		return m.edit(file, func(t *modText) bool { return m.add(t, []string{line}) })
	}},
}

// listLine returns a mutation of one line of vendor/modules.txt that begins so.
func listLine(prefix string, change func(m *mutator, line string) []string) func(*mutator) bool {
	return func(m *mutator) bool {
		lines := strings.Split(m.tree["m/vendor/modules.txt"], "\n")
		var at []int
		for i, line := range lines {
			if line != "" && (prefix == "" && line[0] != '#' || prefix != "" && strings.HasPrefix(line, prefix)) {
				at = append(at, i)
			}
		}
		i, ok := pick(m, at)
		if !ok {
			return false
		}
		m.tree["m/vendor/modules.txt"] = strings.Join(slices.Concat(lines[:i], change(m, lines[i]), lines[i+1:]), "\n")
		return true
	}
}

func listAdds(texts ...string) func(*mutator) bool {
	return func(m *mutator) bool {
		text, _ := pick(m, texts)
		text, ok := m.expand(parseText(m.tree["m/go.mod"]), text)
		m.tree["m/vendor/modules.txt"] += text + "\n"
		return ok
	}
}

var inVendor = []layout{vendored}

// vendorKinds change the vendor directory.
var vendorKinds = []*kind{
	{name: "vendor-explicit-removed", run: listLine("## explicit", func(m *mutator, line string) []string {
		rest := strings.TrimPrefix(strings.TrimPrefix(line, "## explicit"), ";")
		if rest == "" || m.rng.IntN(2) == 0 {
			return nil
		}
		return []string{"##" + rest}
	})},
	{name: "vendor-version-changed", run: listLine("# ", func(m *mutator, line string) []string {
		words := strings.Fields(line)
		if len(words) < 3 { // another mutation took the version
			return []string{line + " v0.0.1"}
		}
		v, _ := pick(m, []string{"v0.0.1", "v1.99.0", "master", words[2] + "1"})
		return []string{strings.Replace(line, words[2], v, 1)}
	})},
	{name: "vendor-module-removed", run: listLine("# ", func(*mutator, string) []string { return nil })},
	{name: "vendor-module-added", mild: true, run: listAdds("# example.com/good v1.0.0\n## explicit\nexample.com/good", "# example.com/good v1.0.0\nexample.com/good", "# example.com/good v1.0.0", "# example.com/good v1.0.0\n## explicit", "# {path} {lower}\n## explicit\n{path}/x", "# {path} {higher}\n{path}/x")},
	{name: "vendor-replaced-mark", run: listLine("# ", func(m *mutator, line string) []string {
		if before, _, ok := strings.Cut(line, " => "); ok {
			rhs, _ := pick(m, []string{"", " => ./other", " => example.com/good v1.0.0"})
			return []string{before + rhs}
		}
		rhs, _ := pick(m, []string{" => ./x", " => example.com/good v1.0.0", " =>"})
		return []string{line + rhs}
	})},
	{name: "vendor-wildcard-mark", run: listAdds("# example.com/unused => ./x", "# {path} => ./x", "# example.com/unused => example.com/good v1.0.0")},
	{name: "vendor-package-removed", run: listLine("", func(*mutator, string) []string { return nil })},
	{name: "vendor-package-added", mild: true, run: listLine("", func(m *mutator, line string) []string { return []string{line, line + "/sub"} })},
	{name: "vendor-package-dir-gone", run: func(m *mutator) bool {
		var names []string
		for name := range m.tree {
			if strings.HasSuffix(name, "/stub.go") {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		name, ok := pick(m, names)
		delete(m.tree, name)
		return ok
	}},
	{name: "vendor-go-version", mild: true, run: listLine("## explicit", func(m *mutator, line string) []string {
		v, _ := pick(m, []string{"1.99", "1.26.8", "1.99.0", "banana", "1.20"})
		return []string{"## explicit; go " + v}
	})},
	{name: "vendor-workspace-mark", run: func(m *mutator) bool {
		mark, _ := pick(m, []string{"## workspace\n", "## explicit; workspace\n", "# ## workspace\n"})
		m.tree["m/vendor/modules.txt"] = mark + m.tree["m/vendor/modules.txt"]
		return true
	}},
	{name: "vendor-list-missing", run: func(m *mutator) bool {
		delete(m.tree, "m/vendor/modules.txt")
		m.tree["m/vendor/"] = ""
		return true
	}},
	{name: "vendor-list-empty", run: func(m *mutator) bool { m.tree["m/vendor/modules.txt"] = ""; return true }},
	{name: "vendor-list-form", mild: true, run: func(m *mutator) bool {
		switch text := m.tree["m/vendor/modules.txt"]; m.rng.IntN(4) {
		case 0:
			m.tree["m/vendor/modules.txt"] = strings.ReplaceAll(text, "\n", "\r\n")
		case 1:
			m.tree["m/vendor/modules.txt"] = text + "<<<<<<< HEAD\n"
		case 2:
			m.tree["m/vendor/modules.txt"] = strings.TrimRight(text, "\n")
		case 3:
			m.tree["m/vendor/modules.txt"] = strings.ReplaceAll(text, "## explicit", "## Explicit")
		}
		return true
	}},
	{name: "vendor-module-line", run: listLine("# ", func(m *mutator, line string) []string {
		w := append(strings.Fields(line), "v0.0.1", "v0.0.1") // another mutation may have taken the path and the version
		text, _ := pick(m, []string{"# " + w[1], "#" + line[1:] + " extra", "#" + line[2:], "# " + w[1] + " " + w[2] + " =>", "# " + w[1] + " => ./x", "## " + line[2:], line + " => " + w[1], strings.ToUpper(line), line + "\n" + line, "# " + w[1] + "@" + w[2], "# " + w[1] + " v1", line + " ", "\t" + line, "# " + w[1] + " " + w[2] + "+incompatible", "# " + w[1] + "/v2 v2.0.0", "#", "# "})
		return strings.Split(text, "\n")
	})},
	{name: "vendor-explicit-line", mild: true, run: listLine("## ", func(m *mutator, line string) []string {
		text, _ := pick(m, []string{"## explicit; go 1.21; more", "## explicit;go 1.21", "##explicit", "## explicit; go", "## explicit; go 1.x", "## explicit; go 1.26.9", "## go 1.21; explicit", "## Explicit", "## explicit ", " ## explicit", "## explicit\n## explicit", "## explicit, go 1.21", "## direct", "##", "## explicit; toolchain go1.99.0", "## indirect"})
		return strings.Split(text, "\n")
	})},
	{name: "vendor-line-lost", mild: true, run: func(m *mutator) bool {
		lines := strings.Split(m.tree["m/vendor/modules.txt"], "\n")
		i := m.rng.IntN(len(lines))
		m.tree["m/vendor/modules.txt"] = strings.Join(slices.Delete(lines, i, i+1), "\n")
		return true
	}},
	{name: "vendor-lines-swapped", mild: true, run: func(m *mutator) bool {
		lines := strings.Split(m.tree["m/vendor/modules.txt"], "\n")
		i, j := m.rng.IntN(len(lines)), m.rng.IntN(len(lines))
		lines[i], lines[j] = lines[j], lines[i]
		m.tree["m/vendor/modules.txt"] = strings.Join(lines, "\n")
		return true
	}},
	{name: "vendor-list-cut", run: func(m *mutator) bool {
		text := m.tree["m/vendor/modules.txt"]
		if text == "" {
			return false
		}
		m.tree["m/vendor/modules.txt"] = text[:m.rng.IntN(len(text))]
		return true
	}},
	{name: "vendor-list-is-directory", run: func(m *mutator) bool {
		delete(m.tree, "m/vendor/modules.txt")
		m.tree["m/vendor/modules.txt/"] = ""
		return true
	}},
	{name: "vendor-is-file", run: func(m *mutator) bool {
		for name := range m.tree {
			if strings.HasPrefix(name, "m/vendor/") {
				delete(m.tree, name)
			}
		}
		m.tree["m/vendor"] = "text\n"
		return true
	}},
	{name: "vendor-go-line", run: sets("go", 0, "1.13", "1.14", "1.16", "1.17", "1.21", "1.23", "1.22.0")},
	{name: "vendor-dir-gone", mild: true, run: func(m *mutator) bool {
		for name := range m.tree {
			if strings.HasPrefix(name, "m/vendor/") {
				delete(m.tree, name)
			}
		}
		return true
	}},
}

// envKinds change the environment.
var envKinds = []*kind{
	{name: "env-mod-readonly", mild: true, run: func(m *mutator) bool {
		m.env["GOFLAGS"] = "-mod=readonly"
		return true
	}},
	{name: "env-mod-mod", mild: true, run: func(m *mutator) bool {
		m.env["GOFLAGS"] = "-mod=mod"
		return true
	}},
	{name: "env-gowork-off", mild: true, in: inWorkspace, run: func(m *mutator) bool { m.env["GOWORK"] = "off"; m.dir = "m"; return true }},
	{name: "env-flags", run: func(m *mutator) bool {
		m.env["GOFLAGS"], _ = pick(m, []string{"-mod=vendor", "-mod=foo", "-mod=", "-mod", "-modfile=other.mod", "-modfile=go.mod", "-modfile=other.txt", "-compiler=foo", "-compiler=gccgo", "-x", "x", "-nosuchflag", "-nosuchflag=1", "-mod=mod -mod=readonly", "-mod=readonly -x", "--mod=readonly", "-modcacherw", "-modcacherw=maybe", "-tags=a,b", "-overlay=nowhere.json", "-p=0", "-buildvcs=false", "'-tags=a b'", "-tags=a b", "-trimpath=2", "-e", "-n", "-json", "-mod=readonly\t-v"})
		return true
	}},
	{name: "env-value", run: func(m *mutator) bool {
		v, _ := pick(m, []string{"GO111MODULE=off", "GO111MODULE=auto", "GO111MODULE=on", "GO111MODULE=yes", "GOWORK=go.work", "GOWORK=$DIR", "GOWORK=$DIR/go.mod", "GOWORK=auto", "GOWORK=on", "GOTOOLCHAIN=nonsense", "GOTOOLCHAIN=local+auto", "GOTOOLCHAIN=path", "GOTOOLCHAIN=go1.26.8+path", "GOEXPERIMENT=nosuch", "GOEXPERIMENT=none", "GOARCH=nosuch", "GOARCH=arm", "GOOS=nosuch", "GOOS=windows",
			"GOAMD64=v9", "GOAMD64=v3", "GOARM=9", "GOFIPS140=nosuch", "GOFIPS140=off", "GORISCV64=x", "GOMODCACHE=relative", "GOPATH=relative", "GOPROXY=nonsense", "GOPROXY=ftp://example.com", "GOSUMDB=nonsense", "GONOSUMDB=[", "GOPRIVATE=[", "GOVCS=nonsense", "GOINSECURE=*", "GOFLAGS= ", "GODEBUG=nosuch=1", "GOCACHE=relative", "GOENV=nowhere", "CGO_ENABLED=2", "GOAUTH=nonsense"})
		key, value, _ := strings.Cut(v, "=")
		m.env[key] = value
		return true
	}},
	{name: "env-gowork-missing", run: func(m *mutator) bool {
		m.env["GOWORK"] = "$DIR/nowhere/go.work"
		return true
	}},
}

// kinds holds every kind of mutation.
var kinds = func() []*kind {
	var all []*kind
	for _, group := range []struct {
		file  string
		in    []layout
		kinds []*kind
	}{
		{"go.mod", nil, modKinds}, {"form", nil, formKinds}, {"go.work", inWorkspace, workFormKinds}, {"replaced", nil, dirKinds}, {"go.sum", everywhereButVendor, sumKinds}, {"go.sum", everywhereButVendor, sumFormKinds}, {"go.work", inWorkspace, workKinds},
		{"vendor", inVendor, vendorKinds}, {"environment", everywhereButVendor, envKinds},
	} {
		for _, k := range group.kinds {
			k.file = group.file
			if len(k.in) == 0 {
				k.in = group.in
			}
			all = append(all, k)
		}
	}
	return all
}()
