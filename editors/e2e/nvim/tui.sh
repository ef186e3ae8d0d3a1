#!/bin/bash
# The status line as a user sees it: Neovim in a terminal, driven with keys. Prints "ok NAME" or "not ok NAME".
#
# From the environment: NVIM, GOMODLS_BIN, E2E_MODULE, E2E_PLUGIN, E2E_TMP.
set -euo pipefail

socket=$E2E_TMP/tmux
dir=$E2E_TMP/tui
cp -r "$E2E_MODULE" "$dir"
cat >"$E2E_TMP/init.lua" <<'LUA'
vim.opt.runtimepath:prepend(vim.env.E2E_PLUGIN)
vim.o.swapfile = false
vim.o.statusline = "%t%m %{%v:lua.require'gomodls'.statusline()%}%= %l:%c"
vim.diagnostic.config({ virtual_text = true })
vim.lsp.enable('gomodls')
LUA

failed=0
report() {
	echo "$1 $2"
	if [ "$1" = "not ok" ]; then
		failed=1
		screen | sed 's/^/  # /'
	fi
}
tm() { tmux -S "$socket" -f /dev/null "$@"; }
screen() { tm capture-pane -p "$@"; }
trap 'tm kill-server 2>/dev/null || true' EXIT

# see NAME REGEXP waits until the screen matches.
see() {
	local deadline=$((SECONDS + 20))
	until screen | grep -qE -- "$2"; do
		if [ $SECONDS -ge $deadline ]; then
			report "not ok" "$1"
			exit 1
		fi
	done
	report ok "$1"
}

# type -l TEXT sends characters, type KEY a key by tmux's name of it.
type() { tm send-keys "$@"; }

TERM=xterm-256color tm new-session -d -x 120 -y 30 \
	"cd $(printf %q "$dir") && COLORTERM=truecolor $(printf %q "$NVIM") --clean -u $(printf %q "$E2E_TMP/init.lua") go.mod; echo EXIT=\$?; exec cat"

see 'the status line shows the file and that it is right' '^go\.mod +go\.mod ✓'
type -l '/pflag v1'
type Enter
type -l 'f1llllC5'
type Escape
see 'the status line shows an error, and the file modified' '^go\.mod\[\+\] +go\.mod .*1'
see 'the message stands behind the line' 'pflag v1\.0\.5.*v1\.0\.10'
type -l 'gra'
see 'gra offers fixes' '1: '
type -l 1
type Enter
see 'the fix makes it right; the file stays modified' '^go\.mod\[\+\] +go\.mod ✓'
type -l ':wq'
type Enter
see 'Neovim ends' 'EXIT=0'
if cmp -s "$dir/go.mod" "$E2E_MODULE/go.mod"; then
	report ok 'what is saved is what was there before'
else
	report "not ok" 'what is saved is what was there before'
fi
exit $failed
