#!/bin/sh
# session.sh WANE: drives the real program under tmux as a user does: start, keys, sizes, stop and
# continue, every exit. Prints one line for each check; exit status 1 if one failed, 77 without tmux.
# Nothing waits for a fixed time: every check polls until it holds, for at most LIMIT seconds.

LIMIT=${LIMIT:-30}
command -v tmux >/dev/null || exit 77
wane=$(realpath "$1") || exit 2
here=$(mktemp -d) || exit 2
failed=0

tm() { tmux -L "wane-test-$$" -f /dev/null "$@"; }
screen() { tm capture-pane -p -t wane 2>/dev/null; }
trap 'tm kill-server 2>/dev/null; rm -rf "$here"' EXIT
trap 'exit 2' INT TERM HUP

# until_true COMMAND...: polls; false if it does not hold in time.
until_true() {
	end=$(($(date +%s) + LIMIT))
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep 0.05
	done
}

check() { # NAME COMMAND...
	name=$1
	shift
	if until_true "$@"; then
		echo "ok    $name"
	else
		echo "FAIL  $name"
		screen | grep . | sed 's/^/      | /'
		failed=1
	fi
}

first_line_has() { screen | head -n 1 | grep -q -e "$1"; }
screen_has() { screen | grep -q -e "$1"; }
cursor_at() { [ "$(tm display-message -p -t wane '#{cursor_x},#{cursor_y}')" = "$1" ]; }
# The line of the cursor has this.
cursor_on() {
	row=$(tm display-message -p -t wane '#{cursor_y}')
	screen | sed -n "$((row + 1))p" | grep -q -e "$1"
}
lines_drawn() { [ "$(screen | grep -c .)" -ge "$1" ]; }
file_is() { [ "$(cat "$here/$1" 2>/dev/null)" = "$2" ]; }
settings_same() { cmp -s "$here/before" "$here/$1"; }
nothing_typed() { ! screen_has '\[0n'; }
# The same screen twice, some frames apart; kept in file $1.
at_rest() { screen >"$here/$1" && sleep 0.3 && screen | cmp -s - "$here/$1"; }
shell_visible() { screen_has 'shell before' && ! first_line_has 'epoch'; }

# The shell in the terminal: it has job control and notes how the program left the terminal.
cat >"$here/shell" <<'EOF'
set -m
ulimit -c 0
cd "$1" || exit
echo 'shell before'
stty -g >before
sh -c 'echo $$ >pid; exec env TERM="${2:-$TERM}" "$1" seed=1 epochs="${3:-0}"' sh "$2" "$3" "$4"
status=$?
if [ $status -gt 146 ] && [ $status -lt 150 ]; then
	stty -g >stopped
	until [ -e continue ]; do sleep 0.05; done
	fg >/dev/null
	status=$?
fi
stty -g >after
echo $status >status
exec sleep 1000
EOF

start() { # COLUMNS ROWS [TERM [EPOCHS]]
	rm -f "$here/pid" "$here/status" "$here/after" "$here/stopped" "$here/continue"
	tm kill-server 2>/dev/null
	until_true sh -c "! tmux -L wane-test-$$ list-sessions"
	# A server on its way out may still be found, and takes the new session with it.
	HOME=$here XDG_CONFIG_HOME=$here LC_ALL=C.UTF-8 until_true tm -u new-session -d -s wane \
		-x "$1" -y "$2" sh "$here/shell" "$here" "$wane" "$3" "$4"
	tm set-option -g status off
	tm resize-window -t wane -x "$1" -y "$2"
}

# Without a screen no other check can hold.
started() {
	check "$1" first_line_has ' wane '
	[ $failed = 0 ] || exit 1
}

ended() { # NAME STATUS
	check "$1: exit status $2" file_is status "$2"
	check "$1: terminal settings as before" settings_same after
	check "$1: the shell's screen is back" shell_visible
	check "$1: nothing is typed into the shell" nothing_typed
}

start 80 24
started 'starts with its header'
check 'fills 80x24' lines_drawn 20
tm send-keys -t wane Space
tm resize-window -t wane -x 120 -y 40
check 'fills 120x40' lines_drawn 36
check 'keeps its header' first_line_has ' wane '
tm resize-window -t wane -x 20 -y 5
check 'says what it needs at 20x5' screen_has '40.*10'
tm resize-window -t wane -x 1 -y 1
tm resize-window -t wane -x 80 -y 24
check 'comes back from 1x1' first_line_has ' wane '
check 'the cursor is on layer 1 of the focused pane' cursor_on '^│ *1 .* out '
tm send-keys -t wane 2
check 'the cursor is on the title of a pane without rows' cursor_on '▸2 loss'
tm send-keys -t wane m j
check 'the cursor is on the row of the menu' cursor_on ' samples '
tm send-keys -t wane q : d e p
check 'the cursor is where the prompt writes' cursor_at 4,23
tm send-keys -t wane Escape
check 'the prompt is closed' sh -c "! tmux -L wane-test-$$ capture-pane -p -t wane | grep -q '^:dep'"
tm send-keys -t wane q
ended 'q' 0

start 20 5
check 'starts too small' screen_has '40.*10'
tm send-keys -t wane q
ended 'q when too small' 0

start 80 24
started 'starts'
tm send-keys -t wane C-z
check '^Z: stops and gives the terminal back' settings_same stopped
check '^Z: the shell is visible' shell_visible
touch "$here/continue"
check 'fg: draws anew' first_line_has ' wane '
tm send-keys -t wane C-c
ended '^C' 130

faults='SEGV:139 BUS:135 FPE:136 ILL:132 ABRT:134'
grep -q __asan_init "$wane" && faults= # a sanitizer answers these itself
for way in TERM:143 HUP:129 INT:130 QUIT:131 $faults SYS:159 TRAP:133 \
	XCPU:152 ALRM:142 VTALRM:154 PROF:155 USR1:138 USR2:140; do
	start 80 24
	started 'starts'
	kill -s "${way%:*}" "$(cat "$here/pid")"
	ended "SIG${way%:*}" "${way#*:}"
done

# A built-in terminal description draws the same picture as the one of the machine.
same_picture() { # KNOWN UNKNOWN
	start 80 24 "$1" 3
	check "TERM=$1: trains to the end" screen_has 'epoch 3 .*over'
	tm send-keys -t wane Right Left
	check "TERM=$1: rests" at_rest picture
	start 80 24 "$2" 3
	check "TERM=$2: says that it is not known" screen_has "TERM=$2 is unknown here"
	check "TERM=$2: trains to the end" screen_has 'epoch 3 .*over'
	tm send-keys -t wane Right Left
	check "TERM=$2: the same picture as $1" sh -c "tmux -L wane-test-$$ capture-pane -p -t wane |
		cmp -s - '$here/picture'"
	tm send-keys -t wane q
	check "TERM=$2: q: exit status 0" file_is status 0
	check "TERM=$2: q: terminal settings as before" settings_same after
}

same_picture tmux-256color unknown-kind
same_picture linux linux-of-unknown-kind

exit $failed
