#!/bin/sh
# The command line as a shell sees it: exit status, stdout and stderr, files replaced atomically.
# Usage: test_cli.sh WANE

wane=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
HOME=$work/home
export HOME
unset XDG_CONFIG_HOME
mkdir home
failed=0
small='depth=1 width=2 samples=20'

# expect STATUS WHAT COMMAND...: runs it with its output in out and err
expect()
{
	want=$1 what=$2
	shift 2
	"$@" >out 2>err </dev/null
	got=$?
	if [ "$got" != "$want" ]; then
		echo "FAILED: $what: status $got, expected $want: $(head -c 300 err)"
		failed=1
	fi
}

# check WHAT COMMAND...
check()
{
	what=$1
	shift
	if ! "$@"; then
		echo "FAILED: $what"
		failed=1
	fi
}

lines() { [ "$(wc -l <"$1")" -eq "$2" ]; }
litter() { ls -A | grep '^\.wane' ; }

expect 0 'help' "$wane" --help
check 'help: in one column, below a long option' sh -c '! grep -q "^      -.\{19\}[^ ][^ ]* [^ ]" out'
check 'help: in one column, below a long setting' sh -c '! grep -q "^  [a-z].\{20\}[^ ][^ ]* [a-z]" out'
for command in run advise check bench list; do
	check "help names $command" grep -q "^  wane $command " out
done
expect 0 'version' "$wane" --version
expect 0 'help of a command' "$wane" run --help

# wrong usage: status 2, one line on stderr, nothing on stdout
for words in moons depth=x depth=301 dept=3x lr=0 lr=1e30 lr=-1 lr=nan =3 --nothing -x 'list' \
	'list nothing' 'list data data' 'run --epochs' 'run --epochs 0' 'run --every x' \
	'run nothing=1' 'run moons' 'check depth=x' 'run -o' 'run --svg' 'bench moons' 'bench nothing=1' \
	'bench depth=x' 'bench -o' 'bench --quick=1' 'bench --every 2' \
	'advise moons' 'advise --after 0' 'advise --epochs x' 'advise --save file'; do
	expect 2 "$words" "$wane" $words
	check "$words: one line" lines err 1
	check "$words: empty stdout" lines out 0
done
expect 2 'empty word' "$wane" ''
expect 2 'control characters' "$wane" "$(printf 'depth=\033]52;c;x\007\r\302\233%%s%%n')"
check 'no escape reaches stderr' sh -c '! grep -q "$(printf "[\033\007\r]")" err'
check 'formats are text' grep -q '%s%n' err

lists=$("$wane" list 2>&1 | sed -n 's/^.*expected one of: \(.*\) man$/\1/p')
check 'list says what it can list' test "$(echo "$lists" | wc -w)" -ge 13
for name in $lists; do
	expect 0 "list $name" "$wane" list $name
	check "list $name: name, tab, help" sh -c '! grep -qv "^[^	 ]*	[^	]*$" out'
	check "list $name: not empty" test -s out
done
expect 0 'list remedies' "$wane" list remedies
check 'list remedies: what they set' grep -q '^no-penalty	.*; l1=0 l2=0 weight-decay=0$' out
expect 0 'list keys' "$wane" list keys
check 'list keys: of settings, back and forth' grep -q '^A	setting activation, previous value: ' out
check 'list keys: of actions' grep -q '^PgDn	action page-down, panes: ' out
check 'list keys: of ranges' grep -q '^9	action focus, ' out
expect 0 'list man' "$wane" list man
check 'list man: a synopsis of each command and option' sh -c '"$0" --help | sed -n "/Settings with/q
	s/^  wane \([a-z][a-z]*\) .*/.Cm \1/p; s/^      -\([a-z]\) --.*/.Op Fl \1/p
	s/^      --\([a-z][a-z]*\) .*/.Op Fl \\\\-\1/p" >marks
	[ "$(grep -c . marks)" -gt 15 ] && sed "/^[.]Ss/q" out >synopsis &&
	while read -r mark; do grep -qF -- "$mark" synopsis || exit 1; done <marks' "$wane"
check 'man has every setting' sh -c '"$0" list settings | cut -f1 | sed "s/-/\\\\\\\\-/g" |
	while read -r name; do grep -q "^.It Li .&$name=" out || exit 1; done' "$wane"

# messages are in the locale's characters: ASCII if that is not UTF-8
name=$(printf 'd\303\251\303\227\342\200\223\342\211\244\343\201\202\377')
mkdir config_$name
printf 'x,y,d\303\251\n1,2,a\n3,\303\227,b\n' >$name.csv
for words in $name =$name $name=1 depth=$name data=$name --$name "list $name" "run $name" \
	"run -o $name/file" "run -o config_$name epochs=1" "run --save $name/file" \
	"run data=./$name.csv" "run data=./no$name.csv" "run weights=$name.csv" "run --every $name" \
	"check $name=1" "bench $name" "advise --after $name" \
	"run depth=8 width=40 activation=relu init=normal lr=100 loss=mse epochs=9"; do
	env -u LC_ALL LC_ALL=C "$wane" $words >out 2>err </dev/null
	check "$words: says something" test -s err
	check "$words: seven bits" sh -c '! LC_ALL=C grep -q "[^ -~]" err'
done
expect 2 'a name in seven bits' env -u LC_ALL LC_ALL=C "$wane" "$name"
check 'what is like it in seven bits' grep -qF 'dex-<=??' err
expect 2 'a name in UTF-8' env LC_ALL=C.UTF-8 "$wane" "$name"
check 'UTF-8 is left alone' grep -q "$(printf 'd\303\251\303\227')" err
for words in --help 'list settings' 'list activations' 'list statistics' 'list verdicts' \
	'list remarks' 'list remedies' 'list panes' 'list actions' 'list keys' 'list man'; do
	expect 0 "$words" "$wane" $words
	check "$words: seven bits" sh -c '! LC_ALL=C grep -q "[^ -~	]" out'
done

# run: the records
expect 0 'run' "$wane" run --epochs 7 $small
check 'run: 8 records of 1 + 2 rows' lines out 25
cp out whole
expect 0 'run, by name' "$wane" run epochs=7 $small
check 'run: the same bytes' cmp -s out whole
expect 0 'run, every third' "$wane" run --epochs=7 --every 3 $small
check 'every: 0 3 6 and the last' sh -c '[ "$(cut -d, -f1 out | uniq | tr "\n" " ")" = \
	"epoch 0 3 6 7 " ]'
expect 0 'run to a file' "$wane" run -ofile epochs=7 $small
check 'file: the same bytes' cmp -s file whole
check 'file: empty stdout' lines out 0
expect 0 'replaces a file' "$wane" run --output file epochs=2 $small
check 'file: replaced' lines file 10

# --at: an impossible change is refused before anything is written, and the message quotes it
for change in x 5 5: :lr=1 5:lr 5:lr=x 5:lrr=1 5:lr=1000 -1:lr=1 1.5:lr=1 2e10:lr=1 5:restart=1 \
	101:lr=1 100:lr=1 5:epochs=5 5:depth= 5:fps=10 5:adv=off; do
	expect 2 "--at $change" "$wane" run $small --at "$change"
	check "--at $change: quoted" grep -qF -- "$change" err
	check "--at $change: one line" lines err 1
	check "--at $change: empty stdout" lines out 0
done
expect 2 '--at without a change' "$wane" run --at
# an error that shows only when the change is made names it, too
for change in 5:freeze=9 5:stop=3 5:loss=ce; do
	expect 2 "$change" "$wane" run -o file --at "$change" --at 9:lr=1 $small split=0 data=line
	check "$change: named" grep -q "^wane: --at $change: " err
	check "$change: file not touched" lines file 10
done
expect 1 '--at with data that are not there' "$wane" run $small --at 5:data=./none.csv
check '--at with data: named' grep -q -- '--at 5:data=./none.csv: .*none.csv' err
expect 0 '--at, restarted' "$wane" run --at 3:restart epochs=4 $small --at 5:epochs=3
check '--at, restarted: epochs' sh -c '[ "$(cut -d, -f1 out | uniq | tr "\n" " ")" = \
	"epoch 0 1 2 3 0 1 2 3 " ]'
check '--at, restarted: one header' sh -c '[ "$(grep -c epoch, out)" = 1 ]'
expect 0 '--at that is not reached' "$wane" run lr=100 data=wave activation=relu epochs=100 --at 90:lr=1
check 'not reached: says so' grep -qx 'wane: not reached: --at 90:lr=1' err
# --twin: two runs in one file, each with the bytes that it has alone
expect 0 'run with a twin' "$wane" run epochs=6 $small --twin 'activation=relu lr=0.05' \
	--at 3:depth=1 -o both
expect 0 'the first alone' "$wane" run epochs=6 $small --at 3:depth=1 -o alone_first
expect 0 'the twin alone' "$wane" run epochs=6 $small activation=relu lr=0.05 -o alone_twin
for run in first twin; do
	check "--twin: $run as alone" sh -c '{ head -n 1 both; grep "^$0," both; } | cut -d, -f2- |
		cmp -s - alone_$0' $run
done
check '--twin: in step' sh -c '[ "$(cut -d, -f1,2 both | uniq | head -n 5 | tr "\n" " ")" = \
	"run,epoch first,0 twin,0 first,1 twin,1 " ]'
for settings in '' ' ' x lr=x lrr=1 lr=1000 fps=10 'lr=0.1 depth='; do
	expect 2 "--twin '$settings'" "$wane" run -o file $small --twin "$settings"
	check "--twin '$settings': named" grep -q "^wane: --twin '$settings': " err
done
expect 1 '--twin with data that are not there' "$wane" run -o file $small --twin data=./none.csv
check '--twin with data: named' grep -q "^wane: --twin 'data=./none.csv': ./none.csv" err
expect 2 '--twin with too many frozen layers' "$wane" run -o file $small --twin freeze=40
check '--twin, frozen: named' grep -q "^wane: --twin 'freeze=40': " err
check '--twin: file not touched' lines file 10
expect 0 '--twin that diverges' "$wane" run -o both $small epochs=5 \
	--twin 'lr=100 data=wave activation=relu epochs=50'
check '--twin that diverges: says so' grep -q '^wane: --twin: diverged in epoch ' err
check '--twin that diverges: the first goes on' grep -q '^first,5,' both
expect 0 'every third of two runs' "$wane" run -o both $small --every 3 epochs=8 --twin epochs=4
check 'every third of two runs: and the last of each' sh -c '[ "$(cut -d, -f1,2 both | uniq |
	sort -u | tr "\n" " ")" = "first,0 first,3 first,6 first,8 run,epoch twin,0 twin,3 twin,4 " ]'
# play: a script of a session
printf 'samples=60\ndepth=2\nwidth=2\nseed=1\nat 3 activation=relu\nand lr=0.5\nat 6 restart\nat 9 end\n' >script
expect 0 'play' "$wane" play script
cp out played
expect 0 'the same by options' "$wane" run samples=60 depth=2 width=2 seed=1 --at 3:activation=relu \
	--at 3:lr=0.5 --at 6:restart epochs=100 -o options
check 'play: the same bytes' sh -c 'head -n "$(wc -l <played)" options | cmp -s - played'
check 'play: ten records, and epoch 0 again' sh -c '[ "$(cut -d, -f1 played | uniq | tr "\n" " ")" = \
	"epoch 0 1 2 3 4 5 6 0 1 2 3 " ]'
expect 0 'play to a file' "$wane" play -o file_played script
check 'play to a file: the same bytes' cmp -s file_played played
expect 2 'play without a file' "$wane" play
expect 2 'play of two files' "$wane" play script script
expect 1 'play of a file that is not there' "$wane" play none
expect 1 'play of a folder' "$wane" play home
printf 'at 2 lr=x\n' >mistake
expect 2 'play of a mistake' "$wane" play -o file_played mistake
check 'play of a mistake: named' grep -qx "wane: mistake:1: lr: found 'x', expected a number or auto" err
check 'play of a mistake: file not touched' cmp -s file_played played
# notes about a user's file
printf 'Class,a,b\n0,5,1\n1,2,2\n0,3,7\n1,2,8\n0,5,5\n' >points.csv
expect 0 'run of a file' "$wane" run epochs=1 data=./points.csv
check 'a file: notes' sh -c 'head -n 1 err | grep -qx "wane: points.csv: column .b. is learned, as the last one; target=Class learns column .Class. instead"'
check 'a file: its split' sh -c \
	'tail -n 1 err | grep -qx "wane: points.csv: trains on all 5 rows, as no class has one to spare (split=0.2)"'
expect 0 'run of its first column' "$wane" run epochs=1 data=./points.csv target=class drop=a split=0
check 'a file: no row held out' sh -c \
	'grep -qx "wane: points.csv: trains on all 5 rows (split=0)" err'
expect 0 'advise on a file' "$wane" advise --after 1 --epochs 1 data=./points.csv target=Class
check 'advise: its split' grep -qx 'wane: points.csv: trains on 4 of 5 rows, 1 held out (split=0.2)' err
expect 2 'a column that is not there' "$wane" run epochs=1 data=./points.csv target=klass
check 'a column that is not there: named' grep -qx "wane: ./points.csv:1: found no column 'klass' for target=, expected Class, a, b, or a number from 1 to 3" err

# files are replaced atomically
ln -s file link
mkfifo pipe
expect 1 'a link is not replaced' "$wane" run -o link epochs=1 $small
expect 1 'a pipe is not replaced' "$wane" run -o pipe epochs=1 $small
expect 1 'a directory is not replaced' "$wane" run -o home epochs=1 $small
expect 1 'no such folder' "$wane" run -o none/file epochs=1 $small
expect 1 'data that are not there' "$wane" run -o file data=./none.csv
check 'data: named' grep -q 'none.csv' err
expect 1 'a name too long' "$wane" run -o "$(printf '%0300d' 1)" epochs=1 $small
check 'file: still whole' lines file 10
(ulimit -f 1; trap '' XFSZ; "$wane" run -o file epochs=200 $small 2>err)
check 'no space: status 1' test $? -eq 1
check 'no space: file still whole' lines file 10
check 'no litter' test -z "$(litter)"

# signalled COMMAND...: each signal gives its status, and no output file appears
signalled() {
	for signal in INT:130 TERM:143 HUP:129; do
		# A shell's background jobs ignore SIGINT; the program then ignores it, too.
		python3 - "${signal%:*}" "$wane" "$@" >status <<'END'
import os, signal, subprocess, sys, time
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_DFL)
child = subprocess.Popen(sys.argv[2:])
while not any(name.startswith(".wane") for name in os.listdir(".")):
    time.sleep(0.01)
child.send_signal(getattr(signal, "SIG" + sys.argv[1]))
print(child.wait())
END
		check "$1, $signal" grep -qx "${signal#*:}" status
		check "$1, $signal: file still whole" lines file 10
		check "$1, $signal: no litter" test -z "$(litter)"
	done
}
# --save: a file that cannot be written is refused before training; a replaced file keeps its mode
expect 1 'run --save into no folder' "$wane" run epochs=100000000 --save ./none/weights
check 'run --save into no folder: no records' lines out 0
expect 2 'run -o and --save of one file' "$wane" run epochs=1 -o both --save ./both $small
touch private && chmod 600 private
expect 0 'run --save' "$wane" run epochs=1 --save private $small
check 'run --save: mode kept' sh -c 'ls -l private | grep -q "^-rw-------"'
check 'run --save: weights' grep -qx 'tensor,row,col,value' private
check 'run --save: no litter' test -z "$(litter)"

expect 0 'names of one letter' "$wane" run -o a --svg b --save c epochs=1 $small
for file in a b c; do
	check "a file named $file" test -s "$file"
	rm -f "$file"
done

# --svg: drawn after the last epoch, with colours or without
expect 0 'run --svg' "$wane" run epochs=3 --at 2:norm=batch --svg picture.svg $small
check 'run --svg: records, too' lines out 13
check 'run --svg: is XML' python3 -c 'import sys, xml.etree.ElementTree as e; e.parse(sys.argv[1])' \
	picture.svg
for words in 'gradients ' 'loss ' 'history ' 'norm=batch' 'epoch 3'; do
	check "run --svg: says $words" grep -q ">[^<]*$words" picture.svg
done
expect 0 'run --svg without colours' "$wane" run --svg mono.svg epochs=1 $small colors=mono glyphs=ascii
check 'run --svg without colours: grey' sh -c '! grep -o "\"#[0-9a-f]*" mono.svg |
	grep -qv "d4d4d4\|101010"'
check 'run --svg in ASCII: seven bits' sh -c '! LC_ALL=C grep -q "[^ -~]" mono.svg'
expect 0 'run --svg of two runs' "$wane" run --svg two.svg --twin activation=relu epochs=2 $small
check 'run --svg of two runs: both are told' grep -q 'pinned activation=relu' two.svg
expect 1 'run --svg into no folder' "$wane" run epochs=100000000 --svg ./none/picture
check 'run --svg into no folder: no records' lines out 0
expect 2 'run -o and --svg of one file' "$wane" run epochs=1 -o same --svg ./same $small
expect 2 'run --save and --svg of one file' "$wane" run epochs=1 --save same --svg ./same $small
check 'one file: named' grep -q "^wane: --svg: found './same', expected another file than that of --save" err
check 'one file: is not there' test ! -e same
expect 1 'run --svg of data that are not there' "$wane" run --svg picture.svg data=./none.csv
check 'run --svg: the old picture stays' grep -q 'norm=batch' picture.svg
check 'run --svg: no litter' test -z "$(litter)"

signalled run -o file --svg picture.svg epochs=100000000
signalled bench -o file
signalled advise -o file --after 100000000

# stdout that takes nothing
if [ -c /dev/full ]; then
	for words in 'run epochs=1' 'list settings' --help 'check depth=1 width=1' \
		'bench --quick depth=1'; do
		"$wane" $words >/dev/full 2>err
		check "$words: full" test $? -eq 1
		check "$words: names the write" grep -q 'standard output' err
	done
fi
for words in 'run epochs=2000' 'list man'; do
	{ "$wane" $words 2>err; echo $? >status; } | :
	check "$words: nobody reads" grep -qx '141\|0' status
	check "$words: without a word" test ! -s err
done
{ "$wane" run epochs=100000 $small 2>err; echo $? >status; } | head -n 1 >out
check 'run: nobody reads any more' grep -qx 141 status

# the configuration file
mkdir -p home/.config/wane xdg/wane
echo 'set epochs 3' >home/.config/wane/config
expect 0 'config of HOME' "$wane" run $small
check 'config: 3 epochs' lines out 13
echo 'set epochs 4' >xdg/wane/config
expect 0 'config of XDG_CONFIG_HOME' env XDG_CONFIG_HOME="$work/xdg" "$wane" run $small
check 'config: 4 epochs' lines out 16
expect 0 'the command line beats it' "$wane" run epochs=1 $small
check 'command line: 1 epoch' lines out 7
printf '\nset dept 3\nset depht 4\n' >home/.config/wane/config
expect 2 'config with a mistake' "$wane" run
check 'config: file and line' grep -q 'config:3: .*depth' err
expect 0 'list does without it' "$wane" list data
expect 2 'config without HOME is none' env -u HOME "$wane" run depth=x
rm home/.config/wane/config
mkdir home/.config/wane/config
expect 1 'config that is a directory' "$wane" run
rmdir home/.config/wane/config
ln -s config home/.config/wane/config # a link to itself: no user, not even root, can open it
expect 1 'config that cannot be opened' "$wane" run $small
check 'config: why it cannot be opened' grep -q 'config: cannot be read' err
rm home/.config/wane/config
touch plain
expect 0 'a file in place of the folder is no config' \
	env XDG_CONFIG_HOME="$work/plain" "$wane" run epochs=1 $small

# without a terminal the screen is refused, and `wane run` is named
expect 2 'no terminal' "$wane"

# advise: the best first, the unchanged network among them; a run with a remedy equals its trial
expect 0 'advise' "$wane" advise --after 20 --epochs 30 $small activation=sigmoid depth=8
check 'advise: its columns' sh -c 'head -n 1 out | grep -qx \
	"rank,remedy,settings,restart,epochs,loss,val_loss,acc,decades,verdict,tried"'
tail -n +2 out | cut -d, -f1 >ranks
check 'advise: ranks count from 1' sh -c 'seq "$(wc -l <ranks)" | cmp -s - ranks'
check 'advise: the network left alone' grep -q '^[0-9]*,none,,no,30,' out
check 'advise: all were tried' sh -c '! tail -n +2 out | grep -qv ",yes$"'
grep ',batch-norm,norm=batch,yes,30,' out | cut -d, -f6-10 >tried
"$wane" run --epochs 30 --every 30 $small activation=sigmoid norm=batch depth=8 >run.csv
head -n 1 run.csv | cut -d, -f4,6,7,12,18 >columns
check 'advise: numbers of a run' grep -qx loss,val_loss,acc,decades,verdict columns
grep '^30,,' run.csv | cut -d, -f4,6,7,12,18 >followed
check 'advise: a restart gives what was tried' sh -c 'test -s tried && cmp -s tried followed'

expect 0 'check' "$wane" check depth=2
check 'check: a line a tensor' lines out 7
expect 1 'check of data that are not there' "$wane" check data=./none.csv

# bench: every row is complete, every number possible
cat >read_bench.py <<'END'
import csv, math, sys
rows = list(csv.DictReader(sys.stdin, restkey="more", restval=None, strict=True))
seen = {}
for row in rows:
    assert "more" not in row and None not in row.values(), row
    what = row["what"]
    network = tuple(row[name] for name in ("depth", "width", "batch", "model"))
    seen.setdefault(what, set()).add((*network, row["statistics"]))
    counted = what in ("peak", "epoch")
    for name in ("seconds", "low", "high") + ("gflops", "percent_of_peak") * counted:
        assert 0 < float(row[name]) < math.inf, row
    assert float(row["low"]) <= float(row["seconds"]) <= float(row["high"]), row
    assert counted or row["gflops"] == row["percent_of_peak"] == "", row
    assert row["kernel"] == rows[0]["kernel"] and (what == "peak") == (row["data"] == ""), row
    if counted:
        share = 100 * float(row["gflops"]) / float(rows[0]["gflops"])
        assert math.isclose(share, float(row["percent_of_peak"]), rel_tol=1e-5), row
assert rows[0]["what"] == "peak" and rows[0]["percent_of_peak"] == "100"
networks = {each[:4] for each in seen["epoch"]}
assert seen["epoch"] == {(*network, on) for network in networks for on in ("off", "on")}
assert len(seen["epoch"]) == sum(row["what"] == "epoch" for row in rows)
assert len(seen) == 4 and all(what in seen for what in ("cells-80x24", "cells-200x60"))
print(len(networks), *sorted(networks)[0][:3], *sorted({each[3] for each in networks}))
END
expect 0 'bench' "$wane" bench --quick
check 'bench: nothing on stderr' test ! -s err
check 'bench: a walk' sh -c 'python3 read_bench.py <out | grep -qE "^1[0-9] .* cnn gru lstm mlp rnn$"'
check 'bench: the reference' grep -q '^epoch,.*,mlp,moons,800,10,10,32,adam,off,' out
expect 0 'bench of one network' "$wane" bench --quick depth=2 width=3 batch=20 samples=20
check 'bench: that network' sh -c 'python3 read_bench.py <out | grep -qx "1 2 3 20 mlp"'
expect 0 'bench to a file' "$wane" bench --quick -o file depth=2 width=3
check 'bench to a file: whole' lines file 6
expect 2 'bench with kernels that are not there' env WANE_KERNEL=none "$wane" bench
expect 1 'bench of data that are not there' "$wane" bench data=./none.csv

[ $failed -eq 0 ] && echo 'all passed'
exit $failed
