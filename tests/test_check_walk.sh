#!/bin/sh
# wane check walks every activation and every model but the first: each has a line with networks of
# which some gradients were compared and none is wrong.
# Usage: test_check_walk.sh WANE
wane=$1
failed=0
lines=$("$wane" check) || failed=1
rows=$("$wane" list activations | cut -f1
	"$wane" list models | cut -f1 | tail -n +2 | sed 's/^/model=/')
for row in $rows; do
	echo "$lines" | awk -v row="$row" \
		'$1 == row && $2 > 0 && $3 > 0 && $5 == 0 { found = 1 } END { exit !found }' || {
		echo "$row has no line with networks, passed ones and no failed one"
		failed=1
	}
done
[ "$(echo "$rows" | wc -l)" -gt 20 ] || failed=1
[ $failed = 0 ] || echo "$lines"
exit $failed
