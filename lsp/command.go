package lsp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/privategap"
	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/syntax"
	"github.com/gomodls/gomodls/internal/workspace"
)

const (
	commandTidy        = "gomodls.tidy"
	commandTidyPreview = "gomodls.tidyPreview"
	commandDownload    = "gomodls.download"
	commandVerify      = "gomodls.verify"
	commandVendor      = "gomodls.vendor"
	commandGet         = "gomodls.get"
	commandAddPrivate  = "gomodls.addPrivate"
	commandUndo        = "gomodls.undo"
	commandCancel      = "gomodls.cancel"
)

// A command is what the server does when it is asked to by name.
type command struct {
	title   func(arguments) string
	trusted bool // only where the user trusts the folder, because it runs go or changes what go does
	sends   bool // go may ask proxies and the checksum database for modules
	run     func(*commands, context.Context, *job) error
}

func titled(s string) func(arguments) string { return func(arguments) string { return s } }

// table holds every command but cancel, which is not a job.
var table = map[string]command{
	commandTidy:        {titled("go mod tidy"), true, true, (*commands).tidy},
	commandTidyPreview: {titled("go mod tidy -diff"), true, true, (*commands).tidyPreview},
	commandDownload:    {titled("go mod download"), true, true, (*commands).download},
	commandVerify:      {titled("go mod verify"), true, true, (*commands).verify},
	commandVendor:      {titled("go mod vendor"), true, true, (*commands).vendor},
	commandGet:         {func(a arguments) string { return "go get " + a.Module + "@" + a.Version }, true, true, (*commands).get},
	commandAddPrivate:  {func(a arguments) string { return "go env -w " + a.variable() }, true, false, (*commands).addPrivate},
	commandUndo:        {titled("undo"), false, false, (*commands).undo},
}

func known(name string) bool {
	_, ok := table[name]
	return ok || name == commandCancel
}

func commandNames() []string {
	return append(sortedKeys(table), commandCancel)
}

// arguments are the one argument object of a command.
type arguments struct {
	URI     uri.URI  `json:"uri"`
	Module  string   `json:"module"`  // get
	Version string   `json:"version"` // get
	Modules []string `json:"modules"` // download: these, as path@version, and no others
	Recheck string   `json:"recheck"` // download: drop the checksums of this one, as path@version, and take new ones
	Pattern string   `json:"pattern"` // addPrivate
	Key     string   `json:"key"`     // addPrivate: the variable; GOPRIVATE if empty
}

func (a arguments) variable() string { return cmp.Or(a.Key, "GOPRIVATE") }

// A job is one command that is being carried out.
type job struct {
	arguments
	name     string
	title    string
	dir      string // of the module
	cancel   context.CancelFunc
	progress *progress
	clashes  []string // documents that are not what the job made them
	note     string   // what to say at the end
}

// commands carries out commands, each as a transaction of fixes/locked.
type commands struct {
	server  *server
	store   *locked.Store
	working sync.RWMutex // held for reading by every job

	mu       sync.Mutex
	jobs     map[*job]bool
	expected map[string]*expectation // by path
	later    map[string]*later       // by path of the go.mod whose save is waited for
	tokens   int
}

func newCommands(s *server) *commands {
	return &commands{
		server: s, store: s.options.Store,
		jobs: map[*job]bool{}, expected: map[string]*expectation{}, later: map[string]*later{},
	}
}

// wait waits until no job runs. The context of all must have ended.
func (c *commands) wait() {
	c.working.Lock()
	defer c.working.Unlock()
}

// end cancels the jobs that match.
func (c *commands) end(match func(*job) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for j := range c.jobs {
		if match(j) {
			j.cancel()
		}
	}
}

func (c *commands) cancelAll() { c.end(func(*job) bool { return true }) }

// WorkDoneProgressCancel ends the job whose progress the user has cancelled.
func (s *server) WorkDoneProgressCancel(_ context.Context, params *protocol.WorkDoneProgressCancelParams) error {
	s.commands.end(func(j *job) bool { return j.progress.is(params.Token) })
	return nil
}

func (q *query) ExecuteCommand(ctx context.Context, params *protocol.ExecuteCommandParams) (protocol.LSPAny, error) {
	if !known(params.Command) {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "there is no command %s", params.Command)
	}
	var args arguments
	if len(params.Arguments) > 0 {
		if err := protocol.Unmarshal(params.Arguments[0].Clone(), &args); err != nil {
			return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the argument of %s is not an object with a uri", params.Command)
		}
	}
	if args.URI == "" {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s wants an object with a uri", params.Command)
	}
	return nil, q.commands.execute(ctx, params.Command, args, params.WorkDoneToken)
}

// errRequestFailed is the protocol's code for a request that was understood and could not be done.
const errRequestFailed jsonrpc2.Code = -32803

func (c *commands) execute(ctx context.Context, name string, args arguments, token protocol.ProgressToken) error {
	c.working.RLock()
	defer c.working.RUnlock()
	cmd := table[name]
	if cmd.trusted && !c.server.peer.trusted {
		return jsonrpc2.Errorf(errRequestFailed, "%s is not run: this folder is not trusted, so nothing is started here", cmd.title(args))
	}
	dir, err := c.locate(ctx, args.URI)
	if err != nil {
		return err
	}
	if name == commandCancel {
		c.end(func(j *job) bool { return j.dir == dir })
		return nil
	}
	if cmd.sends {
		if err := c.checkPrivate(ctx, cmd.title(args), dir, args.Modules); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	j := &job{arguments: args, name: name, title: cmd.title(args), dir: dir, cancel: cancel}
	j.progress = c.begin(ctx, j.title, token)
	if err := c.track(j, func() error { return cmd.run(c, ctx, j) }); err != nil {
		j.progress.end("")
		if ctx.Err() != nil {
			return context.Canceled
		}
		c.server.log.Info("command failed", zap.String("command", name), zap.Error(err))
		return jsonrpc2.NewError(errRequestFailed, explain(err))
	}
	j.progress.end(j.note)
	if len(j.clashes) > 0 {
		c.offerUndo(j)
	}
	return nil
}

// checkPrivate refuses to have go run where it would send out the path of a private module.
func (c *commands) checkPrivate(ctx context.Context, title, dir string, asked []string) error {
	gomod := filepath.Join(dir, "go.mod")
	r, err := gather.Settle(ctx, c.server.session, func(ctx context.Context, snap *workspace.Snapshot) (*analysis.Result, error) {
		return analysis.Run(ctx, snap, []*analysis.Analyzer{privategap.Analyzer}, []string{gomod})
	})
	if err != nil {
		return err
	}
	if path := privategap.Open(r, dir, asked...); path != "" {
		return jsonrpc2.Errorf(errRequestFailed, "%s is not run: it would send out the path of %s, which is private; cover it first, with go env -w GOPRIVATE=%s for example", title, path, goenv.PatternFor(path))
	}
	return nil
}

// track runs a job where it can be found to be cancelled.
func (c *commands) track(j *job, run func() error) error {
	c.mu.Lock()
	c.jobs[j] = true
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.jobs, j)
		c.mu.Unlock()
		c.server.board.due.ring()
	}()
	return run()
}

// explain is the error's text, and what can be done about it where that is not plain.
func explain(err error) string {
	var changed *locked.ChangedError
	if errors.As(err, &changed) {
		return err.Error() + ". Run it again when they are at rest."
	}
	return err.Error()
}

// locate returns the directory of the module that u belongs to, or lies above it where u is a directory.
func (c *commands) locate(ctx context.Context, u uri.URI) (string, error) {
	if !u.IsFile() {
		return "", jsonrpc2.NewError(errRequestFailed, whyNot(c.server.session.Snapshot(), own(u)))
	}
	path := pathOf(u)
	why := ""
	dir, err := gather.Settle(ctx, c.server.session, func(_ context.Context, snap *workspace.Snapshot) (string, error) {
		f := workspace.NewFile(path, "")
		if snap.Read(path).State == workspace.Directory && f.Kind == workspace.Other {
			f = workspace.NewFile(filepath.Join(path, "any.go"), "")
		}
		file, ok := target(snap, f)
		why = whyNot(snap, f.URI)
		if !ok {
			return "", nil
		}
		dir := filepath.Dir(file)
		if snap.Read(filepath.Join(dir, "go.mod")).State != workspace.Regular {
			return "", nil
		}
		return dir, nil
	})
	if err == nil && dir == "" {
		err = jsonrpc2.NewError(errRequestFailed, why)
	}
	return dir, err
}

// world is what the user sees of a module now.
func (c *commands) world(dir string) locked.World {
	w := locked.World{Dirs: []string{dir}}
	// Only the end of the session ends Settle here, and then nothing comes of the world.
	_, _ = gather.Settle(c.server.ctx, c.server.session, func(_ context.Context, snap *workspace.Snapshot) (struct{}, error) {
		w.Dirs, w.Buffers = []string{dir}, nil
		if f := snap.Read(filepath.Join(dir, "go.mod")).File; f != nil {
			for _, r := range f.Mod().Replace {
				if !r.IsDir {
					continue
				}
				to := filepath.FromSlash(r.New.Path)
				if !filepath.IsAbs(to) {
					to = filepath.Join(dir, to)
				}
				if snap.Read(to).State == workspace.Directory && !slices.Contains(w.Dirs, to) {
					w.Dirs = append(w.Dirs, to)
				}
			}
		}
		for _, f := range snap.Open() {
			if f.URI.IsFile() {
				w.Buffers = append(w.Buffers, locked.Buffer{Path: f.Path, Text: f.Text})
			}
		}
		return struct{}{}, nil
	})
	return w
}

// do carries out a transaction for a job and makes what it changes visible in the editor and on disk.
func (c *commands) do(ctx context.Context, j *job, run func(context.Context, *locked.Shadow) error) (locked.Result, error) {
	return c.store.Do(ctx, c.transaction(j, run, func(_ context.Context, r locked.Result) (bool, error) { return c.apply(j, r) }))
}

func (c *commands) transaction(j *job, run func(context.Context, *locked.Shadow) error, apply func(context.Context, locked.Result) (bool, error)) locked.Transaction {
	return locked.Transaction{
		Title: j.title,
		World: func() locked.World { return c.world(j.dir) },
		Run:   run,
		Apply: apply,
		Go:    c.goCommand(j),
		OnWait: func(who locked.Holder) {
			j.progress.report("waiting for " + who.String())
			c.server.board.due.ring()
		},
		OnLock: func(recovered []locked.Recovered) {
			for _, r := range recovered {
				c.server.tell(c.server.ctx, protocol.MessageTypeInfo, r.String())
			}
			c.server.board.due.ring()
		},
	}
}

// goCommand says how go is started: as the user would in a terminal, with the settings laid over.
func (c *commands) goCommand(j *job) locked.Go {
	m := c.server.session.Snapshot().Machine()
	g := locked.Go{Command: m.Go, Progress: j.progress.report}
	for _, key := range slices.Sorted(maps.Keys(m.Environ)) {
		g.Env = append(g.Env, key+"="+m.Environ[key])
	}
	return g
}

func (c *commands) tidy(ctx context.Context, j *job) error {
	result, err := c.do(ctx, j, func(ctx context.Context, sh *locked.Shadow) error { return sh.Tidy(ctx) })
	if err == nil && len(result.Changes) == 0 {
		j.note = "nothing to change"
	}
	return err
}

func (c *commands) tidyPreview(ctx context.Context, j *job) error {
	result, err := c.store.Do(ctx, c.transaction(j, func(ctx context.Context, sh *locked.Shadow) error { return sh.Tidy(ctx) }, nil))
	if err != nil {
		return err
	}
	if len(result.Changes) == 0 {
		c.server.tell(ctx, protocol.MessageTypeInfo, "go mod tidy has nothing to change")
		return nil
	}
	return c.preview(ctx, j, result)
}

// preview shows what files would become, or as a diff where the client cannot.
func (c *commands) preview(ctx context.Context, j *job, result locked.Result) error {
	snap := c.server.session.Snapshot()
	if !c.server.peer.showDiff {
		var diff strings.Builder
		for _, change := range result.Changes {
			diff.WriteString(change.Diff(j.dir))
		}
		c.server.tell(ctx, protocol.MessageTypeInfo, "go mod tidy would change\n"+diff.String())
		return nil
	}
	type file struct {
		URI     uri.URI `json:"uri"`
		NewText string  `json:"newText"`
	}
	params := struct {
		Title string `json:"title"`
		Files []file `json:"files"`
	}{Title: "go mod tidy"}
	for _, change := range result.Changes {
		if !inVendor(j.dir, change.Path) {
			params.Files = append(params.Files, file{uriOf(snap, change.Path), change.After})
		}
	}
	return protocol.Call(ctx, c.server.conn, "gomodls/showDiff", params, nil)
}

func inVendor(dir, path string) bool { return within(path, filepath.Join(dir, "vendor")) }

// download completes go.sum and the module cache: whatever `go list -m all` and the packages of the requirements need.
func (c *commands) download(ctx context.Context, j *job) error {
	modules := slices.Clone(j.Modules)
	if j.Recheck != "" {
		modules = append(modules, j.Recheck)
	}
	for _, m := range modules {
		path, version, ok := strings.Cut(m, "@")
		if !ok || module.CheckPath(path) != nil || version == "" || strings.HasPrefix(m, "-") {
			return fmt.Errorf("%q is not of the form path@version", m)
		}
	}
	_, err := c.do(ctx, j, func(ctx context.Context, sh *locked.Shadow) error {
		if j.Recheck != "" {
			if err := dropSums(sh, filepath.Join(j.dir, "go.sum"), j.Recheck); err != nil {
				return err
			}
		}
		if len(modules) > 0 {
			return sh.Download(ctx, modules...)
		}
		return complete(ctx, sh, j.dir)
	})
	return err
}

// dropSums removes the lines of a module version from go.sum.
func dropSums(sh *locked.Shadow, sum, m string) error {
	text, exists, err := sh.Read(sum)
	if err != nil || !exists {
		return err
	}
	path, version, _ := strings.Cut(m, "@")
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if w := strings.Fields(line); len(w) == 3 && w[0] == path && (w[1] == version || w[1] == version+"/go.mod") {
			continue
		}
		kept.WriteString(line)
	}
	sh.Write(sum, kept.String())
	return nil
}

// complete lets go add to go.sum what it would demand. Listing all modules takes the checksums of all go.mod files; those of
// the modules themselves are added only for modules that are named.
func complete(ctx context.Context, sh *locked.Shadow, dir string) error {
	gomod := filepath.Join(dir, "go.mod")
	before, _, err := sh.Read(gomod)
	if err != nil {
		return err
	}
	// -mod=mod may mend more than was asked for, so go.mod is put back in the end.
	defer func() { sh.Write(gomod, before) }()
	if err := sh.Run(ctx, "list", "-mod=mod", "-m", "-f", `{{""}}`, "all"); err != nil {
		return err
	}
	text, _, err := sh.Read(filepath.Join(dir, "go.sum"))
	if err != nil {
		return err
	}
	sums := map[string]bool{}
	for line := range strings.Lines(text) {
		if w := strings.Fields(line); len(w) == 3 {
			sums[w[0]+"@"+w[1]] = true
		}
	}
	mended, _, err := sh.Read(gomod)
	if err != nil {
		return err
	}
	mod := workspace.NewFile(gomod, mended).Mod()
	var modules []string
	for _, r := range mod.Require {
		if actual := replaced(mod, r); actual.Version != "" && !sums[actual.Path+"@"+actual.Version] {
			modules = append(modules, r.Path+"@"+r.Version)
		}
	}
	if len(modules) == 0 {
		return nil
	}
	return sh.Download(ctx, modules...)
}

// replaced returns what go fetches for a requirement: itself or its replacement, whose version is empty if it is a
// directory.
func replaced(mod *syntax.Mod, r *syntax.Require) module.Version {
	actual := module.Version{Path: r.Path, Version: r.Version}
	for _, rep := range mod.Replace {
		switch {
		case rep.Old.Path != r.Path:
		case rep.Old.Version == r.Version:
			return rep.New
		case rep.Old.Version == "":
			actual = rep.New
		}
	}
	return actual
}

func (c *commands) verify(ctx context.Context, j *job) error {
	result, err := c.do(ctx, j, func(ctx context.Context, sh *locked.Shadow) error { return sh.Verify(ctx) })
	if err == nil {
		c.server.tell(ctx, protocol.MessageTypeInfo, result.Output)
	}
	return err
}

func (c *commands) vendor(ctx context.Context, j *job) error {
	result, err := c.do(ctx, j, func(ctx context.Context, sh *locked.Shadow) error { return sh.Vendor(ctx) })
	if err == nil && len(result.Changes) == 0 {
		j.note = "nothing to change"
	}
	return err
}

func (c *commands) get(ctx context.Context, j *job) error {
	if module.CheckPath(j.Module) != nil || j.Version == "" || strings.ContainsAny(j.Version, " \t\n") {
		return fmt.Errorf("%s wants a module and a version", j.name)
	}
	_, err := c.do(ctx, j, func(ctx context.Context, sh *locked.Shadow) error { return sh.Get(ctx, j.Module+"@"+j.Version) })
	return err
}

// addPrivate does what `go env -w` does, under the lock of the directory of its file.
func (c *commands) addPrivate(ctx context.Context, j *job) error {
	key := j.variable()
	if !slices.Contains([]string{"GOPRIVATE", "GONOPROXY", "GONOSUMDB"}, key) {
		return fmt.Errorf("%s does not set %s", j.name, key)
	}
	if j.Pattern == "" || strings.ContainsAny(j.Pattern, " \t\r\n\x00") {
		return fmt.Errorf("%q is not a pattern of module paths", j.Pattern)
	}
	env, err := gather.Settle(ctx, c.server.session, func(_ context.Context, snap *workspace.Snapshot) (*goenv.Env, error) { return snap.Env(), nil })
	if err != nil {
		return err
	}
	value := env.Get(key)
	if value.Source == goenv.OS || value.Source == goenv.Setting {
		return fmt.Errorf("%s is set in the environment, which is stronger than go env -w; add %s to it there", key, j.Pattern)
	}
	file := env.Get("GOENV").Value
	if file == "" || file == "off" {
		return fmt.Errorf("GOENV=off: there is no file to write to")
	}
	t := c.transaction(j, func(_ context.Context, sh *locked.Shadow) error {
		text, _, err := sh.Read(file)
		if err != nil {
			return err
		}
		list := value.Value
		if list != "" {
			list += ","
		}
		sh.Write(file, setVariable(text, key, list+j.Pattern))
		return nil
	}, locked.Disk)
	t.World = func() locked.World { return locked.World{Dirs: []string{filepath.Dir(file)}} }
	_, err = c.store.Do(ctx, t)
	c.server.watcher.Refresh(file)
	return err
}

// setVariable replaces the line of a variable in a file of go's environment, or adds one.
func setVariable(text, key, value string) string {
	var out strings.Builder
	done := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, key+"=") {
			if done {
				continue
			}
			done, line = true, key+"="+value+"\n"
		} else if !strings.HasSuffix(line, "\n") {
			line += "\n"
		}
		out.WriteString(line)
	}
	if !done {
		out.WriteString(key + "=" + value + "\n")
	}
	return out.String()
}

// undo puts back what the last transaction of the module replaced, which is itself kept.
func (c *commands) undo(ctx context.Context, j *job) error {
	states, err := c.store.States(j.dir)
	if err != nil {
		return err
	}
	if len(states) == 0 {
		return fmt.Errorf("gomodls has changed nothing in %s that could be undone", j.dir)
	}
	j.title = "undo " + states[0].Title
	_, err = c.do(ctx, j, func(_ context.Context, sh *locked.Shadow) error {
		sh.Restore(states[0])
		return nil
	})
	return err
}

// offerUndo says that documents are not what the job made them.
func (c *commands) offerUndo(j *job) {
	message := fmt.Sprintf("%s is not what %s made it. Something else has changed it at the same time.",
		strings.Join(j.clashes, ", "), j.title)
	c.server.spawn("undo", func(ctx context.Context) {
		answer, err := c.server.peer.ShowMessageRequest(ctx, &protocol.ShowMessageRequestParams{
			Type: protocol.MessageTypeWarning, Message: message, Actions: []protocol.MessageActionItem{{Title: "Undo"}},
		})
		switch {
		case err != nil && ctx.Err() == nil: // the client cannot ask
			c.server.tell(ctx, protocol.MessageTypeWarning, message+" The command "+commandUndo+" puts back what was there before.")
		case err == nil && answer != nil && answer.Title == "Undo":
			if err := c.execute(ctx, commandUndo, arguments{URI: uri.File(filepath.Join(j.dir, "go.mod"))}, nil); err != nil {
				c.server.tell(ctx, protocol.MessageTypeError, err.Error())
			}
		}
	})
}
