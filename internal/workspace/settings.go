package workspace

import (
	"cmp"
	"fmt"
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
	Severity map[string]string // code → off, error, warning, information or hint
	Private  []string          // patterns, as in GOPRIVATE, of modules that are private; they cover nothing
	Go       string            // the go command
	Env      map[string]string // laid over the process's environment
	Network  bool              // allow looking things up
	Trusted  bool              // the user trusts the folder: go may be run when asked for
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
	faults []SettingsFault
	codes  map[string]int // with the line of each
}

// A SettingsFault is something in a .gomodls.yaml that is not taken: it cannot be read, or a module may not set it.
type SettingsFault struct {
	Line    int // from 1
	Message string
}

// SettingsFaults returns what is wrong with the file as a .gomodls.yaml. The codes are those that a severity can be set for.
func (f *File) SettingsFaults(codes []string) []SettingsFault {
	own := f.settings()
	faults := slices.Clone(own.faults)
	for code, line := range own.codes {
		if !slices.Contains(codes, code) {
			faults = append(faults, SettingsFault{line, fmt.Sprintf("there is no code %s", code)})
		}
	}
	slices.SortFunc(faults, func(a, b SettingsFault) int { return cmp.Compare(a.Line, b.Line) })
	return faults
}

var severities = []string{"off", "error", "warning", "information", "hint"}

// parseSettings takes what can be taken, key by key, so that a fault in one does not undo another.
func parseSettings(src string) moduleSettings {
	own := moduleSettings{Settings: Settings{Severity: map[string]string{}}, codes: map[string]int{}}
	fault := func(line int, format string, args ...any) {
		own.faults = append(own.faults, SettingsFault{line, fmt.Sprintf(format, args...)})
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(src), &doc); err != nil {
		line := 1
		fmt.Sscanf(err.Error(), "yaml: line %d:", &line)
		fault(line, "%s; nothing in this file is taken", strings.TrimPrefix(err.Error(), "yaml: "))
		return own
	}
	if len(doc.Content) == 0 {
		return own
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		fault(root.Line, "settings are keys with values; nothing in this file is taken")
		return own
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		switch key.Value {
		case "severity":
			if value.Kind != yaml.MappingNode {
				fault(value.Line, "severity is codes with off, error, warning, information or hint")
				continue
			}
			for j := 0; j+1 < len(value.Content); j += 2 {
				code, level := value.Content[j], value.Content[j+1]
				if !slices.Contains(severities, strings.ToLower(level.Value)) {
					fault(level.Line, "%s is no severity; write off, error, warning, information or hint", level.Value)
					continue
				}
				own.Severity[code.Value] = level.Value
				own.codes[code.Value] = code.Line
			}
		case "private":
			if err := value.Decode(&own.Private); err != nil {
				fault(value.Line, "private is a list of patterns as in GOPRIVATE")
			}
		case "go", "env", "network":
			fault(key.Line, "a repository may not set %s, which could run or send something; it belongs into your own settings", key.Value)
		default:
			fault(key.Line, "there is no setting %s", key.Value)
		}
	}
	return own
}
