#!/bin/bash
# Installs what run-others.sh needs into the user's cache, and prints it as shell assignments:
#   HX            Helix: $HX, else `hx` on PATH, else unpacked from Debian
#   HELIX_RUNTIME its runtime folder; empty where Helix finds it itself
#   EMACS         Emacs 29 or newer, which has Eglot: $EMACS, else the one on PATH if it is new enough, else from Debian
#   VIM_PROGRAM, VIM_RUNTIME, ALE   Vim, its runtime folder, and the folder of its plugin ALE, unpacked from Debian
# A second run does nothing and takes no time.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/debian.sh"

# major EMACS prints the major version of an Emacs, or 0 when it does not run.
major() {
	"$1" --batch -Q --eval '(princ emacs-major-version)' 2>/dev/null || echo 0
}

# wrap_emacs PREFIX writes PREFIX/emacs, which starts the Emacs unpacked in PREFIX with the folders that it was built for
# replaced by those in PREFIX.
wrap_emacs() {
	local prefix=$1 version share libexec lisp
	version=$(basename "$(echo "$prefix"/usr/share/emacs/[0-9]*)")
	share=$prefix/usr/share/emacs/$version
	libexec=$(echo "$prefix"/usr/libexec/emacs/"$version"/*)
	lisp=$(find "$share/lisp" -type d | sort | paste -sd:)
	cat >"$prefix/emacs" <<-WRAPPER
		#!/bin/sh
		export EMACSLOADPATH=$lisp EMACSDATA=$share/etc EMACSDOC=$share/etc EMACSPATH=$libexec
		exec $prefix/usr/bin/emacs-nox --dump-file=$(echo "$libexec"/emacs*.pdmp) "\$@"
	WRAPPER
	chmod +x "$prefix/emacs"
}

require_commands tmux
at=$(cache "$here/debian.sh" "$here/setup-others.sh")

hx=${HX:-$(command -v hx || true)} runtime=${HELIX_RUNTIME:-}
if [ -z "$hx" ]; then
	unpack forky "$at/helix" hx usr/bin/hx
	hx=$at/helix/usr/bin/hx runtime=$at/helix/usr/lib/hx/runtime
fi
HELIX_RUNTIME=$runtime "$hx" --version >/dev/null || fail "$hx does not run"

emacs=${EMACS:-$(command -v emacs || true)}
if [ -z "${EMACS:-}" ] && { [ -z "$emacs" ] || [ "$(major "$emacs")" -lt 29 ]; }; then
	unpack forky "$at/emacs" emacs-nox usr/bin/emacs-nox
	emacs=$at/emacs/emacs
	[ -x "$emacs" ] || wrap_emacs "$at/emacs"
fi
[ "$(major "$emacs")" -ge 29 ] || fail "$emacs is not Emacs 29 or newer"

unpack forky "$at/vim" vim-ale usr/bin/vim.basic
vim=$at/vim/usr/bin/vim.basic vimruntime=$(echo "$at"/vim/usr/share/vim/vim[0-9]*) ale=$at/vim/usr/share/vim-ale
VIMRUNTIME=$vimruntime "$vim" --version | grep -q '+job' || fail "$vim does not run"
[ -d "$ale/autoload" ] || fail "there is no ALE in $ale"

printf 'HX=%q\nHELIX_RUNTIME=%q\nEMACS=%q\n' "$hx" "$runtime" "$emacs"
printf 'VIM_PROGRAM=%q\nVIM_RUNTIME=%q\nALE=%q\n' "$vim" "$vimruntime" "$ale"
