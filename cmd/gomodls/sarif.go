package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/text"
)

// The types below are the part of SARIF 2.1.0 that a static analyzer needs.

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool               sarifTool                `json:"tool"`
	ColumnKind         string                   `json:"columnKind"`
	OriginalURIBaseIDs map[string]sarifArtifact `json:"originalUriBaseIds"`
	Results            []sarifResult            `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID                   string             `json:"id"`
	ShortDescription     sarifMessage       `json:"shortDescription"`
	FullDescription      sarifMessage       `json:"fullDescription"`
	HelpURI              string             `json:"helpUri"`
	DefaultConfiguration sarifConfiguration `json:"defaultConfiguration"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID              string             `json:"ruleId"`
	RuleIndex           int                `json:"ruleIndex"`
	Level               string             `json:"level"`
	Message             sarifMessage       `json:"message"`
	Locations           []sarifLocation    `json:"locations"`
	RelatedLocations    []sarifLocation    `json:"relatedLocations,omitempty"`
	PartialFingerprints map[string]string  `json:"partialFingerprints"`
	Fixes               []sarifFix         `json:"fixes,omitempty"`
	Suppressions        []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifLocation struct {
	PhysicalLocation sarifPhysicalLocation `json:"physicalLocation"`
	Message          *sarifMessage         `json:"message,omitempty"`
}

type sarifPhysicalLocation struct {
	ArtifactLocation sarifArtifact `json:"artifactLocation"`
	Region           sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI       string `json:"uri"`
	URIBaseID string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type sarifFix struct {
	Description     sarifMessage  `json:"description"`
	ArtifactChanges []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	ArtifactLocation sarifArtifact      `json:"artifactLocation"`
	Replacements     []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	DeletedRegion   sarifRegion  `json:"deletedRegion"`
	InsertedContent sarifMessage `json:"insertedContent"`
}

type sarifSuppression struct {
	Kind string `json:"kind"`
}

// sourceRoot is what file names in the log are relative to: the root of the repository, by convention.
const sourceRoot = "%SRCROOT%"

// printSARIF prints the report as a SARIF log, which code scanning services read.
func printSARIF(r *report, out *bytes.Buffer) error {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "gomodls", Version: version(), InformationURI: analysis.HomePage, Rules: []sarifRule{},
		}},
		ColumnKind:         "utf16CodeUnits",
		OriginalURIBaseIDs: map[string]sarifArtifact{sourceRoot: {URI: strings.TrimSuffix(fileURI(r.root()), "/") + "/"}},
		Results:            []sarifResult{},
	}
	index := map[string]int{}
	for i, a := range suite.All {
		index[a.Name] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: a.Name, ShortDescription: sarifMessage{firstSentence(ruleText(a))}, FullDescription: sarifMessage{ruleText(a)},
			HelpURI: analysis.RulePage(a.Name), DefaultConfiguration: sarifConfiguration{sarifLevel(a.Severity)},
		})
	}
	for _, d := range r.findings {
		result := r.toSARIF(d)
		result.RuleIndex = index[d.Code]
		run.Results = append(run.Results, result)
	}
	return writeJSON(out, sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

func (r *report) toSARIF(d analysis.Diagnostic) sarifResult {
	src := r.source(d.URI)
	result := sarifResult{
		RuleID: d.Code, Level: sarifLevel(d.Severity), Message: sarifMessage{d.Message},
		Locations: []sarifLocation{r.sarifLocation(src, d.Span, "")},
		PartialFingerprints: map[string]string{
			"gomodls/v1": fingerprint(r.repositoryName(src.path), d.Code, d.Message),
		},
	}
	for _, related := range d.Related {
		result.RelatedLocations = append(result.RelatedLocations, r.sarifLocation(r.source(related.URI), related.Span, related.Message))
	}
	for _, fix := range shownFixes(d) {
		if len(fix.Edits) > 0 {
			result.Fixes = append(result.Fixes, r.sarifFix(fix))
		}
	}
	if d.Silenced {
		result.Suppressions = []sarifSuppression{{Kind: "inSource"}}
	}
	return result
}

func (r *report) sarifLocation(src *source, span text.Span, message string) sarifLocation {
	l := sarifLocation{PhysicalLocation: sarifPhysicalLocation{r.sarifArtifact(src), src.region(span)}}
	if message != "" {
		l.Message = &sarifMessage{message}
	}
	return l
}

// sarifFix returns the edits of a fix, all of one file; see fixes.Fix.
func (r *report) sarifFix(fix fixes.Fix) sarifFix {
	src := r.source(fix.Edits[0].URI)
	change := sarifChange{ArtifactLocation: r.sarifArtifact(src)}
	for _, e := range fix.Edits {
		change.Replacements = append(change.Replacements, sarifReplacement{src.region(e.Span), sarifMessage{e.New}})
	}
	return sarifFix{sarifMessage{fix.Title}, []sarifChange{change}}
}

func (r *report) sarifArtifact(src *source) sarifArtifact {
	name := r.repositoryName(src.path)
	if filepath.IsAbs(name) {
		return sarifArtifact{URI: fileURI(name)}
	}
	return sarifArtifact{URI: (&url.URL{Path: name}).EscapedPath(), URIBaseID: sourceRoot}
}

// region returns a span as SARIF counts with the column kind that the log declares.
func (s *source) region(span text.Span) sarifRegion {
	start, end := s.lines.Position16(span.Start), s.lines.Position16(span.End)
	return sarifRegion{start.Line + 1, start.Column + 1, end.Line + 1, end.Column + 1}
}

func sarifLevel(s analysis.Severity) string {
	switch s {
	case analysis.Error:
		return "error"
	case analysis.Warning:
		return "warning"
	}
	return "note"
}

// fingerprint tells a result from others across commits; a line number would not.
func fingerprint(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

func firstSentence(doc string) string {
	doc = strings.Join(strings.Fields(doc), " ")
	if i := strings.Index(doc, ". "); i >= 0 {
		return doc[:i+1]
	}
	return doc
}
