package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/gomodls/gomodls/analysis"
)

// printGitHub prints each diagnostic as a workflow command, which GitHub shows beside the line in a pull request.
func printGitHub(r *report, out *bytes.Buffer) error {
	for _, d := range r.findings {
		if d.Silenced {
			continue
		}
		src := r.source(d.URI)
		at := src.place(d.Span)
		message := printable(d.Message)
		if fix := shownFixes(d); len(fix) > 0 {
			message += "\nFix: " + printable(fix[0].Title)
		}
		properties := []string{
			"file=" + githubProperty.Replace(r.repositoryName(src.path)),
			fmt.Sprintf("line=%d", at.Start.Line),
			fmt.Sprintf("endLine=%d", at.End.Line),
		}
		if at.Start.Line == at.End.Line { // GitHub refuses columns of a range over several lines
			properties = append(properties, fmt.Sprintf("col=%d", at.Start.Column), fmt.Sprintf("endColumn=%d", at.End.Column))
		}
		properties = append(properties, "title="+githubProperty.Replace(d.Code))
		fmt.Fprintf(out, "::%s %s::%s\n", githubLevel(d.Severity), strings.Join(properties, ","), githubData.Replace(message))
	}
	return nil
}

func githubLevel(s analysis.Severity) string {
	switch s {
	case analysis.Error:
		return "error"
	case analysis.Warning:
		return "warning"
	}
	return "notice"
}

var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
