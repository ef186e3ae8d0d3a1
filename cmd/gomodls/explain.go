package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/internal/explain"
	"github.com/gomodls/gomodls/internal/text"
)

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE | -]",
		Short: "Say what a diagnostic's code, or what go has printed, means and what to do",
		Long: `Explain says what a diagnostic's code means and what to do. Without CODE it lists all codes.

With - it reads what a go command has printed, or the log of a build in which it ran, from standard input, and says for each
of go's messages about modules what it means, what to do, and where in which file of the working directory that belongs.
Colours, times and other things that stand before the lines do not matter.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listRules(cmd.OutOrStdout())
			}
			if args[0] == "-" {
				return explainLog(cmd)
			}
			a, err := ruleNamed(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s (%s)\n\n%s\n\n%s\n", a.Name, a.Severity, ruleText(a), analysis.RulePage(a.Name))
			return err
		},
	}
}

// explainLog explains what stands in the log on standard input.
func explainLog(cmd *cobra.Command) error {
	log, err := io.ReadAll(cmd.InOrStdin())
	if err != nil {
		return fmt.Errorf("reading standard input: %w", err)
	}
	out := cmd.OutOrStdout()
	findings := explain.Log(string(log))
	for i, f := range findings {
		if i > 0 {
			fmt.Fprintln(out)
		}
		printFinding(out, f, "")
		fmt.Fprintf(out, "    line %d of the log: %s\n", f.LogLine, strings.ReplaceAll(f.Said, "\n", "\n        "))
	}
	if len(findings) == 0 {
		fmt.Fprintln(out, "There is no message of go about modules in it that gomodls knows.")
	}
	return nil
}

// printFinding prints what a message of go, which ran in dir, means in the form of check: where the remedy belongs first, if
// that is in a file.
func printFinding(out io.Writer, f explain.Finding, dir string) {
	texts := make(map[string]string)
	at := f.Place(func(name string) (string, bool) {
		path := name
		if dir != "" && !filepath.IsAbs(name) {
			path = filepath.Join(dir, name)
		}
		data, err := os.ReadFile(path)
		texts[name] = string(data)
		return string(data), err == nil
	})
	switch {
	case at.Known:
		lines := text.NewLines(texts[at.File])
		p := lines.Position(at.Span.Start)
		fmt.Fprintf(out, "%s:%d:%d: ", at.File, p.Line+1, p.Column+1)
	case f.At.Line > 0:
		fmt.Fprintf(out, "%s:%d: ", f.At.File, f.At.Line)
	case at.File != "":
		fmt.Fprintf(out, "%s: ", at.File)
	}
	fmt.Fprint(out, f.Cause)
	if f.Code != "" {
		fmt.Fprintf(out, " [%s]", f.Code)
	}
	fmt.Fprintln(out)
	if at.Known && at.Span.End > at.Span.Start {
		fmt.Fprintf(out, "    %s\n", texts[at.File][at.Span.Start:at.Span.End])
	}
	fmt.Fprintf(out, "    what to do: %s\n", f.Remedy)
}

// listRules prints one line for each code.
func listRules(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, name := range ruleNames() {
		a, _ := ruleNamed(name)
		fmt.Fprintf(table, "%s\t%s\t%s\n", a.Name, a.Severity, firstSentence(ruleText(a)))
	}
	return table.Flush()
}

// ruleText returns what an analyzer's documentation says without the words that Go wants a package comment to begin with:
// "Reports …" for "Package missingsum reports …".
func ruleText(a *analysis.Analyzer) string {
	doc := strings.TrimSpace(a.Doc)
	doc = strings.TrimPrefix(doc, "Package "+a.Name+" ")
	return strings.ToUpper(doc[:1]) + doc[1:]
}

// ruleNamed returns the analyzer that reports code. The error suggests what may have been meant.
func ruleNamed(code string) (*analysis.Analyzer, error) {
	i := slices.IndexFunc(suite.All, func(a *analysis.Analyzer) bool { return a.Name == code })
	if i >= 0 {
		return suite.All[i], nil
	}
	var similar []string
	for _, name := range ruleNames() {
		if text.Similar(strings.ToLower(code), name) {
			similar = append(similar, name)
		}
	}
	if len(similar) > 0 {
		return nil, fmt.Errorf("no diagnostic has the code %q; did you mean %s?", code, strings.Join(similar, " or "))
	}
	return nil, fmt.Errorf("no diagnostic has the code %q; the codes are %s", code, strings.Join(ruleNames(), ", "))
}

func ruleNames() []string {
	var names []string
	for _, a := range suite.All {
		names = append(names, a.Name)
	}
	slices.Sort(names)
	return names
}
