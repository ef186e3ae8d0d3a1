package explain

import (
	"strings"
	"testing"
)

// TestUnrecorded has messages that take a dishonest server or a machine's own settings, in the form that the go command's source
// gives them; the others are recorded in testdata/go.
func TestUnrecorded(t *testing.T) {
	const security = "\n\nSECURITY ERROR\nThis download does NOT match the one reported by the checksum server.\n"
	for _, tt := range []struct{ log, family, module, says, not string }{
		{log: "go: example.com/a@v1.0.0: verifying module: checksum mismatch\n\tdownloaded: h1:AAA=\n\tsum.example.com: h1:BBB=" + security,
			family: "checksummismatch", module: "example.com/a v1.0.0", says: "The checksum database sum.example.com knows another content"},
		{log: "go: example.com/a@v1.0.0: verifying go.mod: checksum mismatch\n\tdownloaded: h1:AAA=\n\tsum.example.com: h1:BBB=" + security,
			family: "checksummismatch", module: "example.com/a v1.0.0", says: "Do not switch the database off"},
		{log: "verifying example.com/a@v1.0.0/go.mod: checksum mismatch\n\tdownloaded: h1:AAA=\n\t/src/m/go.sum:     h1:BBB=" + security,
			family: "checksummismatch", module: "example.com/a v1.0.0", says: "/src/m/go.sum records another content", not: "The checksum database"},
		{log: "verifying example.com/a@v1.0.0: checksum mismatch\n\tdownloaded: h1:AAA=\n\tgo.work.sum:     h1:BBB=" + security,
			family: "checksummismatch", module: "example.com/a v1.0.0", says: "go.work.sum records another content", not: "The checksum database"},
		{log: "go: example.com/a@v1.0.0: verifying module: checksum missing from sumdb response" + security,
			family: "checksumabsent", module: "example.com/a v1.0.0", says: "has no checksum of it", not: "GOPRIVATE"},
		{log: "go: example.com/a@v1.0.0: verifying module: SECURITY ERROR\ngo.sum database server misbehavior detected!\n\nold database:\n\tgo.sum database tree",
			family: "checksumforged", says: "two histories that contradict each other"},
		{log: "go: example.com/a@v1.0.0: verifying go.mod: invalid GOSUMDB: too many fields", family: "gosumdb", says: "too many fields", not: "GOPRIVATE"},
		{log: "go: updates to go.sum needed, but go.sum is part of the overlay specified with -overlay", family: "overlaysum", says: "given by -overlay"},
		{log: "go: -insecure flag is no longer supported; use GOINSECURE instead", family: "insecure", says: "It never kept a private module's path from proxies"},
		{log: "go: GOAUTH encountered an empty command (GOAUTH=;)", family: "goauth", says: "an empty command"},
		{log: "go: GOAUTH=git encountered an error; cannot stat /nowhere: stat /nowhere: no such file or directory", family: "goauth", says: "cannot stat /nowhere"},
		{log: "go: GOMODCACHE entry is relative; must be absolute path: \"rel/cache\".\n", family: "gomodcache", says: `"rel/cache"`},
		{log: "go: unknown go command variable GOPRIVATES", family: "unknownvariable", says: "GOPRIVATES"},
		{log: `go: example.com/a@v1: invalid response from proxy "https://proxy.example.com/go": json: cannot unmarshal string`, family: "proxyanswer",
			says: "proxy.example.com"},
	} {
		found := Log(tt.log)
		if len(found) != 1 {
			t.Errorf("%q:\nfound %d", tt.log, len(found))
			continue
		}
		f := found[0]
		said := f.Cause + " " + f.Remedy
		module := strings.TrimSpace(f.Module().Path + " " + f.Module().Version)
		if f.Family != tt.family || tt.module != "" && module != tt.module || !strings.Contains(said, tt.says) || tt.not != "" && strings.Contains(said, tt.not) {
			t.Errorf("%q:\nfamily %s, module %q: %s", tt.log, f.Family, module, said)
		}
	}
}
