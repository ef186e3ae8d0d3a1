package goenv

import (
	"net/netip"
	"strings"
	"sync"
)

// publicHosts are the hosts that are known to serve public modules of many people. A credential or a rewritten URL for
// such a host as a whole says nothing about a single module. The list can never be complete; what is missing in it is only
// taken for private if the user's machine has credentials for that very host.
var publicHosts = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool)
	for _, host := range strings.Fields(`
		github.com gitlab.com bitbucket.org codeberg.org gitea.com sr.ht git.sr.ht hg.sr.ht gitee.com notabug.org
		dev.azure.com launchpad.net hub.jazz.net framagit.org 0xacab.org disroot.org pagure.io opendev.org
		git.kernel.org git.savannah.gnu.org git.savannah.nongnu.org git.launchpad.net git.zx2c4.com git.apache.org
		gitbox.apache.org git.eclipse.org gitlab.eclipse.org gitlab.gnome.org gitlab.freedesktop.org gitlab.torproject.org
		gitlab.xiph.org gitlab.inria.fr gitlab.cern.ch invent.kde.org code.videolan.org gitlab.alpinelinux.org
		gitlab.archlinux.org gitlab.matrix.org git.openwrt.org git.haiku-os.org gitgud.io code.forgejo.org codeload.github.com
		git.yoctoproject.org git.libreoffice.org git.torproject.org git.code.sf.net hg.code.sf.net svn.code.sf.net
		code.google.com go.googlesource.com chromium.googlesource.com android.googlesource.com fuchsia.googlesource.com
		gerrit.googlesource.com kernel.googlesource.com boringssl.googlesource.com source.developers.google.com
		gopkg.in golang.org go.dev google.golang.org cloud.google.com firebase.google.com go.googleapis.com
		k8s.io sigs.k8s.io go.etcd.io go.uber.org go.opentelemetry.io go.opencensus.io contrib.go.opencensus.io go.mongodb.org
		go.yaml.in gotest.tools gonum.org honnef.co mvdan.cc rsc.io filippo.io 9fans.net lukechampine.com howett.net
		nhooyr.io dario.cat cel.dev helm.sh oras.land storj.io moul.io ariga.io entgo.io go.k6.io bazil.org 4d63.com
		go-simpler.org gomodules.xyz goftp.io go.step.sm tags.cncf.io software.sslmate.com buf.build cuelang.org cuelabs.dev
		knative.dev tailscale.com zgo.at go.starlark.net go.mozilla.org go4.org istio.io modernc.org
		gioui.org fyne.io xorm.io gorm.io gocloud.dev goa.design gobot.io go.temporal.io gorgonia.org upper.io
		layeh.com maze.io inet.af periph.io zombiezen.com crawshaw.io crawshaw.dev calmh.dev code.cloudfoundry.org
		emperror.dev libvirt.org open-match.dev go.fd.io go.bytebuilders.dev kubevirt.io kmodules.xyz
		logur.dev go.chromium.org go.skia.org gvisor.dev go.pact.im pault.ag pgregory.net perkeep.org
		sigsum.org src.elv.sh tinygo.org vitess.io cloudeng.io connectrpc.com dagger.io deedles.dev
		dmitri.shuralyov.com euank.com gitlab.wikimedia.org gerrit.wikimedia.org`) {
		m[host] = true
	}
	return m
})

// PublicHost reports whether the host, the first element of a module path, is one of those that are known to serve public
// modules of many people.
func PublicHost(host string) bool {
	return publicHosts()[host] || strings.HasSuffix(host, ".googlesource.com") || strings.HasSuffix(host, ".github.io")
}

// privateSuffixes are the top-level names that nothing public is served under: reserved for private networks and
// examples (RFC 6761, RFC 6762, RFC 8375, and .internal by ICANN), never to be delegated because private networks use
// them (.corp, .home), or customary there and not delegated either.
var privateSuffixes = []string{
	"internal", "local", "localhost", "home.arpa", "test", "example", "invalid",
	"corp", "home",
	"lan", "intranet", "private", "localdomain",
}

// carrierNAT is the address space between a provider and its customers (RFC 6598), which netip does not call private.
var carrierNAT = netip.MustParsePrefix("100.64.0.0/10")

// UnreachableHost reports whether no public proxy can reach the host, and why. It never holds for a host that has a name
// in the public domain name system or a public address. A host without a dot is such a host too, but go refuses to fetch
// from it before it asks anybody, so there is nothing to protect: FindGap knows.
func UnreachableHost(host string) (reason string, ok bool) {
	if addr, ok := address(host); ok {
		switch addr = addr.Unmap(); {
		case addr.IsLoopback():
			return host + " is this machine's own address", true
		case addr.IsPrivate(), addr.IsLinkLocalUnicast(), addr.IsUnspecified(), carrierNAT.Contains(addr):
			return host + " is an address of a private network", true
		}
		return "", false
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "" {
		return "", false
	}
	if !strings.Contains(host, ".") {
		return "the name " + host + " has no dot", true
	}
	for _, suffix := range privateSuffixes {
		if name, ok := strings.CutSuffix(host, suffix); ok && strings.HasSuffix(name, ".") {
			return "names that end in ." + suffix + " exist in private networks only", true
		}
	}
	return "", false
}

// address returns the address that a host is, if it is no name.
func address(host string) (addr netip.Addr, ok bool) {
	host = strings.Trim(host, "[]")
	if host == "" || !strings.Contains(host, ":") && (host[len(host)-1] < '0' || host[len(host)-1] > '9') {
		return addr, false
	}
	addr, err := netip.ParseAddr(host)
	return addr, err == nil
}

// cutHost returns the first element of a module path and what follows its slash.
func cutHost(modulePath string) (host, rest string) {
	host, rest, _ = strings.Cut(modulePath, "/")
	return host, rest
}
