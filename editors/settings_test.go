// Package editors_test holds what the editors' documentation and configuration say of settings against the one list of them,
// settings.json. With UPDATE=1 it writes what is generated from the list.
package editors_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gomodls/gomodls/internal/workspace"
)

// A setting is one setting under gomodls.
type setting struct {
	Key        string
	Client     string          // the only editor that has it; empty where it is the server's
	Type       string          // of its value, as JSON names it
	Values     []string        // those that it, or a member of it, may have
	Default    json.RawMessage // when it is not set
	Example    json.RawMessage
	Scope      string // VS Code's, where it is not plain from Repository
	Repository bool   // may be set in a repository's .gomodls.yaml and in an opened folder's settings
	Doc        string // markdown
}

func settings(t *testing.T) []setting {
	t.Helper()
	var all []setting
	decoder := json.NewDecoder(strings.NewReader(read(t, "settings.json")))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&all); err != nil {
		t.Fatalf("settings.json: %v", err)
	}
	return all
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// idle are keys that the server reads and that change nothing yet.
var idle = []string{"network"}

// The list has exactly the keys that the server reads.
func TestServerReads(t *testing.T) {
	var listed, decoded []string
	for _, s := range settings(t) {
		if s.Client == "" {
			listed = append(listed, s.Key)
		}
	}
	for _, m := range regexp.MustCompile(`\tdecode\("([a-z]+)"`).FindAllStringSubmatch(read(t, "../lsp/settings.go"), -1) {
		if !slices.Contains(idle, m[1]) {
			decoded = append(decoded, m[1])
		}
	}
	if diff := cmp.Diff(decoded, listed); diff != "" {
		t.Errorf("what lsp reads (-) and settings.json lists (+):\n%s", diff)
	}
}

// What the list says that a repository may set is taken from its .gomodls.yaml, and nothing else is.
func TestRepositoryMaySet(t *testing.T) {
	for _, s := range settings(t) {
		if s.Client != "" {
			continue
		}
		example := s.Example
		if s.Type == "object" && s.Values != nil {
			example = json.RawMessage(`{}`) // a code has to exist
		}
		f := workspace.NewFile("/m/.gomodls.yaml", s.Key+": "+string(example)+"\n")
		if faults := f.SettingsFaults(nil); (len(faults) == 0) != s.Repository {
			t.Errorf("%s: settings.json says repository: %t, .gomodls.yaml says %v", s.Key, s.Repository, faults)
		}
	}
}

// Every page that lists the settings lists these.
func TestPages(t *testing.T) {
	all := settings(t)
	for _, page := range []struct {
		file, begin, end string
		text             string
	}{
		{"vscode/package.json", "      \"properties\": {\n", "\n      }\n    },\n    \"commands\"", properties(t, all)},
		{"vscode/README.md", "<!-- settings -->\n", "<!-- end of settings -->", table(all, "vscode")},
		{"nvim/doc/gomodls.txt", "*gomodls-server-settings*\n", "\n------", help(all)},
		{"README.md", "<!-- settings -->\n", "<!-- end of settings -->", table(all, "")},
	} {
		old := read(t, page.file)
		head, rest, ok := strings.Cut(old, page.begin)
		_, tail, ok2 := strings.Cut(rest, page.end)
		if !ok || !ok2 {
			t.Errorf("%s: there is no place for the settings between %q and %q", page.file, page.begin, page.end)
			continue
		}
		now := head + page.begin + page.text + page.end + tail
		if now == old {
			continue
		}
		if os.Getenv("UPDATE") == "" {
			t.Errorf("%s is not what settings.json says; UPDATE=1 go test ./editors writes it:\n%s", page.file, cmp.Diff(old, now))
		} else if err := os.WriteFile(page.file, []byte(now), 0o666); err != nil {
			t.Error(err)
		}
	}
}

// properties is the configuration of the VS Code extension.
func properties(t *testing.T, all []setting) string {
	t.Helper()
	type schema struct {
		Type                 string          `json:"type"`
		Default              json.RawMessage `json:"default"`
		Scope                string          `json:"scope"`
		Enum                 []string        `json:"enum,omitempty"`
		Items                any             `json:"items,omitempty"`
		AdditionalProperties any             `json:"additionalProperties,omitempty"`
		MarkdownDescription  string          `json:"markdownDescription"`
	}
	var b strings.Builder
	for i, s := range all {
		p := schema{Type: s.Type, Default: s.Default, Scope: s.Scope, MarkdownDescription: s.Doc}
		if s.Client != "" && s.Client != "vscode" {
			continue
		}
		switch {
		case s.Scope != "":
		case s.Repository:
			p.Scope = "window"
		default:
			p.Scope = "machine"
			p.MarkdownDescription += " Taken from your own settings, never from an opened folder's."
		}
		switch {
		case s.Type == "array":
			p.Items = map[string]string{"type": "string"}
		case s.Type == "object" && s.Values != nil:
			p.AdditionalProperties = map[string][]string{"enum": s.Values}
		case s.Type == "object":
			p.AdditionalProperties = map[string]string{"type": "string"}
		default:
			p.Enum = s.Values
		}
		if i > 0 {
			b.WriteString(",\n")
		}
		var member bytes.Buffer
		encoder := json.NewEncoder(&member)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("        ", "  ")
		if err := encoder.Encode(p); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "        %q: %s", "gomodls."+s.Key, bytes.TrimSpace(member.Bytes()))
	}
	return b.String()
}

// table is the settings of an editor in markdown; those of the server alone for none.
func table(all []setting, editor string) string {
	var b strings.Builder
	b.WriteString("| setting | example | |\n|---|---|---|\n")
	for _, s := range all {
		if s.Client != "" && s.Client != editor {
			continue
		}
		example := ""
		if s.Example != nil {
			example = "`" + compact(s.Example) + "`"
		}
		doc := s.Doc
		switch {
		case s.Repository:
			doc += " A repository may set it in its `.gomodls.yaml`."
		case s.Client == "":
			doc += " From your own settings only, never from an opened folder."
		}
		fmt.Fprintf(&b, "| `gomodls.%s` | %s | %s |\n", s.Key, example, doc)
	}
	return b.String()
}

// help is the settings of the server as Neovim's help shows them.
func help(all []setting) string {
	var b strings.Builder
	for _, s := range all {
		if s.Client != "" {
			continue
		}
		doc := s.Doc
		if s.Repository {
			doc += " A repository may set it in its `.gomodls.yaml`."
		}
		fmt.Fprintf(&b, "\n%s (%s, default %s)\n", s.Key, s.Type, lua(compact(s.Default)))
		for _, line := range wrap(strings.ReplaceAll(doc, "`", ""), 70) {
			b.WriteString("        " + line + "\n")
		}
	}
	return b.String()
}

func compact(value json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, value); err != nil {
		return string(value)
	}
	return strings.NewReplacer(`:`, `: `, `,`, `, `).Replace(b.String())
}

// lua writes the empty values of JSON as Lua has them.
func lua(value string) string {
	return strings.NewReplacer("[]", "{}", `"`, "'").Replace(value)
}

func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
