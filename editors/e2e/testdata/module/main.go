package main

import (
	"fmt"
	"os"

	"github.com/muesli/mango"
	mangopflag "github.com/muesli/mango-pflag"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.uber.org/zap"
	"golang.org/x/mod/semver"

	"example.com/clock"
)

func manual(flags *pflag.FlagSet) string {
	page := mango.NewManPage(1, "farm", "sorts versions")
	flags.VisitAll(mangopflag.PFlagVisitor(page))
	return page.Build(roff.NewDocument())
}

func main() {
	log := zap.NewExample()
	cmd := &cobra.Command{
		Use: "farm",
		Run: func(cmd *cobra.Command, versions []string) {
			semver.Sort(versions)
			log.Info(clock.Now(), zap.Strings("versions", versions))
			fmt.Println(manual(cmd.Flags()))
		},
	}
	if cmd.Execute() != nil {
		os.Exit(1)
	}
}
