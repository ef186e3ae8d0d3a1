package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/tools/txtar"
)

// A proxy serves the modules of the go command's tests and their checksum database on loopback, with the special paths that
// scripts use to see errors: see proxyHandler in cmd/go/proxy_test.go.
type proxy struct {
	archives map[string]*txtar.Archive // by name of the file, without its ending
	modules  []module.Version          // of the archives, in the order of their names

	database string // the name of the checksum database
	verifier string // the key that checks its signatures: what GOSUMDB has to be

	sums, wrongSums *sumdb.Server
	zips            sync.Map // name of the archive → bytes of the zip

	listener net.Listener
	server   *http.Server
}

// newProxy starts to serve the modules of the tests in dir, which is GOROOT/src/cmd/go.
func newProxy(dir string) (*proxy, error) {
	p := &proxy{archives: map[string]*txtar.Archive{}}
	if err := p.read(filepath.Join(dir, "testdata", "mod")); err != nil {
		return nil, err
	}
	keys, err := stringConstants(filepath.Join(dir, "proxy_test.go"))
	if err != nil {
		return nil, err
	}
	p.database, p.verifier = keys["testSumDBName"], keys["testSumDBVerifierKey"]
	signer := keys["testSumDBSignerKey"]
	if p.database == "" || p.verifier == "" || signer == "" {
		return nil, errors.New("proxy_test.go has no keys of a checksum database")
	}
	records := sumdb.NewTestServer(signer, p.sumLines)
	wrong := sumdb.NewTestServer(signer, func(path, version string) ([]byte, error) {
		return formatSums(path, version, "h1:wrong", "h1:wrong"), nil
	})
	for _, m := range p.modules {
		_, _ = records.Lookup(context.Background(), m) // what has no checksum has no record
	}
	p.sums, p.wrongSums = sumdb.NewServer(records), sumdb.NewServer(wrong)
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	p.server = &http.Server{Handler: p}
	go p.server.Serve(p.listener)
	return p, nil
}

// url is what GOPROXY has to be.
func (p *proxy) url() string { return p.address() + "/mod" }

func (p *proxy) address() string { return "http://" + p.listener.Addr().String() }

func (p *proxy) close() error { return p.server.Close() }

func (p *proxy) read(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return err
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		p.archives[name] = archive
		at := strings.LastIndex(name, "_v")
		if at < 0 {
			continue
		}
		path, err := module.UnescapePath(strings.ReplaceAll(name[:at], "_", "/"))
		if err != nil {
			continue // one that no go command can ask for
		}
		version, err := module.UnescapeVersion(name[at+1:])
		if err != nil {
			continue
		}
		p.modules = append(p.modules, module.Version{Path: path, Version: version})
	}
	if len(p.modules) == 0 {
		return fmt.Errorf("%s has no modules", dir)
	}
	return nil
}

// stringConstants returns the constants of a Go file whose values are string literals.
func stringConstants(file string) (map[string]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Names) != len(spec.Values) {
			return true
		}
		for i, name := range spec.Names {
			if lit, ok := spec.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				values[name.Name], _ = strconv.Unquote(lit.Value)
			}
		}
		return true
	})
	return values, nil
}

func (p *proxy) archive(path, version string) (name string, a *txtar.Archive) {
	escaped, err := module.EscapePath(path)
	if err != nil {
		return "", nil
	}
	v, err := module.EscapeVersion(version)
	if err != nil {
		return "", nil
	}
	name = strings.ReplaceAll(escaped, "/", "_") + "_" + v
	return name, p.archives[name]
}

func fileIn(a *txtar.Archive, name string) ([]byte, bool) {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data, true
		}
	}
	return nil, false
}

// ServeHTTP answers the requests of the module proxy protocol, and those below the special paths.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect || r.URL.IsAbs() {
		refuse(w)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/mod/")
	if !ok {
		http.NotFound(w, r)
		return
	}
	first, rest, _ := strings.Cut(path, "/")
	if status, err := strconv.Atoi(first); err == nil && status >= 200 {
		w.WriteHeader(status)
		return
	}
	kind, of, _ := strings.Cut(first, "-")
	switch {
	case first == "invalid":
		w.Write([]byte("invalid"))
	case first == "sumdb-direct":
		p.serveSums(p.sums, "/"+rest, w, r)
	case first == "sumdb-wrong":
		p.serveSums(p.wrongSums, "/"+rest, w, r)
	case first == "sumdb-redirect":
		// /module@version:/lookup/… looks up module@version, whatever is asked for.
		target, request, ok := strings.Cut(rest, ":")
		if !ok {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		if strings.HasPrefix(request, "/lookup/") {
			request = "/lookup/" + target
		}
		p.serveSums(p.sums, request, w, r)
	case kind == "sumdb" && of != "":
		status, err := strconv.Atoi(of)
		if err == nil && status >= 200 && strings.HasPrefix(rest, "sumdb/") {
			w.WriteHeader(status)
			return
		}
		p.serveModules(rest, w, r)
	case first == "redirect":
		count, target, _ := strings.Cut(rest, "/")
		n, err := strconv.Atoi(count)
		if err != nil {
			return
		}
		if n > 1 {
			target = fmt.Sprintf("redirect/%d/%s", n-1, target)
		}
		http.Redirect(w, r, "/mod/"+target, http.StatusFound)
	default:
		p.serveModules(path, w, r)
	}
}

// noNetwork is what the go command prints when refuse has answered it.
const noNetwork = "no network for scripts"

// refuse answers what a program would send to another machine. Scripts run with the server as their HTTP proxy, so that
// nothing does.
func refuse(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, noNetwork, http.StatusForbidden)
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "HTTP/1.1 403 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", noNetwork)
}

func (p *proxy) serveSums(sums *sumdb.Server, path string, w http.ResponseWriter, r *http.Request) {
	r.URL.Path = path
	sums.ServeHTTP(w, r)
}

// serveModules answers a request of the protocol itself: for the checksum database, the latest version, the list of
// versions, or a file of one.
func (p *proxy) serveModules(path string, w http.ResponseWriter, r *http.Request) {
	if request, ok := strings.CutPrefix(path, "sumdb/"+p.database); ok && strings.HasPrefix(request, "/") {
		if request != "/supported" {
			p.serveSums(p.sums, request, w, r)
		}
		return
	}
	latest := false
	escaped, file, ok := strings.Cut(path, "/@v/")
	if at := strings.LastIndex(path, "/@latest"); at >= 0 {
		escaped, latest, ok = path[:at], true, true
	}
	mod, err := module.UnescapePath(escaped)
	if !ok || err != nil {
		http.NotFound(w, r)
		return
	}
	if latest {
		version := p.latest(mod)
		if version == "" {
			http.NotFound(w, r)
			return
		}
		p.serveFile(mod, version, "info", w, r)
		return
	}
	if file == "list" {
		p.serveList(mod, w, r)
		return
	}
	dot := strings.LastIndex(file, ".")
	if dot < 0 {
		http.NotFound(w, r)
		return
	}
	version, err := module.UnescapeVersion(file[:dot])
	if err != nil {
		http.NotFound(w, r)
		return
	}
	if isHash(version) {
		version = p.versionAt(mod, version)
	}
	p.serveFile(mod, version, file[dot+1:], w, r)
}

// latest returns the version that @latest stands for: a release before a prerelease before a pseudo-version. Of several it is
// the first that the test's own proxy would return, which is the lowest.
func (p *proxy) latest(path string) string {
	var release, prerelease, pseudo string
	lower := func(have *string, version string) bool {
		if *have != "" && semver.Compare(*have, version) <= 0 {
			return false
		}
		*have = version
		return true
	}
	for _, m := range p.modules {
		if m.Path != path {
			continue
		}
		switch {
		case module.IsPseudoVersion(m.Version) && lower(&pseudo, m.Version):
		case semver.Prerelease(m.Version) != "" && lower(&prerelease, m.Version):
		default:
			lower(&release, m.Version)
		}
	}
	for _, version := range []string{release, prerelease, pseudo} {
		if version != "" {
			return version
		}
	}
	return ""
}

// serveList lists the versions of a module that are valid and no pseudo-versions, which may be none.
func (p *proxy) serveList(path string, w http.ResponseWriter, r *http.Request) {
	found := false
	for _, m := range p.modules {
		if m.Path != path {
			continue
		}
		found = true
		if !module.IsPseudoVersion(m.Version) && module.Check(m.Path, m.Version) == nil {
			fmt.Fprintln(w, m.Version)
		}
	}
	if !found {
		http.NotFound(w, r)
	}
}

func isHash(s string) bool { return s != "" && strings.Trim(s, "0123456789abcdef") == "" }

// versionAt returns the highest version of a module that was made from the commit, or the commit if there is none.
func (p *proxy) versionAt(path, commit string) string {
	best := ""
	for _, m := range p.modules {
		if m.Path != path || semver.Compare(best, m.Version) >= 0 {
			continue
		}
		hash := m.Version[strings.LastIndex(m.Version, "-")+1:]
		if !module.IsPseudoVersion(m.Version) {
			hash = p.commitOf(m)
		}
		if strings.HasPrefix(hash, commit) || strings.HasPrefix(commit, hash) {
			best = m.Version
		}
	}
	if best == "" {
		return commit
	}
	return best
}

func (p *proxy) commitOf(m module.Version) string {
	var info struct{ Short string }
	if _, a := p.archive(m.Path, m.Version); a != nil {
		data, _ := fileIn(a, ".info")
		_ = json.Unmarshal(data, &info) // without an .info there is no commit
	}
	return info.Short
}

func (p *proxy) serveFile(path, version, kind string, w http.ResponseWriter, r *http.Request) {
	name, a := p.archive(path, version)
	if a == nil {
		http.NotFound(w, r)
		return
	}
	switch kind {
	case "info", "mod":
		if data, ok := fileIn(a, "."+kind); ok {
			w.Write(data)
			return
		}
	case "zip":
		data, ok := p.zips.Load(name)
		if !ok {
			made, err := zipOf(a, path+"@"+version+"/")
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			data, _ = p.zips.LoadOrStore(name, made)
		}
		w.Write(data.([]byte))
		return
	}
	http.NotFound(w, r)
}

// zipOf packs the files of an archive below prefix; a file whose name begins with a slash stands where its name says.
func zipOf(a *txtar.Archive, prefix string) ([]byte, error) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, f := range a.Files {
		if f.Name == ".info" || f.Name == ".mod" || f.Name == ".zip" {
			continue
		}
		name, literal := strings.CutPrefix(f.Name, "/")
		if !literal {
			name = prefix + name
		}
		entry, err := z.Create(name)
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.Data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return buf.Bytes(), err
}

// sumLines returns the record of the checksum database for a module version.
func (p *proxy) sumLines(path, version string) ([]byte, error) {
	_, a := p.archive(path, version)
	if a == nil {
		return nil, os.ErrNotExist
	}
	files := map[string][]byte{}
	var names []string
	for _, f := range a.Files {
		if strings.HasPrefix(f.Name, ".") {
			continue
		}
		name := path + "@" + version + "/" + f.Name
		names = append(names, name)
		files[name] = f.Data
	}
	hash, err := hashOf(names, files)
	if err != nil {
		return nil, err
	}
	mod, _ := fileIn(a, ".mod")
	modHash, err := hashOf([]string{"go.mod"}, map[string][]byte{"go.mod": mod})
	return formatSums(path, version, hash, modHash), err
}

func hashOf(names []string, files map[string][]byte) (string, error) {
	return dirhash.Hash1(names, func(name string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(files[name])), nil
	})
}

func formatSums(path, version, hash, modHash string) []byte {
	return fmt.Appendf(nil, "%s %s %s\n%s %s/go.mod %s\n", path, version, hash, path, version, modHash)
}
