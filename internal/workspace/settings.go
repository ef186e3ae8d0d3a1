package workspace

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Settings are what the user, and for some keys the module, chose. The zero value is the default. Each module sees the
// user's settings with those of its .gomodls.yaml laid over; keys that could run or send something (Go, Env, Network) are
// taken from the user alone, because a cloned repository must not choose them.
type Settings struct {
	Severity map[string]string `yaml:"severity"` // code → off, error, warning, information or hint
	Private  []string          `yaml:"private"`  // patterns, as in GOPRIVATE, of modules that are private; they cover nothing

	Go      string            `yaml:"-"` // the go command
	Env     map[string]string `yaml:"-"` // laid over the process's environment
	Network bool              `yaml:"-"` // allow looking things up
	Trusted bool              `yaml:"-"` // the user trusts the folder: go may be run when asked for
}

// settingsFile is the file at a module's root that holds settings for everybody who works on it.
const settingsFile = ".gomodls.yaml"

// SettingsFor returns the settings of a module of a view, or of the view's go.work where m is nil.
func (s *Snapshot) SettingsFor(v *View, m *Module) *Settings {
	dir := v.Dir
	if m != nil {
		dir = m.Dir
	}
	f := s.Read(filepath.Join(dir, settingsFile))
	if f.State != Regular {
		return s.settings
	}
	own := f.File.settings()
	if own.bad != nil {
		return s.settings
	}
	merged := *s.settings
	if len(own.Severity) > 0 {
		merged.Severity = maps.Clone(own.Severity)
		maps.Copy(merged.Severity, s.settings.Severity)
	}
	merged.Private = slices.Concat(s.settings.Private, own.Private)
	return &merged
}

// moduleSettings are those of a .gomodls.yaml.
type moduleSettings struct {
	Settings
	bad []SettingsFault
}

// A SettingsFault is something in a .gomodls.yaml that is not taken: it cannot be read, or a module may not set it.
type SettingsFault struct {
	Line    int // from 1
	Key     string
	Message string
}

func parseSettings(src string) moduleSettings {
	var own moduleSettings
	if err := yaml.Unmarshal([]byte(src), &own.Settings); err != nil {
		own.Settings = Settings{}
		own.bad = append(own.bad, SettingsFault{Message: strings.TrimPrefix(err.Error(), "yaml: ")})
	}
	return own
}
