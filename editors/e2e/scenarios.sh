# shellcheck shell=bash
# scenarios.sh: what run-nvim.sh and run-others.sh share: the server, the module, and the counting.
#
# The one idea: a scenario is a program that prints "ok NAME" or "not ok NAME" for each thing that it expects. It gets a
# home of its own and real everything else: editor, server, go command, module.
# To be sourced after debian.sh.

# prepare sets up what every scenario gets: `gomodls` on PATH, and in the environment
#   GOMODLS_BIN  the server: what is given, else built from this checkout
#   E2E_MODULE   a module that is tidy, with all that the go command reads for it in the module cache
#   E2E_WORK     a folder that goes away when the run ends
prepare() {
	local e2e repo name
	e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
	repo=$(cd "$e2e/../.." && pwd)
	command -v go >/dev/null || fail "needs the go command"
	E2E_WORK=$(mktemp -d)
	trap 'chmod -R u+w "$E2E_WORK"; rm -rf "$E2E_WORK"' EXIT

	if [ -z "${GOMODLS_BIN:-}" ]; then
		GOMODLS_BIN=$E2E_WORK/bin/gomodls
		(cd "$repo" && go build -o "$GOMODLS_BIN" ./cmd/gomodls) || fail "the server does not build"
	fi
	[ -x "$GOMODLS_BIN" ] || fail "$GOMODLS_BIN is not a program"
	GOMODLS_BIN=$(realpath "$GOMODLS_BIN")
	mkdir -p "$E2E_WORK/path"
	ln -s "$GOMODLS_BIN" "$E2E_WORK/path/gomodls"
	PATH=$E2E_WORK/path:$PATH

	# The go command keeps its caches and settings; everything else of the user is out of reach.
	for name in GOMODCACHE GOCACHE GOENV GOPATH; do
		export "$name=$(go env "$name")"
	done
	unset GOWORK TMUX NVIM_APPNAME VIMINIT
	export GOMODLS_BIN E2E_WORK E2E_MODULE=$E2E_WORK/module
	export E2E_PLUGIN=$repo/editors/nvim E2E_CONFIGURATION=$repo/editors/README.md

	cp -r "$e2e/testdata/module" "$E2E_MODULE"
	(cd "$E2E_WORK" && go mod download golang.org/x/sync@v0.8.0 golang.org/x/mod@v0.20.0 &&
		cd "$E2E_MODULE" && go mod download && go list -m all && go list -deps -test ./...) \
		>"$E2E_WORK/prepare.log" 2>&1 || {
		cat "$E2E_WORK/prepare.log" >&2
		fail "the go command cannot load the test module"
	}
}

passed=0 failed=0

# run NAME COMMAND... runs a scenario and counts what it prints.
run() {
	local name=$1 status=0 bad
	shift
	echo "# $name"
	export E2E_TMP=$E2E_WORK/$name
	mkdir -p "$E2E_TMP"/{home,config,state,data,cache,run}
	env HOME="$E2E_TMP/home" XDG_CONFIG_HOME="$E2E_TMP/config" XDG_STATE_HOME="$E2E_TMP/state" \
		XDG_DATA_HOME="$E2E_TMP/data" XDG_CACHE_HOME="$E2E_TMP/cache" XDG_RUNTIME_DIR="$E2E_TMP/run" \
		timeout 300 "$@" >"$E2E_TMP/out" 2>"$E2E_TMP/err" </dev/null || status=$?
	cat "$E2E_TMP/out"
	passed=$((passed + $(grep -c '^ok ' "$E2E_TMP/out" || true)))
	bad=$(grep -c '^not ok ' "$E2E_TMP/out" || true)
	# An error in a callback of Neovim leaves its exit status alone.
	if grep -qE 'stack traceback|vim.schedule callback' "$E2E_TMP/err"; then
		echo "not ok $name has no error in a callback"
		bad=$((bad + 1))
	fi
	# A status without a line that explains it is a crash or the time limit.
	if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
		echo "not ok $name ends by itself (status $status)"
		bad=1
	fi
	if [ "$bad" -ne 0 ]; then
		sed 's/^/  # /' "$E2E_TMP/err"
		if [ -s "$E2E_TMP/state/nvim/lsp.log" ]; then
			tail -n 20 "$E2E_TMP/state/nvim/lsp.log" | cut -c1-2000 | sed 's/^/  # lsp.log: /'
		fi
	fi
	failed=$((failed + bad))
}

# finish prints the count and is true if everything was as expected.
finish() {
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
