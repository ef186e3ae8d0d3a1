package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/workspace"
)

// An engine is the session of one command, and the directories that the command is about.
type engine struct {
	cwd     string
	dirs    []string // absolute, without duplicates
	session *workspace.Session
	scholar *gather.Scholar
}

// An answer is what the engine found.
type answer struct {
	*analysis.Result
	documents []string // the go.mod and go.work files that were asked about
	troubles  []error  // what kept the engine from looking at everything that it was asked about
}

// newEngine returns an engine for the directories that args name: each one, or for DIR/... all modules and workspaces in
// it. A module file stands for its directory. No argument is the working directory.
func newEngine(args []string, overlay string) (*engine, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	settings, stores := new(workspace.Settings), modcache.NewStores()
	e := &engine{
		cwd:     cwd,
		session: workspace.NewSession(gather.Machine(settings), settings, stores),
		scholar: gather.NewScholar(),
	}
	if overlay != "" {
		changes, err := readOverlay(cwd, overlay)
		if err != nil {
			return nil, err
		}
		e.session.Apply(changes...)
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	for _, arg := range args {
		dirs, err := e.expand(arg)
		if err != nil {
			return nil, err
		}
		for _, dir := range dirs {
			if !slices.Contains(e.dirs, dir) {
				e.dirs = append(e.dirs, dir)
			}
		}
	}
	e.scholar.Share(stores, e.dirs)
	return e, nil
}

// expand returns the directories that one argument names.
func (e *engine) expand(arg string) ([]string, error) {
	if arg == "" {
		return nil, errors.New("an argument is empty; name the directory of a module")
	}
	name, all := cutDots(arg)
	dir := filepath.Join(e.cwd, name)
	if filepath.IsAbs(name) {
		dir = filepath.Clean(name)
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		if dead := e.deadLink(dir); dead != nil {
			return nil, dead
		}
		return nil, pathError(name, err)
	case !info.IsDir() && !all && slices.Contains(moduleFiles, filepath.Base(dir)):
		return []string{filepath.Dir(dir)}, nil
	case !info.IsDir():
		return nil, fmt.Errorf("%s is not a directory; name the directory of the module", name)
	case !all:
		return []string{dir}, nil
	}
	dirs, err := modulesBelow(dir)
	if err == nil && len(dirs) == 0 {
		err = fmt.Errorf("%s: no go.mod or go.work in or below %s", arg, name)
	}
	return dirs, err
}

// moduleFiles are the names of the files that gomodls is about.
var moduleFiles = []string{"go.mod", "go.sum", "go.work", "go.work.sum"}

// cutDots splits DIR/... as the go command does.
func cutDots(arg string) (dir string, all bool) {
	slashed := filepath.ToSlash(arg)
	if slashed == "..." {
		return ".", true
	}
	dir, all = strings.CutSuffix(slashed, "/...")
	if !all {
		return arg, false
	}
	if dir == "" {
		dir = "/"
	}
	return filepath.FromSlash(dir), true
}

// modulesBelow returns the directories in and below root that hold a go.mod or go.work. As the go command does for "...",
// it passes over vendor, testdata, and names that begin with a dot or an underscore, except root itself.
func modulesBelow(root string) ([]string, error) {
	var dirs []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		switch {
		case d.IsDir():
			if path != root && (name == "vendor" || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
				return fs.SkipDir
			}
		case name == "go.mod" || name == "go.work":
			if dir := filepath.Dir(path); !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
		return nil
	})
	return dirs, err
}

// analyze runs all analyzers on what the engine's directories hold. The error says that it could not run at all.
func (e *engine) analyze(ctx context.Context) (*answer, error) {
	about := func(snap *workspace.Snapshot) (all []string) {
		for _, dir := range e.dirs {
			documents, _ := e.documents(snap, dir)
			all = append(all, documents...)
		}
		return all
	}
	return gather.Answer(ctx, e.session, e.scholar, about, func(ctx context.Context, snap *workspace.Snapshot) (*answer, error) {
		a := new(answer)
		for _, dir := range e.dirs {
			documents, trouble := e.documents(snap, dir)
			a.documents = append(a.documents, documents...)
			if trouble != nil {
				a.troubles = append(a.troubles, trouble)
			}
		}
		var err error
		a.Result, err = analysis.Run(ctx, snap, suite.All, a.documents)
		if err != nil {
			return nil, err
		}
		for _, m := range a.Modules {
			if err := e.unreadable(snap, filepath.Join(m.Dir, "go.sum")); err != nil {
				a.troubles = append(a.troubles, err)
			}
		}
		a.troubles = append(a.troubles, a.Failures...)
		return a, nil
	})
}

// documents returns the files that stand for what dir holds: the go.work in dir and the go.mod of each of its modules, or
// the go.mod of the module that dir lies in. While facts are missing it returns less.
func (e *engine) documents(snap *workspace.Snapshot, dir string) ([]string, error) {
	root, known := snap.FindModule(dir)
	if !known {
		return nil, nil
	}
	var documents []string
	if root != "" {
		if err := e.unreadable(snap, filepath.Join(root, "go.mod")); err != nil {
			return nil, err
		}
		documents = append(documents, filepath.Join(root, "go.mod"))
	}
	work, known := e.workspaceOf(snap, dir, root)
	if !known {
		return nil, nil
	}
	if work != "" {
		if err := e.unreadable(snap, work); err != nil {
			return nil, err
		}
		documents = append(documents, work)
		for _, v := range snap.Views(work) {
			for _, m := range v.Modules() {
				if views := snap.Views(m.Mod.Path); len(views) > 0 && views[0].Work == v.Work { // elsewhere go would not find the go.work
					documents = append(documents, m.Mod.Path)
				}
			}
		}
	}
	if len(documents) == 0 {
		if err := e.unreadable(snap, filepath.Join(dir, "go.mod")); err != nil {
			return nil, err
		}
		for _, name := range []string{"go.mod", "go.work"} {
			if err := e.deadLink(filepath.Join(dir, name)); err != nil {
				return nil, err
			}
		}
		return nil, fmt.Errorf("%s: no go.mod or go.work here or in any directory above", e.short(dir))
	}
	return documents, nil
}

// workspaceOf returns the go.work that dir stands for: the one beside the module at root, or, where dir lies in no module,
// the nearest above. A module inside a workspace brings its go.work with it, see workspace.Snapshot.Views.
func (e *engine) workspaceOf(snap *workspace.Snapshot, dir, root string) (path string, known bool) {
	if snap.Env().GoWork == "off" {
		return "", true
	}
	if root != "" {
		dir = root
	}
	for {
		path := filepath.Join(dir, "go.work")
		switch snap.Read(path).State {
		case workspace.Unknown:
			return "", false
		case workspace.Regular, workspace.Unreadable:
			return path, true
		}
		up := filepath.Dir(dir)
		if root != "" || up == dir {
			return "", true
		}
		dir = up
	}
}

// unreadable says why the file at path cannot be read. It is nil if it can, if there is none, and if nobody has looked yet.
func (e *engine) unreadable(snap *workspace.Snapshot, path string) error {
	switch f := snap.Read(path); f.State {
	case workspace.Directory:
		return fmt.Errorf("%s is a directory, not a file", e.short(path))
	case workspace.Irregular:
		return fmt.Errorf("%s is not a regular file", e.short(path))
	case workspace.Unreadable:
		return fmt.Errorf("reading %s: %s", e.short(path), f.Err)
	}
	return nil
}

// deadLink says where path leads if it is a symbolic link to nothing. Go takes that for no file at all, which is hard to
// believe for somebody who sees it listed.
func (e *engine) deadLink(path string) error {
	target, err := os.Readlink(path)
	if err != nil {
		return nil
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("%s is a symbolic link to %s, which does not exist", e.short(path), target)
}

func (e *engine) short(path string) string { return shortPath(e.cwd, path) }

// shortPath returns path relative to dir where that is shorter, as the go command prints paths.
func shortPath(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}

// pathError says about name what err says, without the system call and the path that it was made with.
func pathError(name string, err error) error {
	if perr, ok := err.(*fs.PathError); ok {
		err = perr.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}
