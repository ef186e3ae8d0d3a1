#!/bin/bash
# Takes the pictures of Neovim: in a terminal, driven with keys, drawn from the terminal's screen. Run by
# screenshots-nvim.sh, as a scenario is; IMAGES is the folder for them.
set -euo pipefail
source "$(dirname "$0")/../terminal.sh"

dir=$E2E_TMP/farm
cp -r "$E2E_MODULE" "$dir"
# A Go of which everything but the command is the real one's; the command waits at "go mod tidy".
mkdir -p "$E2E_TMP/goroot/bin"
for part in "$(go env GOROOT)"/*; do
	[ "$(basename "$part")" = bin ] || ln -s "$part" "$E2E_TMP/goroot/"
done
mkfifo "$E2E_TMP/gate"
cat >"$E2E_TMP/goroot/bin/go" <<-SH
	#!/bin/sh
	case " \$* " in *" tidy "*) [ ! -p "$E2E_TMP/gate" ] || read -r _ <"$E2E_TMP/gate" ;; esac
	exec "$(command -v go)" "\$@"
SH
chmod +x "$E2E_TMP/goroot/bin/go"
cat >"$E2E_TMP/init.lua" <<'LUA'
vim.o.swapfile = false
vim.o.termguicolors = true
vim.o.number = true
vim.o.shortmess = vim.o.shortmess .. 'IF'
vim.o.ruler = false
vim.o.showcmd = false
vim.o.statusline = " %t%m %=%{%v:lua.require'gomodls'.statusline()%} "
vim.diagnostic.config({ float = { border = 'rounded', header = '', source = true } })
LUA
cd "$dir"
cp "$E2E_MODULE/go.mod" "$E2E_TMP/right"
shot() { tm capture-pane -e -p >"$E2E_TMP/$1"; }

# One terminal after the other has the size of the first window.
TERM=xterm-256color tm new-session -d -x 100 -y 15 "COLORTERM=truecolor TERM=xterm-256color PATH=$E2E_TMP/goroot/bin:$PATH \
	$(printf '%q ' "$NVIM" --clean -u "$E2E_TMP/init.lua" --cmd "set runtimepath^=$E2E_PLUGIN" \
		-c "lua require('gomodls').enable()" go.mod); exec cat"
see 'it is right' 'go\.mod ✓'
keys -l ':6'
keys Enter
keys -l 'zt'
shot ok
keys -l ':11s/10/5/'
keys Enter
see 'an error' 'go\.mod ✗ 1'
keys -l 'f5'
keys C-w d
see 'with its message' 'is below v1\.0\.10'
shot error
keys -l ':Gomodls tidy'
keys Enter
see 'busy' 'go mod tidy…'
shot busy
echo >"$E2E_TMP/gate"
rm "$E2E_TMP/gate"
see 'right again' 'go\.mod ✓'
keys -l ':12s,$, // indirect,'
keys Enter
see 'a warning' 'go\.mod ⚠ 1'
shot other
keys -l ':qa!'
keys Enter

mkdir -p "$IMAGES"
"$NVIM" --clean -l "$(dirname "$0")/svg.lua" "$IMAGES/neovim.svg" "$E2E_TMP/error"
"$NVIM" --clean -l "$(dirname "$0")/svg.lua" "$IMAGES/neovim-status.svg" \
	"$E2E_TMP/ok:^ go%.mod" "$E2E_TMP/error:^ go%.mod" "$E2E_TMP/busy:^ go%.mod" "$E2E_TMP/other:^ go%.mod"
