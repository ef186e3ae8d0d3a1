#!/bin/bash
# gomodls in Helix, in a terminal, driven with keys. Run by run-others.sh, with the configuration of editors/README.md in
# E2E_WORK/languages.toml. Prints "ok NAME" or "not ok NAME".
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../terminal.sh"

dir=$E2E_TMP/module
cp -r "$E2E_MODULE" "$dir"
mkdir -p "$XDG_CONFIG_HOME/helix"
cp "$E2E_WORK/languages.toml" "$XDG_CONFIG_HOME/helix/"
cat >"$XDG_CONFIG_HOME/helix/config.toml" <<-'TOML'
	[editor]
	end-of-line-diagnostics = "hint"
	[editor.inline-diagnostics]
	cursor-line = "error"
TOML
cd "$dir"
go mod edit -require=github.com/spf13/pflag@v1.0.5
expect_not 'go refuses the module' go list -m all

start "$HX" go.mod
see 'the diagnostic is shown' 'pflag v1\.0\.5 .*v1\.0\.10'
keys -l '/pflag v1'
keys Enter
see 'the cursor is on the requirement' '11:[0-9]+ *$'
keys -l ' a'
see 'fixes are offered' ' Upgrade github.com/spf13/pflag to v1\.0\.10'
keys Enter
see 'the fix restores the version' 'spf13/pflag v1\.0\.10'
keys -l ':wq'
keys Enter
see 'Helix ends' 'EXIT=0'
expect 'go accepts the file on disk' go list -m all
