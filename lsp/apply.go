package lsp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/workspace"
)

// An applying makes the result of a job visible: open documents change in the editor, closed files on disk. The order keeps
// the module on disk readable by go at every instant: first the closed files, but with every old line of a go.sum; then the
// documents; then those documents are saved that were not modified before, go.sum first; last, when go.mod on disk is what
// the editor shows, the old lines go.
type applying struct {
	*commands
	job    *job
	open   []openChange
	closed []locked.Change // with the union of old and new lines where lines is set
	lines  []locked.Change // closed go.sums: from the union to what they are to be
}

// An openChange is a change of a document that is open.
type openChange struct {
	locked.Change
	file     *workspace.File
	modified bool // it was not as it is on disk before
}

// settling is how long the changes of an edit may take to come back after the client has said that it made them. Some
// clients wait with sending changes, for more to come.
const settling = 2 * time.Second

// apply is the Apply of a locked.Transaction. It cannot be cancelled: nobody knows what a client does with an edit that it
// has been sent.
func (c *commands) apply(j *job, result locked.Result) (applied bool, err error) {
	ctx := c.server.ctx
	a := &applying{commands: c, job: j}
	j.clashes = nil
	if err := a.split(result); err != nil {
		return false, err
	}
	c.forget(j.dir)
	defer c.server.publish.pause()()

	if len(a.closed) > 0 {
		first := result
		first.Changes = a.closed
		if applied, err = locked.Disk(ctx, first); err != nil {
			return applied, err
		}
		c.refresh(a.closed)
	}
	if len(a.open) > 0 {
		if err := a.edit(ctx); err != nil {
			if len(a.closed) == 0 {
				return false, err
			}
			back := result
			back.Changes = reverse(a.closed)
			stay, undo := locked.Disk(ctx, back)
			c.refresh(a.closed)
			return undo != nil || !stay, errors.Join(err, undo)
		}
	}
	// From here on the result is there; what follows only brings it to disk.
	a.saveAll(ctx)
	return true, a.finish(ctx, result)
}

// split tells open from closed, and checks that the documents are still what the result starts from.
func (a *applying) split(result locked.Result) error {
	snap := a.server.session.Snapshot()
	var changed []string
	for _, change := range result.Changes {
		f, open := snap.File(uri.File(change.Path))
		switch {
		case open && f.Text != change.Before:
			changed = append(changed, change.Path)
		case open:
			a.open = append(a.open, openChange{change, f, !onDisk(f)})
		case strings.HasSuffix(change.Path, ".sum") && !change.Created && !change.Deleted:
			if union := locked.Union(change.Before, change.After); union != change.After {
				last := change
				last.Before, change.After = union, union
				a.lines = append(a.lines, last)
			}
			if change.After != change.Before {
				a.closed = append(a.closed, change)
			}
		default:
			a.closed = append(a.closed, change)
		}
	}
	if len(changed) > 0 {
		return &locked.ChangedError{Paths: changed}
	}
	if f := a.unsaved(snap); f != nil {
		return fmt.Errorf("%s has unsaved changes, and vendor would be written for them, so that go refuses what is on disk; save it, and run %s again", f.Path, a.job.title)
	}
	if len(a.open) > 0 && !a.server.peer.applyEdit {
		return fmt.Errorf("%s is open, and this editor does not let a server change it; close it first", a.open[0].Path)
	}
	return nil
}

// unsaved returns a module file that is not saved while a vendor directory beside it is to be written for it: that would wait on
// disk for a save that may never come, and go would refuse until then.
func (a *applying) unsaved(snap *workspace.Snapshot) *workspace.File {
	for _, dir := range a.job.dirs {
		if !slices.ContainsFunc(a.closed, func(c locked.Change) bool { return inVendor(dir, c.Path) }) {
			continue
		}
		for _, name := range []string{"go.mod", "go.work"} {
			if f, open := snap.File(uri.File(filepath.Join(dir, name))); open && !onDisk(f) {
				return f
			}
		}
	}
	return nil
}

// onDisk reports whether a document is saved.
func onDisk(f *workspace.File) bool {
	data, err := os.ReadFile(f.Path)
	return err == nil && string(data) == f.Text
}

func reverse(changes []locked.Change) []locked.Change {
	var back []locked.Change
	for _, c := range changes {
		back = append(back, locked.Change{Path: c.Path, Before: c.After, After: c.Before, Created: c.Deleted, Deleted: c.Created})
	}
	return back
}

// refresh lets the session see at once what was written.
func (c *commands) refresh(changes []locked.Change) {
	var paths []string
	for _, change := range changes {
		paths = append(paths, change.Path)
	}
	if len(paths) > 0 {
		c.server.watcher.Refresh(paths...)
	}
}

// An expectation is a text that a document is about to have.
type expectation struct {
	text string
	seen chan struct{}
	once sync.Once
}

// saw hears every text that a document gets.
func (c *commands) saw(path, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.expected[path]; e != nil && e.text == text {
		e.once.Do(func() { close(e.seen) })
	}
}

// edit asks the client to change the open documents, all or none, and looks whether they then are what they should be.
func (a *applying) edit(ctx context.Context) error {
	conv := newConverter(a.server.peer, a.server.session.Snapshot())
	var edits []fixes.Edit
	a.mu.Lock()
	for _, change := range a.open {
		for _, e := range locked.Edits(change.Before, change.After) {
			edits = append(edits, fixes.Edit{URI: change.file.URI, Span: e.Span, New: e.New})
		}
		a.expected[change.file.Path] = &expectation{text: change.After, seen: make(chan struct{})}
	}
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, change := range a.open {
			delete(a.expected, change.file.Path)
		}
	}()
	edit, ok := conv.edit(edits)
	if !ok {
		return fmt.Errorf("a document of %s was closed", a.job.title)
	}
	answer, err := a.server.peer.ApplyEdit(ctx, &protocol.ApplyWorkspaceEditParams{Label: &a.job.title, Edit: *edit})
	switch {
	case err != nil:
		return fmt.Errorf("asking the editor to apply the changes: %w", err)
	case !answer.Applied:
		return a.refused(answer)
	}
	deadline := time.NewTimer(settling)
	defer deadline.Stop()
	for _, change := range a.open {
		a.mu.Lock()
		e := a.expected[change.file.Path]
		a.mu.Unlock()
		select {
		case <-e.seen:
			continue
		default:
		}
		select {
		case <-e.seen:
		case <-ctx.Done():
		case <-deadline.C:
			deadline.Reset(0)
			a.job.clashes = append(a.job.clashes, filepath.Base(change.Path))
		}
	}
	return nil
}

// refused says why the client has changed nothing: most often because the user was faster.
func (a *applying) refused(answer *protocol.ApplyWorkspaceEditResult) error {
	snap := a.server.session.Snapshot()
	var changed []string
	for _, change := range a.open {
		if f, ok := snap.File(change.file.URI); !ok || f.Text != change.Before {
			changed = append(changed, change.Path)
		}
	}
	if len(changed) > 0 {
		return &locked.ChangedError{Paths: changed}
	}
	if answer.FailureReason != nil && *answer.FailureReason != "" {
		return fmt.Errorf("the editor did not apply the changes: %s", strings.Clone(*answer.FailureReason))
	}
	return errors.New("the editor did not apply the changes")
}

// saveAll saves the documents that were not modified before.
func (a *applying) saveAll(ctx context.Context) {
	if len(a.job.clashes) > 0 {
		return
	}
	var save []uri.URI
	for _, sum := range []bool{true, false} {
		for _, change := range a.open {
			if !change.modified && strings.HasSuffix(change.Path, ".sum") == sum {
				save = append(save, change.file.URI)
			}
		}
	}
	a.save(ctx, save)
}

// save asks the client to save documents, in this order.
func (c *commands) save(ctx context.Context, uris []uri.URI) {
	if len(uris) == 0 || !c.server.peer.save {
		return
	}
	var answer struct {
		Saved []uri.URI `json:"saved"`
	}
	params := map[string]any{"uris": uris}
	if err := protocol.Call(ctx, c.server.conn, "gomodls/save", params, &answer); err != nil {
		c.server.log.Warn("asking the editor to save", zap.Error(err))
	}
	for _, u := range uris {
		if err := ctx.Err(); err == nil && !slices.Contains(answer.Saved, u) {
			c.server.tell(ctx, protocol.MessageTypeWarning, filepath.Base(u.FsPath())+" was changed but could not be saved")
			return
		}
	}
}

// A later is what is left to do when a go.mod is saved.
type later struct {
	text  string          // of the go.mod for which it is to be done
	lines []locked.Change // closed go.sums
	save  []uri.URI       // documents
}

// finish drops the old lines of closed go.sums, now or, where go.mod is modified, when it is saved.
func (a *applying) finish(ctx context.Context, result locked.Result) error {
	gomod := filepath.Join(a.job.dir, "go.mod")
	mod, open := a.server.session.Snapshot().File(uri.File(gomod))
	if !open || onDisk(mod) {
		if len(a.lines) == 0 {
			return nil
		}
		result.Changes = a.lines
		_, err := locked.Disk(ctx, result)
		a.refresh(a.lines)
		return err
	}
	l := &later{text: mod.Text, lines: a.lines}
	for _, change := range a.open {
		if change.modified && strings.HasSuffix(change.Path, ".sum") {
			l.save = append(l.save, change.file.URI)
		}
	}
	if len(l.lines)+len(l.save) > 0 {
		a.mu.Lock()
		a.later[gomod] = l
		a.mu.Unlock()
	}
	return nil
}

// forget drops what was left to do in a module: something newer takes its place.
func (c *commands) forget(dir string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.later, filepath.Join(dir, "go.mod"))
}

// saved does what was left for the moment when the document at path is saved.
func (c *commands) saved(path string) {
	c.mu.Lock()
	l := c.later[path]
	delete(c.later, path)
	c.mu.Unlock()
	f, open := c.server.session.Snapshot().File(uri.File(path))
	if l == nil || !open {
		return
	}
	c.working.RLock()
	started := c.server.spawn("saving go.sum", func(ctx context.Context) {
		defer c.working.RUnlock()
		c.save(ctx, l.save)
		if f.Text != l.text || len(l.lines) == 0 {
			return // the old lines may be needed again; they do no harm
		}
		if err := c.dropLines(ctx, filepath.Dir(path), l.lines); err != nil {
			c.server.log.Info("the old lines of go.sum stay", zap.Error(err))
		}
		c.refresh(l.lines)
	})
	if !started {
		c.working.RUnlock()
	}
}

// dropLines makes the last step of an earlier transaction: that one can be undone, this one adds nothing to undo.
func (c *commands) dropLines(ctx context.Context, dir string, lines []locked.Change) error {
	_, err := c.store.Do(ctx, locked.Transaction{
		Title: "go mod tidy", World: func() locked.World { return locked.World{Dirs: []string{dir}} }, Unlisted: true, Apply: locked.Disk,
		Run: func(_ context.Context, sh *locked.Shadow) error {
			for _, line := range lines {
				if text, exists, err := sh.Read(line.Path); err == nil && exists && text == line.Before {
					sh.Write(line.Path, line.After)
				}
			}
			return nil
		},
	})
	return err
}
