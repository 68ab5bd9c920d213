#!/usr/bin/python3
"""terminals.py WANE: every kind of terminal is drawn on, or refused in one line that says why.

Drives the real program in a pseudo-terminal. A line a check; exit 1 if one failed.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

LIMIT = 30  # seconds to wait for what has to come
NOTICE = b"is not known here"
DRAWN = b"quit"  # the end of a frame


class Session:
    """Runs wane in a terminal of that kind; `output` is all that has been read."""

    def __init__(self, kind, **environment):
        self.output, self.status = b"", None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
            os.environ.pop("TERM", None)
            os.environ.update(LC_ALL="C.UTF-8", **environment)
            if kind is not None:
                os.environ["TERM"] = kind
            os.execv(sys.argv[1], [sys.argv[1], "seed=1"])
        self.found = termios.tcgetattr(self.fd)

    def until(self, found):
        """Reads until `found()` or the program has ended."""
        end = time.monotonic() + LIMIT
        while not found() and self.status is None and time.monotonic() < end:
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    self.output += os.read(self.fd, 65536)
                    continue
                except OSError:
                    pass  # the other side is closed
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)

    def end(self, key=b"q"):
        if self.status is None:
            os.write(self.fd, key)
        self.until(lambda: False)
        restored = termios.tcgetattr(self.fd) == self.found if self.status is not None else False
        os.close(self.fd)
        return restored


def drawn(kind, notice):
    """Draws, says so if the terminal is one it does not know, and goes as it came."""
    session = Session(kind)
    session.until(lambda: DRAWN in session.output and (NOTICE in session.output or not notice))
    drew, noticed = DRAWN in session.output, NOTICE in session.output
    session.end()
    return (drew and noticed == notice and session.status == 0,
            "drawn %s, notice %s, exit %s" % (drew, noticed, session.status))


def refused(kind, reason):
    session = Session(kind)
    session.until(lambda: False)
    text = session.output
    return (session.status == 2 and text.count(b"\n") == 1 and reason in text
            and b"wane run" in text and b"\x1b" not in text, text.decode().strip())


def main():
    checks = [("%s is drawn on" % kind, drawn, (kind, False))
              for kind in ("xterm-256color", "xterm", "linux", "vt100", "screen", "tmux-256color")]
    checks += [("%s is drawn on, and it is said how" % kind, drawn, (kind, True))
               for kind in ("no-such-terminal", "linux-of-another-kind", "vt100-of-another-kind",
                            "a" * 500)]
    checks += [("TERM=%s is refused" % kind, refused, (kind, reason))
               for kind, reason in ((None, b"not set"), ("", b"not set"), ("dumb", b"TERM=dumb"),
                                    ("dumb-of-another-kind", b"TERM=dumb-of"))]
    failed = 0
    for name, check, arguments in checks:
        good, numbers = check(*arguments)
        failed += not good
        print("%s  %.70s: %s" % ("ok  " if good else "FAIL", name, numbers), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
