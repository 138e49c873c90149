#!/usr/bin/env python3
"""Runs the program on a terminal of its own (a pty) and looks at what stands on the screen.

usage: terminal.py PROGRAM
"""
import os
import signal
import socket
import sys
import threading
import time

import pty_run
from pty_run import Screen

PROGRAM = os.path.abspath(sys.argv[1])


def Run(arguments, *size, **environment):
    return pty_run.Run(PROGRAM, arguments, *size, **environment)


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
