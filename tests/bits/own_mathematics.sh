#!/bin/sh
# The C library's exp, sin and the like round differently from library to library and from one
# processor to the next: nothing may call them. What IEEE 754 defines exactly (sqrt, floor, fma ...)
# may be called.
# Usage: own_mathematics.sh STATIC-LIBRARY...
inexact='(a?(sin|cos|tan)h?|atan2|sincos|exp(2|10|m1)?|log(2|10|1p)?|pow|cbrt|hypot|erfc?|[lt]gamma)[fl]?'
status=0
for library in "$@"; do
	symbols=$(nm -A "$library") || exit 1
	called=$(echo "$symbols" | grep -E " U $inexact\$")
	if [ -n "$called" ]; then
		echo "$called"
		status=1
	fi
done
exit $status
