#!/bin/bash
# Installs what run-nvim.sh needs into the user's cache, and prints it as shell assignments:
#   NVIM       Neovim 0.12 or newer: $NVIM, else the one on PATH if it is new enough, else unpacked from Debian
#   NVIM_0_10  Neovim 0.10, the oldest that the plugin supports: $NVIM_0_10, else unpacked from Debian
#   LUALINE    lualine, which the plugin has a component for: $LUALINE, else unpacked from Debian
# A second run does nothing and takes no time.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/debian.sh"

# version NVIM prints the minor version of a Neovim 0.x, or nothing when it does not run.
version() {
	"$1" --clean --version 2>/dev/null | sed -nE '1s/^NVIM v0\.([0-9]+).*/\1/p'
}

require_commands tmux
at=$(cache "$here/debian.sh" "$here/setup-nvim.sh")

nvim=${NVIM:-$(command -v nvim || true)}
if [ -z "${NVIM:-}" ] && { [ -z "$nvim" ] || [ "$(version "$nvim" || true)0" -lt 120 ]; }; then
	unpack forky "$at/nvim" neovim usr/bin/nvim
	nvim=$at/nvim/usr/bin/nvim
fi
minor=$(version "$nvim" || true)
[ "${minor:-0}" -ge 12 ] || fail "$nvim is not Neovim 0.12 or newer"

old=${NVIM_0_10:-}
if [ -z "$old" ]; then
	unpack trixie "$at/nvim-0.10" neovim usr/bin/nvim
	old=$at/nvim-0.10/usr/bin/nvim
fi
[ "$(version "$old" || true)" = 10 ] || fail "$old is not Neovim 0.10"

lualine=${LUALINE:-}
if [ -z "$lualine" ]; then
	unpack forky "$at/lualine" neovim-lualine
	lualine=$at/lualine/usr/share/nvim-lualine
fi
[ -f "$lualine/lua/lualine.lua" ] || fail "there is no lualine in $lualine"

printf 'NVIM=%q\nNVIM_0_10=%q\nLUALINE=%q\n' "$nvim" "$old" "$lualine"
