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
	"github.com/gomodls/gomodls/internal/explain"
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

	beyond []string // directories that are locked beside those of the module or workspace
}

// do carries out c. Whoever has to wait, and what a crash has left behind, is told on standard error.
func (c change) do(ctx context.Context) (locked.Result, error) {
	store, err := newStore()
	if err != nil {
		return locked.Result{}, err
	}
	messages := c.cmd.ErrOrStderr()
	t := locked.Transaction{
		Title: c.title,
		World: func() locked.World {
			w := worldOf(ctx, c.dir)
			for _, dir := range c.beyond {
				if !slices.Contains(w.Dirs, dir) {
					w.Dirs = append(w.Dirs, dir)
				}
			}
			return w
		},
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
		for _, f := range explain.Log(failed.Output) {
			printFinding(messages, f, c.dir)
		}
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

// worldOf returns what go would see in the module or workspace in dir: the disk, and which directories it reads. Where there
// is a go.mod, go runs in that module, else in the workspace.
func worldOf(ctx context.Context, dir string) locked.World {
	world := locked.World{Dirs: []string{dir}}
	e, err := newEngine([]string{dir}, "")
	if err != nil {
		return world // go will say what is wrong with the directory
	}
	gomod, work := filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.work")
	var views []*workspace.View
	isModule := false
	if _, err := gather.Settle(ctx, e.session, func(_ context.Context, snap *workspace.Snapshot) (struct{}, error) {
		views = append(snap.Views(gomod), snap.Views(work)...)
		isModule = snap.Read(gomod).State == workspace.Regular
		for _, v := range views {
			v.Vendored() // so that it is known
		}
		return struct{}{}, nil
	}); err != nil {
		return world
	}
	for _, v := range views {
		switch {
		case v.Work == nil:
		case v.Work.Path == work && !isModule:
			world.Work = work
		case v.Vendored() && (v.Work.Path == work || v.Module(gomod) != nil):
			world.Workspace = v.Work.Path
		case v.Work.Path != work:
			continue // what the other modules of the workspace hold does not count here
		}
		for _, dir := range v.Dirs() {
			if !slices.Contains(world.Dirs, dir) {
				world.Dirs = append(world.Dirs, dir)
			}
		}
	}
	return world
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

// moduleOrWorkspace returns the directory of the module that the one argument, or the working directory, lies in, and that
// of the workspace in force there, which may be empty. Where there is a go.work and no module, root is that directory.
func moduleOrWorkspace(ctx context.Context, args []string) (e *engine, root, work string, err error) {
	e, err = newEngine(args, "")
	if err != nil {
		return nil, "", "", err
	}
	if len(e.dirs) != 1 {
		return nil, "", "", fmt.Errorf("%s: name one module", args[0])
	}
	if _, err = gather.Settle(ctx, e.session, func(_ context.Context, snap *workspace.Snapshot) (struct{}, error) {
		root, work = "", ""
		if snap.Read(filepath.Join(e.dirs[0], "go.work")).State == workspace.Regular &&
			snap.Read(filepath.Join(e.dirs[0], "go.mod")).State != workspace.Regular {
			root = e.dirs[0]
			return struct{}{}, nil
		}
		dir, _ := snap.FindModule(e.dirs[0])
		for _, v := range snap.Views(filepath.Join(dir, "go.mod")) {
			if root = dir; v.Work != nil {
				work = v.Dir
			}
		}
		return struct{}{}, nil
	}); err != nil || root != "" {
		return e, root, work, err
	}
	e, root, err = moduleRoot(ctx, args)
	return e, root, "", err
}
