#!/bin/sh
# wane --plain: lines in and lines out, without a terminal.
# Usage: test_plain.sh WANE
wane=$1
failed=0
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
lesson=$folder/lesson.txt
HOME=$folder
export HOME
unset XDG_CONFIG_HOME ACCESSIBLE

# says WHAT LINE: the output of the last talk has this line
says() {
	grep -qF -- "$2" "$folder/out" || {
		echo "$1: expected '$2' in:"
		cat "$folder/out"
		failed=1
	}
}

# talk ARGUMENT...: carries out standard input
talk() {
	LC_ALL=C "$wane" "$@" >"$folder/out" 2>"$folder/err"
	status=$?
	[ $status -eq 0 ] && [ ! -s "$folder/err" ] || {
		echo "$*: status $status, expected 0 and nothing on stderr:"
		cat "$folder/err"
		failed=1
	}
}

small="samples=50 depth=2 seed=1"

# shellcheck disable=SC2086
talk --plain $small <<-END
	run 20
	activation=relu
	nonsense
	help
	quit
	run 100
END
says "the state before the first line" "Epoch 0, loss "
says "the end of a run, before the next line is read" "Epoch 20, loss "
says "a setting" "activation relu"
says "an error" "no command, action or setting 'nonsense'; Tab lists them"
says "help" "run 100: train 100 epochs."
grep -q "Epoch 100" "$folder/out" && echo "quit does not end it" && failed=1

# the end of the input ends a run without end; the last line needs no line end
# shellcheck disable=SC2086
printf 'run 3\n\nrun' | talk --plain $small
says "an empty line" "Epoch 3, loss "

# shellcheck disable=SC2086
printf 'run 3\nexport %s/run.csv\nexport %s/run.svg\n' "$folder" "$folder" | talk --plain $small
says "a file is written" "wrote $folder/run.csv"
says "a file is written" "wrote $folder/run.svg"
[ -s "$folder/run.csv" ] && [ -s "$folder/run.svg" ] || { echo "export: no file" && failed=1; }

# shellcheck disable=SC2086
printf 'run 30\n9\n' | talk --plain $small depth=8 width=5 quiz=on
says "a quiz asks" "Quiz: what is wrong with this training, if anything?"
right=$(sed -n 's/^\([0-9]\): vanishing$/\1/p' "$folder/out" | tail -1)
grep -q "Vanishing" "$folder/out" && echo "a quiz tells the verdict" && failed=1
# shellcheck disable=SC2086
printf 'run 30\n%s\n' "$right" | talk --plain $small depth=8 width=5 quiz=on
says "a quiz answered" "Right: vanishing. 1 of 1 right"
says "the verdict after it" "Vanishing: layer 1's"

# often at first, then seldom, whatever the verdict is; a line begins with the epoch once
# shellcheck disable=SC2086
printf 'run 130\n' | talk --plain $small
for epoch in 0 1 2 5 10 20 50 100 130; do
	says "epoch $epoch" "Epoch $epoch, loss "
done
grep -qE '^Epoch (3|4|6|7|8|9|11|30|40|60|90|120|129),' "$folder/out" && echo "too many epochs are told" &&
	failed=1

cat >"$lesson" <<-END
	title A lesson in plain lines
	samples=50
	depth=1
	say The loss is {loss}.
	ask Is {loss} much? | yes | no | = 2
	run 5
	say After {epoch} epochs.
END
talk lesson --plain "$lesson" <<-END

	2
	<
	>
END
says "the first stop" "A lesson in plain lines, 1 of 2"
says "numbers in a text" "The loss is 0."
says "a question" "2: no"
says "an unanswered question" "predict first"
says "the answer" "Your prediction was right: no"
says "the second stop" "After 5 epochs."

TERM=dumb talk $small </dev/null
says "TERM=dumb" "wane in plain lines."
ACCESSIBLE=1 talk $small </dev/null
says "ACCESSIBLE" "wane in plain lines."
exit $failed
