#!/bin/bash
# gomodls in Vim with ALE, in a terminal, driven with keys. Run by run-others.sh, with the configuration of editors/README.md
# in E2E_WORK/vimrc. Prints "ok NAME" or "not ok NAME".
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../terminal.sh"

dir=$E2E_TMP/module
cp -r "$E2E_MODULE" "$dir"
printf 'set nocompatible noswapfile ruler runtimepath^=%s\n' "$ALE" | cat - "$E2E_WORK/vimrc" >"$E2E_TMP/vimrc"
cd "$dir"
go mod edit -require=github.com/spf13/pflag@v1.0.5
expect_not 'go refuses the module' go list -m all

start env VIMRUNTIME="$VIM_RUNTIME" "$VIM_PROGRAM" -u "$E2E_TMP/vimrc" go.mod
see 'the diagnostic is shown' 'pflag v1\.0\.5 .*v1\.0\.10'
keys -l '/pflag v1'
keys Enter
see 'the cursor is on the requirement' '11,[0-9]+'
keys -l ':ALECodeAction'
keys Enter
see 'fixes are offered' '1\) Upgrade github.com/spf13/pflag to v1\.0\.10'
keys -l 1
keys Enter
see 'the fix restores the version' 'spf13/pflag v1\.0\.10$'
keys -l ':wq'
keys Enter
see 'Vim ends' 'EXIT=0'
expect 'go accepts the file on disk' go list -m all
