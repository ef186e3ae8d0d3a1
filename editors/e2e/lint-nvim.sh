#!/bin/bash
# Checks the Lua of the Neovim plugin and of its tests: luacheck, and the format of StyLua. With --write it formats.
set -euo pipefail
e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$e2e/debian.sh"
stylua=2.5.2

if ! command -v luacheck >/dev/null; then
	{ command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; } || fail "needs luacheck (in Debian: lua-check)"
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends lua-check; } >&2 ||
		fail "apt-get could not install lua-check"
fi
at=${XDG_CACHE_HOME:-$HOME/.cache}/gomodls-e2e/stylua-$stylua
if [ ! -d "$at/node_modules/@johnnymorganz/stylua" ]; then
	command -v npm >/dev/null || fail "needs npm"
	mkdir -p "$at"
	npm install --prefix "$at" --no-save --ignore-scripts --silent "@johnnymorganz/stylua@$stylua" >&2 ||
		fail "npm could not install StyLua"
fi

dirs=("$e2e/../nvim" "$e2e/nvim")
NODE_PATH=$at/node_modules node "$e2e/nvim/stylua.mjs" "$@" "${dirs[@]}" ||
	fail "not formatted: bash editors/e2e/lint-nvim.sh --write"
for dir in "${dirs[@]}"; do
	(cd "$dir" && luacheck -q --no-cache --no-color .) || fail "luacheck has something against $dir"
done
