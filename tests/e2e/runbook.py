#!/usr/bin/env python3
"""Runs the commands of a page in their order, as a reader would type them.

usage: runbook.py [--with COMMAND] [--from HEADING] [--to HEADING] [--folder DIR] PROGRAM PAGE

Each line "$ ..." of a ```console block is given to a shell in one folder; `kubectl istio-ca` is PROGRAM (after --with's
words, if there are any: "tests/mesh/mesh run"). It has to end with 0, and to print each line that follows in the block,
wherever; an ellipsis stands for any text. $KUBECONFIG says which mesh it is. --from and --to take a part of the page, from
one heading up to another; DIR is kept, for the next part.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time


def steps(text):
    """(command, lines that it prints)"""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.S | re.M):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.strip():
                found[-1][1].append(line.strip())
    return found


def prints(text, line):
    return re.search(".*".join(re.escape(part) for part in line.split("…")), text)


def plugin_path(temporary, prefix, program):
    """A folder for PATH, with a kubectl that knows our plugin alone."""
    kubectl = pathlib.Path(temporary, "bin", "kubectl")
    kubectl.parent.mkdir()
    kubectl.write_text('#!/bin/sh\n[ "$1" = istio-ca ] || { echo "only istio-ca is here: kubectl $*" >&2; exit 127; }\n'
                       'shift\nexec %s "%s" "$@"\n' % (prefix, program))
    kubectl.chmod(0o755)
    return kubectl.parent


def run(command, lines, folder, environment):
    """Whether it ends with 0 and prints these lines."""
    begun = time.monotonic()
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print("$ %s   # exit %d, %.1f s" % (command, done.returncode, time.monotonic() - begun), flush=True)
    missing = [line for line in lines if not prints(done.stdout, line)]
    if done.returncode or missing:
        print(done.stdout, *("it does not print: " + line for line in missing), sep="\n")
        return False
    return True


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--with", dest="prefix", default="")
    parser.add_argument("--from", dest="first", default="")
    parser.add_argument("--to", default="")
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("page", type=pathlib.Path)
    arguments = parser.parse_args()
    text = arguments.page.read_text()
    begin = text.index("\n## " + arguments.first) if arguments.first else 0
    end = text.index("\n## " + arguments.to) if arguments.to else len(text)
    commands = steps(text[begin:end])
    if not commands:
        sys.exit("%s has no ```console block there" % arguments.page)
    program = arguments.program.resolve()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.folder or pathlib.Path(temporary, "work")).resolve()
        folder.mkdir(exist_ok=True)
        environment = dict(os.environ, PATH="%s:%s" % (plugin_path(temporary, arguments.prefix, program), os.environ["PATH"]),
                           XDG_DATA_HOME=str(folder / "data"), NO_COLOR="1")
        for command, lines in commands:
            if not run(command, lines, folder, environment):
                return 1
    print("%d commands" % len(commands))
    return 0


sys.exit(main())
