#!/bin/sh
# Results below FLT_MIN become 0 and no other result does, on x86 and on 64-bit ARM; the two differ
# only at the known border. Usage: underflow.sh SOURCE-FOLDER; skipped (77) without cross compiler.
cd "$1" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# build NAME COMPILER...: compiles underflow.c with the flags of meson.build
build() {
	name=$1
	shift
	"$@" -std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -Iinclude -static \
		tests/bits/underflow.c src/nn/float_mode.c -lm -o "$work/$name" || exit 1
}

# check NAME COMMAND...: writes its output to NAME.kept, and the border to NAME.border
check() {
	name=$1
	shift
	if ! "$@" >"$work/$name.all"; then
		echo "$name: something below FLT_MIN was kept, or something else lost:"
		cat "$work/$name.all"
		exit 1
	fi
	grep -v '^border' "$work/$name.all" >"$work/$name.kept"
	grep '^border' "$work/$name.all" >"$work/$name.border"
}

for level in O0 O3; do
	build "native-$level" cc -$level
	check "native-$level" "$work/native-$level"
	cmp "$work/native-O0.all" "$work/native-$level.all" || exit 1
done
if ! command -v aarch64-linux-gnu-gcc >/dev/null || ! command -v qemu-aarch64 >/dev/null; then
	echo "skipped, missing: aarch64-linux-gnu-gcc, qemu-aarch64"
	exit 77
fi
for level in O0 O3; do
	build "arm-$level" aarch64-linux-gnu-gcc -$level
	check "arm-$level" qemu-aarch64 "$work/arm-$level"
	cmp "$work/native-O0.kept" "$work/arm-$level.kept" || exit 1
done
echo "$(wc -l <"$work/arm-O3.kept") results the same, $(wc -l <"$work/arm-O3.border") at the border"
# at the border x86 rounds up to FLT_MIN where ARM gives 0; never the reverse
if grep -qv ': [08]0000000$' "$work/arm-O3.border"; then
	echo "64-bit ARM keeps what lies below FLT_MIN before rounding:"
	cat "$work/arm-O3.border"
	exit 1
fi
