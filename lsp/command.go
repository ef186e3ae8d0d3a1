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

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/privategap"
	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/workspace"
)

const (
	commandTidy        = "gomodls.tidy"
	commandTidyPreview = "gomodls.tidyPreview"
	commandDownload    = "gomodls.download"
	commandVerify      = "gomodls.verify"
	commandVendor      = "gomodls.vendor"
	commandGet         = "gomodls.get"
	commandWorkSync    = "gomodls.workSync"
	commandWorkUse     = "gomodls.workUse"
	commandAddPrivate  = "gomodls.addPrivate"
	commandApplyFix    = "gomodls.applyFix"
	commandUndo        = "gomodls.undo"
	commandCancel      = "gomodls.cancel"
)

// A scope says whether a command is about a module or about a workspace.
type scope int

const (
	ofEither    scope = iota // what the document stands for: a go.work for its workspace, all else for its module
	ofModule                 // the module, also that beside a go.work
	ofWorkspace              // the workspace, also that which is in force where the module is
)

// A command is what the server does when it is asked to by name.
type command struct {
	title   func(arguments) string
	scope   scope
	trusted bool // only where the user trusts the folder, because it runs go or changes what go does
	sends   bool // go may ask proxies and the checksum database for modules
	run     func(*commands, context.Context, *job) error
}

func titled(s string) func(arguments) string { return func(arguments) string { return s } }

// table holds every command but cancel, which is not a job.
var table = map[string]command{
	commandTidy:        {titled("go mod tidy"), ofModule, true, true, (*commands).update},
	commandTidyPreview: {titled("go mod tidy -diff"), ofModule, true, true, (*commands).tidyPreview},
	commandDownload:    {titled("go mod download"), ofEither, true, true, (*commands).update},
	commandVerify:      {titled("verify the module cache"), ofEither, false, false, (*commands).verify},
	commandVendor:      {titled("go mod vendor"), ofEither, true, true, (*commands).update},
	commandGet:         {func(a arguments) string { return "go get " + a.Query() }, ofModule, true, true, (*commands).update},
	commandWorkSync:    {titled("go work sync"), ofWorkspace, true, true, (*commands).update},
	commandWorkUse:     {titled("go work use"), ofWorkspace, true, true, (*commands).update},
	commandAddPrivate:  {func(a arguments) string { return "go env -w " + a.variable() }, ofEither, true, false, (*commands).addPrivate},
	commandApplyFix:    {func(a arguments) string { return a.Title }, ofEither, false, false, (*commands).applyFix},
	commandUndo:        {titled("undo"), ofEither, false, false, (*commands).undo},
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
	URI uri.URI `json:"uri"`
	locked.Arguments
	Pattern string `json:"pattern"` // addPrivate
	Key     string `json:"key"`     // addPrivate: the variable; GOPRIVATE if empty

	Title string      `json:"title"` // applyFix
	Files []fileEdits `json:"files"` // applyFix
}

func (a arguments) variable() string { return cmp.Or(a.Key, "GOPRIVATE") }

// A job is one command that is being carried out.
type job struct {
	arguments
	name     string
	title    string
	dir      string   // of the module or workspace
	work     string   // the go.work, if it is about a workspace
	beyond   []string // directories that are to be locked beside those of the module or workspace
	dirs     []string // all that it works with; guarded by commands.mu
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

	complaints complaints

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
	j := &job{arguments: args, name: name}
	if err := c.locate(ctx, j, cmd.scope); err != nil {
		return err
	}
	if name == commandCancel {
		c.end(func(other *job) bool { return other.dir == j.dir || slices.Contains(other.dirs, j.dir) })
		return nil
	}
	j.title = cmd.title(args)
	if cmd.sends {
		if err := c.checkPrivate(ctx, j); err != nil {
			return err
		}
	}
	if name == commandTidy {
		if err := c.confirm(ctx, j); err != nil {
			return err
		}
	}
	ctx, j.cancel = context.WithCancel(ctx)
	defer j.cancel()
	j.progress = c.begin(ctx, j.title, token)
	if err := c.track(j, func() error { return cmd.run(c, ctx, j) }); err != nil {
		j.progress.end("")
		if ctx.Err() != nil {
			return context.Canceled
		}
		c.server.log.Info("command failed", zap.String("command", name), zap.Error(err))
		c.failed(c.server.ctx, j, err)
		return jsonrpc2.NewError(errRequestFailed, withRemedy(err))
	}
	j.progress.end(j.note)
	if cmd.sends && c.complaints.renew(j.dir, nil) { // go has succeeded
		c.server.changedOutside()
	}
	if len(j.clashes) > 0 {
		c.offerUndo(j)
	}
	return nil
}

// checkPrivate refuses to have go run where it would send out the path of a private module.
func (c *commands) checkPrivate(ctx context.Context, j *job) error {
	var dirs []string
	r, err := gather.Settle(ctx, c.server.session, func(ctx context.Context, snap *workspace.Snapshot) (*analysis.Result, error) {
		dirs = []string{j.dir}
		if v := workView(snap, j.work); v != nil {
			dirs = v.Dirs()
		}
		var files []string
		for _, dir := range dirs {
			files = append(files, filepath.Join(dir, "go.mod"))
		}
		return analysis.Run(ctx, snap, []*analysis.Analyzer{privategap.Analyzer}, files)
	})
	if err != nil {
		return err
	}
	asked := j.Paths()
	if locked.Resolves(j.name, j.dir) {
		tidied, err := c.server.studies.scholar.Tidied(ctx, c.server.session, j.dir)
		if err != nil {
			return err
		}
		asked = append(asked, tidied.Seeks()...)
	}
	for _, dir := range dirs {
		if path := privategap.Open(r, dir, j.Modules...); path != "" {
			return jsonrpc2.Errorf(errRequestFailed, "%s is not run: it would send out the path of %s, which is private; cover it first, with go env -w GOPRIVATE=%s for example", j.title, path, goenv.PatternFor(path))
		}
		if err := privategap.Doubt(r, dir, asked...); err != nil {
			return jsonrpc2.Errorf(errRequestFailed, "%s is not run: %v", j.title, err)
		}
	}
	return nil
}

// workView returns the view of the workspace of a go.work, or nil where that is empty or cannot be read.
func workView(snap *workspace.Snapshot, work string) *workspace.View {
	if work == "" {
		return nil
	}
	if views := snap.Views(work); len(views) > 0 {
		return views[0]
	}
	return nil
}

// confirm asks the user before tidy drops what may well be needed: because a file does not parse for the moment, or because there
// are no Go files at all.
func (c *commands) confirm(ctx context.Context, j *job) error {
	a, err := c.server.studies.scholar.Tidied(ctx, c.server.session, j.dir)
	if err != nil {
		return err
	}
	danger := a.Danger()
	if danger == "" {
		return nil
	}
	anyway := protocol.MessageActionItem{Title: "Run " + j.title + " anyway"}
	answer, err := c.server.peer.ShowMessageRequest(ctx, &protocol.ShowMessageRequestParams{
		Type: protocol.MessageTypeWarning, Message: upper(danger) + ".", Actions: []protocol.MessageActionItem{anyway, {Title: "Cancel"}},
	})
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil: // the client cannot ask
		return jsonrpc2.Errorf(errRequestFailed, "%s is not run: %s", j.title, danger)
	case answer == nil || answer.Title != anyway.Title:
		return protocol.ErrRequestCancelled
	}
	return nil
}

// upper makes a clause a sentence.
func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

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

// withRemedy is the error's text, and what can be done about it where that is not plain.
func withRemedy(err error) string {
	var changed *locked.ChangedError
	if errors.As(err, &changed) {
		return err.Error() + ". Run it again when they are at rest."
	}
	return err.Error()
}

// locate finds the module or workspace that a job is about. A directory stands for the module that it lies in.
func (c *commands) locate(ctx context.Context, j *job, scope scope) error {
	u := j.URI
	if !u.IsFile() {
		return jsonrpc2.NewError(errRequestFailed, whyNot(c.server.session.Snapshot(), own(u)))
	}
	path := pathOf(u)
	why, err := gather.Settle(ctx, c.server.session, func(_ context.Context, snap *workspace.Snapshot) (string, error) {
		j.dir, j.work = "", ""
		f := workspace.NewFile(path, "")
		if snap.Read(path).State == workspace.Directory && f.Kind == workspace.Other {
			f = workspace.NewFile(filepath.Join(path, "any.go"), "")
		}
		if work := workOf(snap, f, scope); work != "" {
			j.dir, j.work = filepath.Dir(work), work
			return "", nil
		}
		if scope == ofWorkspace {
			return "There is no go.work that is in force here.", nil
		}
		file, ok := target(snap, f)
		if !ok || snap.Read(filepath.Join(filepath.Dir(file), "go.mod")).State != workspace.Regular {
			return whyNot(snap, f.URI), nil
		}
		j.dir = filepath.Dir(file)
		return "", nil
	})
	if err == nil && why != "" {
		err = jsonrpc2.NewError(errRequestFailed, why)
	}
	return err
}

// workOf returns the go.work that a command on a document is about, or "" if it is about a module.
func workOf(snap *workspace.Snapshot, f *workspace.File, scope scope) string {
	if scope == ofModule {
		return ""
	}
	var views []*workspace.View
	switch {
	case f.Kind == workspace.WorkFile, f.Kind == workspace.VendorFile, filepath.Base(f.Path) == "go.work.sum":
		views = snap.Views(f.Path)
	case scope == ofWorkspace:
		if file, ok := target(snap, f); ok {
			views = snap.Views(filepath.Join(filepath.Dir(file), "go.mod"))
		}
	}
	if len(views) == 0 || views[0].Work == nil {
		return ""
	}
	return views[0].Work.Path
}

// world is what the user sees of a job's module or workspace now.
func (c *commands) world(j *job) locked.World {
	var w locked.World
	// Only the end of the session ends Settle here, and then nothing comes of the world.
	_, _ = gather.Settle(c.server.ctx, c.server.session, func(_ context.Context, snap *workspace.Snapshot) (struct{}, error) {
		w = locked.World{Dirs: []string{j.dir}, Work: j.work}
		add := func(dirs ...string) {
			for _, dir := range dirs {
				if !slices.Contains(w.Dirs, dir) {
					w.Dirs = append(w.Dirs, dir)
				}
			}
		}
		if v := workView(snap, j.work); v != nil {
			add(v.Dirs()...)
			if j.Dir != "" {
				add(filepath.Join(j.dir, j.Dir))
				if j.Below {
					add(locked.ModulesBelow(filepath.Join(j.dir, j.Dir))...)
				}
			}
		}
		add(j.beyond...)
		gomod := filepath.Join(j.dir, "go.mod")
		for _, v := range snap.Views(gomod) {
			switch {
			case j.work != "":
			case v.Work == nil:
				add(v.Dirs()...)
			case v.Module(gomod) != nil && v.Vendored():
				w.Workspace = v.Work.Path
				add(v.Dirs()...)
			}
		}
		for _, f := range snap.Open() {
			if f.URI.IsFile() {
				w.Buffers = append(w.Buffers, locked.Buffer{Path: f.Path, Text: f.Text})
			}
		}
		return struct{}{}, nil
	})
	c.mu.Lock()
	j.dirs = w.Dirs
	c.mu.Unlock()
	return w
}

// do carries out a transaction for a job and makes what it changes visible in the editor and on disk.
func (c *commands) do(ctx context.Context, j *job, run func(context.Context, *locked.Shadow) error) (locked.Result, error) {
	return c.store.Do(ctx, c.transaction(j, run, func(_ context.Context, r locked.Result) (bool, error) { return c.apply(j, r) }))
}

// onWait tells whom a job waits for.
func (c *commands) onWait(j *job) func(locked.Holder) {
	return func(who locked.Holder) {
		j.progress.report("waiting for " + who.String())
		c.server.board.due.ring()
	}
}

func (c *commands) transaction(j *job, run func(context.Context, *locked.Shadow) error, apply func(context.Context, locked.Result) (bool, error)) locked.Transaction {
	return locked.Transaction{
		Title:  j.title,
		World:  func() locked.World { return c.world(j) },
		Run:    run,
		Apply:  apply,
		Go:     c.goCommand(j),
		OnWait: c.onWait(j),
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

// update lets go do what the command is called for.
func (c *commands) update(ctx context.Context, j *job) error {
	if j.name == commandWorkUse && j.Dir == "" {
		dir, err := filepath.Rel(j.dir, filepath.Dir(pathOf(j.URI)))
		if err != nil || filepath.Base(pathOf(j.URI)) != "go.mod" {
			return fmt.Errorf("%s wants the uri of a go.mod, or a dir", j.name)
		}
		j.Dir = dir
	}
	result, err := c.do(ctx, j, func(ctx context.Context, sh *locked.Shadow) error {
		return locked.Runs[j.name](ctx, sh, j.Arguments)
	})
	if err == nil && len(result.Changes) == 0 && j.name != commandDownload {
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
		Title string           `json:"title"`
		Files []file           `json:"files"`
		Apply protocol.Command `json:"apply"` // makes these changes
	}{
		Title: "go mod tidy",
		Apply: protocol.Command{Title: "Apply", Command: commandTidy, Arguments: []protocol.LSPAny{marshal(map[string]any{"uri": j.URI})}},
	}
	for _, change := range result.Changes {
		if !inVendor(j.dir, change.Path) {
			params.Files = append(params.Files, file{uriOf(snap, change.Path), change.After})
		}
	}
	return protocol.Call(ctx, c.server.conn, "gomodls/showDiff", params, nil)
}

func inVendor(dir, path string) bool { return within(path, filepath.Join(dir, "vendor")) }

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
	value, file := env.Get(key), env.Get("GOENV").Value
	if value.Source == goenv.Setting {
		return fmt.Errorf("%s is set in the editor's settings, which are stronger than go env -w; add %s to it there", key, j.Pattern)
	}
	if value.Source == goenv.OS || file == "" { // go env -w would have no effect
		machine := c.server.session.Snapshot().Machine()
		line := goenv.SetInShell(machine.Environ, machine.GOOS, key, string(goenv.Patterns(value.Value).With(j.Pattern)))
		c.server.tell(ctx, protocol.MessageTypeInfo, line.String()+" The editor sees it when it is started from a new shell.")
		return nil
	}
	t := c.transaction(j, func(_ context.Context, sh *locked.Shadow) error {
		text, _, err := sh.Read(file)
		if err != nil {
			return err
		}
		list := goenv.Patterns(value.Value)
		if now, ok := goenv.ParseEnvFile(text)[key]; ok { // somebody else may have written since
			list = goenv.Patterns(now)
		}
		sh.Write(file, setVariable(text, key, string(list.With(j.Pattern))))
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
	work := ""
	if _, err := gather.Settle(ctx, c.server.session, func(_ context.Context, snap *workspace.Snapshot) (struct{}, error) {
		work = ""
		if views := snap.Views(filepath.Join(j.dir, "go.mod")); len(views) > 0 && views[0].Work != nil {
			work = views[0].Dir
		}
		return struct{}{}, nil
	}); err != nil {
		return err
	}
	// What is still being done counts as the last change, and is kept for undo only in its end.
	lock, err := c.store.Acquire(ctx, []string{j.dir}, j.title, c.onWait(j))
	if err != nil {
		return err
	}
	lock.Release()
	states, err := c.store.States(j.dir, work)
	if err != nil {
		return err
	}
	if len(states) == 0 {
		return fmt.Errorf("gomodls has changed nothing in %s that could be undone", j.dir)
	}
	j.title = "undo " + states[0].Title
	j.beyond = states[0].Dirs
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
