# shellcheck shell=bash
# debian.sh: programs of a newer Debian, unpacked beside the system that runs the tests.
#
# The one idea: apt resolves a package and everything it needs into a folder of our own, and patchelf points the program
# at the libc in that folder. It then runs as any other process of this machine; nothing of the system is replaced.
# To be sourced. Every function ends the script with a message when it cannot do its work.

fail() {
	echo "$(basename "$0"): $*" >&2
	exit 1
}

# cache KEY... prints the folder that holds what the files KEY describe; another text of theirs is another folder.
cache() {
	local key
	key=$(cat "$@" | sha256sum | cut -c1-12)
	echo "${XDG_CACHE_HOME:-$HOME/.cache}/gomodls-e2e/$key"
}

# require_commands COMMAND... installs, from the system's own packages of the same names, the commands that are missing.
require_commands() {
	local missing=() command
	for command in "$@"; do
		command -v "$command" >/dev/null || missing+=("$command")
	done
	[ ${#missing[@]} -eq 0 ] && return
	command -v apt-get >/dev/null || fail "needs ${missing[*]}, and there is no apt-get to install them with"
	[ "$(id -u)" -eq 0 ] || fail "needs ${missing[*]}; run as root, or: apt-get install ${missing[*]}"
	apt-get update -qq >&2 || fail "apt-get update failed"
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 ||
		fail "apt-get could not install ${missing[*]}"
}

# mirror prints the address of the Debian archive that this machine's apt is set up with.
mirror() {
	cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -v '^#' |
		grep -oE '[a-z+]+://[^] ]+/debian/?( |$)' | tr -d ' ' | head -n 1
}

# private_apt SUITE STATE COMMAND... runs an apt command on SUITE with its lists, status and downloads under STATE.
private_apt() {
	local suite=$1 state=$2 archive
	shift 2
	archive=$(mirror)
	[ -n "$archive" ] || fail "this machine's apt names no Debian archive"
	[ -f /usr/share/keyrings/debian-archive-keyring.gpg ] || fail "no keyring of the Debian archive (package debian-archive-keyring)"
	mkdir -p "$state"/{lists/partial,cache/archives/partial,etc/preferences.d,etc/apt.conf.d}
	: >>"$state/status"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $suite main" >"$state/etc/sources.list"
	"$@" -o Dir::Etc="$state/etc" -o Dir::Etc::sourcelist="$state/etc/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::State="$state" -o Dir::State::lists="$state/lists" -o Dir::State::status="$state/status" \
		-o Dir::Cache="$state/cache" -o Acquire::Languages=none -o APT::Install-Recommends=false \
		-o APT::Sandbox::User=root
}

# unpack SUITE PREFIX PACKAGE PROGRAM... leaves PACKAGE and its dependencies in PREFIX, with the PROGRAMs (paths in
# PREFIX) ready to run. A finished PREFIX is left alone, and two that run at once wait for each other.
unpack() {
	local suite=$1 prefix=$2 package=$3 state loader lib program deb
	shift 3
	[ -f "$prefix/.complete" ] && return
	[ "$(uname -s)" = Linux ] || fail "can unpack $package on Linux only; install it yourself"
	require_commands dpkg-deb patchelf flock
	mkdir -p "$prefix"
	exec 9>"$prefix.lock"
	flock 9
	if [ ! -f "$prefix/.complete" ]; then
		echo "unpacking $package from Debian $suite into $prefix" >&2
		state=$prefix.apt
		rm -rf "$prefix" "$state"
		mkdir -p "$prefix"
		private_apt "$suite" "$state" apt-get update -qq >&2 || fail "could not read the package lists of Debian $suite"
		private_apt "$suite" "$state" apt-get install -y -qq --download-only "$package" >&2 ||
			fail "could not download $package of Debian $suite"
		for deb in "$state"/cache/archives/*.deb; do
			dpkg-deb -x "$deb" "$prefix" || fail "could not unpack $(basename "$deb")"
		done
		lib=$prefix/usr/lib/$(uname -m)-linux-gnu
		loader=$(find "$lib" -maxdepth 1 -name 'ld-linux*.so.*' | head -n 1)
		[ -n "$loader" ] || fail "found no dynamic loader in $lib"
		for program in "$@"; do
			patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$lib" "$prefix/$program" ||
				fail "could not point $program at the libraries of Debian $suite"
		done
		rm -rf "$state"
		touch "$prefix/.complete"
	fi
	exec 9>&-
}
