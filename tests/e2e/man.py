#!/usr/bin/env python3
"""Checks the man pages that the program prints: that there is one for each command, that man/meson.build installs all
of them, and that mandoc and man-db have nothing to say about them.

usage: man.py PROGRAM MAN/MESON.BUILD
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77  # meson's


def page(program, command):
    return subprocess.run([program, "__man"] + ([command] if command else []), check=True, capture_output=True,
                          text=True).stdout


def complaints(path):
    """What the formatters say about one page; nothing if it is as it should be."""
    said = ""
    if shutil.which("mandoc"):
        said += subprocess.run(["mandoc", "-Tlint", "-Wwarning", path], capture_output=True, text=True).stdout
    if shutil.which("man"):
        environment = dict(os.environ, LC_ALL="C.UTF-8", MANWIDTH="80", MANPAGER="cat")
        said += subprocess.run(["man", "--warnings", "-l", path], capture_output=True, text=True, env=environment,
                               stdin=subprocess.DEVNULL).stderr
    return said


def main():
    program, build = sys.argv[1:3]
    if not shutil.which("mandoc") and not shutil.which("man"):
        print("skipped: neither mandoc nor man is installed")
        return SKIPPED
    named = re.findall(r"\\fBkubectl\\-istio\\-ca\\-(\S+)\\fR\(1\)", page(program, ""))
    commands = sorted(name.replace("\\-", "-") for name in named)
    installed = re.search(r"pages = \[(.*?)\]", pathlib.Path(build).read_text(), re.S)[1]
    installed = sorted(name for name in re.findall(r"'(.*?)'", installed) if name)
    wrong = []
    if commands != installed:
        wrong.append("%s: pages should be %r" % (build, [""] + commands))
    with tempfile.TemporaryDirectory() as folder:
        for command in [""] + commands:
            path = pathlib.Path(folder) / ("kubectl-istio-ca%s.1" % ("-" + command if command else ""))
            path.write_text(page(program, command))
            if said := complaints(str(path)):
                wrong.append(said)
    print(*wrong, "%d pages, %d wrong" % (len(commands) + 1, len(wrong)), sep="\n")
    return 1 if wrong else 0


sys.exit(main())
