// Package goenv works out the environment in which the go command would run: GOPROXY, GOPRIVATE, GOFLAGS and the rest,
// each with the place that it comes from, what go would refuse about it, and which modules it leaves unprotected.
//
// The one idea to keep in mind: everything here is a parser. Nothing is executed and nothing is read; the caller hands in
// the process environment and the text of the files, and the same input always gives the same answer. So a cloned
// repository has no way to make this package do anything, and a test states a whole machine in a few lines.
//
// The go command is the reference for every rule, down to its oddities. The names of the default proxy and of the default
// checksum database are learned from GOROOT/go.env and stand nowhere in this package.
package goenv

import (
	"maps"
	"path/filepath"
	"strings"
)

// A FileText is a file as the caller found it. The zero value is a file that does not exist.
type FileText struct {
	Path, Text string
	Exists     bool
}

// Inputs is everything that the environment depends on. Nothing else is looked at.
type Inputs struct {
	OS        map[string]string // the process environment, as Environ reads it
	Settings  map[string]string // the user's editor settings; they replace the process environment, also by an empty value
	GOOS      string            // runtime.GOOS
	Home      string            // os.UserHomeDir, "" where it fails
	ConfigDir string            // os.UserConfigDir, "" where it fails
	Goroot    string            // GorootOf the go binary, "" if none was found

	GoEnvFile     FileText // the file that EnvFilePath names
	GorootEnv     FileText // go.env of the second directory that GorootDirs names
	GorootVersion FileText // VERSION of Inputs.Goroot
}

// A Source is the kind of place that a value comes from.
type Source int

// The sources, the strongest first.
const (
	Setting Source = iota + 1 // the editor's settings
	OS                        // the environment of the process
	File                      // the file that "go env -w" writes
	Goroot                    // GOROOT/go.env
	Default                   // what go takes if nothing says anything
)

// String names s in the words of a message: "the value of GOPROXY from …".
func (s Source) String() string {
	switch s {
	case Setting:
		return "the editor's settings"
	case OS:
		return "the environment"
	case File:
		return "go env -w"
	case Goroot:
		return "GOROOT/go.env"
	case Default:
		return "go's default"
	}
	return "nowhere"
}

// A Value is the effective value of a variable and where it comes from.
type Value struct {
	Value  string
	Source Source
	Path   string // the file, if Source is File or Goroot
	From   string // the variable whose value stands in for an unset one: GONOPROXY has GOPRIVATE's
}

// An Env is the effective environment of the go command. It never changes once resolved, so it may be shared. Fields that
// end in Err hold what go says when it uses the value; the value beside it is then as complete as it could be read.
type Env struct {
	ModCache string // the module cache; "" or relative if go would refuse (then Problems says so)

	Private  Patterns // GOPRIVATE
	NoProxy  Patterns // GONOPROXY, or GOPRIVATE if that is unset
	NoSumDB  Patterns // GONOSUMDB, or GOPRIVATE if that is unset
	Insecure Patterns // GOINSECURE

	Proxies       []ProxyEntry // the entries of GOPROXY that can ever be used
	UnusedProxies []string     // what stands behind the "direct" or "off" that ends the list
	ProxyErr      error
	SumDB         SumDB

	Flags     []Flag // GOFLAGS
	FlagsErr  error
	Mod       string // -mod of GOFLAGS: "", "mod", "readonly" or "vendor", or what go refuses
	ModFile   string // -modfile of GOFLAGS, as written
	Toolchain Toolchain
	VCS       []VCSRule // GOVCS, without the rules that go appends: private:all and public:git|hg
	VCSErr    error

	GoWork      string // GOWORK: "" or "auto" searches, "off", or an absolute path
	GO111Module string
	Goroot      string // Inputs.Goroot
	GoVersion   string // the version of the go command: "1.26.8", or "" if it is not known

	Problems []Problem // in the order of their keys

	process  map[string]string // the environment with the settings laid over it
	settings map[string]string
	file     map[string]string
	goroot   map[string]string
	in       Inputs
}

// Environ makes a map of the strings of os.Environ, in the way of os.Getenv: the first of two equal names counts, and on
// Windows names are upper case.
func Environ(environ []string, goos string) map[string]string {
	m := make(map[string]string, len(environ))
	for _, kv := range environ {
		if kv == "" {
			continue
		}
		i := strings.IndexByte(kv[1:], '=') // a name may start with '=' on Windows: =C:=C:\dir
		if i < 0 {
			continue
		}
		name := kv[:i+1]
		if goos == "windows" {
			name = strings.ToUpper(name)
		}
		if _, ok := m[name]; !ok {
			m[name] = kv[i+2:]
		}
	}
	return m
}

// EnvFilePath returns the file that "go env -w" writes, or "" if there is none. The path is as the environment gives it,
// so it may be relative to the directory in which go runs.
func EnvFilePath(os map[string]string, configDir string) string {
	switch file := os["GOENV"]; {
	case file == "off":
		return ""
	case file != "":
		return file
	case configDir == "":
		return ""
	}
	return filepath.Join(configDir, "go/env")
}

// GorootOf returns the GOROOT to which the file goBinary belongs. It is a matter of names only: GOROOT/bin/go, or
// GOROOT/bin/GOOS_GOARCH/go for a cross-compiled one. The caller has resolved symbolic links. It returns "" for a path
// that is neither, such as a version manager's shim may have.
func GorootOf(goBinary string) string {
	if goBinary == "" {
		return ""
	}
	dir := filepath.Dir(goBinary)
	for range 2 {
		if filepath.Base(dir) == "bin" {
			return filepath.Dir(dir)
		}
		if !strings.Contains(filepath.Base(dir), "_") {
			break
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// GorootDirs returns the GOROOT that go uses and the directory of which it reads go.env, given what GorootOf says about
// the binary. The two differ when the environment and the file of "go env -w" both set GOROOT: the environment decides the
// first, the file the second.
func GorootDirs(os map[string]string, goEnvFile FileText, binaryRoot string) (root, envRoot string) {
	file := ParseEnvFile(goEnvFile.Text)["GOROOT"]
	envRoot = binaryRoot
	switch {
	case file != "":
		envRoot = filepath.Clean(file)
	case os["GOROOT"] != "":
		envRoot = filepath.Clean(os["GOROOT"])
	}
	if root = os["GOROOT"]; root == "" {
		root = envRoot
	}
	return root, envRoot
}

// ParseEnvFile reads the lines KEY=value of a GOENV or go.env file. The last of several wins, and a line that does not
// start with an upper-case letter is a comment, whatever it says.
func ParseEnvFile(text string) map[string]string {
	m := make(map[string]string)
	for line := range strings.SplitSeq(text, "\n") {
		key, value, ok := strings.Cut(line, "=")
		if ok && key != "" && 'A' <= key[0] && key[0] <= 'Z' {
			m[key] = value
		}
	}
	return m
}

// Resolve works out the environment. It never fails: what go would refuse is among the Problems of the result.
func Resolve(in Inputs) *Env {
	e := &Env{
		process:  make(map[string]string, len(in.OS)+len(in.Settings)),
		settings: make(map[string]string, len(in.Settings)),
		file:     ParseEnvFile(in.GoEnvFile.Text),
		goroot:   ParseEnvFile(in.GorootEnv.Text),
		in:       in,
	}
	for key, v := range in.Settings {
		if in.GOOS == "windows" {
			key = strings.ToUpper(key)
		}
		e.settings[key] = v
	}
	maps.Copy(e.process, in.OS)
	maps.Copy(e.process, e.settings)
	e.in.OS, e.in.Settings = nil, nil // maps of the caller, which may change
	value := func(key string) string { return e.Get(key).Value }

	e.Goroot = in.Goroot
	e.GoVersion = parseVersion(in.GorootVersion.Text)
	e.ModCache = value("GOMODCACHE")
	e.Private = Patterns(value("GOPRIVATE"))
	e.NoProxy = Patterns(value("GONOPROXY"))
	e.NoSumDB = Patterns(value("GONOSUMDB"))
	e.Insecure = Patterns(value("GOINSECURE"))
	e.Proxies, e.UnusedProxies, e.ProxyErr = parseProxies(value("GOPROXY"))
	e.SumDB = parseSumDB(value("GOSUMDB"), e.goroot["GOSUMDB"])
	e.Flags, e.FlagsErr = parseFlags(value("GOFLAGS"), e.GoVersion, in.GOOS)
	e.Mod, _ = e.Flag("mod")
	e.ModFile, _ = e.Flag("modfile")
	e.Toolchain = parseToolchain(value("GOTOOLCHAIN"))
	e.VCS, e.VCSErr = parseVCS(value("GOVCS"))
	e.GoWork = value("GOWORK")
	e.GO111Module = value("GO111MODULE")
	e.Problems = e.problems()
	return e
}

// Get returns the effective value of key as the go command sees it: the first of the editor's settings, the environment,
// the file of "go env -w" and GOROOT/go.env that has one, else what go computes. An empty value in the environment counts
// as none; an empty value in the file counts, and hides the one of go.env.
func (e *Env) Get(key string) Value {
	switch key {
	case "GOENV":
		return Value{Value: EnvFilePath(e.process, e.in.ConfigDir), Source: e.processSource(key)}
	case "GODEBUG":
		return Value{Value: e.process[key], Source: e.processSource(key)}
	case "GOVERSION":
		return Value{Value: firstLine(e.in.GorootVersion.Text), Source: Default}
	case "GOROOT":
		return e.getGoroot()
	}
	v := e.lookup(key)
	if v.Value != "" {
		return v
	}
	switch key {
	case "GONOPROXY", "GONOSUMDB":
		// What stands in is GOPRIVATE itself, with its own origin.
		if p := e.lookup("GOPRIVATE"); p.Value != "" {
			p.From = "GOPRIVATE"
			return p
		}
	case "GOAUTH":
		return Value{Value: "netrc", Source: Default}
	case "GOPATH":
		return Value{Value: e.defaultGopath(), Source: Default}
	case "GOMODCACHE":
		p := e.lookup("GOPATH")
		if p.Value == "" {
			p = Value{Value: e.rawDefaultGopath(), Source: Default}
		} else {
			p.From = "GOPATH"
		}
		if list := filepath.SplitList(p.Value); len(list) > 0 && list[0] != "" {
			p.Value = filepath.Join(list[0], "pkg/mod")
		} else {
			p.Value = ""
		}
		return p
	}
	return v
}

// lookup returns the value that is written somewhere, without what go computes.
func (e *Env) lookup(key string) Value {
	if v := e.process[key]; v != "" {
		return Value{Value: v, Source: e.processSource(key)}
	}
	if v, ok := e.file[key]; ok {
		return Value{Value: v, Source: File, Path: e.in.GoEnvFile.Path}
	}
	if v, ok := e.goroot[key]; ok {
		return Value{Value: v, Source: Goroot, Path: e.in.GorootEnv.Path}
	}
	return Value{Source: Default}
}

func (e *Env) getGoroot() Value {
	if v := e.process["GOROOT"]; v != "" {
		return Value{Value: v, Source: e.processSource("GOROOT")}
	}
	if v := e.file["GOROOT"]; v != "" {
		return Value{Value: filepath.Clean(v), Source: File, Path: e.in.GoEnvFile.Path}
	}
	return Value{Value: e.in.Goroot, Source: Default}
}

// defaultGopath drops the default that is not absolute, as go does after it has computed the module cache from it.
func (e *Env) defaultGopath() string {
	if p := e.rawDefaultGopath(); filepath.IsAbs(p) {
		return p
	}
	return ""
}

func (e *Env) rawDefaultGopath() string {
	if e.in.Home == "" {
		return ""
	}
	p := filepath.Join(e.in.Home, "go")
	if root := e.process["GOROOT"]; root != "" && filepath.Clean(root) == p {
		return ""
	}
	return p
}

func (e *Env) processSource(key string) Source {
	switch {
	case e.settings[key] != "":
		return Setting
	case e.process[key] != "":
		return OS
	}
	return Default
}

// Flag returns the value that GOFLAGS gives to the flag of that name, which is the last one there. A flag without a value,
// such as -trimpath, has the value "true".
func (e *Env) Flag(name string) (value string, ok bool) {
	for _, f := range e.Flags {
		if f.Name == name {
			if value, ok = f.Value, true; !f.HasValue {
				value = "true"
			}
		}
	}
	return value, ok
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimRight(line, "\r")
}
