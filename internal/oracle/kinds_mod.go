package main

import (
	"slices"
	"strings"
)

// modKinds change go.mod.
var modKinds = []*kind{
	// Versions.
	{name: "require-lowered", mild: true, run: requirementAs("{path} {lower}")},
	{name: "require-raised", mild: true, run: requirementAs("{path} {higher}")},
	{name: "require-version-unknown", run: requirementAs("{path} {version}1", "{path} {version}-0.20240101000000-0123456789ab")},
	{name: "require-version-short", run: func(m *mutator) bool {
		return editMod(func(m *mutator, t *modText) bool {
			e, mod, ok := m.requirement(t)
			if ok {
				parts := strings.Split(mod.Version, ".")
				t.setArg(e, 1, strings.Join(parts[:1+m.rng.IntN(2)], "."))
			}
			return ok
		})(m)
	}},
	{name: "require-version-query", run: requirementAs("{path} master", "{path} latest", "{path} upgrade", "{path} >v0.1.0", "{path} 0123456789ab")},
	{name: "require-version-bare", run: requirementAs("{path} {bare}")},
	{name: "require-version-malformed", run: requirementAs("{path} v1.2.3.4", "{path} v1.x", "{path} v01.2.3", "{path} vv1.0.0", "{path} v1.2.3!", "{path} v1.0.0/x", "{path} v-1")},
	{name: "require-build-metadata", run: requirementAs("{path} {version}+meta")},
	{name: "require-incompatible-added", run: requirementAs("{path} {version}+incompatible")},
	{name: "require-incompatible-dropped", run: editMod(func(m *mutator, t *modText) bool {
		return m.setVersion(t, func(v string) (string, bool) { return strings.CutSuffix(v, "+incompatible") })
	})},
	{name: "require-major-raised", run: requirementAs("{path} v9.0.0", "{path} v2.0.0", "{path} v7.1.0-rc.1")},
	{name: "require-pseudo-unknown", run: requirementAs("{path} v0.0.0-20240101000000-0123456789ab", "{path} v1.0.1-0.20240101000000-0123456789ab")},
	{name: "require-pseudo-malformed", run: requirementAs("{path} v0.0.0-2024010100-0123456789ab", "{path} v0.0.0-20249901000000-0123456789ab", "{path} v0.0.0-20240101000000-0123")},
	{name: "require-placeholder", run: requirementAs("{path} v0.0.0-00010101000000-000000000000", "{path} v0.0.0")},
	// Paths.
	{name: "require-unknown-module", run: adds("require example.com/nowhere v1.0.0", "require github.com/nobody/nothing v1.2.3")},
	{name: "require-suffix-wrong", run: requirementAs("{path}/v1 v1.0.0", "{path}/v0 v0.1.0", "{base}/v02 v2.0.0", "{base}/v5 {version}")},
	{name: "require-gopkgin-form", run: adds("require gopkg.in/yaml v1.0.0", "require gopkg.in/invented.v2 v2.0.0", "require gopkg.in/invented.v2 v1.0.0", "require gopkg.in/invented.v2 v0.0.0-20240101000000-0123456789ab")},
	{name: "require-undotted-path", run: adds("require nodot/path v1.0.0", "require std v1.0.0", "require fmt v1.0.0", "require plain v0.0.1")},
	{name: "require-odd-path", run: adds("require example.com/a!b v1.0.0", "require Example.com/a v1.0.0", "require example.com/a//b v1.0.0", "require /example.com/a v1.0.0",
		"require example.com/a/ v1.0.0", "require -example.com/a v1.0.0", "require example.com/.a v1.0.0", "require example.com/é v1.0.0", "require example.com/con v1.0.0")},
	{name: "require-upper-case", mild: true, run: adds("require example.com/Upper v1.0.0")},
	{name: "require-empty-path", run: adds(`require "" v1.0.0`, `require example.com/good ""`)},
	{name: "require-go-as-module", run: adds("require go v1.21.0", "require go 1.21", "require toolchain v1.0.0", "require toolchain go1.26.0")},
	{name: "require-self", mild: true, run: adds("require {main} v1.0.0", "require {main} v0.0.0-00010101000000-000000000000")},
	{name: "require-cycle", mild: true, run: adds("require example.com/cycle/{name} v1.0.0", "require example.com/loopa v1.0.0", "require example.com/self v1.0.0", "require example.com/loopb v1.0.0")},
	{name: "require-invented", mild: true, run: adds("require example.com/good v1.0.0", "require example.com/good v1.2.0", "require example.com/leaf v1.0.0", "require example.com/good/v2 v2.0.0", "require example.com/lax v1.0.0",
		"require example.com/excludes v1.0.0", "require example.com/good v2.0.0+incompatible", "require (\n\texample.com/good v1.2.0\n\texample.com/leaf v1.2.0\n)", "require (\n\texample.com/good v1.2.0\n\texample.com/leaf v1.1.0\n)")},
	// Form.
	{name: "require-duplicate-same", mild: true, run: adds("require {path} {version}", "require {path} {version} // indirect")},
	{name: "require-duplicate-other", run: func(m *mutator) bool {
		return editMod(func(m *mutator, t *modText) bool {
			_, mod, ok := m.requirement(t)
			if ok {
				t.add("require " + mod.Path + " " + m.other(mod, 1-2*m.rng.IntN(2)))
			}
			return ok
		})(m)
	}},
	{name: "require-removed", mild: true, run: deletes("require")},
	{name: "require-without-version", run: requirementAs("{path}")},
	{name: "require-extra-word", run: requirementAs("{path} {version} extra", "{path} {version} indirect", "{path} {version} {version}", "{path} {version} => ./x")},
	{name: "require-at-sign", run: requirementAs("{path}@{version}", "{path}@ {version}")},
	{name: "require-quoted", run: requirementAs(`"{path}" {version}`, `"{path}" "{version}"`, "`{path}` {version}", `'{path}' {version}`, `"{path}`, `{path}" {version}`, `"{path}\q" {version}`)},
	{name: "require-comment", mild: true, run: requirementAs("{path} {version} // indirect", "{path} {version} //indirect", "{path} {version} // because", "{path} // {version}", "// {path} {version}", "{path} {version} /* old */")},
	{name: "require-indirect-dropped", mild: true, run: editMod(func(m *mutator, t *modText) bool {
		e, _, ok := m.requirement(t)
		if ok {
			t.lines[e.line], _, ok = strings.Cut(t.lines[e.line], "//")
		}
		return ok
	})},
	// What required modules say.
	{name: "require-of-broken", run: adds("require example.com/broken v1.0.0", "require example.com/brokenblock v1.0.0", "require example.com/viabroken v1.0.0")},
	{name: "require-of-renamed", run: adds("require example.com/renamed v1.0.0", "require example.com/nameless v1.0.0")},
	{name: "require-of-too-new", run: adds("require example.com/toonew v1.0.0", "require example.com/viatoonew v1.0.0")},
	{name: "require-of-newer-go", run: adds("require example.com/newgo v1.0.0")},
	{name: "require-via", run: adds("require example.com/viamissing v1.0.0", "require example.com/viapruned v1.0.0", "require example.com/old v1.0.0", "require example.com/viapruned v1.0.0\nrequire example.com/good v1.0.0", "require example.com/old v1.0.0\nrequire example.com/good v1.0.0")},

	{name: "go-removed", run: deletes("go")},
	{name: "go-lowered", run: sets("go", 0, "1.11", "1.13", "1.16", "1.17", "1.18", "1.20", "1.20.3", "1.21", "1.21.0", "1.22.1")},
	{name: "go-raised", mild: true, run: sets("go", 0, "1.24", "1.25.0", "1.26", "1.26.0", "1.26.8", "1.26rc1")},
	{name: "go-too-new", run: sets("go", 0, "1.27", "1.99", "1.26.99", "2.0", "1.27rc1")},
	{name: "go-malformed", run: sets("go", 0, "v1.21", "go1.21", "1.021", "1", "1.21.x", "1.21.0.1", "latest", `"1.21"`, "1.21-rc1", "01.21", "1.21.01", "1.2e1")},
	{name: "go-not-comparable", run: sets("go", 0, "1.21.3rc1", "1.22.0beta2", "1.21foo1")},
	{name: "go-repeated", run: adds("go 1.21", "go {go}")},
	{name: "go-arguments", run: adds("go", "go 1.21 1.22", "go (\n\t1.21\n)")},

	{name: "toolchain-redundant", run: adds("toolchain go{go}")},
	{name: "toolchain-default", run: adds("toolchain default")},
	{name: "toolchain-low", mild: true, run: adds("toolchain go1.20", "toolchain go1.19.3", "toolchain go1.21rc1", "toolchain go1.22.0", "toolchain go1.23.4")},
	{name: "toolchain-high", mild: true, run: adds("toolchain go1.26.8", "toolchain go1.26.9", "toolchain go1.99.0", "toolchain go1.26.3-custom")},
	{name: "toolchain-malformed", run: adds("toolchain 1.21.0", "toolchain v1.21", "toolchain local", "toolchain go1x", "toolchain go1.x", "toolchain go1.21.0/x", "toolchain gccgo1.21", "toolchain go1.", "toolchain go1")},
	{name: "toolchain-repeated", run: adds("toolchain go1.26.1\ntoolchain go1.26.2")},
	{name: "toolchain-arguments", run: adds("toolchain", "toolchain go1.26.1 go1.26.2", "toolchain (\n\tgo1.26.1\n)")},

	{name: "exclude-of-root", run: adds("exclude {path} {version}")},
	{name: "exclude-of-node", mild: true, run: adds("exclude {node} {nodeversion}")},
	{name: "exclude-of-nothing", mild: true, run: adds("exclude example.com/nothing v1.0.0", "exclude {path} v0.0.0-20010101000000-0123456789ab", "exclude {path} {lower}")},
	{name: "exclude-malformed", run: adds("exclude {path}", "exclude {path} {version} extra", "exclude {path}@{version}", "exclude {path} [{version}]", "exclude")},
	{name: "exclude-version", run: adds("exclude {path} v1", "exclude {path} v9.9.9", "exclude example.com/nothing/v2 v1.0.0", "exclude {path} master", "exclude {path} {version}+meta")},
	{name: "exclude-duplicate", mild: true, run: adds("exclude (\n\texample.com/nothing v1.0.0\n\texample.com/nothing v1.0.0\n)", "exclude {node} {nodeversion}\nexclude {node} {nodeversion}")},
	{name: "exclude-and-lower", mild: true, run: func(m *mutator) bool {
		return editMod(func(m *mutator, t *modText) bool {
			e, mod, ok := m.requirement(t)
			if ok {
				t.setArg(e, 1, m.other(mod, -1))
				t.add("exclude " + mod.Path + " " + mod.Version)
			}
			return ok
		})(m)
	}},

	{name: "replace-version-other", mild: true, run: adds("replace {path} => {path} {lower}", "replace {path} => {path} {higher}", "replace {path} {version} => {path} {lower}", "replace {node} => {node} {nodeversion}", "replace {node} {nodeversion} => {path} {version}")},
	{name: "replace-version-missing", run: adds("replace {path} => {path} {version}1", "replace {path} => example.com/fork v1.0.0", "replace {path} {version} => example.com/fork v1.0.0")},
	{name: "replace-version-renamed", run: adds("replace {path} => example.com/renamed v1.0.0", "replace {path} => example.com/nameless v1.0.0", "replace {path} {version} => example.com/broken v1.0.0")},
	{name: "replace-version-good", mild: true, run: adds("replace {path} => example.com/good v1.0.0", "replace {path} => example.com/good v1.2.0", "replace {path} {version} => example.com/good v1.1.0", "replace {path} => example.com/newgo v1.0.0", "replace {path} => example.com/toonew v1.0.0")},
	{name: "replace-version-form", run: adds("replace {path} => {path} v1", "replace {path} => {path} master", "replace {path} => {path} v1.2.3.4", "replace {path} => {path} {version}+meta", "replace {path} v1 => example.com/good v1.0.0", "replace {path} => example.com/good v3.0.0", "replace {path} => example.com/good/v2 v1.0.0")},
	{name: "replace-left-side", run: adds("replace {path}/v1 => ../x", "replace example.com/a/v2 v1.0.0 => ../x", "replace {path} v9.0.0 => ../x", "replace => ../x", `replace "" => ../x`, "replace {path} master => ../x", "replace gopkg.in/a => ../x")},
	{name: "replace-right-side", run: adds("replace {path} => fork", "replace {path} => example.com/fork", "replace {path} => example.com/good@v1.0.0", "replace {path} => ../x v1.0.0", `replace {path} => ..\x`, `replace {path} => C:\x`, `replace {path} => ""`, "replace {path} =>", "replace {path} => ./a b", "replace {path} => /", "replace {path} => ...")},
	{name: "replace-arrow", run: adds("replace {path} ../x", "replace {path}=>../x", "replace {path} = > ../x", "replace {path} -> ../x", "replace {path} => ../x => ../y", "replace {path} {version} {lower} => ../x", "replace")},
	{name: "replace-conflict", run: adds("replace {path} => example.com/good v1.0.0\nreplace {path} => example.com/good v1.1.0", "replace (\n\texample.com/unused => ./x\n\texample.com/unused => ./y\n)", "replace example.com/unused v1.0.0 => ./x\nreplace example.com/unused v1.0.0 => ./y")},
	{name: "replace-duplicate", mild: true, run: adds("replace example.com/unused => ./x\nreplace example.com/unused => ./x", "replace {path} => example.com/good v1.0.0\nreplace {path} => example.com/good v1.0.0")},
	{name: "replace-exact-and-wildcard", mild: true, run: adds("replace {path} => ./nowhere\nreplace {path} {version} => {path} {version}", "replace {path} => {path} {version}\nreplace {path} {version} => ./nowhere", "replace {path} {lower} => ./nowhere", "replace {path} {higher} => ./nowhere")},
	{name: "replace-of-main", mild: true, run: adds("replace {main} => ./nowhere", "replace {main} => example.com/good v1.0.0", "replace {main} v1.0.0 => ./nowhere")},
	{name: "replace-unused", mild: true, run: adds("replace example.com/unused => ./nowhere", "replace example.com/unused v1.0.0 => example.com/other v1.0.0")},
	{name: "replace-removed", run: deletes("replace")},
	{name: "replace-same-source", run: func(m *mutator) bool {
		return editMod(func(m *mutator, t *modText) bool {
			_, a, ok := m.requirement(t)
			_, b, _ := m.requirement(t)
			if !ok || a.Path == b.Path {
				return false
			}
			rhs, _ := pick(m, []string{"example.com/good v1.0.0", b.Path + " " + b.Version})
			t.add("replace " + a.Path + " => " + rhs)
			if m.rng.IntN(2) == 0 {
				t.add("replace " + b.Path + " => " + rhs)
			}
			return true
		})(m)
	}},

	{name: "retract-good", mild: true, run: adds("retract v0.0.1", "retract [v0.0.1, v0.0.2]", "retract v0.0.1 // published by mistake", "retract [v0.9.0, v0.0.1]", "retract (\n\tv0.0.1\n\t[v0.0.2, v0.0.3]\n)")},
	{name: "retract-interval", run: adds("retract [v0.0.1", "retract [v0.0.1]", "retract [v0.0.1, v0.0.2", "retract v0.0.1, v0.0.2", "retract [v0.0.1 v0.0.2]", "retract [v0.0.1,]", "retract [, v0.0.2]", "retract v0.0.1]", "retract [v0.0.1, v0.0.2] v0.0.3", "retract v0.0.1 v0.0.2", "retract")},
	{name: "retract-version", run: adds("retract v1", "retract 0.0.1", "retract master", "retract v99.0.0", "retract [v0.0.1, v99.0.0]", "retract v0.0.1+meta", "retract {main} v0.0.1")},

	{name: "tool-good", mild: true, run: adds("tool {path}/cmd", "tool {main}/cmd/x", "tool {path}/cmd\ntool {path}/cmd", "tool fmt")},
	{name: "tool-malformed", run: adds("tool ./cmd", "tool {path}@{version}", "tool {path} {version}", "tool", `tool ""`, "tool /abs", "tool a//b", "tool -x", "tool a!b", "tool {path}/...")},
	{name: "ignore", mild: true, run: adds("ignore ./node_modules", "ignore", "ignore a b", `ignore ""`, "ignore ../x", "ignore (\n\t./a\n\t./b\n)", "ignore ./a ./b")},
	{name: "godebug-good", mild: true, run: adds("godebug default=go1.21", "godebug http2client=0", "godebug (\n\tpanicnil=1\n\tpanicnil=0\n)")},
	{name: "godebug-unknown", run: adds("godebug nosuchsetting=1", "godebug http2clients=0", "godebug =1")},
	{name: "godebug-removed", run: adds("godebug x509sha1=1")},
	{name: "godebug-form", run: adds("godebug panicnil", "godebug panicnil 1", "godebug panicnil = 1", "godebug panicnil=1,2", `godebug "panicnil=1"`, "godebug", "godebug panicnil=1 http2client=0", "godebug a=b=c")},
	{name: "godebug-default", run: adds("godebug default=1.21", "godebug default=go1.99", "godebug default=latest", "godebug default=go1.26.8", "godebug default=go1.21x", "godebug default=")},

	{name: "module-missing", run: deletes("module")},
	{name: "module-repeated", run: adds("module example.com/second", "module {main}")},
	{name: "module-arguments", run: sets("module", 0, "", "{} extra", "{} v1.0.0", "(\n\t{}\n)", `"{}"`, "'{}'", "`{}`")},
	{name: "module-malformed", run: sets("module", 0, "example.com/a!b", "example.com//a", "example.com/a/", "/a", "-a", "exam ple.com", "example.com/a@v1", "a/./b", "example.com/a.", "example.com/con", `""`, "./a", "https://example.com/a", "example.com/a~1")},
	{name: "module-reserved", run: sets("module", 0, "go", "toolchain", "std", "cmd", "fmt", "test", "command-line-arguments", "example")},
	{name: "module-renamed", mild: true, run: sets("module", 0, "example.com/renamed", "{}/v2", "{}/v1", "m", "example.com/Upper", "example.com/good")},

	{name: "syntax-unclosed-block", run: editMod(func(m *mutator, t *modText) bool {
		var closing []entry
		for i, line := range t.lines {
			if strings.TrimSpace(line) == ")" {
				closing = append(closing, entry{line: i})
			}
		}
		e, ok := pick(m, closing)
		if ok {
			t.delete(e)
		}
		return ok
	})},
	{name: "syntax-unopened-block", run: editMod(func(m *mutator, t *modText) bool {
		for i, line := range t.lines {
			if strings.HasSuffix(line, " (") && m.rng.IntN(2) == 0 {
				t.lines[i], _ = pick(m, []string{"", strings.TrimSuffix(line, " ("), "(", line + " example.com/x v1.0.0"})
				return true
			}
		}
		return false
	})},
	{name: "syntax-stray-paren", run: adds(")", "(", "require )", "require (\n\t(\n)", "require (\n) // ok\n", "require (\n) x", "()", "require ()")},
	{name: "syntax-block-comment", run: adds("/* old */", "/* old", "require example.com/good v1.0.0 /* old */", "// fine /* here */")},
	{name: "syntax-odd-character", run: func(m *mutator) bool {
		return editMod(func(m *mutator, t *modText) bool {
			c, _ := pick(m, []string{"\ufeff", "\x00", "\u00a0", "\u200b", "\v", "\f", "\x7f", "\xff", "é", "\u2028", "😀"})
			i := m.rng.IntN(len(t.lines))
			at := m.rng.IntN(len(t.lines[i]) + 1)
			t.lines[i] = t.lines[i][:at] + c + t.lines[i][at:]
			return true
		})(m)
	}},
	{name: "syntax-bom", run: func(m *mutator) bool {
		file := m.modFile()
		m.tree[file] = "\ufeff" + m.tree[file]
		return true
	}},
	{name: "syntax-string", run: adds(`require "example.com/good`, "require `example.com/good", `require "example.com/good" v1.0.0`, "require `example.com/good` v1.0.0", `require example.com/"good" v1.0.0`, `require "example.com/go\x6fd" v1.0.0`, `require "a`+"\n"+`b" v1.0.0`)},
	{name: "syntax-unknown-directive", run: adds("unknown thing", "use ./x", "requires example.com/good v1.0.0", "example.com/good v1.0.0", "Require example.com/good v1.0.0", "golang 1.21", "import fmt", "=> ../x", "deprecated")},
	{name: "syntax-unknown-block", run: adds("unknown (\n\tthing\n)", "require x (\n\texample.com/good v1.0.0\n)", "use (\n\t./x\n)", "go (\n)", "replaces (\n)", "toolchain (\n)")},
	{name: "syntax-misspelt", run: editMod(func(m *mutator, t *modText) bool {
		i := m.rng.IntN(len(t.lines))
		verb, rest, ok := strings.Cut(t.lines[i], " ")
		if !ok || len(verb) < 3 {
			return false
		}
		at := 1 + m.rng.IntN(len(verb)-1)
		t.lines[i] = verb[:at-1] + verb[at:] + " " + rest
		return true
	})},
	{name: "syntax-conflict-markers", run: editMod(func(m *mutator, t *modText) bool {
		e, mod, ok := m.requirement(t)
		if !ok {
			return false
		}
		other := strings.Replace(t.lines[e.line], mod.Version, m.other(mod, -1), 1)
		t.insert(e.line, "<<<<<<< HEAD", other, "=======")
		t.insert(e.line+4, ">>>>>>> branch")
		return true
	})},
	{name: "syntax-slash", run: adds("/ comment", "# comment", "require example.com/good//x v1.0.0", "require example.com/good v1.0.0//x", "require example.com/good v1.0.0 / x", "; comment")},
	{name: "syntax-line-endings", mild: true, run: func(m *mutator) bool {
		file := m.modFile()
		switch text := m.tree[file]; m.rng.IntN(4) {
		case 0:
			m.tree[file] = strings.ReplaceAll(text, "\n", "\r\n")
		case 1:
			m.tree[file] = strings.TrimRight(text, "\n")
		case 2:
			m.tree[file] = text + "\n\n \t\r\n"
		case 3:
			m.tree[file] = strings.Replace(text, "\n", "\r", 3)
		}
		return true
	}},
	{name: "syntax-truncated", run: func(m *mutator) bool {
		file := m.modFile()
		text := m.tree[file]
		if text == "" {
			return false
		}
		m.tree[file] = text[:m.rng.IntN(len(text))]
		return true
	}},
	{name: "syntax-line-lost", run: editMod(func(m *mutator, t *modText) bool {
		t.delete(entry{line: m.rng.IntN(len(t.lines))})
		return len(t.lines) > 0
	})},
	{name: "syntax-lines-joined", run: editMod(func(m *mutator, t *modText) bool {
		if len(t.lines) < 2 {
			return false
		}
		i := m.rng.IntN(len(t.lines) - 1)
		t.lines[i] += " " + strings.TrimSpace(t.lines[i+1])
		t.delete(entry{line: i + 1})
		return true
	})},
	{name: "syntax-word-lost", run: editMod(func(m *mutator, t *modText) bool {
		i := m.rng.IntN(len(t.lines))
		words := word.FindAllStringIndex(t.lines[i], -1)
		at, ok := pick(m, words)
		if ok {
			t.lines[i] = t.lines[i][:at[0]] + t.lines[i][at[1]:]
		}
		return ok
	})},
	{name: "syntax-byte-changed", run: func(m *mutator) bool {
		file := m.modFile()
		text := m.tree[file]
		if text == "" {
			return false
		}
		at := m.rng.IntN(len(text))
		c := "abz019./-_@ \t\n\"`'()[]{},=>v+!~#\\"
		i := m.rng.IntN(len(c))
		m.tree[file] = text[:at] + c[i:i+1] + text[at+m.rng.IntN(2):]
		return true
	}},
	{name: "file-gone", run: func(m *mutator) bool {
		file := m.modFile()
		if m.plan.layout != inUse {
			return false
		}
		delete(m.tree, file)
		return true
	}},
	{name: "order-changed", mild: true, run: editMod(func(m *mutator, t *modText) bool {
		reqs := slices.DeleteFunc(t.entries("require"), func(e entry) bool { return !e.block })
		if len(reqs) < 2 {
			return false
		}
		a, b := reqs[m.rng.IntN(len(reqs))], reqs[m.rng.IntN(len(reqs))]
		t.lines[a.line], t.lines[b.line] = t.lines[b.line], t.lines[a.line]
		return true
	})},
}

// setVersion changes the version of a requirement that change accepts.
func (m *mutator) setVersion(t *modText, change func(v string) (string, bool)) bool {
	reqs := slices.DeleteFunc(t.entries("require"), func(e entry) bool {
		if len(e.args) != 2 {
			return true
		}
		_, ok := change(e.args[1])
		return !ok
	})
	e, ok := pick(m, reqs)
	if ok {
		v, _ := change(e.args[1])
		t.setArg(e, 1, v)
	}
	return ok
}
