#!/bin/bash
# A go.sum of three thousand lines, opened and scrolled from end to end, in a terminal. Run by run-nvim.sh.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../terminal.sh"

dir=$E2E_TMP/module
cp -r "$E2E_MODULE" "$dir"
cat >"$E2E_TMP/init.lua" <<'LUA'
vim.o.swapfile = false
vim.o.statusline = "%t%m %{%v:lua.require'gomodls'.statusline()%}%= %l:%c"
LUA
cd "$dir"
cp go.sum sum
for i in $(seq 1500); do
	printf 'example.com/m%04d v1.0.0 h1:%043d=\nexample.com/m%04d v1.0.0/go.mod h1:%043d=\n' "$i" 0 "$i" 0
done >>go.sum
start "$NVIM" --clean -u "$E2E_TMP/init.lua" --cmd "set runtimepath^=$E2E_PLUGIN" -c "lua require('gomodls').enable()" go.sum
see 'the status line is there' '^go\.sum +go\.mod '
keys -l 'G'
see 'the last line is shown' 'example\.com/m1500 v1\.0\.0/go\.mod'
see 'its number is' " $(wc -l <go.sum):1"
for _ in $(seq 12); do keys C-b; done
see 'pages further up are shown' 'example\.com/m13[0-9][0-9] '
keys -l '1500G'
keys -l 'C'
keys -l 'example.com/broken v1.0.0'
keys Escape
see 'a fault in the middle is reported' '^go\.sum\[\+\] +go\.mod ✗ 1'
keys -l 'gg'
see 'the first line is shown' "$(head -n 1 sum | cut -c 1-40)"
keys -l ':lua vim.diagnostic.jump({ count = 1, severity = 1 })'
keys Enter
see 'the jump to the next error leads there' ' 1500:[0-9]+'
keys -l 'u'
see 'undo makes it right' '^go\.sum +go\.mod [^✗]*$'
keys -l ':q!'
keys Enter
see 'Neovim ends' 'EXIT=0'
