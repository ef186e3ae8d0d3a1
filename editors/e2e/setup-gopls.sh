#!/bin/bash
# Installs the gopls that the tests run beside gomodls into the user's cache, and prints it as a shell assignment:
#   GOPLS   $GOPLS, else gopls of the version below, built from the module proxy
# A second run does nothing and takes no time.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/debian.sh"

version=v0.23.0

gopls=${GOPLS:-}
if [ -z "$gopls" ]; then
	at=${XDG_CACHE_HOME:-$HOME/.cache}/gomodls-e2e/gopls-$version
	gopls=$at/gopls
	mkdir -p "$at"
	exec 9>"$at/lock"
	flock 9
	if [ ! -x "$gopls" ]; then
		echo "building gopls $version into $at" >&2
		(cd "$at" && GOBIN=$at/new GOFLAGS= GOWORK=off go install "golang.org/x/tools/gopls@$version" >&2) ||
			fail "gopls $version does not build"
		mv "$at/new/gopls" "$gopls"
	fi
	exec 9>&-
fi
"$gopls" version >/dev/null || fail "$gopls does not run"

printf 'GOPLS=%q\n' "$gopls"
