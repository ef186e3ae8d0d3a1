#!/bin/bash
# Drives real Neovims with the plugin and the real server: every scenario of e2e/nvim, each in a Neovim and with a copy of
# a real module of its own. Scenarios can be named: run-nvim.sh tidy outside tui. The last line counts what was expected.
#
#   GOMODLS_BIN   the server to test; built from this checkout if it is not given
set -euo pipefail
e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$e2e/../.." && pwd)
fail() {
	echo "run-nvim.sh: $*" >&2
	exit 1
}

programs=$(bash "$e2e/setup-nvim.sh") || fail "setup-nvim.sh could not install what the tests need"
eval "$programs"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "${GOMODLS_BIN:-}" ]; then
	GOMODLS_BIN=$work/bin/gomodls
	(cd "$repo" && go build -o "$GOMODLS_BIN" ./cmd/gomodls) || fail "the server does not build"
fi
[ -x "$GOMODLS_BIN" ] || fail "$GOMODLS_BIN is not a program"
GOMODLS_BIN=$(realpath "$GOMODLS_BIN")
mkdir -p "$work/path" && ln -s "$GOMODLS_BIN" "$work/path/gomodls"

# The go command keeps its caches and settings; everything else of the user is out of reach.
for name in GOMODCACHE GOCACHE GOENV GOPATH; do
	export "$name=$(go env "$name")"
done
export NVIM NVIM_0_10 GOMODLS_BIN E2E_PLUGIN=$repo/editors/nvim E2E_MODULE=$work/module
PATH=$work/path:$PATH
unset GOWORK NVIM_APPNAME VIMINIT TMUX

# The module as `go mod tidy` left it, and all that the go command reads for it in the module cache.
cp -r "$e2e/nvim/testdata/module" "$E2E_MODULE"
(cd "$work" && go mod download golang.org/x/sync@v0.8.0 golang.org/x/mod@v0.20.0 &&
	cd "$E2E_MODULE" && go mod download && go list -m all && go list -deps -test ./...) >"$work/prepare.log" 2>&1 || {
	cat "$work/prepare.log" >&2
	fail "the go command cannot load the test module"
}

passed=0 failed=0
# run NAME COMMAND... runs a scenario and counts what it prints.
run() {
	local name=$1 status=0
	shift
	echo "# $name"
	export E2E_TMP=$work/$name
	mkdir -p "$E2E_TMP"/{home,config,state,data,cache,run}
	env HOME="$E2E_TMP/home" XDG_CONFIG_HOME="$E2E_TMP/config" XDG_STATE_HOME="$E2E_TMP/state" XDG_DATA_HOME="$E2E_TMP/data" \
		XDG_CACHE_HOME="$E2E_TMP/cache" XDG_RUNTIME_DIR="$E2E_TMP/run" \
		timeout 300 "$@" >"$E2E_TMP/out" 2>"$E2E_TMP/err" </dev/null || status=$?
	cat "$E2E_TMP/out"
	passed=$((passed + $(grep -c '^ok ' "$E2E_TMP/out" || true)))
	local bad
	bad=$(grep -c '^not ok ' "$E2E_TMP/out" || true)
	# An error in a callback leaves the exit status alone, and one status without a line is a crash or the time limit.
	if grep -qE 'stack traceback|vim.schedule callback' "$E2E_TMP/err"; then
		echo "not ok $name has no error in a callback"
		bad=$((bad + 1))
	fi
	if [ $status -ne 0 ] && [ "$bad" -eq 0 ]; then
		echo "not ok $name ends by itself (status $status)"
		bad=1
	fi
	if [ "$bad" -ne 0 ]; then
		sed 's/^/  # /' "$E2E_TMP/err"
		[ ! -s "$E2E_TMP/state/nvim/lsp.log" ] || tail -n 20 "$E2E_TMP/state/nvim/lsp.log" | cut -c1-2000 | sed 's/^/  # lsp.log: /'
	fi
	failed=$((failed + bad))
}

names=("$@")
[ ${#names[@]} -gt 0 ] || names=(inconsistentversion missingsum replacepath outside tidy applyedit plugin neovim-0.10 tui)
cd "$e2e/nvim"
export LUA_PATH="$e2e/nvim/?.lua;;"
for name in "${names[@]}"; do
	case $name in
	tui) run tui bash tui.sh ;;
	neovim-0.10) run "$name" "$NVIM_0_10" --clean -l "scenarios/$name.lua" ;;
	*) run "$name" "$NVIM" --clean -l "scenarios/$name.lua" ;;
	esac
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
