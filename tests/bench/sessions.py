"""wane on terminals of its own, for the scripts that measure it there."""
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "tty"))
import tty_cost  # noqa: E402

QUESTION, ANSWER = b"\x1b[5n", b"\x1b[0n"  # at the end of a frame


class Session:
    """wane on a terminal of its own, read all the time or not at all."""

    def __init__(self, wane, environment, settings, columns, rows, cores=None):
        self.screen, self.bytes = tty_cost.Screen(columns, rows), 0
        self.chunks, self.tail = [], b""
        self.pid, self.terminal = tty_cost.pty.fork()
        if self.pid == 0:
            tty_cost.fcntl.ioctl(0, tty_cost.termios.TIOCSWINSZ,
                                 tty_cost.struct.pack("HHHH", rows, columns, 0, 0))
            if cores:
                os.sched_setaffinity(0, cores)
            os.execve(wane, [wane, *settings],
                      dict(environment, TERM="xterm-256color", LC_ALL="C.UTF-8"))

    def take(self):
        """Reads once, and answers as terminals do when they are asked whether they have drawn."""
        chunk = os.read(self.terminal, 65536)
        self.chunks.append((time.monotonic(), chunk))
        self.tail = (self.tail + chunk)[-len(QUESTION):]
        if self.tail == QUESTION:
            os.write(self.terminal, ANSWER)

    def look(self):
        """Plays the output into the screen model; returns the epoch in the header."""
        for _, chunk in self.chunks:
            self.screen.feed(chunk)
            self.bytes += len(chunk)
        self.chunks = []
        found = re.search(r"epoch (\d+)", self.screen.text().split("\n")[0])
        return int(found[1]) if found else 0

    def cpu(self):
        return tty_cost.cpu_ns([self.pid]) * 1e-9

    def close(self):
        os.kill(self.pid, tty_cost.signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def read_all(sessions, seconds):
    end, poll = time.monotonic() + seconds, tty_cost.select.poll()
    by_number = {session.terminal: session for session in sessions}
    for number in by_number:
        poll.register(number, tty_cost.select.POLLIN)
    while time.monotonic() < end:
        for number, _ in poll.poll(50):
            by_number[number].take()
