// Package gather reads what an answer needs and the snapshot does not hold, notices when it changes on disk, and applies
// both to the session as facts.
//
// The one idea to keep in mind: it is the only part of the engine that looks at the disk for things that can change.
// Whatever it learns goes through Session.Apply, so that a terminal's `go get` and a keystroke are the same kind of event.
package gather

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/workspace"
)

// Machine describes the machine and the environment that gomodls runs in, as the user's settings have it. It starts no
// process: the go command is found on PATH and never run.
func Machine(settings *workspace.Settings) *workspace.Machine {
	m := &workspace.Machine{Environ: goenv.Environ(os.Environ(), runtime.GOOS), GOOS: runtime.GOOS}
	name := "go"
	if settings != nil {
		for key, value := range settings.Env {
			m.Environ[key] = value
		}
		if settings.Go != "" {
			name = settings.Go
		}
	}
	m.Home, _ = os.UserHomeDir()
	m.ConfigDir, _ = os.UserConfigDir()
	if path, err := exec.LookPath(name); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			m.Go, _ = filepath.Abs(real)
		}
	}
	return m
}

// Settle calls run on the newest snapshot, reads what its answer lacked, applies that, and calls it again until nothing is
// lacking. It returns the last answer, and an error only from run or when ctx ends.
func Settle[T any](ctx context.Context, session *workspace.Session, run func(context.Context, *workspace.Snapshot) (T, error)) (T, error) {
	for {
		snap := session.Snapshot()
		answer, err := run(ctx, snap)
		if err != nil {
			return answer, err
		}
		wants := snap.Wants()
		if len(wants) == 0 {
			return answer, nil
		}
		if err := ctx.Err(); err != nil {
			return answer, err
		}
		session.Apply(readAll(wants)...)
	}
}

// parallel is how many files are read at once: enough to hide the latency of a disk, too few to run out of descriptors.
const parallel = 16

func readAll(wants []workspace.Want) []workspace.Change {
	changes := make([]workspace.Change, len(wants))
	var g errgroup.Group
	g.SetLimit(parallel)
	for i, w := range wants {
		g.Go(func() error {
			changes[i] = workspace.Learned(w, Read(w))
			return nil
		})
	}
	_ = g.Wait() // no function returns an error: that a file cannot be read is a fact
	return changes
}

// maxSize is the size of a go.mod file above which the go command refuses it; see cmd/go/internal/modfetch/codehost. A
// go.sum has no limit there, but nothing larger than a few times this is one.
const maxSize = 64 << 20

// Read looks at what a want names, now. It opens regular files only, so that a pipe or a device never blocks it.
func Read(w workspace.Want) *workspace.Fact {
	info, err := os.Stat(w.Path)
	if err != nil {
		return failed(err)
	}
	f := &workspace.Fact{Stamp: stamp(info)}
	switch {
	case info.IsDir():
		f.State = workspace.Directory
		if w.List {
			return list(w.Path, f)
		}
	case !info.Mode().IsRegular():
		f.State = workspace.Irregular
	case w.List:
		f.State = workspace.Regular
	case info.Size() > maxSize:
		f.State, f.Err = workspace.Unreadable, fmt.Sprintf("too large (%d MB)", info.Size()>>20)
	default:
		data, err := readFile(w.Path, info.Size())
		if err != nil {
			return failed(err)
		}
		f.State, f.File = workspace.Regular, workspace.NewFile(w.Path, string(data))
	}
	return f
}

// readFile returns what a file holds whose size is known.
func readFile(path string, size int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	b.Grow(int(min(size, maxSize)) + bytes.MinRead)
	_, err = b.ReadFrom(io.LimitReader(f, maxSize))
	return b.Bytes(), err
}

func list(dir string, f *workspace.Fact) *workspace.Fact {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return failed(err)
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() {
			name += "/"
		}
		f.Names = append(f.Names, name)
	}
	return f
}

func failed(err error) *workspace.Fact {
	// "Not a directory" means that a file stands where a parent should be: nothing is there.
	if errors.Is(err, fs.ErrNotExist) || isNotDir(err) {
		return &workspace.Fact{State: workspace.Missing}
	}
	var perr *fs.PathError
	if errors.As(err, &perr) {
		err = perr.Err
	}
	return &workspace.Fact{State: workspace.Unreadable, Err: err.Error()}
}
