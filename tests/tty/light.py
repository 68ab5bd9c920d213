#!/usr/bin/python3
"""light.py WANE: the screen needs few bytes, for any terminal and any speed of line.

Drives the real program in a pseudo-terminal and counts bytes. Prints one line for each check; exit
status 1 if one failed. Time limits only the waiting, it never decides a check.
"""
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import termios
import time

import tty_cost

LIMIT = 30            # seconds to wait for expected output
GAP = 0.03            # silence that ends a frame
PTY_BYTES = 16512     # bytes a pseudo-terminal holds unread
LINE_BYTES = 2400     # bytes a slow line carries in a second
TICKS = os.sysconf("SC_CLK_TCK")
QUESTION, ANSWER = b"\x1b[5n", b"\x1b[0n"
CLEAR = b"\x1b[2J"
LAST_OF_FRAME = b"quit"  # that is drawn as a whole


class Terminal:
    """Runs wane; `output` is all that has been read. `answers`: replies to status requests."""

    def __init__(self, columns, rows, *arguments, answers=False):
        self.output, self.answers, self.answered = b"", answers, 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
            os.execv(sys.argv[1], [sys.argv[1], "seed=1", *arguments])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def read(self, seconds, most=65536):
        """Reads once; returns b'' if nothing comes in that time."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        new = os.read(self.fd, most)
        self.output += new
        asked = self.output.count(QUESTION)
        if self.answers and asked > self.answered:
            self.send(ANSWER * (asked - self.answered))
            self.answered = asked
        return new

    def send(self, keys):
        os.write(self.fd, keys)

    def frame(self):
        """Bytes of the next frame."""
        frame = self.read(LIMIT)
        while new := self.read(GAP):
            frame += new
        return frame

    def until(self, found, most=65536, pause=0.0):
        """Reads until `found(bytes read since)`; returns these."""
        start, end = len(self.output), time.monotonic() + LIMIT
        while not found(self.output[start:]):
            if time.monotonic() > end:
                raise TimeoutError
            self.read(0.05, most)
            time.sleep(pause)
        return self.output[start:]

    def first_frame(self):
        """Bytes of the first frame."""
        self.until(whole_frame)
        return self.output.index(LAST_OF_FRAME)

    def drain(self):
        """Reads until no more output comes."""
        start = len(self.output)
        while self.read(0.5):
            pass
        return self.output[start:]

    def cpu(self):
        with open("/proc/%d/stat" % self.pid) as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def wakeups(self):
        with open("/proc/%d/status" % self.pid) as file:
            return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", file.read(), re.M)[1])


    def rest(self):
        """Waits until wane sleeps: after a pause, remedies are still tried for a while."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            before = self.wakeups()
            self.read(1)
            if self.wakeups() == before:
                return


def whole_frame(output):
    return LAST_OF_FRAME in output


def paused(output):
    return b"paused" in output


def running(output):
    return b"\xe2\x96\xb6" in output


def frames_are_small(columns, rows, first_most, median_most):
    with Terminal(columns, rows) as terminal:
        first = terminal.first_frame()
        terminal.frame()
        sizes = [len(terminal.frame()) for _ in range(50)]
        median = statistics.median(sizes)
        return (first <= first_most and median <= median_most
                and terminal.output.count(CLEAR) == 2,
                "first %d, median %d bytes" % (first, median))


def small_at_80x24():
    return frames_are_small(80, 24, 5000, 400)


def small_at_200x60():
    """With the maps of layers and epochs, of units and of regions on the screen."""
    return frames_are_small(200, 60, 25000, 4000)


def paused_sends_nothing_and_sleeps():
    with Terminal(80, 24) as terminal:
        terminal.first_frame()
        terminal.send(b" ")
        terminal.until(paused)
        terminal.rest()
        terminal.drain()
        before = terminal.wakeups()
        quiet = terminal.read(2)
        after = terminal.wakeups()
        return quiet == b"" and after == before, "%d bytes, %d wake-ups" % (
            len(quiet), after - before)


def repaints_only_when_asked():
    with Terminal(80, 24) as terminal:
        terminal.first_frame()
        terminal.send(b" ")
        terminal.until(paused)
        terminal.drain()
        terminal.send(b"\x0c")
        repaint = terminal.until(whole_frame)
        terminal.drain()
        fcntl.ioctl(terminal.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        resize = terminal.until(whole_frame)
        terminal.drain()
        terminal.send(b"\x1b[C")
        small = terminal.drain()
        return (CLEAR in repaint and CLEAR in resize and CLEAR not in small,
                "^L %d, resize %d, a key %d bytes" % (len(repaint), len(resize), len(small)))


def stalled_reader_stops_nothing():
    """Training continues, keys are read, and only the newest frame waits to be read."""
    with Terminal(200, 60, "pace=max") as terminal:
        first = terminal.first_frame()
        start = terminal.cpu()
        end = time.monotonic() + 2 * LIMIT
        while terminal.cpu() < start + 3 and time.monotonic() < end:
            time.sleep(0.05)
        trained = terminal.cpu() - start
        terminal.send(b" ")
        waiting = terminal.drain()
        terminal.send(b"?")
        answer = terminal.drain()
        return (trained >= 3 and paused(waiting) and len(waiting) <= PTY_BYTES + 2 * first
                and 0 < len(answer) <= first,
                "%.1f s of work, then %d bytes, a key %d" % (trained, len(waiting), len(answer)))


def looks(screen):
    """What is seen of each cell but those of the last row, where a key ends a message; of a blank
    its background alone."""
    return [(cell[0], [part for part in cell[1] if part[0] == "4" or cell[0] != " "])
            for row in screen.c[:-1] for cell in row]


def parts_make_a_whole():
    """A picture that changes nearly everywhere is sent in parts, and to its end: the screen is that
    of a repaint. Nothing follows the regions of the last epoch, and no key hurries them."""
    screen = tty_cost.Screen(200, 60)
    with Terminal(200, 60, "activation=relu", "epochs=15", answers=True) as terminal:
        terminal.first_frame()
        terminal.send(b":pane data\rz")
        terminal.drain()
        screen.feed(terminal.output)
        sent, before = len(terminal.output), looks(screen)
        terminal.send(b"\x0c")
        terminal.drain()
        screen.feed(terminal.output[sent:])
        differ = sum(a != b for a, b in zip(before, looks(screen)))
        colours = len({str(look[1]) for look in before})
        return (CLEAR in terminal.output[sent:] and differ == 0 and colours > 5,
                "%d cells differ, %d looks" % (differ, colours))


def slow_line_answers_keys(columns, rows, answers=True, before=2 * LINE_BYTES, rounds=3,
                           seconds=1):
    """The bytes before the answer to a key are fewer than the line carries in that time."""
    behind = []
    with Terminal(columns, rows, answers=answers) as terminal:
        terminal.first_frame()
        for _ in range(rounds):
            terminal.until(lambda new: len(new) > before, LINE_BYTES // 20, 0.05)
            for state in paused, running:
                terminal.send(b" ")
                behind.append(len(terminal.until(state, LINE_BYTES // 20, 0.05)))
    return max(behind) <= seconds * LINE_BYTES, "at most %d bytes behind a key" % max(behind)


def slow_line_at_80x24():
    return slow_line_answers_keys(80, 24)


def slow_line_at_200x60():
    """A key waits for one part of a picture, however much of the picture changes."""
    return slow_line_answers_keys(200, 60, seconds=2)


def slow_line_that_answers_nothing():
    return slow_line_answers_keys(80, 24, answers=False, before=4 * LINE_BYTES, rounds=1)


def slow_line_at_200x60_that_answers_nothing():
    """A line is known to be slow only after it has been full once. Then it carries the largest frame
    of this size in four seconds."""
    return slow_line_answers_keys(200, 60, answers=False, before=12 * LINE_BYTES, rounds=1,
                                  seconds=4)


def main():
    checks = [small_at_80x24, small_at_200x60, paused_sends_nothing_and_sleeps,
              repaints_only_when_asked, parts_make_a_whole, stalled_reader_stops_nothing, slow_line_at_80x24,
              slow_line_at_200x60, slow_line_that_answers_nothing,
              slow_line_at_200x60_that_answers_nothing]
    failed = 0
    for check in checks:
        try:
            good, numbers = check()
        except TimeoutError:
            good, numbers = False, "nothing came"
        failed += not good
        print("%s  %s: %s" % ("ok  " if good else "FAIL", check.__name__.replace("_", " "), numbers),
              flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
