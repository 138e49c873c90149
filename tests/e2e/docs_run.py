#!/usr/bin/env python3
"""Runs every command line that the documents name, in the order of a rotation, as a reader would: on a terminal, where
questions are answered, against a mesh that PROGRAM serves.

usage: docs_run.py PROGRAM ROOT

What docs.py finds written down has to be in the journey, or is run by docs.py itself; a line of the journey that no
document has any more is wrong too.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time

import docs
import pty_run
from served import served

# What stands for something of the reader's.
FILLED = {
    "deployment/httpbin -n httpbin": "deployment/server -n shop",
    "--root FILE": "--root certs/root-cert.pem",
    "--ca DIR": "--ca certs/intermediate",
    "--html FILE": "--html other.html",
    "mesh.html --observation observation.json": "again.html --observation observation.json",  # nothing is overwritten
    "--observation FILE.tar": "--observation mesh.tar",
    "--observation FILE": "--observation observation.json",
    "[FILE.tar]": "other.tar",
    "[--workloads]": "--workloads",
    "[--delete-old-ca]": "--delete-old-ca",
}
# Each line ends with 0, or with the number in front of it, and prints what follows ->. Where "^C" stands in front it would
# go on, and is interrupted as soon as that is there.
JOURNEY = """
  status -> self-signed
3 status --check
3 status -o json --check
  status -o name
  status --warn-before 30d
  status --warn-before 30d -o name
130 ^C status --watch -> self-signed
3 status --check --until both-roots
  status --observation FILE -> self-signed
  verify -> 8 proxies
  verify -o wide
  verify -o matrix
  verify -o pem --roots -> BEGIN CERTIFICATE
130 ^C verify --watch -> O = cluster.local
  verify --wait
  verify deployment/httpbin -n httpbin -o text -> Issuer
  verify -f dump.json -> 1 of 1
  verify --trusts roots-before.pem
  doctor
  doctor --for rotate
  doctor -o json --check
  doctor --wait --timeout 10m
  plan --ca certs/intermediate
  plan -o wide
  plan --wait --check --timeout 10m
  journal -> no rotation was begun
  report --html FILE
  report --html mesh.html
  report --html mesh.html --observation observation.json
  support-bundle
  support-bundle mesh.tar
  support-bundle [FILE.tar]
  status --observation FILE.tar -> self-signed
3 finish

  rotate --ca certs/intermediate --dry-run
  enable-multi-root --dry-run
  enable-multi-root --restart-workloads --dry-run
  enable-multi-root --restart-workloads -> stage multi-root holds
  enable-multi-root --restart-workloads --yes --timeout 15m
  add-root --root certs/root-cert.pem --dry-run
  add-root --root certs/root-cert.pem -> stage both-roots holds
  add-root --root FILE
  add-root --root certs/root-cert.pem --yes --timeout 15m
  rotate --ca certs/intermediate --until both-roots
  rotate --ca DIR --until both-roots
  status --check --until both-roots
  verify --trusts roots-before.pem --trusts certs/root-cert.pem
  verify --trusts root-cert.pem --wait --timeout 10m
  rollback --dry-run
  rollback --until former-signer
  rollback --yes -> stage rolled-back holds
  rollback --yes --timeout 15m
  verify --trusts roots-before.pem

  rotate --ca certs/intermediate --until both-roots
  switch-signer --ca certs/intermediate -> stage new-leaves holds
  switch-signer --ca DIR
  switch-signer --yes --timeout 15m
  switch-signer --ca certs/intermediate --yes --timeout 15m
  status --wait --until new-leaves --timeout 1h
  status --wait --until new-leaves
  verify --issued-by certs/intermediate/ca-cert.pem
  verify --issued-by intermediate/ca-cert.pem
  remove-old-root -> stage done holds
  remove-old-root --yes --timeout 15m
  rotate --ca certs/intermediate
  rotate --ca certs/intermediate --yes -o jsonl
  rotate --ca certs/intermediate --yes --restart-workloads --timeout 15m
  rotate
  rotate -o jsonl
  status --check
  verify --trusts certs/root-cert.pem --issued-by certs/intermediate/ca-cert.pem
  journal
  journal --since 24h -o json
  journal --evidence .
  journal --evidence evidence
  restart
  restart [--workloads]
  restart --workloads --yes
  finish -> key of O = cluster.local
  finish [--delete-old-ca]
  finish --delete-old-ca
  finish --delete-old-ca --confirm 3f2a91c0

  rehearse
  rehearse --yes -> 0 failed
  rehearse -o json
  rehearse --like-cluster
  rehearse --like-cluster --yes
  rehearse --yes --like-cluster
3 rehearse --by-the-book --fault evicted-pod
3 rehearse --yes --by-the-book --fault evicted-pod
  rehearse --yes --fault crashing-istiod
  ^C rehearse --serve -> export KUBECONFIG=
"""
MADE = ["create-ca --out certs --name intermediate --key-type p256 --root-key-type p256", "status --save-observation observation.json"]


class Step:
    def __init__(self, line):
        code, self.endless, self.line, self.prints = re.fullmatch(r"(\d+)? *(\^C)? *(.*?)(?: -> (.*))?", line.strip()).groups()
        self.code = int(code or 0)

    def words(self, old):
        """As the reader fills it in. old: the first digits of the old CA's fingerprint."""
        line = self.line.replace("3f2a91c0", old)
        for placeholder, value in FILLED.items():
            line = line.replace(placeholder, value)
        return shlex.split(line)


class Reader:
    """Types commands in a folder of their own."""

    def __init__(self, program):
        self.program, self.old, self.last = program, "", ""

    def run(self, words, interrupt_at=None):
        """Its exit code; what stood on the terminal is in `last`."""
        run = pty_run.Run(self.program, words, 160, 50, KUBECONFIG=os.environ["KUBECONFIG"], HOME=os.getcwd(), XDG_DATA_HOME=os.getcwd())
        end = time.monotonic() + 120
        while run.read(0.05):
            if time.monotonic() > end:
                run.type("\x03")
            elif interrupt_at and interrupt_at in run.raw:
                run.type("\x03")
                interrupt_at = None
            elif asked := re.search(r"\[y/N[^]]*\] *$|(first 8 digits).*: *$", run.screen.rows[run.screen.row]):
                run.type((self.old if asked[1] else "y") + "\n")
                run.read(0.2)  # it is echoed: no question stands there any more
        self.last = "\n".join(run.screen.all())
        if found := re.search(r"key of O = cluster.local \((\w{8})\)", self.last):
            self.old = found[1]
        return run.code


def prepare(reader, program):
    """The files that example lines name."""
    for line in MADE:
        if reader.run(shlex.split(line)):
            sys.exit("%s:\n%s" % (line, reader.last))
    os.symlink("certs/root-cert.pem", "root-cert.pem")
    os.symlink("certs/intermediate", "intermediate")
    with open("dump.json", "w") as dump:
        subprocess.run([pathlib.Path(__file__).parent / "quick/verify-file/make-dump", "certs/intermediate", "client"], stdout=dump, check=True)
    pathlib.Path("roots-before.pem").write_text(docs.ask(program, "verify", "-o", "pem", "--roots").stdout)


def run_all(program, steps):
    wrong, reader = [], Reader(program)
    prepare(reader, program)
    for step in steps:
        begun = time.monotonic()
        code = reader.run(step.words(reader.old), step.prints if step.endless else None)
        print("%s   # exit %s, %.1f s" % (step.line, code, time.monotonic() - begun), flush=True)
        if code != step.code:
            wrong.append("%s: exit %s\n%s" % (step.line, code, reader.last))
        elif step.prints and step.prints not in reader.last:
            wrong.append("%s: does not print %s\n%s" % (step.line, step.prints, reader.last))
    return wrong


def main():
    program, root = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    written = {" ".join(line): where for where, line in docs.written(program, root, docs.names_of(program)) if not docs.needs_nothing(line)}
    steps = [Step(line) for line in JOURNEY.splitlines() if line]
    wrong = ["%s: %s: not in the journey" % (where, line) for line, where in written.items() if line not in {step.line for step in steps}]
    wrong += ["%s: no document has it" % step.line for step in steps if step.line not in written]
    with tempfile.TemporaryDirectory() as folder, served(program):
        os.chdir(folder)
        wrong += run_all(program, steps)
        os.chdir("/")
    print(*wrong, "%d commands run, %d wrong" % (len(steps), len(wrong)), sep="\n")
    return 1 if wrong else 0


sys.exit(main())
