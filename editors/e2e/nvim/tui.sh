#!/bin/bash
# The status line as a user sees it: Neovim in a terminal, driven with keys. Run by run-nvim.sh.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../terminal.sh"

dir=$E2E_TMP/module
cp -r "$E2E_MODULE" "$dir"
cat >"$E2E_TMP/init.lua" <<'LUA'
vim.o.swapfile = false
vim.o.statusline = "%t%m %{%v:lua.require'gomodls'.statusline()%}%= %l:%c"
vim.diagnostic.config({ virtual_text = true })
LUA
cd "$dir"

# As `make demo` says it: the server is enabled after the file is opened.
start "$NVIM" --clean -u "$E2E_TMP/init.lua" --cmd "set runtimepath^=$E2E_PLUGIN" -c "lua require('gomodls').enable()" go.mod
see 'the status line shows the file and that it is right' '^go\.mod +go\.mod ✓'
keys -l '/pflag v1'
keys Enter
keys -l 'f1llllC5'
keys Escape
see 'the status line shows an error, and the file modified' '^go\.mod\[\+\] +go\.mod .*1'
see 'the message stands behind the line' 'pflag v1\.0\.5.*v1\.0\.10'
keys -l 'gra'
see 'gra offers fixes' '1: '
keys -l 1
keys Enter
see 'the fix makes it right; the file stays modified' '^go\.mod\[\+\] +go\.mod ✓'
keys -l ':wq'
keys Enter
see 'Neovim ends' 'EXIT=0'
expect 'what is saved is what was there before' cmp go.mod "$E2E_MODULE/go.mod"
