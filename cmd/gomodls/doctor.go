package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/module"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/analysis/badenvironment"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/goenv"
	"github.com/gomodls/gomodls/internal/verify"
	"github.com/gomodls/gomodls/internal/workspace"
)

func newDoctor() *cobra.Command {
	var format, failOn string
	var files bool
	cmd := &cobra.Command{
		Use:   "doctor [flags] [DIR]",
		Short: "Print what go would do with private modules, proxies, checksums, credentials and toolchains",
		Long: `Doctor prints the environment in which go would work on the module or workspace that DIR, by default the working directory,
lies in: each setting and where it comes from, who would be asked for which private module, which credentials there are,
the toolchain that would run, the state of the module cache, and who holds a lock. Each finding has its remedy. It runs
nothing, sends nothing and shows no secret.

With --verify it also holds the module cache against go.sum and the checksum database's records, as go mod verify does.

The exit status is 0 if no finding reaches --fail-on, 1 if one does, and 2 if it could not look.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			print := map[string]func(*examination, *bytes.Buffer) error{"text": printExamination, "json": printExaminationJSON}[format]
			if print == nil {
				return fmt.Errorf("--format=%s: choose text or json", format)
			}
			limit, err := parseThreshold(failOn)
			if err != nil {
				return err
			}
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			x, err := examine(ctx, args, files)
			if err != nil {
				return err
			}
			var out bytes.Buffer
			if err := print(x, &out); err != nil {
				return err
			}
			if _, err := cmd.OutOrStdout().Write(out.Bytes()); err != nil {
				return err
			}
			for _, f := range x.Findings {
				if f.severity <= limit.least {
					return status(exitFound)
				}
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&format, "format", "text", "the output's `FORMAT`: text or json")
	flags.StringVar(&failOn, "fail-on", "error", "the least `SEVERITY` that makes the exit status 1: error, warning or information")
	flags.BoolVar(&files, "verify", false, "hash what the module cache holds, or take it from what was hashed before")
	return cmd
}

// An examination is all that doctor finds. Its JSON form is the command's output.
type examination struct {
	Version     int             `json:"version"`
	Dir         string          `json:"dir"`
	Workspace   string          `json:"workspace,omitempty"` // the go.work that is in force
	Module      string          `json:"module"`
	Go          goInstallation  `json:"go"`
	Environment []variable      `json:"environment"`
	Proxies     []string        `json:"proxies"`
	SumDB       string          `json:"sumdb"`
	Records     int             `json:"sumdbRecords"` // of modules of the build list
	Credentials []credential    `json:"credentials"`
	Private     []privateModule `json:"private"`
	Unmatched   []string        `json:"unmatched"` // patterns that no module here needs
	Cache       cacheState      `json:"moduleCache"`
	Locks       []string        `json:"locks"`
	Verified    string          `json:"verified,omitempty"`
	Findings    []found         `json:"findings"`
}

type goInstallation struct {
	Command   string `json:"command"`
	Version   string `json:"version"`
	Toolchain string `json:"toolchain"`
}

type variable struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`
	File   string `json:"file,omitempty"`
	From   string `json:"from,omitempty"` // the variable whose value stands in
}

// A credential says that there is one and never what it is.
type credential struct {
	Kind  string `json:"kind"`
	For   string `json:"for"`
	Where string `json:"where,omitempty"`
}

type privateModule struct {
	Path     string   `json:"path"`
	Version  string   `json:"version"`
	State    string   `json:"state"` // private, suspected, or covered by the settings though nothing says that it is private
	Evidence []string `json:"evidence"`
	Sent     []string `json:"sentTo"` // who would be sent its path, in order
	Login    string   `json:"login,omitempty"`
}

type cacheState struct {
	Dir     string `json:"dir"`
	State   string `json:"state"`
	GoMods  int    `json:"goMods"` // of the module graph, that are there
	Missing int    `json:"missing"`
}

type found struct {
	severity analysis.Severity
	Severity string `json:"severity"`
	About    string `json:"about"`
	Message  string `json:"message"`
	Remedy   string `json:"remedy"`
}

func (x *examination) find(s analysis.Severity, about, message, remedy string) {
	f := found{s, s.String(), about, message, remedy}
	if !slices.Contains(x.Findings, f) {
		x.Findings = append(x.Findings, f)
	}
}

// examine looks at everything. It starts no process.
func examine(ctx context.Context, args []string, files bool) (*examination, error) {
	e, root, err := moduleOrWork(ctx, args)
	if err != nil {
		return nil, err
	}
	var in verify.Input
	x, err := gather.Settle(ctx, e.session, func(_ context.Context, snap *workspace.Snapshot) (*examination, error) {
		views := append(snap.Views(filepath.Join(root, "go.mod")), snap.Views(filepath.Join(root, "go.work"))...)
		if len(views) == 0 {
			return &examination{}, nil
		}
		in = verify.Of(views[0])
		return examineView(snap, views[0], root), nil
	})
	if err != nil {
		return nil, err
	}
	x.lookAtCache(in)
	if err := x.lookAtLocks(root); err != nil {
		return nil, err
	}
	if files {
		if err := x.verify(ctx, in); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(x.Findings, func(a, b found) int { return cmp.Compare(a.severity, b.severity) })
	return x, nil
}

// moduleOrWork returns the directory of the module, or else of the workspace, that the argument lies in.
func moduleOrWork(ctx context.Context, args []string) (*engine, string, error) {
	e, root, err := moduleRoot(ctx, args)
	if err == nil || e == nil || len(e.dirs) != 1 {
		return e, root, err
	}
	if _, statErr := os.Stat(filepath.Join(e.dirs[0], "go.work")); statErr == nil {
		return e, e.dirs[0], nil
	}
	return nil, "", err
}

func examineView(snap *workspace.Snapshot, v *workspace.View, root string) *examination {
	env := v.Env()
	x := &examination{Version: 1, Dir: root}
	if v.Work != nil {
		x.Workspace = v.Work.Path
	}
	if m := v.Module(filepath.Join(root, "go.mod")); m != nil {
		x.Module = m.Path()
	}
	x.lookAtGo(snap, v)
	x.lookAtEnvironment(snap, v)
	x.lookAtProxies(env)
	for _, m := range v.Modules() {
		x.lookAtModules(snap, v, m)
	}
	x.lookAtPatterns(env)
	x.Cache.Dir = env.ModCache
	if g := v.Graph(); g != nil {
		for _, n := range g.Nodes() {
			switch {
			case n.Actual.Version == "":
			case n.Mod != nil:
				x.Cache.GoMods++
			default:
				x.Cache.Missing++
			}
		}
		for _, m := range g.BuildList() {
			if m.Version != "" && snap.Store().Recorded(env.SumDB.Name, m.Path) {
				x.Records++
			}
		}
	}
	return x
}

func (x *examination) lookAtGo(snap *workspace.Snapshot, v *workspace.View) {
	env := v.Env()
	x.Go = goInstallation{Command: snap.Machine().Go, Version: env.GoVersion}
	if x.Go.Command == "" {
		x.find(analysis.Warning, "go", "there is no go command in PATH", "install Go, or name it in the editor's setting gomodls.go")
	}
	line, wanted := "", ""
	consider := func(what, version string) {
		if version != "" && goenv.CompareVersions(version, wanted) > 0 {
			line, wanted = what, version
		}
	}
	if v.Work != nil {
		if g := v.Work.Work().Go; g != nil {
			consider("the go line of go.work", g.Version)
		}
	}
	for _, m := range v.Modules() {
		if g := m.Mod.Mod().Go; g != nil {
			consider("the go line of go.mod", g.Version)
		}
		if t := m.Mod.Mod().Toolchain; t != nil && v.Work == nil {
			consider("the toolchain line", strings.TrimPrefix(t.Name, "go"))
		}
	}
	t := env.Toolchain
	switch {
	case t.Err != nil, env.GoVersion == "":
		x.Go.Toolchain = "not known"
	case wanted == "" || goenv.CompareVersions(wanted, env.GoVersion) <= 0:
		x.Go.Toolchain = "go" + env.GoVersion + " runs itself"
		if t.Min != "" && t.Min != "local" && t.Min != "go"+env.GoVersion {
			x.Go.Toolchain = "GOTOOLCHAIN makes go run " + t.Min
			if t.Switch != "" && goenv.CompareVersions(wanted, strings.TrimPrefix(t.Min, "go")) > 0 { // also where the installed one is newer than both
				x.Go.Toolchain = fmt.Sprintf("GOTOOLCHAIN makes go switch to %s, and from there to go%s, because of %s", t.Min, wanted, line)
			}
		}
	case t.MayDownload():
		x.Go.Toolchain = fmt.Sprintf("%s makes go switch to go%s, which it downloads if it is not in the module cache", line, wanted)
	case t.Switch == "path":
		x.Go.Toolchain = fmt.Sprintf("%s makes go look for go%s in PATH", line, wanted)
	default:
		x.Go.Toolchain = fmt.Sprintf("go%s refuses: %s asks for go%s", env.GoVersion, line, wanted)
		x.find(analysis.Error, "GOTOOLCHAIN", x.Go.Toolchain, fmt.Sprintf("install go%s, or set GOTOOLCHAIN=auto", wanted))
	}
}

// variables are those that decide where modules come from and what is believed of them.
var variables = []string{"GOENV", "GOROOT", "GOPATH", "GOMODCACHE", "GOPROXY", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOSUMDB", "GOINSECURE",
	"GOAUTH", "GOVCS", "GOFLAGS", "GOWORK", "GO111MODULE", "GOTOOLCHAIN"}

func (x *examination) lookAtEnvironment(snap *workspace.Snapshot, v *workspace.View) {
	env := v.Env()
	for _, name := range variables {
		value := env.Get(name)
		x.Environment = append(x.Environment, variable{name, shown(env, name, value.Value), value.Source.String(), value.Path, value.From})
	}
	for _, f := range badenvironment.Find(snap, v) {
		x.find(f.Severity, f.Key, f.Message, f.Remedy)
	}
}

// shown returns a value without what may be secret in it.
func shown(env *goenv.Env, name, value string) string {
	switch {
	case name == "GOPROXY" && env.ProxyErr == nil:
		return env.ProxyList()
	case name == "GOPROXY":
		return "(not shown: it cannot be read)"
	case name == "GOSUMDB" && value != "" && env.SumDB.Err == nil:
		return env.SumDB.String()
	case name == "GOAUTH":
		var commands []string
		for c := range strings.SplitSeq(value, ";") {
			words := strings.Fields(c)
			if len(words) > 1 && words[0] != "git" {
				words = []string{words[0], "…"}
			}
			commands = append(commands, strings.Join(words, " "))
		}
		return strings.Join(commands, "; ")
	}
	return value
}

func (x *examination) lookAtProxies(env *goenv.Env) {
	for i, p := range env.Proxies {
		s := p.String()
		switch {
		case i == 0:
		case env.Proxies[i-1].Sep == '|':
			s += ", if the one before fails in any way"
		default:
			s += ", if the one before answers 404 or 410"
		}
		x.Proxies = append(x.Proxies, s)
	}
	x.SumDB = env.SumDB.String()
	if env.SumDB.Err != nil {
		x.SumDB = "cannot be used"
	}
}

// lookAtModules lists the credentials that a module's directory sees, and what of its dependencies is or may be private.
func (x *examination) lookAtModules(snap *workspace.Snapshot, v *workspace.View, m *workspace.Module) {
	env, in := v.Env(), v.Privacy(m).Inputs()
	x.lookAtCredentials(env, in)
	var all []module.Version
	if g := v.Graph(); g != nil {
		for _, n := range g.Nodes() {
			if n.Actual.Version != "" && g.Selected(n.Module.Path) == n.Module.Version {
				all = append(all, n.Actual)
			}
		}
		all = append(all, g.BuildList()...)
	}
	for _, r := range m.Mod.Mod().Require {
		all = append(all, module.Version{Path: r.Path, Version: r.Version})
	}
	module.Sort(all)
	for i, dep := range all {
		if dep.Version == "" || dep.Path == "go" || dep.Path == "toolchain" || i > 0 && all[i-1].Path == dep.Path || replacedByDirectory(v, dep) ||
			slices.ContainsFunc(x.Private, func(p privateModule) bool { return p.Path == dep.Path }) {
			continue
		}
		x.lookAtModule(snap, env, dep, goenv.PrivateEvidence(dep.Path, in), in)
	}
}

// lookAtPatterns lists those that cover nothing here. They may be meant for other modules, so that is no finding.
func (x *examination) lookAtPatterns(env *goenv.Env) {
	x.Unmatched = []string{}
	for _, key := range []string{"GOPRIVATE", "GONOPROXY", "GONOSUMDB"} {
		v := env.Get(key)
		if v.From != "" {
			continue
		}
		for _, p := range goenv.Patterns(v.Value).Split() {
			if !slices.ContainsFunc(x.Private, func(m privateModule) bool { return goenv.Patterns(p.Text).Match(m.Path) }) {
				x.Unmatched = append(x.Unmatched, fmt.Sprintf("%q of %s", p.Text, key))
			}
		}
	}
}

func replacedByDirectory(v *workspace.View, m module.Version) bool {
	g := v.Graph()
	if g == nil {
		return false
	}
	r := g.Replacement(m)
	return r != nil && r.Directory() != ""
}

func (x *examination) lookAtModule(snap *workspace.Snapshot, env *goenv.Env, dep module.Version, evidence []goenv.Evidence, in goenv.EvidenceInputs) {
	p := privateModule{Path: dep.Path, Version: dep.Version, Evidence: []string{}, Sent: []string{}}
	switch {
	case goenv.IsPrivate(evidence):
		p.State = "private"
	case goenv.Suspected(evidence):
		p.State = "suspected"
	case env.NoProxy.Match(dep.Path), env.NoSumDB.Match(dep.Path):
		p.State = "covered"
	default:
		return
	}
	for _, e := range evidence {
		s := e.Detail
		if e.Where != "" {
			s += " (" + e.Where + ")"
		}
		p.Evidence = append(p.Evidence, s)
	}
	gap, open := goenv.FindGap(dep.Path, env, append(slices.Clip(evidence), goenv.Evidence{Strong: true}))
	if open && !slices.ContainsFunc(evidence, func(e goenv.Evidence) bool { return e.Clears }) {
		p.Sent = gap.Sent
	}
	if env.NoProxy.Match(dep.Path) {
		p.Login = "none found"
		if c, ok := in.Login(dep.Path); ok {
			p.Login = strings.TrimSpace(c.Detail + " " + c.Where)
		}
	}
	x.Private = append(x.Private, p)
	switch {
	case open && p.State == "private":
		said := append([]string{"it is private, and go would send its path to " + gap.Receivers()}, gap.Notes()...)
		x.find(analysis.Warning, dep.Path, strings.Join(said, "; "), remedy(snap, env, gap))
	case open && p.State == "suspected":
		x.find(analysis.Information, dep.Path, fmt.Sprintf("it may be private, and go would send its path to %s", gap.Receivers()),
			"if it is private: "+remedy(snap, env, gap))
	case env.NoProxy.Match(dep.Path) && len(snap.Store().Versions(dep.Path)) == 0 && (p.State != "covered" || meant(env, dep.Path)):
		x.lookAtFetching(env, p)
	}
}

// meant reports whether a pattern that keeps proxies from being asked for the module was written for it, and not for all modules.
func meant(env *goenv.Env, path string) bool {
	return slices.ContainsFunc(env.NoProxy.Split(), func(p goenv.Pattern) bool { return !p.Wide() && goenv.Patterns(p.Text).Match(path) })
}

// lookAtFetching says what would keep go from fetching a module from its repository.
func (x *examination) lookAtFetching(env *goenv.Env, p privateModule) {
	if !env.AllowsVCS(p.Path, "git") && env.VCSErr == nil {
		x.find(analysis.Warning, p.Path, "it is fetched from its repository, and GOVCS does not let go use git for that",
			"allow it in GOVCS, with "+p.Path+":git before the other entries for example")
	}
	if _, err := exec.LookPath("git"); err != nil {
		x.find(analysis.Warning, p.Path, "it is fetched from its repository, and there is no git in PATH", "install git, if its repository is one")
	}
	if p.Login == "none found" {
		x.find(analysis.Information, p.Path, "it is not in the module cache, and no login for its host is in netrc or git's configuration",
			"make sure that git can reach it without asking, by an SSH key or a login in netrc")
	}
}

// remedy says how to cover a module.
func remedy(snap *workspace.Snapshot, env *goenv.Env, gap goenv.Gap) string {
	var steps []string
	for _, key := range gap.Keys {
		v := env.Get(key)
		list := string(goenv.Patterns(v.Value).With(gap.Pattern))
		if v.Source == goenv.OS || v.Source == goenv.Setting || env.Get("GOENV").Value == "" {
			m := snap.Machine()
			line := goenv.SetInShell(m.Environ, m.GOOS, key, list).String()
			steps = append(steps, strings.ToLower(line[:1])+line[1:])
			continue
		}
		steps = append(steps, "run go env -w "+key+"="+quoted(list))
	}
	return strings.Join(steps, "; ")
}

func quoted(s string) string {
	if strings.ContainsAny(s, `*?[]\' `) {
		return "'" + s + "'"
	}
	return s
}

func (x *examination) lookAtCredentials(env *goenv.Env, in goenv.EvidenceInputs) {
	add := func(kind, subject, where string) {
		if c := (credential{kind, subject, where}); !slices.Contains(x.Credentials, c) {
			x.Credentials = append(x.Credentials, c)
		}
	}
	for _, m := range in.Netrc {
		add("netrc", m.Name, fmt.Sprintf("%s:%d", in.NetrcFile, m.Line))
	}
	if in.Git != nil {
		for _, r := range in.Git.InsteadOf {
			add("git insteadOf", withoutUser(r.Prefix)+" → "+withoutUser(r.Base), r.Where)
		}
		for _, c := range in.Git.Credentials {
			add("git credential helper", withoutUser(c.URL), c.Where)
		}
	}
	v := env.Get("GOAUTH")
	if v.Source == goenv.Default {
		return
	}
	add("GOAUTH", shown(env, "GOAUTH", v.Value), v.Path)
	for command := range strings.SplitSeq(v.Value, ";") {
		words := strings.Fields(command)
		if len(words) == 0 || slices.Contains([]string{"off", "netrc", "git"}, words[0]) || strings.ContainsAny(words[0], `"'`) {
			continue
		}
		if _, err := exec.LookPath(words[0]); err != nil { // go says so only with -x
			x.find(analysis.Information, "GOAUTH", fmt.Sprintf("there is no command %s, and go passes over that in silence", words[0]), "install it, or leave it out")
		}
	}
}

// withoutUser drops user and password from what is, or begins, a URL.
func withoutUser(s string) string {
	if u, err := url.Parse(s); err == nil && u.Host != "" {
		u.User = nil
		return u.String()
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		scheme, rest = "", s
	} else {
		scheme += "://"
	}
	end := strings.IndexAny(rest, "/:")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 && (end < 0 || at < end || scheme != "") {
		rest = rest[at+1:]
	}
	return scheme + rest
}

// lookAtCache says whether go could read and write the module cache.
func (x *examination) lookAtCache(in verify.Input) {
	dir := x.Cache.Dir
	info, err := os.Stat(dir)
	switch {
	case dir == "":
		x.Cache.State = "not known"
		return
	case errors.Is(err, fs.ErrNotExist):
		x.Cache.State = "not there yet; go makes it at the first download"
		return
	case err != nil:
		x.Cache.State = reason(err)
		x.find(analysis.Error, "GOMODCACHE", fmt.Sprintf("%s: %s", dir, reason(err)), "make the directory yours, or set GOMODCACHE to one that is")
		return
	case !info.IsDir():
		x.Cache.State = "not a directory"
		x.find(analysis.Error, "GOMODCACHE", dir+" is not a directory", "remove it, or set GOMODCACHE to a directory")
		return
	}
	x.Cache.State = "readable and writable"
	if f, err := os.Open(dir); err != nil {
		x.Cache.State = "cannot be read"
		x.find(analysis.Error, "GOMODCACHE", fmt.Sprintf("%s: %s", dir, reason(err)), "make it yours: chmod -R u+rwX, or chown if somebody else made it")
	} else {
		f.Close()
	}
	// The go command opens these for writing; neither is changed by being opened.
	for _, name := range []string{"cache/lock", "cache/download"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		if !info.IsDir() {
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err == nil {
				f.Close()
				continue
			}
		} else if info.Mode().Perm()&0o200 != 0 {
			continue
		}
		x.Cache.State = "cannot be written"
		x.find(analysis.Warning, "GOMODCACHE", path+" cannot be written, so nothing can be downloaded", "make it yours: chmod u+w, or chown if somebody else made it")
	}
	unreadable := 0
	for _, m := range in.BuildList {
		path, err1 := module.EscapePath(m.Path)
		version, err2 := module.EscapeVersion(m.Version)
		if m.Version == "" || err1 != nil || err2 != nil {
			continue
		}
		file := filepath.Join(dir, "cache", "download", filepath.FromSlash(path), "@v", version+".mod")
		f, err := os.Open(file)
		if err == nil {
			f.Close()
			continue
		}
		if !errors.Is(err, fs.ErrNotExist) {
			if unreadable++; unreadable == 1 {
				x.find(analysis.Error, "GOMODCACHE", fmt.Sprintf("%s: %s", file, reason(err)), "make it readable, or remove it; "+x.download("download it again"))
			}
		}
	}
	if unreadable > 1 {
		x.find(analysis.Error, "GOMODCACHE", fmt.Sprintf("%d files of the module cache cannot be read", unreadable), "run go clean -modcache as the user who made them; "+x.download("download again"))
	}
	if x.Cache.Missing > 0 {
		x.find(analysis.Information, "GOMODCACHE", fmt.Sprintf("%d of the %d go.mod files that go reads are not there", x.Cache.Missing, x.Cache.Missing+x.Cache.GoMods), x.download("run go mod download"))
	}
}

// download returns a remedy that makes go fetch modules. It would fetch all that are missing, so what would give a private one
// away has to be mended before.
func (x *examination) download(remedy string) string {
	var open []string
	for _, p := range x.Private {
		if len(p.Sent) > 0 {
			open = append(open, p.Path)
		}
	}
	const most = 3
	switch n := len(open); {
	case n == 0:
		return remedy
	case n > most:
		open = append(open[:most], fmt.Sprintf("%d more", n-most))
	}
	return fmt.Sprintf("first cover %s, as said under findings, or go would send that out; then %s", strings.Join(open, ", "), remedy)
}

func reason(err error) string {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		return perr.Err.Error()
	}
	return err.Error()
}

func (x *examination) lookAtLocks(root string) error {
	store, err := newStore()
	if err != nil {
		return err
	}
	dirs := []string{root}
	if x.Workspace != "" {
		dirs = append(dirs, filepath.Dir(x.Workspace))
	}
	x.Locks = []string{}
	if who, held := store.Holder(dirs...); held {
		x.Locks = append(x.Locks, who.String())
		x.find(analysis.Information, "lock", who.String()+" holds the lock of the module", "wait for it, or end that process")
	}
	return nil
}

func (x *examination) verify(ctx context.Context, in verify.Input) error {
	store, err := newStore()
	if err != nil {
		return err
	}
	in.Proofs = &verify.Proofs{Dir: filepath.Join(store.Dir, "verified")}
	r, err := verify.Run(ctx, in)
	if err != nil {
		return err
	}
	x.Verified = r.String()
	for _, p := range r.Problems {
		x.find(analysis.Error, "go.sum", p.Text, "do not build with it: find out who changed what, then remove the wrong line or run go clean -modcache")
	}
	return nil
}

func printExaminationJSON(x *examination, out *bytes.Buffer) error {
	for _, list := range []*[]string{&x.Proxies, &x.Locks} {
		if *list == nil {
			*list = []string{}
		}
	}
	if x.Credentials == nil {
		x.Credentials = []credential{}
	}
	if x.Private == nil {
		x.Private = []privateModule{}
	}
	if x.Findings == nil {
		x.Findings = []found{}
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(x)
}

// mostCovered is how many modules are printed that are covered though nothing says that they are private: a wide pattern covers
// all that there are.
const mostCovered = 10

func printExamination(x *examination, out *bytes.Buffer) error {
	title := func(s string) { fmt.Fprintf(out, "\n%s\n", s) }
	row := func(name, format string, args ...any) {
		line := fmt.Sprintf("    %-12s %s", name, printable(fmt.Sprintf(format, args...)))
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
	fmt.Fprintf(out, "%s in %s\n", printable(cmp.Or(x.Module, "workspace")), printable(x.Dir))
	if x.Workspace != "" {
		fmt.Fprintf(out, "in the workspace %s\n", printable(x.Workspace))
	}
	title("findings")
	if len(x.Findings) == 0 {
		row("none", "")
	}
	for _, f := range x.Findings {
		fmt.Fprintf(out, "    %s: %s: %s\n", f.Severity, printable(f.About), printable(f.Message))
		fmt.Fprintf(out, "        to do: %s\n", printable(f.Remedy))
	}
	title("go")
	row("command", "%s", cmp.Or(x.Go.Command, "none"))
	row("version", "%s", cmp.Or(x.Go.Version, "not known"))
	row("toolchain", "%s", x.Go.Toolchain)
	title("environment")
	for _, v := range x.Environment {
		from := v.Source
		if v.File != "" {
			from += ", " + v.File
		}
		if v.From != "" {
			from = "the value of " + v.From + " from " + from
		}
		row(v.Name, "%s  (%s)", cmp.Or(v.Value, "not set"), from)
	}
	title("proxies, in this order, for what is not covered by GONOPROXY")
	for i, p := range x.Proxies {
		row(fmt.Sprint(i+1), "%s", p)
	}
	if n := len(x.Proxies); n > 0 && !strings.HasPrefix(x.Proxies[n-1], "direct") && !strings.HasPrefix(x.Proxies[n-1], "off") {
		row("", "nobody else: what these do not have cannot be had, for direct is not in the list")
	}
	title("checksum database, for what is not covered by GONOSUMDB")
	row("name", "%s", x.SumDB)
	row("records", "of %d modules in the module cache", x.Records)
	title("credentials (that there are any, not what they are)")
	if len(x.Credentials) == 0 {
		row("none", "in netrc, git's configuration or GOAUTH")
	}
	for _, c := range x.Credentials {
		row(c.Kind, "%s  (%s)", c.For, cmp.Or(c.Where, "environment"))
	}
	title("modules that are private, may be, or are covered")
	if len(x.Private) == 0 {
		row("none", "")
	}
	covered := 0
	for _, p := range x.Private {
		if p.State == "covered" {
			if covered++; covered > mostCovered {
				continue
			}
		}
		row(p.State, "%s %s", p.Path, p.Version)
		for _, e := range p.Evidence {
			row("", "because: %s", e)
		}
		if len(p.Sent) == 0 {
			row("", "sent to: nobody but its own host")
		}
		for _, s := range p.Sent {
			row("", "sent to: %s", s)
		}
		if p.Login != "" {
			row("", "login: %s", p.Login)
		}
	}
	if covered > mostCovered {
		row("covered", "%d more, which --format=json lists", covered-mostCovered)
	}
	for _, u := range x.Unmatched {
		row("no module", "is matched by %s", u)
	}
	title("module cache")
	row("directory", "%s", cmp.Or(x.Cache.Dir, "not known"))
	row("state", "%s", x.Cache.State)
	row("go.mod files", "%d there, %d missing", x.Cache.GoMods, x.Cache.Missing)
	if x.Verified != "" {
		row("verified", "%s", x.Verified)
	}
	title("locks")
	for _, l := range x.Locks {
		row("held", "%s", l)
	}
	if len(x.Locks) == 0 {
		row("none", "")
	}
	return nil
}
