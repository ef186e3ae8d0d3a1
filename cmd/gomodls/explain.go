package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
)

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain CODE",
		Short: "Say what a diagnostic's code means and what to do",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a := ruleNamed(args[0])
			if a == nil {
				return fmt.Errorf("no diagnostic has the code %q; the codes are %s", args[0], strings.Join(ruleNames(), ", "))
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s (%s)\n\n%s\n", a.Name, a.Severity, strings.TrimSpace(a.Doc))
			return err
		},
	}
}

func ruleNamed(code string) *analysis.Analyzer {
	i := slices.IndexFunc(suite.All, func(a *analysis.Analyzer) bool { return a.Name == code })
	if i < 0 {
		return nil
	}
	return suite.All[i]
}

func ruleNames() []string {
	var names []string
	for _, a := range suite.All {
		names = append(names, a.Name)
	}
	slices.Sort(names)
	return names
}
