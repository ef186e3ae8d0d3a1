#!/bin/bash
# Drives real Neovims with the plugin and the real server: every scenario of e2e/nvim, each in a Neovim and with a copy of
# a real module of its own. Scenarios can be named: run-nvim.sh tidy outside tui. The last line counts what was expected.
#
#   GOMODLS_BIN   the server to test; built from this checkout if it is not given
set -euo pipefail
e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$e2e/debian.sh"
source "$e2e/scenarios.sh"

programs=$(bash "$e2e/setup-nvim.sh") || fail "setup-nvim.sh could not install what the tests need"
eval "$programs"
export NVIM NVIM_0_10
prepare

names=("$@")
[ ${#names[@]} -gt 0 ] || names=(inconsistentversion missingsum replacepath outside tidy commands applyedit plugin neovim-0.10 tui)
cd "$e2e/nvim"
export LUA_PATH="$e2e/nvim/?.lua;;"
for name in "${names[@]}"; do
	case $name in
	tui) run tui bash tui.sh ;;
	neovim-0.10) run "$name" "$NVIM_0_10" --clean -l "scenarios/$name.lua" ;;
	*) run "$name" "$NVIM" --clean -l "scenarios/$name.lua" ;;
	esac
done
finish
