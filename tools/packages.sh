# Sourced by ./start and ./test: collects the missing Debian packages, installs them together.
needed=

# need COMMAND PACKAGE
need() {
	command -v "$1" >/dev/null 2>&1 || needed="$needed $2"
}

# need_library PKG_CONFIG_NAME PACKAGE
need_library() {
	pkg-config --exists "$1" 2>/dev/null || needed="$needed $2"
}

# need_file FILE PACKAGE
need_file() {
	[ -e "$1" ] || needed="$needed $2"
}

install_needed() {
	[ -n "$needed" ] || return 0
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "missing, by Debian's names:$needed" >&2
		exit 1
	fi
	root=
	if [ "$(id -u)" != 0 ]; then
		if ! command -v sudo >/dev/null 2>&1; then
			echo "missing; ask whoever looks after this machine for:$needed" >&2
			exit 1
		fi
		root=sudo
	fi
	echo "installing:$needed"
	# a list of packages may be old or not there at all: then it is fetched first
	# shellcheck disable=SC2086
	$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q $needed >/dev/null 2>&1 ||
		{ $root apt-get update -q >/dev/null &&
		$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q $needed >/dev/null; }
	needed=
}
