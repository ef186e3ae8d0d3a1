package locked

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/modfile"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/text"
)

// DefaultTimeout ends a go command that hangs. Downloads that make progress may need long.
const DefaultTimeout = 10 * time.Minute

// Go says how the go command is started.
type Go struct {
	Command  string            // "go" if empty, found through PATH
	Env      []string          // os.Environ() if nil; GOWORK and PWD are set for each run, GOTOOLCHAIN=local unless the user chose
	Timeout  time.Duration     // DefaultTimeout if zero
	Progress func(line string) // hears each line that go prints, on another goroutine
}

// A GoError says that the go command failed, could not be started, or was ended.
type GoError struct {
	Args     []string // as a user would have typed them: "go", "mod", "tidy"
	Dir      string
	Output   string // with the user's names for the files
	ExitCode int    // -1 if it did not run or was killed
	Err      error
}

func (e *GoError) Unwrap() error { return e.Err }

func (e *GoError) Error() string {
	what := strings.Join(e.Args, " ")
	switch {
	case errors.Is(e.Err, exec.ErrNotFound):
		return fmt.Sprintf("%s: there is no go command in PATH", what)
	case e.Output != "":
		return fmt.Sprintf("%s: %s", what, strings.TrimSpace(e.Output))
	default:
		return fmt.Sprintf("%s: %v", what, e.Err)
	}
}

// A Shadow is a copy of what a transaction may change. The go command works on it, sees everything else as the user
// does, and writes nothing of theirs. It is not safe for concurrent use.
type Shadow struct {
	world World
	root  string // real path of world.Root(): go looks overlays up by name, so names must be the ones it will use
	dir   string // of the shadow's own files
	start Go

	files    map[string]*string // by real path; what was written, or nil for what was removed
	before   map[string]*string // what the user saw when it was first read, or nil for what was not there
	vendored map[string]string  // vendor directories: the new one by the real path of the one that it replaces
	output   strings.Builder
	names    map[string]string // shadow file to user's file, for go's messages
	hidden   int               // the number of files that stand for others
}

func newShadow(dir string, world World, g Go) (*Shadow, error) {
	dir, err := os.MkdirTemp(realPath(dir), "shadow")
	if err != nil {
		return nil, err
	}
	return &Shadow{
		world: world, root: realPath(world.Root()), dir: dir, start: g,
		files: make(map[string]*string), before: make(map[string]*string), names: make(map[string]string),
		vendored: make(map[string]string),
	}, nil
}

func (s *Shadow) close() { os.RemoveAll(s.dir) }

// World returns what the user saw when the transaction began.
func (s *Shadow) World() World { return s.world }

// Read returns a file as the user sees it with the changes of the transaction so far, and whether it exists.
func (s *Shadow) Read(path string) (text string, exists bool, err error) {
	if text, ok := s.files[realFile(path)]; ok {
		if text == nil {
			return "", false, nil
		}
		return *text, true, nil
	}
	return s.original(path)
}

// original returns a file as it was when the transaction first read it. What go works on, what the result is compared with
// and what it says that it replaces must be the same text, whatever happens on disk meanwhile.
func (s *Shadow) original(path string) (text string, exists bool, err error) {
	path = realFile(path)
	if text, ok := s.before[path]; ok {
		if text == nil {
			return "", false, nil
		}
		return *text, true, nil
	}
	text, exists, err = s.world.Read(path)
	if err == nil {
		s.before[path] = nil
		if exists {
			s.before[path] = &text
		}
	}
	return text, exists, err
}

// Write gives a file a new text: go sees it from the next run on, and it is part of the result.
func (s *Shadow) Write(path, text string) { s.files[realFile(path)] = &text }

// Remove removes a file in the same sense.
func (s *Shadow) Remove(path string) { s.files[realFile(path)] = nil }

// Tidy runs go mod tidy. In a vendored module it vendors anew, for go would refuse what is inconsistent with go.mod.
func (s *Shadow) Tidy(ctx context.Context) error { return s.update(ctx, "mod", "tidy") }

// Get runs go get with arguments like "example.com/a@v1.2.0", and vendors anew as Tidy does.
func (s *Shadow) Get(ctx context.Context, args ...string) error {
	return s.update(ctx, append([]string{"get"}, args...)...)
}

func (s *Shadow) update(ctx context.Context, args ...string) error {
	gomod := filepath.Join(s.root, "go.mod")
	before, _, _ := s.Read(gomod)
	if err := s.Run(ctx, args...); err != nil {
		return err
	}
	after, _, _ := s.Read(gomod)
	if before == after {
		return nil
	}
	if vendored(s.root) {
		if err := s.vendorModule(ctx); err != nil {
			return err
		}
	}
	if s.world.Workspace == "" {
		return nil
	}
	return s.revendorWork(ctx, s.world.Workspace)
}

// Download runs go mod download, which completes go.sum (in a workspace go.work.sum) only for modules that are named, and
// only for the versions that are selected.
func (s *Shadow) Download(ctx context.Context, modules ...string) error {
	return s.Run(ctx, append([]string{"mod", "download"}, modules...)...)
}

// Verify runs go mod verify. Its verdict is the error, or the result's output.
func (s *Shadow) Verify(ctx context.Context) error { return s.Run(ctx, "mod", "verify") }

// Vendor runs go mod vendor or, where it is the workspace that is vendored, go work vendor. The vendor directory is part of
// the result. It must hold no symbolic links: go makes none, and what they lead to is not ours to replace.
func (s *Shadow) Vendor(ctx context.Context) error {
	switch {
	case s.world.Work != "":
		return s.vendorWork(ctx, s.world.Work)
	case s.world.Workspace != "" && !vendored(s.root) && vendored(filepath.Dir(s.world.Workspace)):
		return s.vendorWork(ctx, s.world.Workspace)
	}
	return s.vendorModule(ctx)
}

// vendored reports whether there is a vendor directory that go keeps consistent with the module files beside it.
func vendored(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "vendor", "modules.txt"))
	return err == nil
}

func (s *Shadow) vendorModule(ctx context.Context) error {
	target := filepath.Join(s.root, "vendor")
	if err := noLinks(target); err != nil {
		return err
	}
	vendor := filepath.Join(s.dir, "vendor")
	vendoring := func() error { return s.Run(ctx, "mod", "vendor", "-o", vendor) }
	err := vendoring()
	var failed *GoError
	if ctx.Err() == nil && errors.As(err, &failed) {
		err = s.vendorAfter(ctx, failed, vendoring)
	}
	if err != nil {
		return err
	}
	s.vendored[target] = vendor
	return nil
}

// vendorAfter tries again to vendor once what go lacked is there: the requirements that the old vendor directory was made from
// and that provide what is imported, the checksums of all modules whose sources go reads, and at last the versions that go asks
// to have in go.mod. If all that is of no help, the shadow is as before, and the error the first one.
func (s *Shadow) vendorAfter(ctx context.Context, failed *GoError, vendoring func() error) error {
	undo := maps.Clone(s.files)
	required, err := s.requireVendored(failed.Output)
	updates := strings.Contains(failed.Output, "updates to go.mod needed")
	if err == nil && (required || updates || strings.Contains(failed.Output, "missing go.sum entry")) {
		completed := func() bool { return s.Complete(ctx) == nil && vendoring() == nil }
		if !updates && completed() {
			return nil
		}
		if s.Run(ctx, "list", "-mod=mod", "-m", "-f", `{{""}}`, "all") == nil && completed() {
			return nil
		}
	}
	s.files = undo
	return failed
}

// requireVendored adds to go.mod the requirements that the vendor directory was made from, of modules that are not required
// and provide a package that, says output, no required module provides. It reports whether there were any.
func (s *Shadow) requireVendored(output string) (added bool, err error) {
	lacking := make(map[string]bool)
	for _, m := range unprovided().FindAllStringSubmatch(output, -1) {
		lacking[m[1]] = true
	}
	gomod := filepath.Join(s.root, "go.mod")
	src, _, err := s.Read(gomod)
	if err != nil {
		return false, err
	}
	list, _, err := s.Read(filepath.Join(s.root, "vendor", "modules.txt"))
	if err != nil || len(lacking) == 0 {
		return false, err
	}
	mod := syntax.ParseMod(src)
	if mod.Module == nil {
		return false, nil
	}
	required := make(map[string]bool)
	for _, r := range mod.Require {
		required[r.Path] = true
	}
	var module []string
	for line := range strings.Lines(list) {
		switch w := strings.Fields(line); {
		case len(w) >= 3 && w[0] == "#":
			module = w[1:3]
		case len(w) == 1 && lacking[w[0]] && module != nil && !required[module[0]]:
			edit := fixes.AddRequire(syntax.ParseMod(src), module[0], module[1], false)
			src, _ = text.Apply(src, []text.Edit{edit})
			required[module[0]], added = true, true
		}
	}
	if added {
		s.Write(gomod, src)
	}
	return added, nil
}

// unprovided is what go says of a package that it cannot find, or only in a replacement of what is not required.
var unprovided = text.Pattern(`provides package ([^\s;]+)`)

// Run runs a go command that reads, or writes only go.mod and go.sum: mod tidy, mod download, mod verify, get, list. What
// it wrote is then in the shadow; if it failed the shadow is as before. It ends with all its children within a second
// when ctx ends.
func (s *Shadow) Run(ctx context.Context, args ...string) error {
	flags, gowork, err := s.materialize()
	if err != nil {
		return fmt.Errorf("copying the module's files: %w", err)
	}
	command := args[:1]
	if args[0] == "mod" || args[0] == "work" {
		command = args[:2]
	}
	if err := s.exec(ctx, s.root, gowork, slices.Concat(command, flags, args[len(command):]), args); err != nil {
		return err
	}
	return s.readBack()
}

// exec runs go in dir with argv, which is what the user would have typed, args, with flags that make it see the shadow.
func (s *Shadow) exec(ctx context.Context, dir, gowork string, argv, args []string) error {
	timeout := s.start.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	runCtx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	name := s.start.Command
	if name == "" {
		name = "go"
	}
	var output bytes.Buffer
	lines := &lineWriter{out: &output, rename: s.rename(), line: s.start.Progress}
	cmd := exec.CommandContext(runCtx, name, argv...)
	cmd.Dir = dir
	cmd.Env = append(environ(s.start.Env), "GOWORK="+gowork, "PWD="+dir)
	cmd.Stdout, cmd.Stderr = lines, lines
	err := runGroup(cmd)
	lines.flush()
	s.output.Write(output.Bytes())
	if err != nil {
		if ctx.Err() == nil && runCtx.Err() != nil {
			err = fmt.Errorf("ended after %v: %w", timeout, context.DeadlineExceeded)
		}
		failed := &GoError{Args: append([]string{"go"}, args...), Dir: s.world.Root(), Output: output.String(), ExitCode: -1, Err: err}
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			failed.ExitCode = exit.ExitCode()
		}
		return failed
	}
	return nil
}

// materialize writes the shadow's files for one run, and returns the flags and the GOWORK that make go use them.
func (s *Shadow) materialize() (flags []string, gowork string, err error) {
	main := filepath.Join(s.root, "go.mod")
	if s.world.Work != "" {
		main = s.world.Work
	}
	if _, exists, err := s.Read(main); err != nil || !exists {
		return nil, "", cmp.Or(err, error(&fs.PathError{Op: "read", Path: main, Err: fs.ErrNotExist}))
	}
	overlay := make(map[string]string)
	hide := func(path, text string) error {
		file, err := s.hide(path, text)
		for _, alias := range s.aliases(path) {
			overlay[alias] = file
		}
		return err
	}
	for path, b := range s.world.index {
		if _, written := s.files[path]; written {
			continue
		}
		if disk, exists, err := readFile(path); err == nil && exists && disk == b.Text {
			continue
		}
		if err := hide(path, b.Text); err != nil {
			return nil, "", err
		}
	}
	for path, text := range s.files {
		switch {
		case s.world.Work != "" && path == realFile(s.world.Work):
		case text == nil:
			for _, alias := range s.aliases(path) {
				overlay[alias] = "" // go's way to say that it does not exist
			}
		default:
			if err := hide(path, *text); err != nil {
				return nil, "", err
			}
		}
	}
	gowork = "off"
	if s.world.Work != "" {
		gowork = filepath.Join(s.dir, "go.work")
		delete(overlay, realFile(s.world.Work))
		err = s.writeWork(gowork)
	} else {
		flags = append(flags, "-modfile="+filepath.Join(s.dir, "go.mod"))
		err = s.writeOwn("go.mod", "go.sum")
	}
	if err != nil || len(overlay) == 0 {
		return flags, gowork, err
	}
	flag, err := s.writeOverlay(overlay)
	return append(flags, flag...), gowork, err
}

// hide writes what go is to see at path into a file of the shadow.
func (s *Shadow) hide(path, text string) (file string, err error) {
	s.hidden++
	file = filepath.Join(s.dir, fmt.Sprintf("%d-%s", s.hidden, filepath.Base(path)))
	s.names[file] = path
	return file, os.WriteFile(file, []byte(text), 0o600)
}

func (s *Shadow) writeOverlay(overlay map[string]string) (flag []string, err error) {
	data, err := json.Marshal(struct{ Replace map[string]string }{overlay})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(s.dir, "overlay.json")
	return []string{"-overlay=" + file}, os.WriteFile(file, data, 0o600)
}

// aliases returns the names under which go may look up the file at a real path. It joins the directories of replacements
// and of the workspace's modules to file names without resolving their links.
func (s *Shadow) aliases(path string) []string {
	names := []string{path}
	for _, dir := range s.world.Dirs {
		abs, err := filepath.Abs(dir)
		if err != nil {
			continue
		}
		if rel, err := filepath.Rel(realPath(dir), path); err == nil && filepath.IsLocal(rel) {
			names = append(names, filepath.Join(abs, rel))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ownFiles returns the files that go writes in the shadow, by their names there.
func (s *Shadow) ownFiles() map[string]string {
	if s.world.Work != "" {
		return map[string]string{"go.work.sum": filepath.Join(filepath.Dir(realFile(s.world.Work)), "go.work.sum")}
	}
	return map[string]string{"go.mod": filepath.Join(s.root, "go.mod"), "go.sum": filepath.Join(s.root, "go.sum")}
}

func (s *Shadow) writeOwn(names ...string) error {
	for _, name := range names {
		path := s.ownFiles()[name]
		file := filepath.Join(s.dir, name)
		s.names[file] = path
		text, exists, err := s.Read(path)
		if err != nil {
			return err
		}
		if !exists {
			err = os.Remove(file)
			if errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
		} else {
			err = os.WriteFile(file, []byte(text), 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeWork writes the workspace file to another place, so its relative paths are made absolute. One that cannot be parsed
// is copied as it is: go will say what is wrong with it. (With -overlay alone go would write the user's go.work.sum.)
func (s *Shadow) writeWork(file string) error {
	text, _, err := s.Read(s.world.Work)
	if err != nil {
		return err
	}
	s.names[file] = realFile(s.world.Work)
	data := []byte(text)
	if work, err := modfile.ParseWork(file, data, nil); err == nil {
		base := filepath.Dir(realFile(s.world.Work))
		absolute := func(path string) string {
			if p := filepath.FromSlash(path); !filepath.IsAbs(p) {
				return filepath.ToSlash(filepath.Join(base, p))
			}
			return path
		}
		for _, use := range work.Use {
			use.Syntax.Token[len(use.Syntax.Token)-1] = modfile.AutoQuote(absolute(use.Path))
		}
		for _, r := range work.Replace {
			if r.New.Version == "" {
				r.Syntax.Token[len(r.Syntax.Token)-1] = modfile.AutoQuote(absolute(r.New.Path))
			}
		}
		data = modfile.Format(work.Syntax)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	return s.writeOwn("go.work.sum")
}

// readBack takes over what go has written.
func (s *Shadow) readBack() error {
	for name, path := range s.ownFiles() {
		after, exists, err := readFile(filepath.Join(s.dir, name))
		if err != nil {
			return err
		}
		before, existed, err := s.Read(path)
		if err != nil {
			return err
		}
		switch {
		case exists && (!existed || before != after):
			s.Write(path, keepEndings(before, after))
		case existed && !exists:
			s.Remove(path)
		}
	}
	return nil
}

// result compares the shadow with what the user sees.
func (s *Shadow) result() (Result, error) {
	for target, vendor := range s.vendored {
		if err := s.takeVendor(target, vendor); err != nil {
			return Result{}, fmt.Errorf("comparing vendor directories: %w", err)
		}
	}
	result := Result{Output: s.output.String()}
	for path, text := range s.files {
		before, existed, err := s.original(path)
		if err != nil {
			return Result{}, err
		}
		c := Change{Path: s.userName(path), Before: before}
		switch {
		case text == nil && existed:
			c.Deleted = true
		case text == nil || existed && *text == before:
			continue
		default:
			c.After, c.Created = *text, !existed
		}
		result.Changes = append(result.Changes, c)
	}
	slices.SortFunc(result.Changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return result, nil
}

// takeVendor makes a vendor directory of the shadow, which is to replace target, part of the shadow's files.
func (s *Shadow) takeVendor(target, vendor string) error {
	collect := func(dir string, visit func(rel, path string) error) error {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			return visit(rel, path)
		})
		if errors.Is(err, fs.ErrNotExist) {
			return nil // nothing is vendored
		}
		return err
	}
	keep := make(map[string]bool)
	if err := collect(vendor, func(rel, path string) error {
		text, _, err := readFile(path)
		keep[rel] = true
		s.Write(filepath.Join(target, rel), text)
		return err
	}); err != nil {
		return err
	}
	return collect(target, func(rel, path string) error {
		if !keep[rel] {
			s.Remove(path)
		}
		return nil
	})
}

func noLinks(dir string) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type()&fs.ModeSymlink != 0 {
			err = fmt.Errorf("%s is a symbolic link", path)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// userName returns the name under which the user knows the file at a real path: that of its buffer, or one below the
// directories that were given.
func (s *Shadow) userName(path string) string {
	if b, ok := s.world.index[path]; ok {
		return b.Path
	}
	for _, dir := range s.world.Dirs {
		if rel, err := filepath.Rel(realPath(dir), path); err == nil && filepath.IsLocal(rel) {
			return filepath.Join(dir, rel)
		}
	}
	return path
}

// rename returns the replacement of the shadow's names by the user's. Go prints them absolute or, where that is shorter,
// relative to its directory.
func (s *Shadow) rename() *strings.Replacer {
	short := func(path string) string {
		if rel, err := filepath.Rel(s.root, path); err == nil && len(rel) < len(path) {
			return rel
		}
		return path
	}
	var files []string
	for file := range s.names {
		files = append(files, file)
	}
	slices.SortFunc(files, func(a, b string) int { return len(b) - len(a) }) // go.work.sum before go.work
	var pairs []string
	for _, file := range files {
		user := short(s.names[file])
		pairs = append(pairs, file, user)
		if rel, err := filepath.Rel(s.root, file); err == nil {
			pairs = append(pairs, rel, user)
		}
	}
	for _, dir := range []string{filepath.Join(s.dir, "vendor-work"), filepath.Join(s.dir, "vendor"), s.dir} {
		user := map[bool]string{true: "vendor", false: "."}[dir != s.dir]
		pairs = append(pairs, dir, user)
		if rel, err := filepath.Rel(s.root, dir); err == nil {
			pairs = append(pairs, rel, user)
		}
	}
	return strings.NewReplacer(pairs...)
}

// environ adds GOTOOLCHAIN=local to env, unless the user chose otherwise there or with go env -w: a go line that is newer
// than the user's Go would otherwise be a download.
func environ(env []string) []string {
	if env == nil {
		env = os.Environ()
	}
	file := ""
	for _, kv := range env {
		if value, ok := strings.CutPrefix(kv, "GOTOOLCHAIN="); ok && value != "" {
			return slices.Clone(env)
		}
		if value, ok := strings.CutPrefix(kv, "GOENV="); ok {
			file = value
		}
	}
	if file == "" {
		if dir, err := os.UserConfigDir(); err == nil {
			file = filepath.Join(dir, "go", "env")
		}
	}
	if data, err := os.ReadFile(file); err == nil && file != "off" {
		for line := range strings.Lines(string(data)) {
			if value, ok := strings.CutPrefix(strings.TrimSpace(line), "GOTOOLCHAIN="); ok && value != "" {
				return slices.Clone(env)
			}
		}
	}
	return append(slices.Clone(env), "GOTOOLCHAIN=local")
}

// runGroup runs cmd in a process group of its own, all of which ends with cmd's context.
func runGroup(cmd *exec.Cmd) error {
	// On Linux a child can die with the thread that started it, which must then live as long.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	setGroup(cmd)
	var ending sync.WaitGroup
	ended := make(chan struct{})
	cmd.Cancel = func() error {
		askGroup(cmd.Process)
		ending.Go(func() {
			select {
			case <-ended:
			case <-time.After(killAfter):
			}
			killGroup(cmd.Process) // also what go itself has left behind
		})
		return nil
	}
	cmd.WaitDelay = killAfter + 300*time.Millisecond // whoever left the group may still hold the pipes
	err := cmd.Run()
	close(ended)
	ending.Wait()
	return err
}

// killAfter is the time that a group has to end on its own.
const killAfter = 300 * time.Millisecond

// A lineWriter hands on whole lines, with names replaced.
type lineWriter struct {
	out    *bytes.Buffer
	rename *strings.Replacer
	line   func(string)
	part   []byte
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.part = append(w.part, p...)
	for {
		line, rest, ok := bytes.Cut(w.part, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		w.emit(string(line))
		w.part = bytes.Clone(rest)
	}
}

func (w *lineWriter) emit(line string) {
	line = w.rename.Replace(line)
	w.out.WriteString(line + "\n")
	if w.line != nil {
		w.line(line)
	}
}

func (w *lineWriter) flush() {
	if len(w.part) > 0 {
		w.emit(string(w.part))
		w.part = nil
	}
}
