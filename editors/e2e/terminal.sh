# shellcheck shell=bash
# terminal.sh: an editor in a terminal, driven with keys and read from the screen.
#
# To be sourced by a scenario, once. Every expectation prints "ok NAME" or "not ok NAME"; the first that fails ends it.

tm() { tmux -S "$E2E_TMP/tmux" -f /dev/null "$@"; }
screen() { tm capture-pane -p; }
trap 'tm kill-server 2>/dev/null || true' EXIT

# start COMMAND... runs an editor in the terminal; when it ends, EXIT= and its status are on the screen.
start() {
	TERM=xterm-256color tm new-session -d -x 140 -y 30 "COLORTERM=truecolor $(printf '%q ' "$@"); echo EXIT=\$?; exec cat"
}

# keys -l TEXT sends characters, keys KEY a key by tmux's name of it.
keys() { tm send-keys "$@"; }

# see NAME REGEXP waits until the screen matches.
see() {
	local deadline=$((SECONDS + 20))
	until screen | grep -qE -- "$2"; do
		if [ $SECONDS -ge $deadline ]; then
			echo "not ok $1"
			screen | sed 's/^/  # /'
			exit 1
		fi
	done
	echo "ok $1"
}

# expect NAME COMMAND... expects that a command succeeds.
expect() {
	local name=$1
	shift
	if ! "$@" >"$E2E_TMP/expect.log" 2>&1; then
		echo "not ok $name"
		sed 's/^/  # /' "$E2E_TMP/expect.log"
		exit 1
	fi
	echo "ok $name"
}

# expect_not NAME COMMAND... expects that a command fails.
expect_not() {
	local name=$1
	shift
	if "$@" >"$E2E_TMP/expect.log" 2>&1; then
		echo "not ok $name"
		exit 1
	fi
	echo "ok $name"
}
