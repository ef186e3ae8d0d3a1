#!/bin/bash
# Takes the pictures of Neovim that the documentation shows, into docs/images or the folder that is given.
#
#   GOMODLS_BIN   the server to take them of; built from this checkout if it is not given
set -euo pipefail
e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$e2e/debian.sh"
source "$e2e/scenarios.sh"

programs=$(bash "$e2e/setup-nvim.sh") || fail "setup-nvim.sh could not install what the pictures need"
eval "$programs"
IMAGES=$(realpath -m "${1:-$e2e/../../docs/images}")
export NVIM IMAGES
prepare
run screenshots bash "$e2e/nvim/screenshots.sh"
finish
