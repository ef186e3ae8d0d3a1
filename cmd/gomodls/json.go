package main

import (
	"bytes"
	"encoding/json"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/fixes"
)

// The types below are the JSON that check prints. Their fields are a promise to other programs: none is ever renamed or
// left out, and a list is never null.

type jsonReport struct {
	Version     int              `json:"version"`
	Modules     []jsonModule     `json:"modules"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
}

type jsonModule struct {
	Dir    string     `json:"dir"`
	Path   string     `json:"path"`
	Health jsonHealth `json:"health"`
}

type jsonHealth struct {
	State       string `json:"state"`
	Errors      int    `json:"errors"`
	Warnings    int    `json:"warnings"`
	Information int    `json:"information"`
	Hints       int    `json:"hints"`
	Silenced    int    `json:"silenced"`
	Complete    bool   `json:"complete"`
}

type jsonDiagnostic struct {
	File     string        `json:"file"`
	Range    place         `json:"range"`
	Severity string        `json:"severity"`
	Code     string        `json:"code"`
	Message  string        `json:"message"`
	Module   *jsonVersion  `json:"module"` // null if the diagnostic is about no module
	URL      string        `json:"url"`
	Related  []jsonRelated `json:"related"`
	Fixes    []jsonFix     `json:"fixes"`
}

type jsonVersion struct {
	Path    string `json:"path"`
	Version string `json:"version"`
}

type jsonRelated struct {
	File    string `json:"file"`
	Range   place  `json:"range"`
	Message string `json:"message"`
}

type jsonFix struct {
	Title     string       `json:"title"`
	Kind      string       `json:"kind"`
	Preferred bool         `json:"preferred"`
	Edits     []jsonEdit   `json:"edits"`
	Command   *jsonCommand `json:"command"` // null if the fix is its edits
}

type jsonEdit struct {
	File    string `json:"file"`
	Range   place  `json:"range"`
	NewText string `json:"newText"`
}

type jsonCommand struct {
	Name      string         `json:"name"`
	Arguments map[string]any `json:"arguments"`
}

// printJSON prints the report as one object.
func printJSON(r *report, out *bytes.Buffer) error {
	o := jsonReport{Version: 1, Modules: []jsonModule{}, Diagnostics: []jsonDiagnostic{}}
	for _, m := range r.result.Modules {
		o.Modules = append(o.Modules, jsonModule{Dir: m.Dir, Path: m.Path, Health: toJSONHealth(m.Health)})
	}
	for _, d := range r.findings {
		if !d.Silenced {
			o.Diagnostics = append(o.Diagnostics, r.toJSON(d))
		}
	}
	return writeJSON(out, o)
}

func writeJSON(out *bytes.Buffer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	return enc.Encode(v)
}

func toJSONHealth(h analysis.Health) jsonHealth {
	return jsonHealth{
		State: string(h.State), Errors: h.Errors, Warnings: h.Warnings, Information: h.Information, Hints: h.Hints,
		Silenced: h.Silenced, Complete: h.Complete,
	}
}

func (r *report) toJSON(d analysis.Diagnostic) jsonDiagnostic {
	o := jsonDiagnostic{
		Severity: d.Severity.String(), Code: d.Code, Message: d.Message, URL: analysis.RulePage(d.Code),
		Related: []jsonRelated{}, Fixes: []jsonFix{},
	}
	src := r.source(d.URI)
	o.File, o.Range = src.path, src.place(d.Span)
	if d.Module.Path != "" {
		o.Module = &jsonVersion{d.Module.Path, d.Module.Version}
	}
	for _, related := range d.Related {
		src := r.source(related.URI)
		o.Related = append(o.Related, jsonRelated{src.path, src.place(related.Span), related.Message})
	}
	for _, fix := range shownFixes(d) {
		o.Fixes = append(o.Fixes, r.toJSONFix(fix))
	}
	return o
}

func (r *report) toJSONFix(fix fixes.Fix) jsonFix {
	o := jsonFix{Title: fix.Title, Kind: string(fix.Kind), Preferred: fix.Preferred, Edits: []jsonEdit{}}
	for _, e := range fix.Edits {
		src := r.source(e.URI)
		o.Edits = append(o.Edits, jsonEdit{src.path, src.place(e.Span), e.New})
	}
	if fix.Command != nil {
		o.Command = &jsonCommand{fix.Command.Name, fix.Command.Arguments}
	}
	return o
}

// fileURI returns the address of a path for formats that name files so.
func fileURI(path string) string { return string(uri.File(path)) }
