#!/usr/bin/env bash
# install.sh installs what the extension is built with, where that is not there already.
set -euo pipefail
cd "$(dirname "$0")"
lock=$(sha256sum <package-lock.json)
[ "$(cat node_modules/.installed 2>/dev/null)" != "$lock" ] || exit 0
npm ci --no-fund --no-audit --loglevel=error >&2
echo "$lock" >node_modules/.installed
