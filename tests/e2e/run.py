#!/usr/bin/env python3
"""Runs the cases of one folder: command lines and what they have to print.

usage: run.py PROGRAM FOLDER [--update]

The folder holds a file `cases`, and what the commands read. `cases` is like a terminal's screen:

    # a comment, until the next empty line
    $ kubectl-istio-ca verify -f dump.json
    what it prints, standard output first, then standard error
    exit 4

Commands run one after the other in one copy of the folder, by sh, with PROGRAM in PATH, no terminal, and no
kubeconfig; DATA is tests/data. `exit 0` is left out. [..] stands for any text within a line, a line of ... for any
lines. --update writes what is printed now, but for commands whose text has such a mark in it.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def parse(text):
    """Groups of lines: ("text", lines) or ("command", line, expected lines)."""
    groups = []
    for line in text.splitlines():
        if line.startswith("$ "):
            groups.append(("command", line, []))
        elif groups and groups[-1][0] == "command" and line:
            groups[-1][2].append(line)
        elif groups and groups[-1][0] == "text":
            groups[-1][2].append(line)
        else:
            groups.append(("text", "", [line]))
    return groups


def pattern(lines):
    parts = []
    for line in lines:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*".join(re.escape(part) for part in line.split("[..]")) + r"\n")
    return re.compile("".join(parts))


def run(command, folder, environment):
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    lines = [line.rstrip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return lines + (["exit %d" % done.returncode] if done.returncode else [])


def main():
    program, source = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    update = sys.argv[3:] == ["--update"]
    groups = parse((source / "cases").read_text())
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "case"
        shutil.copytree(source, folder)
        environment = {"PATH": "%s:%s" % (program.parent, os.environ["PATH"]), "HOME": temporary, "TZ": "UTC",
                       "LC_ALL": "C.UTF-8", "DATA": str(pathlib.Path(__file__).resolve().parents[1] / "data")}
        for variable in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if variable in os.environ:
                environment[variable] = os.environ[variable]
        for kind, line, expected in groups:
            if kind != "command":
                continue
            got = run(line[2:], folder, environment)
            if pattern(expected).fullmatch("".join(text + "\n" for text in got)):
                continue
            if update and not any("[..]" in text or text.strip() == "..." for text in expected):
                expected[:] = got
                continue
            failed += 1
            print(line, "--- expected", *expected, "--- got", *got, "", sep="\n")
    if update:
        lines = []
        for kind, line, rest in groups:
            lines += ([line] if kind == "command" else []) + rest
        (source / "cases").write_text("\n".join(lines) + "\n")
    print("%d of %d commands differ" % (failed, sum(group[0] == "command" for group in groups)))
    return 1 if failed else 0


sys.exit(main())
