package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/gomodls/gomodls/analysis"
)

// A baseline counts the diagnostics of an earlier run, to be left out of a later one. It knows them by module, file,
// code and message and not by line, so lines may move; and by the place of the file in its module, so that the checkout
// may lie elsewhere.
type baseline map[baselineKey]int

type baselineKey struct{ module, file, code, message string }

func readBaseline(name string) (baseline, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", pathError(name, err))
	}
	var old jsonReport
	if err := json.Unmarshal(data, &old); err != nil {
		return nil, fmt.Errorf("the baseline %s is not the output of check --format=json: %w", name, err)
	}
	if old.Version != 1 {
		return nil, fmt.Errorf("the baseline %s is not the output of check --format=json", name)
	}
	r := &report{result: new(analysis.Result)}
	for _, m := range old.Modules {
		r.result.Modules = append(r.result.Modules, analysis.ModuleResult{Dir: m.Dir, Path: m.Path})
	}
	b := make(baseline)
	for _, d := range old.Diagnostics {
		b[r.baselineKey(d.File, d.Code, d.Message)]++
	}
	return b, nil
}

// unknown returns the findings of r that the baseline does not have, or has fewer of.
func (b baseline) unknown(r *report) []analysis.Diagnostic {
	if len(b) == 0 {
		return r.findings
	}
	b = maps.Clone(b)
	var fresh []analysis.Diagnostic
	for _, d := range r.findings {
		key := r.baselineKey(r.source(d.URI).path, d.Code, d.Message)
		if !d.Silenced && b[key] > 0 {
			b[key]--
			continue
		}
		fresh = append(fresh, d)
	}
	return fresh
}

func (r *report) baselineKey(path, code, message string) baselineKey {
	m := r.moduleOf(path)
	if m == nil {
		return baselineKey{"", filepath.Base(path), code, message}
	}
	if rel, err := filepath.Rel(m.Dir, path); err == nil {
		path = rel
	}
	return baselineKey{m.Path, filepath.ToSlash(path), code, message}
}
