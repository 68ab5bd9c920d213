#!/bin/sh
# test_format.sh CLANG-FORMAT SOURCE-ROOT: the C sources are laid out as .clang-format says.
# Tables that are laid out by hand stand between '/* clang-format off */' and 'on'.
set -u
cd "$2" || exit 1
if ! find src include tests tools -name '*.[ch]' -exec "$1" --dry-run -Werror {} +; then
	echo "to lay them out:  find src include tests tools -name '*.[ch]' -exec clang-format -i {} +"
	exit 1
fi
