#!/bin/sh
# The picture at the top of README.md is what the program draws: the command is in README.md.
# Usage: test_readme.sh WANE SOURCE-FOLDER
picture=docs/sunrise.svg
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$2" || exit 1
words=$(sed -n "s#^    wane run \(.*\) --svg $picture\$#\1#p" README.md)
if [ -z "$words" ]; then
	echo "README.md has no line '    wane run ... --svg $picture'"
	exit 1
fi
HOME=$work
export HOME
unset XDG_CONFIG_HOME
"$1" run $words --svg "$work/picture" -o "$work/records" || exit 1
if ! cmp "$work/picture" $picture; then
	echo "to draw it anew: build/wane run $words --svg $picture >/dev/null"
	exit 1
fi
