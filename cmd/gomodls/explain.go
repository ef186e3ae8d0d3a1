package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/internal/text"
)

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Say what a diagnostic's code means and what to do",
		Long:  "Explain says what a diagnostic's code means and what to do. Without CODE it lists all codes.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listRules(cmd.OutOrStdout())
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
