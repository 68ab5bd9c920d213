#!/usr/bin/python3
"""terminals.py WANE [STARVE]: wane draws on every terminal, or says in one line why not.

Drives the real program in a pseudo-terminal. STARVE is a library that makes one allocation fail, or
removes from ncurses the functions of version 6.1.
Prints one line for each check; exit status 1 if one failed.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

LIMIT = 30  # seconds to wait for expected output
NOTICE = b"is unknown here"
DRAWN = b"quit"  # the end of a frame
FOCUS = "▸".encode()
MOUSE_ON, MOUSE_OFF = b"\x1b[?1000h\x1b[?1006h", b"\x1b[?1006l\x1b[?1000l"
LEFT = b"\x1b[?1049l"  # the shell's screen is back


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


class Job(Session):
    """Runs wane as a job of a shell that keeps the terminal until fg()."""

    def __init__(self):
        self.output, self.status, self.stops = b"", None, 0
        self.report, report = os.pipe()
        orders, self.orders = os.pipe()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                shell(report, orders)
            finally:
                os._exit(99)
        os.close(report)
        os.close(orders)
        self.job = int(os.read(self.report, 20))
        self.found = termios.tcgetattr(self.fd)

    def fg(self):
        self.give(b"f", self.job)

    def bg(self):
        self.give(b"b", self.pid)

    def give(self, order, group):
        os.write(self.orders, order)
        self.until(lambda: os.tcgetpgrp(self.fd) == group)

    def kill(self, number):
        os.kill(self.job, number)

    def state(self):
        with open("/proc/%d/stat" % self.job) as file:
            return file.read().rsplit(")", 1)[1].split()[0]

    def until_state(self, state):
        """Looks several times, because starting and stopping have short waits."""
        seen = 0
        end = time.monotonic() + LIMIT
        while seen < 20 and time.monotonic() < end:
            seen = seen + 1 if self.state() == state else 0
            time.sleep(0.02)
        return seen == 20


def shell(report, orders):
    """Leads the session; reports the job's process id, and exits with the job's status."""
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.environ.update(LC_ALL="C.UTF-8", TERM="xterm-256color")
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execv(sys.argv[1], [sys.argv[1], "seed=1"])
    os.write(report, b"%d" % job)
    while True:
        pid, status = os.waitpid(job, os.WNOHANG)
        if pid:
            os.tcsetpgrp(0, os.getpgrp())
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
        if select.select([orders], [], [], 0.02)[0]:
            order = os.read(orders, 1)
            os.tcsetpgrp(0, job if order == b"f" else os.getpgrp())


def background_job_ends_on_sigterm():
    """The job runs, and has drawn nothing before."""
    job = Job()
    waits = job.until_state("S")
    job.kill(signal.SIGTERM)
    restored = job.end(b"")
    return (waits and job.status == 143 and job.output == b"" and restored,
            "waits %s, exit %s, %d bytes" % (waits, job.status, len(job.output)))


def background_job_is_drawn_in_the_foreground():
    job = Job()
    waits = job.until_state("S")
    silent = job.output == b"" and termios.tcgetattr(job.fd) == job.found
    job.fg()
    job.until(lambda: DRAWN in job.output)
    drew = DRAWN in job.output
    restored = job.end()
    return (waits and silent and drew and restored and job.status == 0,
            "silent %s, drawn %s, restored %s, exit %s" % (silent, drew, restored, job.status))


def stopped_job_that_goes_on_in_the_background_ends_on_sigterm():
    job = Job()
    job.fg()
    job.until(lambda: DRAWN in job.output)
    os.write(job.fd, b"\x1a")
    stopped = job.until_state("T")
    job.bg()
    job.until(lambda: LEFT in job.output)
    job.output = b""
    restored = termios.tcgetattr(job.fd) == job.found
    job.kill(signal.SIGCONT)
    waits = job.until_state("S")
    job.kill(signal.SIGTERM)
    restored = job.end(b"") and restored
    return (stopped and waits and restored and job.status == 143 and job.output == b"",
            "stopped %s, waits %s, exit %s, %d bytes" % (stopped, waits, job.status,
                                                          len(job.output)))


def drawn(kind, notice):
    """Draws, says if the terminal is unknown, and restores the terminal when it ends."""
    session = Session(kind)
    session.until(lambda: DRAWN in session.output and (NOTICE in session.output or not notice))
    drew, noticed = DRAWN in session.output, NOTICE in session.output
    session.end()
    return (drew and noticed == notice and session.status == 0,
            "drawn %s, notice %s, exit %s" % (drew, noticed, session.status))


def mouse_is_reported_until_key_m():
    """A press focuses a pane, also if a slow line cuts its report in two."""
    session = Session("xterm-256color")
    session.until(lambda: DRAWN in session.output)
    on = MOUSE_ON in session.output
    session.output = b""
    os.write(session.fd, b"\x1b[<0;60;")
    time.sleep(0.2)
    os.write(session.fd, b"2M\x1b[<0;60;2m")
    session.until(lambda: FOCUS in session.output)
    focused = FOCUS in session.output
    os.write(session.fd, b"M")
    session.until(lambda: MOUSE_OFF in session.output)
    off = MOUSE_OFF in session.output
    session.end()
    return (on and focused and off and session.status == 0,
            "on %s, focused %s, off %s, exit %s" % (on, focused, off, session.status))


def mouse_is_left_alone_where_the_terminal_has_none():
    session = Session("vt100")
    session.until(lambda: DRAWN in session.output)
    session.end()
    return MOUSE_ON not in session.output and MOUSE_OFF not in session.output, "vt100"


def refused(kind, reason):
    session = Session(kind)
    session.until(lambda: False)
    text = session.output
    return (session.status == 2 and text.count(b"\n") == 1 and reason in text
            and b"wane run" in text and b"\x1b" not in text, text.decode().strip())


def lack_of_memory_is_not_an_unknown_terminal():
    """ncurses may exit or crash, but only before the terminal is changed."""
    drew = told = 0
    wrong = []
    for number in range(1, 60):
        session = Session("xterm-256color", LD_PRELOAD=sys.argv[2], STARVE=str(number))
        session.until(lambda: DRAWN in session.output)
        drew += DRAWN in session.output
        told += b"ot enough memory for the screen" in session.output
        if session.status == 2 or (session.status == 1 and b"memory" not in session.output):
            wrong.append((number, session.output))
        session.end()
    return drew > 0 and told > 2 and not wrong, "drawn %d, told %d, wrong %s" % (drew, told, wrong)


def dumb_gets_plain_lines():
    """Nothing is drawn; the commands of the prompt work."""
    session = Session("dumb")
    session.until(lambda: b"plain lines" in session.output)
    session.end(b"quit\n")
    plain, drew = b"plain lines" in session.output, b"\x1b[" in session.output
    return plain and not drew and session.status == 0, "plain %s, drawn %s" % (plain, drew)


def what_stands_in_for_it_is_named():
    """An ncurses that reads no description of ours opens xterm-256color, whatever the name."""
    said = b"is unknown here; used like xterm-256color"
    session = Session("linux-of-another-kind", LD_PRELOAD=sys.argv[2], OLD_NCURSES="1")
    session.until(lambda: DRAWN in session.output and said in session.output)
    drew, named = DRAWN in session.output, said in session.output
    session.end()
    return drew and named and session.status == 0, "drawn %s, named %s" % (drew, named)


def main():
    checks = [("%s is drawn on" % kind, drawn, (kind, False))
              for kind in ("xterm-256color", "xterm", "linux", "vt100", "screen", "tmux-256color")]
    checks += [("%s is drawn on, and it is said how" % kind, drawn, (kind, True))
               for kind in ("no-such-terminal", "linux-of-another-kind", "vt100-of-another-kind",
                            "a" * 500)]
    checks += [("TERM=%s is refused" % kind, refused, (kind, reason))
               for kind, reason in ((None, b"not set"), ("", b"not set"),
                                    ("dumb-of-another-kind", b"TERM=dumb-of"))]
    checks += [(check.__name__.replace("_", " "), check, ())
               for check in (dumb_gets_plain_lines, mouse_is_reported_until_key_m,
                             mouse_is_left_alone_where_the_terminal_has_none,
                             background_job_ends_on_sigterm,
                             background_job_is_drawn_in_the_foreground,
                             stopped_job_that_goes_on_in_the_background_ends_on_sigterm)]
    if len(sys.argv) > 2:
        checks.append(("lack of memory is not an unknown terminal",
                       lack_of_memory_is_not_an_unknown_terminal, ()))
        checks.append(("what stands in for an unknown terminal is named",
                       what_stands_in_for_it_is_named, ()))
    failed = 0
    for name, check, arguments in checks:
        good, numbers = check(*arguments)
        failed += not good
        print("%s  %.70s: %s" % ("ok  " if good else "FAIL", name, numbers), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
