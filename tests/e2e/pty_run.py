"""A program on a terminal of its own (a pty), and what stands on that terminal."""
import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import tempfile
import termios
import time


class Screen:
    """What a terminal shows: rows, and those that have left it at the top. Wraps at its right edge."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.gone, self.rows, self.row, self.column = [], [""], 0, 0
        self.style, self.styles = "", [[]]  # of each letter: "1;32"
        self.begun = ""  # of an escape sequence whose end has not come yet

    def feed(self, text):
        text = self.begun + text
        self.begun = re.search(r"(\x1b(\[[0-9;]*)?)?$", text)[0]
        text = text.removesuffix(self.begun)
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
                row, styles = self.rows[self.row].ljust(self.column), self.styles[self.row]
                self.rows[self.row] = row[:self.column] + part + row[self.column + 1:]
                styles += [""] * (self.column + 1 - len(styles))
                styles[self.column] = self.style
                self.column += 1

    def down(self):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append("")
            self.styles.append([])
        if self.row == self.height:
            self.gone.append(self.rows.pop(0))
            self.styles.pop(0)
            self.row -= 1

    def escape(self, part):
        if part[-1] == "A":
            self.row = max(0, self.row - int(part[2:-1] or 1))
        elif part[-1] == "K":
            self.rows[self.row] = self.rows[self.row][:self.column]
        elif part[-1] == "J":
            self.rows[self.row] = self.rows[self.row][:self.column]
            del self.rows[self.row + 1:], self.styles[self.row + 1:]
        elif part[-1] == "m":
            codes = part[2:-1]
            self.style = "" if codes in ("", "0") else (self.style + ";" + codes).strip(";")
        else:
            raise AssertionError("unexpected %r" % part)

    def all(self):
        return [row.rstrip() for row in self.gone + self.rows]


class Run:
    """The program on a pty."""

    def __init__(self, program, arguments, width=80, height=24, **environment):
        self.screen, self.raw, self.code = Screen(width, height), "", None
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            variables = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir(), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
            for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
                if name in os.environ:
                    variables[name] = os.environ[name]
            variables.update(environment)
            time.sleep(0.1)  # until the size is set
            os.execve(program, ["kubectl-istio_ca"] + arguments, variables)
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
                    read = os.read(self.fd, 65536)
                except OSError:
                    read = b""
                if not read:
                    self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
                text = self.decoder.decode(read)
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
