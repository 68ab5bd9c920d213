#!/usr/bin/python3
"""What each pane costs on the screen: bytes of a frame, and CPU time.

  panes.py [--seconds N] [--into FILE] WANE [PANE ...]

Runs wane as it starts, at ten epochs a second, with the pane focused among the others and with it
alone (zoomed), on two sizes of screen; once with a network that learns (relu), of which most
changes, from its first epoch on. Prints a table in Markdown, or puts it into FILE between the lines
'<!-- table panes -->' and '<!-- end -->'. Nothing is asserted.
"""
import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import document  # noqa: E402
from sessions import Session, read_all, tty_cost  # noqa: E402

SIZES = ((80, 24), (200, 60))
SETTINGS = ("seed=1", "activation=relu")
GAP = 0.02  # seconds of silence that end a frame


def measure(wane, environment, panes, size, zoomed, seconds):
    """For each pane [median, 90th percentile, most bytes of a frame, CPU ms a second]."""
    sessions = []
    try:
        for _ in panes:  # one by one: wane takes a terminal that is read late for a slow one
            sessions.append(Session(wane, environment, SETTINGS, *size))
            read_all(sessions, 0.2)
        for session, pane in zip(sessions, panes):
            os.write(session.terminal, b" :pane %s\r%sr " % (pane.encode(), b"z" * zoomed))
        read_all(sessions, 0.5)  # from epoch 0 on
        for session in sessions:
            session.chunks, session.before = [], session.cpu()
        read_all(sessions, seconds)
        return [costs(session, seconds) for session in sessions]
    finally:
        for session in sessions:
            session.close()


def costs(session, seconds):
    sizes = sorted(burst[2] for burst in tty_cost.bursts(session.chunks, GAP)) or [0]
    return [sizes[len(sizes) // 2], sizes[int(.9 * len(sizes))], sizes[-1],
            1e3 * (session.cpu() - session.before) / seconds]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("wane")
    parser.add_argument("panes", nargs="*", metavar="PANE")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--into", metavar="FILE")
    arguments = parser.parse_args()
    wane = os.path.abspath(arguments.wane)
    listed = subprocess.run([wane, "list", "panes"], stdout=subprocess.PIPE, text=True, check=True)
    panes = arguments.panes or [line.split("\t")[0] for line in listed.stdout.splitlines()]
    rows = [["bytes of a frame: median, 90 %, most; CPU ms a second"]] + [[pane] for pane in panes]
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, XDG_CONFIG_HOME=folder, HOME=folder)
        for size in SIZES:
            for zoomed in (False, True):
                rows[0].append("%dx%d%s" % (*size, ", alone" if zoomed else ""))
                found = measure(wane, environment, panes, size, zoomed, arguments.seconds)
                for row, numbers in zip(rows[1:], found):
                    row.append("%d, %d, %d; %.1f" % tuple(numbers))
    text = document.table(rows)
    if arguments.into:
        document.put_into(arguments.into, "panes", text)
    else:
        print(text, end="")


main()
