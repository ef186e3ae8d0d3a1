package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	modzip "golang.org/x/mod/zip"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gomodls": main})
}

// TestScript runs the scripts of testdata/script. In each, the directories below $WORK/modules are modules, named
// PATH@VERSION, that stand in a module cache of the script's own; there is no other module and no network. UPDATE=1
// rewrites what cmp expects.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs a command and wants an exit status: exits 1 gomodls check.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARG...]")
	}
	got := 0
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("%s: exit status %d, want %s\n%s", strings.Join(args[1:], " "), got, args[0], ts.ReadFile("stderr"))
	}
}

func setup(env *testscript.Env) error {
	cache := filepath.Join(env.WorkDir, "modcache")
	for name, value := range map[string]string{
		"GOMODCACHE":  cache,
		"GOCACHE":     filepath.Join(env.WorkDir, "gocache"),
		"GOENV":       "off",
		"GOFLAGS":     "",
		"GOPRIVATE":   "",
		"GOPROXY":     "off",
		"GONOSUMDB":   "example.com", // the checksum database is not asked about the script's modules
		"GOTOOLCHAIN": "local",
		"GOWORK":      "",
		"GOMODLS":     os.Args[0],
		"HOME":        filepath.Join(env.WorkDir, "home"),
	} {
		env.Setenv(name, value)
	}
	modules := filepath.Join(env.WorkDir, "modules")
	return filepath.WalkDir(modules, func(path string, d os.DirEntry, err error) error {
		if os.IsNotExist(err) && path == modules {
			return filepath.SkipAll
		}
		if err != nil || !d.IsDir() || !strings.Contains(d.Name(), "@") {
			return err
		}
		rel, err := filepath.Rel(modules, path)
		if err != nil {
			return err
		}
		name, version, _ := strings.Cut(filepath.ToSlash(rel), "@")
		if err := download(cache, path, module.Version{Path: name, Version: version}); err != nil {
			return fmt.Errorf("%s: %w", rel, err)
		}
		return filepath.SkipDir
	})
}

// download puts the module in dir into the module cache as the go command would after downloading it.
func download(cache, dir string, m module.Version) error {
	path, err := module.EscapePath(m.Path)
	if err != nil {
		return err
	}
	base := filepath.Join(cache, "cache", "download", filepath.FromSlash(path), "@v", m.Version)
	if err := os.MkdirAll(filepath.Dir(base), 0o777); err != nil {
		return err
	}
	gomod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return err
	}
	if _, err := modfile.ParseLax("go.mod", gomod, nil); err != nil {
		return err
	}
	zip, err := os.Create(base + ".zip")
	if err != nil {
		return err
	}
	defer zip.Close()
	if err := modzip.CreateFromDir(zip, m, dir); err != nil {
		return err
	}
	hash, err := dirhash.HashZip(base+".zip", dirhash.Hash1)
	if err != nil {
		return err
	}
	for ext, content := range map[string]string{
		".mod":     string(gomod),
		".info":    fmt.Sprintf("{%q:%q}\n", "Version", m.Version),
		".ziphash": hash,
	} {
		if err := os.WriteFile(base+ext, []byte(content), 0o666); err != nil {
			return err
		}
	}
	return nil
}
