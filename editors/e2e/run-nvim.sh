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
GOPLS=$(bash "$e2e/setup-gopls.sh") || fail "setup-gopls.sh could not build gopls"
export NVIM NVIM_0_10 LUALINE GOPLS
prepare

names=("$@")
[ ${#names[@]} -gt 0 ] || names=(inconsistentversion missingsum replacepath outside tidy undo commands slow applyedit workspace life
	trust pull doctor plugin lualine help gopls neovim-0.10 tui large)
cd "$e2e/nvim"
export LUA_PATH="$e2e/nvim/?.lua;;"

# scenario NVIM NAME runs a scenario, which is to say that it has come to its end.
scenario() {
	run "$2" "$1" --clean -l "scenarios/$2.lua"
	grep -qE '^not ok |the scenario runs to its end$' "$E2E_TMP/out" || {
		echo "not ok $2 runs to its end"
		failed=$((failed + 1))
	}
}

for name in "${names[@]}"; do
	case $name in
	tui | large) run "$name" bash "$name.sh" ;;
	neovim-0.10) scenario "$NVIM_0_10" "$name" ;;
	*) scenario "$NVIM" "$name" ;;
	esac
done
finish
