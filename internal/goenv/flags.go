package goenv

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Flag is one word of GOFLAGS. The go command ignores the flags that the command at hand does not have.
type Flag struct {
	Name     string // without dashes
	Value    string
	HasValue bool // there is a "=", perhaps with nothing behind it
}

// parseFlags reads GOFLAGS and returns the first error with which "go list" would refuse it. The list has every word that
// is a flag, also behind an error.
func parseFlags(value, goVersion, goos string) ([]Flag, error) {
	words, err := splitQuoted(value)
	if err != nil {
		return nil, fmt.Errorf("parsing $GOFLAGS: %w", err)
	}
	// The go command looks at the spelling of all flags before it sets the first.
	var flags []Flag
	var spelling, setting error
	for _, word := range words {
		name := strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-")
		if !strings.HasPrefix(word, "-") || name == "" || name[0] == '-' || name[0] == '=' {
			spelling = first(spelling, fmt.Errorf("parsing $GOFLAGS: non-flag %q", word))
			continue
		}
		var f Flag
		f.Name, f.Value, f.HasValue = strings.Cut(name, "=")
		flags = append(flags, f)
		if unknownFlag(f.Name, goVersion) {
			spelling = first(spelling, fmt.Errorf("parsing $GOFLAGS: unknown flag -%s", f.Name))
		}
		setting = first(setting, f.check(goos))
	}
	return flags, first(spelling, setting)
}

func first(errs ...error) error {
	i := slices.IndexFunc(errs, func(err error) bool { return err != nil })
	if i < 0 {
		return nil
	}
	return errs[i]
}

// check returns what "go list" says when it sets f.
func (f Flag) check(goos string) error {
	where := "$GOFLAGS"
	if goos == "windows" {
		where = "%GOFLAGS%"
	}
	kind, ok := listFlags()[f.Name]
	if !ok {
		return nil
	}
	switch {
	case kind == chdirFlag && f.HasValue:
		return fmt.Errorf("invalid value %q for flag -C (from %s): -C flag must be first flag on command line", f.Value, where)
	case kind == boolFlag && f.HasValue:
		if _, err := strconv.ParseBool(f.Value); err != nil {
			return fmt.Errorf("invalid boolean value %q for flag -%s (from %s): parse error", f.Value, f.Name, where)
		}
	case kind == boolFlag, kind == freeBoolFlag:
	case kind == autoBoolFlag:
		if _, err := strconv.ParseBool(f.Value); f.HasValue && f.Value != "auto" && err != nil {
			return fmt.Errorf("invalid boolean value %q for flag -%s (from %s): value is neither 'auto' nor a valid bool", f.Value, f.Name, where)
		}
	case !f.HasValue:
		return fmt.Errorf("flag needs an argument: -%s (from %s)", f.Name, where)
	}
	if err := kind.checkValue(f.Value); err != nil {
		return fmt.Errorf("invalid value %q for flag -%s (from %s): %w", f.Value, f.Name, where, err)
	}
	return nil
}

// checkValue returns what go has against the value of a flag that needs one.
func (kind flagKind) checkValue(value string) error {
	switch kind {
	case intFlag:
		if _, err := strconv.ParseInt(value, 0, strconv.IntSize); err != nil {
			return errors.New("parse error")
		}
	case compilerFlag:
		if value != "gc" && value != "gccgo" {
			return fmt.Errorf("unknown compiler %q", value)
		}
	case coverModeFlag:
		if value != "" && value != "set" && value != "count" && value != "atomic" {
			return errors.New(`valid modes are "set", "count", or "atomic"`)
		}
	case wordsFlag:
		_, err := splitQuoted(value)
		return err
	case packageFlag:
		return checkPackageFlag(value)
	}
	return nil
}

// checkPackageFlag checks the value of a flag such as -gcflags: words, perhaps behind a pattern and "=".
func checkPackageFlag(value string) error {
	value = strings.TrimSpace(value)
	if value != "" && value[0] != '-' {
		pattern, words, ok := strings.Cut(value, "=")
		switch {
		case !ok:
			return errors.New("missing =<value> in <pattern>=<value>")
		case pattern == "":
			return errors.New("missing <pattern> in <pattern>=<value>")
		case pattern[0] == '\'' || pattern[0] == '"':
			return fmt.Errorf("parameter may not start with quote character %c", pattern[0])
		}
		value = words
	}
	_, err := splitQuoted(value)
	return err
}

// checkFlagUse returns what go has against flags that are well formed, once all are set: what "go list -m" does not take,
// and what does not go together. What depends on the platform or on files is not looked at.
func (e *Env) checkFlagUse() error {
	on := func(name string) bool {
		value, ok := e.Flag(name)
		set, err := strconv.ParseBool(value)
		return ok && set && err == nil
	}
	for _, pair := range [][2]string{{"race", "msan"}, {"race", "asan"}, {"msan", "asan"}} {
		if on(pair[0]) && on(pair[1]) {
			return fmt.Errorf("may not use -%s and -%s simultaneously", pair[0], pair[1])
		}
	}
	if mode, ok := e.Flag("buildmode"); ok && !slices.Contains(buildModes, mode) {
		return fmt.Errorf("buildmode=%s not supported", mode)
	}
	if p, ok := e.Flag("p"); ok {
		if n, err := strconv.ParseInt(p, 0, strconv.IntSize); err == nil && n <= 0 {
			return fmt.Errorf("-p must be a positive integer: %d", n)
		}
	}
	if mode, ok := e.Flag("covermode"); ok && on("race") && mode != "" && mode != "atomic" {
		return fmt.Errorf(`-covermode must be "atomic", not %q, when -race is enabled`, mode)
	}
	for _, name := range packageListFlags {
		if on(name) {
			return fmt.Errorf("go list -%s cannot be used with -m", name)
		}
	}
	return nil
}

var buildModes = strings.Fields("archive c-archive c-shared default exe pie shared plugin")

// packageListFlags are the flags of "go list" that it refuses where it lists modules, in the order in which it looks.
var packageListFlags = strings.Fields("compiled deps export find test")

// splitQuoted splits s at blanks, except within quotes that start a word. Nothing is unescaped.
func splitQuoted(s string) ([]string, error) {
	const blanks = " \t\n\r"
	var words []string
	for {
		s = strings.TrimLeft(s, blanks)
		if s == "" {
			return words, nil
		}
		if q := s[0]; q == '"' || q == '\'' {
			end := strings.IndexByte(s[1:], q)
			if end < 0 {
				return nil, fmt.Errorf("unterminated %c string", q)
			}
			words, s = append(words, s[1:1+end]), s[end+2:]
			continue
		}
		end := strings.IndexAny(s, blanks)
		if end < 0 {
			end = len(s)
		}
		words, s = append(words, s[:end]), s[end:]
	}
}

type flagKind int

const (
	valueFlag    flagKind = iota
	boolFlag              // -x, -x=true, -x=false
	freeBoolFlag          // -x, -x=anything
	autoBoolFlag          // -x, -x=true, -x=false, -x=auto
	intFlag
	chdirFlag
	compilerFlag  // gc, gccgo
	coverModeFlag // set, count, atomic
	wordsFlag     // words, perhaps quoted
	packageFlag   // words, or pattern=words
)

// listFlags are the flags of "go list": the command that decides whether a module loads.
var listFlags = sync.OnceValue(func() map[string]flagKind {
	m := map[string]flagKind{"C": chdirFlag, "p": intFlag, "buildvcs": autoBoolFlag, "json": freeBoolFlag,
		"compiler": compilerFlag, "covermode": coverModeFlag, "toolexec": wordsFlag,
		"asmflags": packageFlag, "gccgoflags": packageFlag, "gcflags": packageFlag, "ldflags": packageFlag}
	for _, name := range strings.Fields(`a asan compiled cover deps e export find linkshared m modcacherw msan n race
		retracted test trimpath u v versions work x`) {
		m[name] = boolFlag
	}
	for _, name := range strings.Fields(`buildmode coverpkg debug-actiongraph debug-runtime-trace debug-trace f installsuffix
		mod modfile overlay pgo pkgdir reuse tags`) {
		m[name] = valueFlag
	}
	return m
})

// otherFlags are the flags that only other commands have, with the version that brought them if it is newer than go 1.20.
var otherFlags = sync.OnceValue(func() map[string]string {
	m := map[string]string{
		"toolchain": "1.21",
		"changed":   "1.23", "diff": "1.23", "godebug": "1.23", "dropgodebug": "1.23",
		"tool": "1.24", "droptool": "1.24",
		"ignore": "1.25", "dropignore": "1.25",
		"artifacts": "1.26", "fixtool": "1.26",
	}
	for _, name := range strings.Fields(`bench benchmem benchtime blockprofile blockprofilerate c cache compat count
		coverprofile cpu cpuprofile d dropexclude dropreplace droprequire dropretract dropuse exclude exec failfast fix fmt
		fullpath fuzz fuzzcache fuzzminimizetime fuzztime go i insecure list memprofile memprofilerate modcache module
		mutexprofile mutexprofilefraction o outputdir parallel print r replace require retract run short shuffle skip t
		test.bench test.benchmem test.benchtime test.blockprofile test.blockprofilerate test.count test.coverprofile
		test.cpu test.cpuprofile test.failfast test.fullpath test.fuzz test.fuzzminimizetime test.fuzztime test.list
		test.memprofile test.memprofilerate test.mutexprofile test.mutexprofilefraction test.outputdir test.parallel
		test.run test.short test.shuffle test.skip test.timeout test.trace test.v testcache timeout trace use vendor vet
		vettool w`) {
		m[name] = ""
	}
	return m
})

// The versions whose flags the tables know. About another go command nothing is said.
const oldestFlags, newestFlags = "1.21", "1.26"

// unknownFlag reports whether the go command of that version is known not to have the flag in any of its commands.
func unknownFlag(name, goVersion string) bool {
	if CompareVersions(goVersion, oldestFlags) < 0 || compareLanguage(goVersion, newestFlags) > 0 {
		return false
	}
	if _, ok := listFlags()[name]; ok {
		return false
	}
	since, ok := otherFlags()[name]
	return !ok || since != "" && compareLanguage(goVersion, since) < 0
}

var errModValue = errors.New("not one of mod, readonly, vendor")

// checkMod returns an error if go refuses the value of -mod.
func checkMod(value string) error {
	switch value {
	case "", "mod", "readonly", "vendor":
		return nil
	}
	return errModValue
}
