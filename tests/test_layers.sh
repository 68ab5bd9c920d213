#!/bin/sh
# A layer includes only itself and what stands above it; ncurses is known to one file; what draws
# sees frames, not the experiment behind them; no circle in src/app.
# Usage: test_layers.sh SOURCE-FOLDER
cd "$1" || exit 1
status=0

# forbid FLOOR PREFIXES: no file of the floor includes a header with one of these prefixes
forbid() {
	found=$(grep -nE "#include [\"<]($2)" -r "src/$1" "include/$1")
	if [ -n "$found" ]; then
		echo "$1 includes a floor below it:"
		echo "$found"
		status=1
	fi
}

forbid nn 'lab/|ui/|app/|term/|ncurses|curses|stdio'
forbid lab 'ui/|app/|term/|ncurses|curses'
forbid ui 'app/|term/|ncurses|curses'
forbid app 'term/|ncurses|curses'

found=$(grep -lE '#include <(ncurses|curses|term)\.h' -r src include)
if [ "$found" != "src/term/curses_screen.c" ]; then
	echo "ncurses is included by: $found"
	status=1
fi

found=$(grep -nE 'experiment_[a-z]+\(' -r src/ui src/app/screen.c src/app/header.c src/app/overlay.c)
if [ -n "$found" ]; then
	echo "drawing code must use a frame, not the experiment:"
	echo "$found"
	status=1
fi
# A module is X.h, X_internal.h and X.c. tsort fails on a circle and names its modules.
edges=$(grep -oE '#include "app/[a-z_]+' src/app/*.c include/app/*.h |
	sed -E 's#^[^:]*/([a-z_]+)\.[ch]:.*/#\1 #; s/_internal\b//g' | awk '$1 != $2')
if ! found=$(echo "$edges" | tsort 2>&1 >/dev/null) || [ -z "$edges" ]; then
	echo "modules of src/app include each other in a circle:"
	echo "$found"
	status=1
fi
exit $status
