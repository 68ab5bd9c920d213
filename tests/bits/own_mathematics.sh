#!/bin/sh
# exp, sin and similar functions of the C library round differently in each library and on each
# processor: nothing may call them. Functions that IEEE 754 defines exactly (sqrt, floor, fma ...)
# are allowed.
# Usage: own_mathematics.sh STATIC-LIBRARY...
inexact='(a?(sin|cos|tan)h?|atan2|sincos|exp(2|10|m1)?|log(2|10|1p)?|pow|cbrt|hypot|erfc?|[lt]gamma)[fl]?'
status=0
for library in "$@"; do
	symbols=$(nm -A "$library") || exit 1
	called=$(echo "$symbols" | grep -E " U $inexact\$")
	if [ -n "$called" ]; then
		echo "$called"
		echo "use the functions of nn/elementary.h instead"
		status=1
	fi
done
exit $status
