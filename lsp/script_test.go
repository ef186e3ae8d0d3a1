package lsp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.lsp.dev/protocol"
	"golang.org/x/tools/txtar"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
)

// TestScripts runs the sessions in testdata. The comment of an archive is the script, its files are the folder that is open,
// but that those named "proxy/PATH@VERSION/NAME" are the module proxy. The file "transcript" is what the editor sees.
// UPDATE=1 writes the transcripts.
//
// The lines of a script that do not begin with "#" are
//
//	analyzers NAME…                begins a script that needs others than the usual ones beside them
//	open FILE | close FILE | save FILE
//	replace FILE "old" "new"       types over the first occurrence
//	write FILE "text"              from outside, as a terminal does; the editor is told
//	remove FILE                    the same
//	actions FILE "text" [KIND…]    what is offered at the first occurrence of the text
//	apply FILE "text" "title"      does one of them
//	run COMMAND FILE [JSON]        as from a menu
//	show FILE                      the document, and whether it is modified
//	disk FILE                      the file
func TestScripts(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no scripts (%v)", err)
	}
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			archive := txtar.Parse(data)
			c := newClient(t, testLog(t), analyzersOf(t, string(archive.Comment))...)
			files := archive.Files[:0]
			for _, f := range archive.Files {
				if f.Name != "transcript" {
					files = append(files, f)
				}
				if name, ok := strings.CutPrefix(f.Name, "proxy/"); ok {
					c.serveModule(name, f.Data)
				} else {
					c.write(f.Name, string(f.Data))
				}
			}
			s := &session{client: c, shown: map[string]string{}}
			s.run(string(archive.Comment))
			archive.Files = append(files, txtar.File{Name: "transcript", Data: s.out.Bytes()})
			got := txtar.Format(archive)
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(file, got, 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(data), string(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// analyzersOf returns the analyzers that a script asks for.
func analyzersOf(t *testing.T, script string) (more []*analysis.Analyzer) {
	for line := range strings.Lines(script) {
		names := strings.Fields(line)
		if len(names) == 0 || names[0] != "analyzers" {
			continue
		}
		for _, name := range names[1:] {
			i := slices.IndexFunc(suite.All, func(a *analysis.Analyzer) bool { return a.Name == name })
			if i < 0 {
				t.Fatalf("no analyzer %s", name)
			}
			more = append(more, suite.All[i])
		}
	}
	return more
}

type session struct {
	*client
	out   bytes.Buffer
	shown map[string]string // what was written down last, by its first words
}

func (s *session) run(script string) {
	s.initialize(capabilities, options{Save: true, ShowDiff: true})
	s.rest()
	s.see()
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fmt.Fprintf(&s.out, "> %s\n", line)
		words := s.words(line)
		switch args := words[1:]; words[0] {
		case "analyzers":
			continue
		case "open":
			s.open(args[0])
		case "close":
			delete(s.texts, args[0])
			s.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": s.uri(args[0])}})
		case "save":
			s.saveFile(args[0])
		case "replace":
			s.replace(args[0], args[1], args[2])
		case "write":
			s.write(args[0], args[1])
			s.look(args[0])
		case "remove":
			if err := os.RemoveAll(s.path(args[0])); err != nil {
				s.t.Fatal(err)
			}
			s.look(args[0])
		case "actions":
			for _, a := range s.actions(args[0], args[1], args[2:]...) {
				s.action(a)
			}
		case "apply":
			s.act(args[0], args[1], args[2])
		case "run":
			params := map[string]any{"uri": s.uri(args[1])}
			if len(args) > 2 {
				if err := json.Unmarshal([]byte(args[2]), &params); err != nil {
					s.t.Fatal(err)
				}
			}
			s.execute(args[0], params)
		case "show":
			d := s.texts[args[0]]
			state := map[bool]string{true: "saved", false: "modified"}[d.text == d.saved]
			fmt.Fprintf(&s.out, "%s:\n%s", state, indent(d.text))
		case "disk":
			s.out.WriteString(indent(s.read(args[0])))
		default:
			s.t.Fatalf("no command %s", words[0])
		}
		s.rest()
		s.see()
	}
}

// words splits a line at blanks; quoted words are Go strings.
func (s *session) words(line string) []string {
	var words []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		word, rest, _ := strings.Cut(line, " ")
		if quoted, err := strconv.QuotedPrefix(line); err == nil {
			word, _ = strconv.Unquote(quoted)
			rest = line[len(quoted):]
		}
		words, line = append(words, word), rest
	}
	return words
}

// look tells the server what an editor's own watcher would, and waits until it has looked.
func (s *session) look(name string) {
	s.server.watcher.Refresh(s.path(name))
}

func (s *session) actions(name, marked string, only ...string) []*protocol.CodeAction {
	context := map[string]any{"diagnostics": []any{}, "triggerKind": 1}
	if len(only) > 0 {
		context["only"] = only
	}
	var list []protocol.CommandOrCodeAction
	s.call("textDocument/codeAction", map[string]any{
		"textDocument": map[string]any{"uri": s.uri(name)}, "range": s.rangeOf(name, marked), "context": context,
	}, &list)
	var actions []*protocol.CodeAction
	for _, a := range list {
		actions = append(actions, a.(*protocol.CodeAction))
	}
	return actions
}

func (s *session) action(a *protocol.CodeAction) {
	fmt.Fprintf(&s.out, "%s %q", *a.Kind, a.Title)
	if is(a.IsPreferred) {
		s.out.WriteString(" preferred")
	}
	if a.Command.Command != "" {
		fmt.Fprintf(&s.out, " %s", a.Command.Command)
	}
	if len(a.Diagnostics) > 0 {
		fmt.Fprintf(&s.out, " (%d)", len(a.Diagnostics))
	}
	s.out.WriteString("\n")
}

func (s *session) act(name, marked, title string) {
	s.t.Helper()
	for _, a := range s.actions(name, marked) {
		if a.Title != title {
			continue
		}
		if a.Edit == nil {
			s.execute(a.Command.Command, json.RawMessage(a.Command.Arguments[0]))
		} else if !s.client.apply(a.Edit) {
			s.t.Fatalf("the edit of %q does not apply", title)
		}
		return
	}
	s.t.Fatalf("no action %q", title)
}

func (s *session) execute(command string, argument any) {
	err := s.try("workspace/executeCommand", map[string]any{"command": command, "arguments": []any{argument}}, nil)
	if err != nil {
		s.print("failed: " + err.Error() + "\n")
	}
}

// see writes down what the editor shows now, where that has changed. What it showed for a moment depends on who was faster.
func (s *session) see() {
	diagnostics, healths := map[string]string{}, map[string]string{}
	for _, h := range s.take() {
		switch h.method {
		case "textDocument/publishDiagnostics":
			var p protocol.PublishDiagnosticsParams
			s.decode(h, &p)
			diagnostics[s.client.name(p.URI)] = s.diagnostics(p)
		case "gomodls/health":
			var p health
			s.decode(h, &p)
			if p.State == "busy" {
				continue
			}
			line := fmt.Sprintf("health of %s: %s %q", s.client.name(p.URI), p.State, p.Text)
			if p.State == "off" {
				line += " " + p.Tooltip
			}
			healths[s.client.name(p.URI)] = line + "\n"
		case "window/showMessage":
			var p protocol.ShowMessageParams
			s.decode(h, &p)
			s.print("message: " + p.Message + "\n")
		case "$/progress":
		default:
			s.print(fmt.Sprintf("%s %s\n", h.method, h.params))
		}
	}
	for _, now := range []map[string]string{diagnostics, healths} {
		for _, name := range sortedKeys(now) {
			key := now[name][:strings.Index(now[name], name)] + name
			last := s.shown[key]
			s.shown[key] = now[name]
			if last != now[name] && !(isBare(last) && isBare(now[name])) {
				s.print(now[name])
			}
		}
	}
}

// isBare reports whether what an editor shows has no diagnostics. The server tells of that again only after a moment with some.
func isBare(shown string) bool {
	first, rest, _ := strings.Cut(shown, "\n")
	return rest == "" && !strings.HasPrefix(first, "health ")
}

func (s *session) print(text string) { s.out.WriteString(strings.ReplaceAll(text, s.dir, "$DIR")) }

func (s *session) diagnostics(p protocol.PublishDiagnosticsParams) string {
	var b strings.Builder
	fmt.Fprintf(&b, "diagnostics of %s", s.client.name(p.URI))
	if v, ok := p.Version.Get(); ok {
		fmt.Fprintf(&b, " version %d", v)
	}
	b.WriteString("\n")
	for _, d := range p.Diagnostics {
		r := d.Range
		fmt.Fprintf(&b, "\t%d:%d-%d:%d %s %s: %s\n", r.Start.Line+1, r.Start.Character+1, r.End.Line+1, r.End.Character+1,
			severityName[d.Severity], d.Code, d.Message)
		for _, rel := range d.RelatedInformation {
			r := rel.Location.Range
			fmt.Fprintf(&b, "\t\t%s:%d:%d %s\n", s.client.name(rel.Location.URI), r.Start.Line+1, r.Start.Character+1, rel.Message)
		}
	}
	return b.String()
}

var severityName = map[protocol.DiagnosticSeverity]string{1: "error", 2: "warning", 3: "information", 4: "hint"}

func (s *session) decode(h heard, to any) {
	if err := protocol.Unmarshal(h.params, to); err != nil {
		s.t.Fatalf("%s: %v", h.method, err)
	}
}

func indent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString("\t" + strings.TrimSuffix(line, "\n") + "\n")
	}
	return b.String()
}
