#!/usr/bin/env python3
"""Holds what the program prints as JSON against docs/schemas: real output, of saved observations and of files.

usage: schemas.py PROGRAM [--documents FILE... | --rehearsed]

--rehearsed: what the commands print of a mesh that PROGRAM serves, and of rehearsals.
Of the given files (a document each, or a line each if the name ends in .jsonl) the schema is told by their kind.
Needs python3-jsonschema 4.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

from served import served

ROOT = pathlib.Path(__file__).resolve().parents[2]
OBSERVATIONS = sorted((ROOT / "tests/data/observations").glob("*.json"))
COMMON = json.loads((ROOT / "docs/schemas/common.json").read_text())


def whole(node):
    """The schema with what it takes from common.json as its own definitions: one document, no look-up of others."""
    if isinstance(node, dict):
        return {key: value.replace("common.json", "") if key == "$ref" else whole(value) for key, value in node.items()}
    return [whole(item) for item in node] if isinstance(node, list) else node


def validator(kind):
    schema = whole(json.loads((ROOT / "docs/schemas" / (kind.lower() + ".json")).read_text()))
    schema["$defs"] = whole(COMMON["$defs"])
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


class Check:
    def __init__(self):
        self.validators, self.documents, self.wrong = {}, 0, 0

    def document(self, document, source):
        kind = document.get("kind", "?")
        self.documents += 1
        if kind not in self.validators:
            self.validators[kind] = validator(kind)
        for error in self.validators[kind].iter_errors(document):
            self.wrong += 1
            print("%s: %s: %s" % (source, error.json_path, error.message[:300]))

    def output(self, program, words):
        done = subprocess.run([program, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if not done.stdout:
            self.wrong += 1
            print("%s: exit %d: %s" % (" ".join(words), done.returncode, done.stderr))
            return
        for line in [done.stdout] if words[-1] == "json" else done.stdout.splitlines():
            self.document(json.loads(line), " ".join(words))


def commands(folder):
    for observation in OBSERVATIONS:
        for words in ["status"], ["status", "--warn-before", "9999d"], ["doctor"], ["verify"]:
            yield [*words, "--observation", str(observation)]
        if observation.stem != "forbidden":
            yield ["plan", "--observation", str(observation)]
    yield ["version", "--client"]
    yield ["explain"]
    yield ["create-ca", "--out", folder, "--name", "a", "--key-type", "p256", "--root-key-type", "p256"]
    yield ["check-ca", folder + "/a"]


def rehearsed(program, folder, check):
    """Commands that ask a cluster, before, during and after a rotation."""
    ca = folder + "/new/intermediate"
    os.environ["XDG_DATA_HOME"] = folder
    subprocess.run([program, "create-ca", "--out", folder + "/new", "--name", "intermediate", "--key-type", "p256"], check=True,
                   capture_output=True)
    looks = [["status"], ["doctor"], ["doctor", "--for", "rotate"], ["verify", "-A"], ["plan", "--ca", ca], ["version"]]
    for words in [*looks, ["rotate", "--ca", ca, "--dry-run"], ["add-root", "--root", folder + "/new/root-cert.pem", "--dry-run"]]:
        check.output(program, [*words, "-o", "json"])
    check.output(program, ["rotate", "--ca", ca, "--yes", "-o", "jsonl"])
    for words in [*looks, ["finish"], ["journal"], ["rollback", "--dry-run"]]:
        check.output(program, [*words, "-o", "json"])
    check.output(program, ["rollback", "--until", "former-root-added", "--yes", "-o", "jsonl"])
    check.output(program, ["status", "-o", "json"])
    for words in ["--yes"], ["--by-the-book", "--fault", "evicted-pod"], ["--yes", "--fault", "deaf-proxy", "--timeout", "30s"]:
        check.output(program, ["rehearse", *words, "-o", "json"])


def main():
    program, check = str(pathlib.Path(sys.argv[1]).resolve()), Check()
    if sys.argv[2:] == ["--rehearsed"]:
        with tempfile.TemporaryDirectory() as folder, served(program, "--multi-root", "--replicas", "1"):
            rehearsed(program, folder, check)
    for name in sys.argv[3:]:
        text = pathlib.Path(name).read_text()
        for document in text.splitlines() if name.endswith(".jsonl") else [text]:
            check.document(json.loads(document), name)
    if len(sys.argv) < 3:
        for path in [*OBSERVATIONS, ROOT / "tests/data/evidence/journal.json", ROOT / "tests/data/evidence/rotation.json",
                     *(ROOT / "tests/data/events").glob("*.jsonl")]:
            text = path.read_text()
            for document in text.splitlines() if path.suffix == ".jsonl" else [text]:
                check.document(json.loads(document), path.name)
        with tempfile.TemporaryDirectory() as folder:
            for words in commands(folder):
                check.output(program, [*words, "-o", "json"])
    print("%d documents, %d things that their schemas do not allow" % (check.documents, check.wrong))
    return 1 if check.wrong or not check.documents else 0


sys.exit(main())
