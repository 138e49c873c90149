#!/usr/bin/env python3
"""Runs the program on a terminal of its own (a pty) and looks at what stands on the screen.

usage: terminal.py PROGRAM
"""
import fcntl
import os
import pty
import re
import select
import signal
import socket
import struct
import sys
import tempfile
import termios
import threading
import time

PROGRAM = os.path.abspath(sys.argv[1])
STAGES = ["multi-root", "both-roots", "new-signer", "new-leaves", "old-root-removed", "done"]


class Screen:
    """What a terminal shows: rows, and those that have left it at the top. Wraps at its right edge."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.gone, self.rows, self.row, self.column = [], [""], 0, 0

    def feed(self, text):
        for part in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|\x1b.|.", text, re.S):
            if part == "\r":
                self.column = 0
            elif part == "\n":
                self.down()
            elif part[0] == "\x1b":
                self.escape(part)
            else:
                if self.column == self.width:
                    self.column = 0
                    self.down()
                row = self.rows[self.row].ljust(self.column)
                self.rows[self.row] = row[:self.column] + part + row[self.column + 1:]
                self.column += 1

    def down(self):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append("")
        if self.row == self.height:
            self.gone.append(self.rows.pop(0))
            self.row -= 1

    def escape(self, part):
        if part[-1] == "A":
            self.row = max(0, self.row - int(part[2:-1] or 1))
        elif part[-1] == "K":
            self.rows[self.row] = self.rows[self.row][:self.column]
        elif part[-1] == "J":
            self.rows[self.row] = self.rows[self.row][:self.column]
            del self.rows[self.row + 1:]
        elif part[-1] != "m":
            raise AssertionError("unexpected %r" % part)

    def all(self):
        return [row.rstrip() for row in self.gone + self.rows]


class Run:
    """The program on a pty."""

    def __init__(self, arguments, width=80, height=24, **environment):
        self.screen, self.raw, self.code = Screen(width, height), "", None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            variables = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir(), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
            for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
                if name in os.environ:
                    variables[name] = os.environ[name]
            variables.update(environment)
            time.sleep(0.1)  # until the size is set
            os.execve(PROGRAM, ["kubectl-istio_ca"] + arguments, variables)
        self.resize(width, height)

    def resize(self, width, height):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def type(self, text):
        os.write(self.fd, text.encode())

    def read(self, seconds):
        """Reads for so long, or until the program has ended. True if it still runs."""
        end = time.monotonic() + seconds
        while self.code is None and time.monotonic() < end:
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    text = os.read(self.fd, 65536).decode(errors="replace")
                except OSError:
                    text = ""
                if text == "":
                    self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
                self.raw += text
                self.screen.feed(text)
        return self.code is None

    def until(self, text, seconds=60):
        end = time.monotonic() + seconds
        while not any(text in row for row in self.screen.rows):
            assert time.monotonic() < end and self.read(0.1), "no %r on:\n%s" % (text, "\n".join(self.screen.all()))

    def end(self, seconds=60):
        if self.read(seconds):
            os.kill(self.pid, signal.SIGKILL)
            self.read(5)
            raise AssertionError("does not end:\n" + "\n".join(self.screen.all()))
        return self.code

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)


class SilentServer:
    """Takes connections and never answers."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.held = []
        threading.Thread(target=self.take, daemon=True).start()
        return "http://127.0.0.1:%d" % self.socket.getsockname()[1]

    def take(self):
        try:
            while True:
                self.held.append(self.socket.accept()[0])
        except OSError:
            pass

    def __exit__(self, *_):
        self.socket.close()


def interrupted_at_once(arguments):
    with SilentServer() as server:
        run = Run(arguments + ["--server", server])
        assert run.read(2), run.raw
        begin = time.monotonic()
        run.type("\x03")
        assert run.end(10) == 130, (run.code, run.raw)
        assert time.monotonic() - begin < 5, "slow"  # of a sanitized program on a busy machine
        return run


def test_ctrl_c_where_the_server_is_silent():
    run = interrupted_at_once(["status"])
    assert "interrupted" in run.raw, run.raw
    run = interrupted_at_once(["restart", "--yes"])
    assert "interrupted before the mesh was read" in run.raw, run.raw
    assert "nothing was written" in run.raw, run.raw
    assert run.echoes()


def test_watch_ends_with_130_and_no_error():
    run = interrupted_at_once(["verify", "--watch"])
    assert "error" not in run.raw, run.raw
    assert run.echoes()


def test_plain_lines_on_a_dumb_terminal():
    with SilentServer() as server:
        run = Run(["restart", "--yes", "--server", server], TERM="dumb")
        run.read(1)
        run.type("\x03")
        run.end(10)
        assert "\x1b" not in run.raw, run.raw


def test_a_question_is_asked_again_when_the_terminal_is_resized_or_was_left():
    run = Run(["rehearse"], 110, 34)
    run.until("Do it?")
    run.resize(60, 24)
    run.screen = Screen(60, 24)
    run.until("Do it?")
    assert any("done" in row for row in run.screen.all()), run.screen.all()
    assert all(len(row) < 60 for row in run.screen.all()), run.screen.all()
    os.kill(run.pid, signal.SIGSTOP)
    run.screen = Screen(60, 24)
    os.kill(run.pid, signal.SIGCONT)
    run.until("Do it?")
    run.type("n\n")
    assert run.end() == 1 and "you said no" in run.raw, (run.code, run.raw)
    assert run.echoes()


def main():
    failed = 0
    for name, test in sorted(globals().items()):
        if not name.startswith("test_"):
            continue
        try:
            test()
            print("ok  ", name)
        except AssertionError as error:
            failed += 1
            print("FAIL", name, error, sep="\n")
    return 1 if failed else 0


sys.exit(main())
