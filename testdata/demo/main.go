// Command demo prints the area of a square to whoever may know it.
package main

import (
	"fmt"
	"os"

	"example.com/shapes"
	"git.acme.internal/platform/auth"
	"github.com/spf13/cobra"
	"go.uber.org/zap"
)

func main() {
	log := zap.NewExample()
	cmd := &cobra.Command{
		Use: "demo",
		RunE: func(cmd *cobra.Command, _ []string) error {
			user, err := auth.User(cmd.Context())
			if err != nil {
				return err
			}
			log.Info("asked for an area", zap.String("user", user))
			fmt.Println(shapes.Square(3))
			return nil
		},
	}
	if err := cmd.Execute(); err != nil {
		os.Exit(1)
	}
}
