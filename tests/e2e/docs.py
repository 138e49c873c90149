#!/usr/bin/env python3
"""Holds the documents to the program: each command of it that is written down anywhere is right, and runs.

usage: docs.py PROGRAM ROOT

Commands are taken from the code blocks and spans of README.md, ARCHITECTURE.md, CONTRIBUTING.md, docs/*.md,
krew/README.md and others, from plugin.yaml, and from each command's --help (its man page has the same): `kubectl
istio-ca ...`, and spans that begin with the name of a command and go on with an option or a word. The program parses
each (__parse). Those that need no cluster are run, one after the other in one folder, and have to end with 0. Files that
documents name have to exist.
"""
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "plugin.yaml", "demo.sh", "docs/*.md", "krew/*.md", "manifests/*.md",
         "manifests/*.yaml", "debian/*.md", "release/*.md", "tests/mesh/README.md"]
OURS = re.compile(r"kubectl[ -]istio[-_]ca\b(?!\.)")
BEFORE = re.compile(r"^\s*(\$ )?(\w+=\S+ )*(tests/mesh/mesh run )?(\S*/)?$")
PLACE = re.compile(r"^\[?[A-Z][A-Z0-9_/.-]*(\.\.\.)?\]?$|^…$")  # COMMAND, DIR, [OPTIONS]
# without a cluster; what one makes the next ones need
QUICK = ["--key-type", "p256", "--root-key-type", "p256"]
RUN = {"create-ca", "check-ca", "completion", "help", "version", "explain", "__man"}


def words(text):
    """The words of a command line up to where the shell would end the command; none if it is no whole line."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="|;&<>")
    lexer.whitespace_split, lexer.commenters = True, "#"
    found = []
    try:
        for word in lexer:
            if word[0] in "|;&<>":
                break
            found.append(word)
    except ValueError:
        return []
    return found


def blocks(text):
    """Lines of code: in fences and indented by four, with continuations joined."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.S | re.M)
    indented = re.findall(r"^ {4,}(\S.*)$", re.sub(r"^```\w*\n.*?^```", "", text, flags=re.S | re.M), re.M)
    for line in "\n".join(fenced + indented).replace("\\\n", " ").splitlines():
        yield line


def commands_in(text, names):
    for line in blocks(text):
        # what stands before: a prompt, an assignment, another program that runs ours
        if found := OURS.search(line):
            if not BEFORE.match(line[:found.start()]):
                continue
            yield line[found.end():]
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```\w*\n.*?^```", "", text, flags=re.S | re.M))
    for span in spans:
        if found := OURS.match(span):
            yield span[found.end():]
        elif span.split(" ")[0] in names and " " in span:
            yield " " + span


def ask(program, *arguments, **more):
    return subprocess.run([program, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)


def many(program, lines):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda line: ask(program, *line), lines))


def names_of(program):
    page = ask(program, "__man").stdout
    return [name.replace("\\-", "-") for name in re.findall(r"\\fBkubectl\\-istio\\-ca\\-(\S+)\\fR\(1\)", page)]


def written(program, root, names):
    """(where, words) of each command line that is written down."""
    texts = {}
    for pattern in PAGES:
        for path in sorted(root.glob(pattern)):
            text = path.read_text()
            if path.suffix == ".sh":  # they have a function for it
                text = re.sub(r"^( *show )", r"    kubectl istio-ca ", text, flags=re.M)
            texts[str(path.relative_to(root))] = text
    texts["--help"] = ask(program, "--help").stdout.replace("\n  ", "\n    ")
    for name, page in zip(names, many(program, [[name, "--help"] for name in names])):
        texts[name + " --help"] = page.stdout.replace("\n  ", "\n    ")
    for where, text in texts.items():
        for line in commands_in(text, names):
            found = words(line)
            if found and not PLACE.match(found[0]):
                yield where, found


def filled(line):
    """The words with something that is right in place of a placeholder; what may be left out is there."""
    kept = [word.strip("[]") for word in line if word not in ("…", "...", "[OPTIONS]")]
    return ["1" if PLACE.match(word) else word for word in kept]


def check_links(root):
    wrong = []
    for pattern in PAGES:
        for path in root.glob(pattern):
            if path.suffix != ".md":
                continue
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
                if not (path.parent / target).exists():
                    wrong.append("%s: there is no %s" % (path.relative_to(root), target))
    return wrong


def needs_nothing(line):
    """Whether it is one of those that are run here; the others need a mesh: docs_run.py."""
    return line[0] in RUN or "--help" in line


def run_all(program, lines):
    """Runs what needs no cluster, each line once, in the order in which it is written."""
    wrong, seen = [], set()
    with tempfile.TemporaryDirectory() as home:
        environment = {key: value for key, value in os.environ.items() if key.endswith("SAN_OPTIONS") or key == "PATH"}
        environment.update(HOME=home, LC_ALL="C.UTF-8", XDG_DATA_HOME=home)
        for name in ("certs", "made"):
            ask(program, "create-ca", "--out", pathlib.Path(home, name), "--name", "intermediate", *QUICK)
        for name in ("root-cert.pem", "root-key.pem"):
            os.link(pathlib.Path(home, "certs", name), pathlib.Path(home, name))
        for where, line in lines:
            if not needs_nothing(line) or tuple(line) in seen or any(map(PLACE.match, line)):
                continue
            seen.add(tuple(line))
            if line[0] == "create-ca":  # nothing is overwritten: each in a folder of its own
                at = line.index("--out") + 1
                line = line[:at] + ["made/%d" % len(seen)] + line[at + 1:] + QUICK[:2 if {"--csr", "--root-cert"} & set(line) else 4]
            done = ask(program, *line, cwd=home, env=environment)
            if done.returncode:
                wrong.append("%s: %s: exit %d: %s" % (where, shlex.join(line), done.returncode, done.stderr))
    return len(seen), wrong


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    program = str(pathlib.Path(program).resolve())
    names = names_of(program)
    lines = list(written(program, root, names))
    each = sorted({tuple(filled(line)) for _, line in lines})
    answers = dict(zip(each, many(program, [["__parse", *line] for line in each])))
    wrong = check_links(root)
    for where, line in lines:
        answer = answers[tuple(filled(line))]
        if answer.returncode:
            wrong.append("%s: %s: %s" % (where, shlex.join(line), answer.stderr.strip()))
    readme = (root / "README.md").read_text()
    wrong += ["README.md does not name %s" % name for name in names if not re.search("`[^`]*%s[^`]*`" % re.escape(name), readme)]
    for page in ("README.md", "docs/runbook.md"):
        if sum(where == page for where, _ in lines) < 10:
            wrong.append("%s: few commands are found in it: does this test still read it?" % page)
    count, failed = run_all(program, lines)
    wrong += failed
    print(*wrong, "%d command lines, %d of them different; %d run; %d wrong" % (len(lines), len(each), count, len(wrong)), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
