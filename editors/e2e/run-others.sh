#!/bin/bash
# Smoke tests of the configurations that editors/README.md gives for Helix, Emacs and Vim, each in the real editor with the
# real server: open a go.mod with a fault, see the diagnostic, apply the fix. The last line counts what was expected.
#
#   GOMODLS_BIN   the server to test; built from this checkout if it is not given
set -euo pipefail
e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$e2e/debian.sh"
source "$e2e/scenarios.sh"

programs=$(bash "$e2e/setup-others.sh") || fail "setup-others.sh could not install what the tests need"
eval "$programs"
export HX HELIX_RUNTIME EMACS VIM_PROGRAM VIM_RUNTIME ALE
[ -n "$HELIX_RUNTIME" ] || unset HELIX_RUNTIME
prepare

# configuration LANGUAGE prints the block of that language in editors/README.md.
configuration() {
	awk -v fence="\`\`\`$1" '$0 == fence {on = 1; next} on && /^```$/ {exit} on' "$E2E_CONFIGURATION"
}
configuration toml >"$E2E_WORK/languages.toml"
configuration elisp >"$E2E_WORK/gomodls.el"
configuration vim >"$E2E_WORK/vimrc"

run helix bash "$e2e/others/helix.sh"
run emacs "$EMACS" --batch -Q -l "$e2e/others/emacs.el"
run vim bash "$e2e/others/vim.sh"
finish
