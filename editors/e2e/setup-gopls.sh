#!/usr/bin/env bash
# setup-gopls.sh builds the gopls beside which gomodls is tested, and prints its path. A second run takes no time.
set -euo pipefail

version=v0.23.0

command -v go >/dev/null || { echo "setup-gopls: needs the go command" >&2; exit 1; }
dir=${XDG_CACHE_HOME:-$HOME/.cache}/gomodls-e2e/gopls-$version
mkdir -p "$dir"
exec 9>"$dir.lock"
flock 9
if [ ! -x "$dir/gopls" ]; then
	echo "setup-gopls: building gopls $version" >&2
	tmp=$(mktemp -d "$dir/XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	GOBIN=$tmp GOFLAGS= GOWORK=off go install "golang.org/x/tools/gopls@$version" >&2 || { echo "setup-gopls: gopls $version does not build" >&2; exit 1; }
	mv "$tmp/gopls" "$dir/gopls"
fi
echo "$dir/gopls"
