package locked

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/mod/module"
)

// Arguments are what a command that runs go is told beside the document that it is about.
type Arguments struct {
	Module  string   `json:"module"`  // get
	Version string   `json:"version"` // get: a version, "latest", "patch", "none" or another query; "upgrade" if empty
	Modules []string `json:"modules"` // download: these, of the form path@version, and no others
	Recheck string   `json:"recheck"` // download: drop the checksums of this one, and take new ones
	Dir     string   `json:"dir"`     // workUse: relative to the go.work's directory
}

// ArgumentsOf reads the argument object of a fix's command.
func ArgumentsOf(object map[string]any) (a Arguments, err error) {
	data, err := json.Marshal(object)
	if err == nil {
		err = json.Unmarshal(data, &a)
	}
	return a, err
}

// Runs holds what the commands that run go do on a shadow, by the names that the server and fixes have for them.
var Runs = map[string]func(context.Context, *Shadow, Arguments) error{
	"gomodls.tidy":   func(ctx context.Context, s *Shadow, _ Arguments) error { return s.Tidy(ctx) },
	"gomodls.vendor": func(ctx context.Context, s *Shadow, _ Arguments) error { return s.Vendor(ctx) },
	"gomodls.get":    get,
	"gomodls.download": func(ctx context.Context, s *Shadow, a Arguments) error {
		if a.Recheck != "" {
			return s.Recheck(ctx, a.Recheck)
		}
		return s.Complete(ctx, a.Modules...)
	},
	"gomodls.workSync": func(ctx context.Context, s *Shadow, _ Arguments) error { return s.WorkSync(ctx) },
	"gomodls.workUse":  func(ctx context.Context, s *Shadow, a Arguments) error { return s.WorkUse(ctx, a.Dir) },
}

func get(ctx context.Context, s *Shadow, a Arguments) error {
	if module.CheckImportPath(a.Module) != nil || strings.HasPrefix(a.Module, "-") || strings.ContainsAny(a.Version, " \t\r\n@") {
		return fmt.Errorf("%q is not a module with a version to get", a.Query())
	}
	return s.Get(ctx, a.Query())
}

// Query returns what go get is asked for.
func (a Arguments) Query() string {
	if a.Version == "" {
		return a.Module
	}
	return a.Module + "@" + a.Version
}
