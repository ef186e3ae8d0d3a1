package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A change is one transaction of the command line: it changes the files of one module or workspace, or shows the change.
type change struct {
	cmd   *cobra.Command
	title string
	dir   string // of the go.mod or go.work
	run   func(context.Context, *locked.Shadow) error
	diff  bool // write nothing
}

// do carries out c. Whoever has to wait, and what a crash has left behind, is told on standard error.
func (c change) do(ctx context.Context) (locked.Result, error) {
	store, err := newStore()
	if err != nil {
		return locked.Result{}, err
	}
	messages := c.cmd.ErrOrStderr()
	t := locked.Transaction{
		Title:  c.title,
		World:  func() locked.World { return worldOf(ctx, c.dir) },
		Run:    c.run,
		OnWait: func(h locked.Holder) { fmt.Fprintf(messages, "gomodls: waiting for %s\n", h) },
		OnLock: func(recovered []locked.Recovered) {
			for _, r := range recovered {
				fmt.Fprintf(messages, "gomodls: %s\n", r)
			}
		},
		Go: locked.Go{Progress: func(line string) { fmt.Fprintln(messages, line) }},
	}
	if !c.diff {
		t.Apply = locked.Disk
	}
	result, err := store.Do(ctx, t)
	var failed *locked.GoError
	if errors.As(err, &failed) && failed.ExitCode > 0 {
		// What it printed was shown as it came.
		return result, fmt.Errorf("go failed; nothing was changed")
	}
	return result, err
}

func newStore() (*locked.Store, error) {
	dir, err := locked.DefaultDir()
	if err != nil {
		return nil, err
	}
	return &locked.Store{Dir: dir, Log: zap.NewNop()}, nil
}

// worldOf returns what go would see in the module or workspace in dir: the disk, and which directories it reads.
func worldOf(ctx context.Context, dir string) locked.World {
	world := locked.World{Dirs: []string{dir}}
	e, err := newEngine([]string{dir}, "")
	if err != nil {
		return world // go will say what is wrong with the directory
	}
	views, err := gather.Settle(ctx, e.session, func(_ context.Context, snap *workspace.Snapshot) ([]*workspace.View, error) {
		return append(snap.Views(filepath.Join(dir, "go.mod")), snap.Views(filepath.Join(dir, "go.work"))...), nil
	})
	if err != nil {
		return world
	}
	for _, v := range views {
		for _, dir := range readBy(v) {
			if !slices.Contains(world.Dirs, dir) {
				world.Dirs = append(world.Dirs, dir)
			}
		}
	}
	return world
}

// readBy returns the directories whose module files go reads in a view: the go.work's, the modules', and those that replace
// a module.
func readBy(v *workspace.View) []string {
	dirs := []string{v.Dir}
	replaced := func(base, path string) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(base, path)
		}
		dirs = append(dirs, filepath.Clean(path))
	}
	for _, m := range v.Modules() {
		dirs = append(dirs, m.Dir)
		for _, r := range m.Mod.Mod().Replace {
			if r.Valid && r.IsDir {
				replaced(m.Dir, r.New.Path)
			}
		}
	}
	if v.Work != nil {
		for _, r := range v.Work.Work().Replace {
			if r.Valid && r.IsDir {
				replaced(v.Dir, r.New.Path)
			}
		}
	}
	return dirs
}

// moduleRoot returns the directory of the module that the one argument, or the working directory, lies in.
func moduleRoot(ctx context.Context, args []string) (*engine, string, error) {
	e, err := newEngine(args, "")
	if err != nil {
		return nil, "", err
	}
	if len(e.dirs) != 1 {
		return nil, "", fmt.Errorf("%s: name one module", args[0])
	}
	root, err := gather.Settle(ctx, e.session, func(_ context.Context, snap *workspace.Snapshot) (string, error) {
		root, known := snap.FindModule(e.dirs[0])
		switch {
		case !known:
			return "", nil
		case root == "":
			return "", fmt.Errorf("%s: no go.mod here or in any directory above", e.short(e.dirs[0]))
		}
		return root, e.unreadable(snap, filepath.Join(root, "go.mod"))
	})
	return e, root, err
}
