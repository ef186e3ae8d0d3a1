package explain

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/gomodls/gomodls/internal/text"
)

// TestLogs holds what is found in the logs of testdata/go against what each archive says. An archive has the files of a
// module and, behind "$", the go command that was run on them; its log is what that command printed, with invented hosts and
// places. RECORD=1 runs the commands again, with a proxy on the loopback interface, and UPDATE=1 rewrites what is found.
func TestLogs(t *testing.T) {
	files, err := filepath.Glob("testdata/go/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if os.Getenv("RECORD") != "" {
				rerun(t, archive)
			}
			var log string
			texts := make(map[string]string)
			kept := &txtar.Archive{Comment: archive.Comment}
			for _, f := range archive.Files {
				switch f.Name {
				case "log":
					log = string(f.Data)
				case "found":
					continue
				default:
					texts[f.Name] = string(f.Data)
				}
				kept.Files = append(kept.Files, f)
			}
			read := func(name string) (string, bool) {
				text, ok := texts[strings.TrimPrefix(name, "/src/m/")]
				return text, ok
			}
			var found strings.Builder
			for _, f := range Log(log) {
				render(&found, f, f.Place(read), texts)
			}
			kept.Files = append(kept.Files, txtar.File{Name: "found", Data: []byte(found.String())})
			if os.Getenv("UPDATE")+os.Getenv("RECORD") != "" {
				if err := os.WriteFile(file, txtar.Format(kept), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(string(txtar.Format(archive)), string(txtar.Format(kept))); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func render(out *strings.Builder, f Finding, at Place, texts map[string]string) {
	fmt.Fprintf(out, "log:%d %s", f.LogLine, f.Family)
	if f.Code != "" {
		fmt.Fprintf(out, " [%s]", f.Code)
	}
	if at.File != "" {
		fmt.Fprintf(out, " %s", at.File)
		if src, ok := texts[strings.TrimPrefix(at.File, "/src/m/")]; ok && at.Known {
			p := text.NewLines(src).Position(at.Span.Start)
			fmt.Fprintf(out, ":%d:%d %q", p.Line+1, p.Column+1, src[at.Span.Start:at.Span.End])
		}
	}
	fmt.Fprintf(out, "\n    %s\n    %s\n", f.Cause, f.Remedy)
	for _, fix := range f.Fixes {
		fmt.Fprintf(out, "    fix: %s %v %s\n", fix.Command.Name, fix.Command.Arguments, fix.Title)
	}
}

// rerun replaces the log of an archive by what go prints now.
func rerun(t *testing.T, archive *txtar.Archive) {
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(top, "m")
	t.Cleanup(func() { exec.Command("chmod", "-R", "u+w", top).Run() })
	var kept []txtar.File
	for _, f := range archive.Files {
		if f.Name == "log" || f.Name == "found" {
			continue
		}
		kept = append(kept, f)
		write(t, filepath.Join(dir, f.Name), string(f.Data))
	}
	statuses := map[string]int{}
	env := []string{}
	direct := false
	var commands [][]string
	for line := range strings.Lines(string(archive.Comment)) {
		words := strings.Fields(line)
		switch {
		case len(words) > 1 && words[0] == "$":
			commands = append(commands, words[1:])
		case len(words) > 1 && words[0] == "env":
			env = append(env, words[1:]...)
		case len(words) == 3 && words[0] == "status":
			n := 0
			fmt.Sscan(words[2], &n)
			statuses[words[1]] = n
		case len(words) == 1 && words[0] == "direct":
			direct = true
		}
	}
	proxy := newProxy(t, statuses)
	server := httptest.NewServer(proxy)
	defer server.Close()
	home := filepath.Join(top, "home")
	os.Mkdir(home, 0o777)
	all := append(os.Environ(),
		"HOME="+home, "GOPROXY="+server.URL, "GOSUMDB=off", "GONOSUMDB=", "GOPRIVATE=", "GONOPROXY=", "GOENV=off", "GOFLAGS=-modcacherw", "GOWORK=",
		"GOTOOLCHAIN=local", "GOMODCACHE="+filepath.Join(top, "cache"), "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=")
	if direct {
		all = append(all, "GOPROXY=direct", "GOINSECURE=*", "http_proxy="+server.URL, "HTTP_PROXY="+server.URL, "https_proxy="+server.URL, "HTTPS_PROXY="+server.URL, "NO_PROXY=", "no_proxy=")
	}
	var log strings.Builder
	for _, args := range commands {
		if args[0] == "write" { // FILE WORDS...
			data := strings.ReplaceAll(strings.Join(args[2:], " "), `\n`, "\n")
			write(t, filepath.Join(dir, args[1]), data)
			continue
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.Env = dir, append(append(all, env...), "PWD="+dir)
		out, _ := cmd.CombinedOutput()
		log.Write(out)
	}
	goroot, _ := exec.Command("go", "env", "GOROOT").Output()
	clean := strings.NewReplacer(
		dir, "/src/m", filepath.Join(top, "cache"), "/home/user/go/pkg/mod", top, "/src",
		server.URL, "https://proxy.example.com", strings.TrimPrefix(server.URL, "http://"), "proxy.example.com",
		strings.TrimSpace(string(goroot)), "/usr/lib/go",
	).Replace(log.String())
	clean = regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(clean, "proxy.example.com")
	clean = regexp.MustCompile(` on [0-9.]+:53`).ReplaceAllString(clean, " on 192.0.2.53:53")
	clean = regexp.MustCompile(`[^ \n]*/vcs/[0-9a-f]{64}`).ReplaceAllString(clean, "/home/user/go/pkg/mod/cache/vcs/0123456789abcdef")
	archive.Files = append(kept, txtar.File{Name: "log", Data: []byte(clean)})
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o666); err != nil {
		t.Fatal(err)
	}
}

// newProxy serves testdata/proxy.txtar as a module proxy, and as what answers for every host if it is asked as an HTTP proxy.
// For paths that begin with a key of statuses it answers with that.
func newProxy(t *testing.T, statuses map[string]int) http.Handler {
	archive, err := txtar.ParseFile("testdata/proxy.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	zips := map[string]*bytes.Buffer{}
	writers := map[string]*zip.Writer{}
	for _, f := range archive.Files {
		path, rest, _ := strings.Cut(f.Name, "@")
		version, name, _ := strings.Cut(rest, "/")
		base := "/" + path + "/@v/" + version
		if writers[base] == nil {
			zips[base] = new(bytes.Buffer)
			writers[base] = zip.NewWriter(zips[base])
			files[base+".info"] = fmt.Appendf(nil, `{"Version":%q}`, version)
			list := "/" + path + "/@v/list"
			files[list] = append(files[list], version+"\n"...)
		}
		w, err := writers[base].Create(path + "@" + version + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(f.Data)
		if name == "go.mod" {
			files[base+".mod"] = f.Data
		}
	}
	for base, w := range writers {
		w.Close()
		files[base+".zip"] = zips[base].Bytes()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for prefix, status := range statuses {
			if strings.HasPrefix(r.URL.Path, "/"+prefix+"/") || strings.HasPrefix(r.Host+r.URL.Path, prefix+"/") {
				http.Error(w, http.StatusText(status), status)
				return
			}
		}
		switch data, ok := files[r.URL.Path]; {
		case ok:
			w.Write(data)
		case r.URL.Query().Get("go-get") == "1" && r.Host == "git.example.com":
			fmt.Fprintf(w, `<meta name="go-import" content="%s git http://code.example.com%s.git">`, r.Host+r.URL.Path, r.URL.Path)
		case strings.HasSuffix(r.URL.Path, ".info"):
			path, rest, _ := strings.Cut(r.URL.Path, "/@v/")
			v := strings.TrimSuffix(rest, ".info")
			http.Error(w, fmt.Sprintf("not found: %s@%s: invalid version: unknown revision %s", path[1:], v, v), http.StatusNotFound)
		default:
			http.Error(w, "not found", http.StatusNotFound)
		}
	})
}

// What passes a log on puts something before its lines, or colours in them. It changes nothing.
func TestPrefixes(t *testing.T) {
	files, err := filepath.Glob("testdata/go/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives", err)
	}
	for _, tt := range []struct{ name, before, after string }{
		{"a workflow's log", "2026-01-02T03:04:05.1234567Z ", ""},
		{"a workflow's error", "2026-01-02T03:04:05.1234567Z ##[error]", ""},
		{"a runner's log", "2026-01-02T03:04:05.123456Z 01O ", ""},
		{"a runner's log that goes on", "2026-01-02T03:04:05.123456Z 01E+", ""},
		{"colours", "\x1b[0;31m", "\x1b[0m"},
		{"a title and a colour", "\x1b]0;build\x07\x1b[1m", "\x1b[K"},
		{"a container's build", "#12 3.456 ", ""},
		{"a container of several", "builder-1  | ", ""},
		{"the date and time of a logger", "2026/01/02 03:04:05 ", ""},
		{"a time", "[03:04:05] ", ""},
		{"a time in brackets with a date", "[2026-01-02T03:04:05.123Z] ", ""},
		{"a stage and a level", "[build] [ERROR] ", ""},
		{"a git hook", "remote: ", ""},
		{"Windows", "", "\r"},
		{"a progress bar", "12% done\r", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, file := range files {
				archive, err := txtar.ParseFile(file)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range archive.Files {
					if f.Name != "log" {
						continue
					}
					var log strings.Builder
					for line := range strings.Lines(string(f.Data)) {
						if line != "\n" {
							line = tt.before + strings.TrimSuffix(line, "\n") + tt.after + "\n"
						}
						log.WriteString(line)
					}
					if d := cmp.Diff(Log(string(f.Data)), Log(log.String()), cmp.AllowUnexported(Finding{})); d != "" {
						t.Errorf("%s (-plain +prefixed):\n%s", filepath.Base(file), d)
					}
				}
			}
		})
	}
}

func FuzzLog(f *testing.F) {
	files, _ := filepath.Glob("testdata/go/*.txtar")
	for _, file := range files {
		if archive, err := txtar.ParseFile(file); err == nil {
			for _, part := range archive.Files {
				if part.Name == "log" {
					f.Add(string(part.Data), "module example.com/m\n")
				}
			}
		}
	}
	f.Add("m.go:99999999999999999999:0: no required module provides package x", "")
	f.Fuzz(func(t *testing.T, log, src string) {
		lines := strings.Count(log, "\n") + 1
		for _, finding := range Log(log) {
			if finding.LogLine < 1 || finding.LogLine > lines || finding.Cause == "" || finding.Remedy == "" || finding.Family == "" {
				t.Errorf("%+v", finding)
			}
			at := finding.Place(func(string) (string, bool) { return src, true })
			if at.Span.Start < 0 || at.Span.End < at.Span.Start || at.Span.End > len(src) {
				t.Errorf("%+v is at %+v of %d bytes", finding, at, len(src))
			}
		}
	})
}
