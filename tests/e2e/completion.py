#!/usr/bin/env python3
"""Presses Tab in a real shell, with the completion that the program prints for it.

usage: completion.py PROGRAM bash|zsh|fish|kubectl|kubectl-in-bash|asked

bash and zsh are driven through a terminal, fish by `complete -C`, kubectl by `kubectl __complete`; `asked` needs no
shell: it holds the questions to the cluster to their second. Behind the kubeconfig is a small API server in this
process. A shell that is not installed skips its test.
"""
import contextlib
import http.server
import json
import os
import pathlib
import pty
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

SKIPPED = 77  # meson's
CONTEXT = "arn:aws:eks:eu:1:cluster/east"
BACKUP = "istio-ca-rotation-backup-0123456789abcdef"


def pod(namespace, name, kind, owner):
    return {"metadata": {"name": name, "namespace": namespace, "labels": {"pod-template-hash": "7f9c"},
                         "ownerReferences": [{"kind": kind, "name": owner, "controller": True}]},
            "spec": {"containers": [{"name": "istio-proxy", "args": ["proxy", "sidecar"]}]},
            "status": {"phase": "Running"}}


PODS = [pod("shop", "server-7f9c-x2", "ReplicaSet", "server-7f9c"), pod("stock", "db-0", "StatefulSet", "db")]
LISTS = {
    "/api/v1/namespaces": [{"metadata": {"name": name}} for name in ("default", "shop", "stock")],
    "/api/v1/pods": PODS,
    "/api/v1/namespaces/shop/pods": PODS[:1],
    "/api/v1/namespaces/istio-system/secrets": [{"metadata": {"name": BACKUP}}],
    "/apis/networking.istio.io/v1beta1/workloadentries": [],
}

# what is typed after the program's name; what stands there after Tab, or the directive that asks the shell for files
CASES = [
    ("rota", "rotate "),
    ("rotate --restart-w", "rotate --restart-workloads "),
    ("verify -o js", "verify -o json "),
    ("verify --output=js", "verify --output=json "),
    ("completion fi", "completion fish "),
    ("help rol", "help rollback "),
    ("status --context arn:aws:e", "status --context %s " % CONTEXT),
    ("status --context=arn:aws:e", "status --context=%s " % CONTEXT),
    ("--user jan", "--user jane "),
    ("verify -n sh", "verify -n shop "),
    ("verify -n shop deploy/s", "verify -n shop deploy/server "),
    ("verify statefulset/d", "verify statefulset/db "),
    ("rotate --accept-unproven Deployment/sh", "rotate --accept-unproven Deployment/shop/server "),
    ("rollback --to istio-ca-rot", "rollback --to %s " % BACKUP),
    ("verify --trusts roo", "verify --trusts root-cert.pem "),
    ("verify --trusts=roo", "verify --trusts=root-cert.pem "),
    ("check-ca cer", "check-ca certs/"),
]
SHOWN = ("r", ["rotate", "rollback", "restart", "remove-old-root"])  # typed, and what two Tabs show


class Api(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        items = LISTS.get(self.path.split("?")[0])
        if "secrets" in self.path and "PartialObjectMetadataList" not in self.headers["Accept"]:
            items = None  # nobody fetches keys for a completion
        body = json.dumps({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items or []}).encode()
        self.send_response(200 if items is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def kubeconfig(path, server):
    path.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": CONTEXT,
        "clusters": [{"name": "east", "cluster": {"server": server}}],
        "users": [{"name": "jane", "user": {}}],
        "contexts": [{"name": name, "context": {"cluster": "east", "user": "jane"}} for name in (CONTEXT, "west")]}))


@contextlib.contextmanager
def place(program):
    """A home folder with the program under both of its names, its completion for kubectl, and a kubeconfig."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as temporary:
        home = pathlib.Path(temporary)
        binaries = home / "bin"
        binaries.mkdir()
        for name in ("kubectl-istio-ca", "kubectl-istio_ca"):
            (binaries / name).symlink_to(program)
        helper = binaries / "kubectl_complete-istio_ca"
        helper.write_text(script(program, "kubectl"))
        helper.chmod(0o755)
        kubeconfig(home / "config", "http://127.0.0.1:%d" % server.server_port)
        (home / "certs").mkdir()
        (home / "certs.txt").write_text("")
        (home / "root-cert.pem").write_text("")
        environment = {"PATH": "%s:%s" % (binaries, os.environ["PATH"]), "HOME": temporary, "LC_ALL": "C.UTF-8",
                       "KUBECONFIG": str(home / "config"), "TERM": "xterm", "XDG_CONFIG_HOME": temporary,
                       "XDG_DATA_HOME": temporary}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        yield home, environment
    server.shutdown()


def script(program, shell):
    return subprocess.run([program, "completion", shell], check=True, capture_output=True, text=True).stdout


class Terminal:
    """A shell in a terminal. Ctrl-X Ctrl-L makes it write its command line into a file."""

    def __init__(self, command, home, environment, setup):
        self.line = home / "line"
        (home / "setup").write_text(setup)
        pid, self.fd = pty.fork()
        if pid == 0:
            os.chdir(home)
            os.execvpe(command[0], command, environment)
        self.pid, self.text = pid, ""
        os.write(self.fd, b" . ./setup\r")
        self.until("ready>", 60)

    def read(self, seconds):
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if ready:
            self.text += os.read(self.fd, 65536).decode(errors="replace")
        return bool(ready)

    def until(self, mark, seconds):
        deadline = time.monotonic() + seconds
        while mark not in self.text:
            if time.monotonic() > deadline:
                sys.exit("the shell does not say %r: %r" % (mark, self.text))
            self.read(0.1)

    def complete(self, typed, tabs=1):
        """What the command line is after so many Tabs, and what the terminal has shown meanwhile."""
        self.line.unlink(missing_ok=True)
        self.text = ""
        os.write(self.fd, typed.encode() + b"\t" * tabs + b"\x18\x0c")
        deadline = time.monotonic() + 60
        while not (self.line.exists() and self.line.read_text().endswith("\n")):
            if time.monotonic() > deadline:
                sys.exit("no answer to %r: %r" % (typed, self.text))
            self.read(0.05)
        while self.read(0.05):
            pass
        os.write(self.fd, b"\x15")
        return self.line.read_text()[:-1], re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text)

    def close(self):
        os.write(self.fd, b"\x15exit\r")
        os.close(self.fd)
        os.waitpid(self.pid, 0)


BASH = """
bind 'set bell-style none'; bind 'set completion-query-items 0'; bind 'set page-completions off'
show_line() { printf '%s\\n' "$READLINE_LINE" >"$HOME/line"; }
bind -x '"\\C-x\\C-l": show_line'
PS1='ready''> '
"""
ZSH = """
autoload -U compinit && compinit -u -D
show-line() { print -r -- "$BUFFER" >"$HOME/line" }
zle -N show-line; bindkey '^X^L' show-line; bindkey '^U' kill-whole-line
zstyle ':completion:*' list-prompt ''; LISTMAX=1000; PS1='ready''> '
. ./completion
"""


def in_terminal(command, setup, name, home, environment, cases):
    terminal = Terminal(command, home, environment, setup)
    wrong = []
    for typed, expected in cases:
        got, _ = terminal.complete(name + " " + typed)
        if got != name + " " + expected:
            wrong.append("%s: %r instead of %r" % (typed, got, name + " " + expected))
    _, text = terminal.complete(name + " " + SHOWN[0], tabs=2)
    wrong += ["two Tabs do not show %s: %r" % (word, text) for word in SHOWN[1] if word not in text]
    terminal.close()
    return wrong


def bash(program, home, environment):
    (home / "completion").write_text(script(program, "bash"))
    return in_terminal(["bash", "--norc", "-i"], BASH + ". ./completion\n", "kubectl-istio-ca", home, environment, CASES)


def zsh(program, home, environment):
    (home / "completion").write_text(script(program, "zsh"))
    return in_terminal(["zsh", "-f", "-i"], ZSH, "kubectl-istio-ca", home, environment, CASES)


def fish(program, home, environment):
    (home / "completion").write_text(script(program, "fish"))
    wrong = []
    for typed, expected in CASES:
        line = "source completion; complete -C 'kubectl-istio-ca %s'" % typed
        done = subprocess.run(["fish", "--no-config", "-c", line], cwd=home, env=environment, capture_output=True, text=True)
        got = [candidate.split("\t")[0] for candidate in done.stdout.splitlines()]
        word = expected.rstrip().split(" ")[-1]
        if got != [word] or done.stderr:
            wrong.append("%s: %r instead of %r %s" % (typed, got, word, done.stderr))
    return wrong


def kubectl(program, home, environment):
    wrong = []
    for typed, expected in CASES:
        words = typed.split(" ")
        done = subprocess.run(["kubectl", "__complete", "istio-ca"] + words, cwd=home, env=environment,
                              capture_output=True, text=True)
        lines = done.stdout.splitlines()
        word = expected.rstrip().split(" ")[-1]
        if word.startswith("--") and "=" in word:
            word = word.split("=", 1)[1]  # the shell's script knows what stands before it
        files, folders = word == "root-cert.pem", word == "certs/"
        if [line.split("\t")[0] for line in lines[:-1]] != ([] if files or folders else [word]):
            wrong.append("%s: %r instead of %r" % (typed, lines, word))
        if lines[-1:] != [":0" if files else ":16" if folders else ":4"]:
            wrong.append("%s: directive %r" % (typed, lines[-1:]))
    return wrong


def kubectl_in_bash(_, home, environment):
    helper = pathlib.Path("/usr/share/bash-completion/bash_completion")
    setup = BASH + ". %s\n. <(kubectl completion bash)\n" % helper
    # kubectl itself takes --context out of the words before it asks
    cases = [case for case in CASES if "context" not in case[0] and "--user" not in case[0]]
    return in_terminal(["bash", "--norc", "-i"], setup, "kubectl istio-ca", home, environment, cases)


def asked(program, home, environment):
    """No kubeconfig, a server that takes connections and says nothing, and one that is not there: all is silent."""
    silent = socket.create_server(("127.0.0.1", 0))
    kubeconfig(home / "silent", "https://127.0.0.1:%d" % silent.getsockname()[1])
    kubeconfig(home / "nobody", "https://127.0.0.1:1")
    plugin = home / "slow-plugin"
    plugin.write_text("#!/bin/sh\necho something >&2\nexec sleep 20\n")
    plugin.chmod(0o755)
    with_plugin = json.loads((home / "silent").read_text())
    with_plugin["users"][0]["user"] = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(plugin),
                                               "interactiveMode": "Never"}}
    (home / "plugin").write_text(json.dumps(with_plugin))
    wrong = []
    for name in ("missing", "silent", "nobody", "plugin"):
        for words in (["verify", "-n", ""], ["verify", "d"], ["rotate", "--accept-unproven", ""], ["rollback", "--to", ""]):
            begun = time.monotonic()
            done = subprocess.run([str(home / "bin" / "kubectl_complete-istio_ca")] + words, capture_output=True, text=True,
                                  env=dict(environment, KUBECONFIG=str(home / name)))
            took = time.monotonic() - begun
            if (done.returncode, done.stdout, done.stderr) != (0, ":4\n", ""):
                wrong.append("%s %r: exit %d, %r %r" % (name, words, done.returncode, done.stdout, done.stderr))
            if took > 3:  # a second, and what a busy machine needs to start a program
                wrong.append("%s %r took %.1f s" % (name, words, took))
    return wrong


def main():
    program, mode = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2]
    os.environ["PATH"] += ":" + os.path.expanduser("~/.cache/istio-mesh/bin")  # where the mesh's kubectl is
    needed = {"kubectl-in-bash": ["bash", "kubectl"], "asked": []}.get(mode, [mode])
    missing = [shell for shell in needed if not shutil.which(shell)]
    if mode == "kubectl-in-bash" and not os.path.exists("/usr/share/bash-completion/bash_completion"):
        missing.append("bash-completion")
    if missing:
        print("skipped: %s is not installed" % " and ".join(missing))
        return SKIPPED
    tests = {"bash": bash, "zsh": zsh, "fish": fish, "kubectl": kubectl, "kubectl-in-bash": kubectl_in_bash, "asked": asked}
    with place(program) as (home, environment):
        wrong = tests[mode](program, home, environment)
    print(*wrong, "%s: %d wrong" % (mode, len(wrong)), sep="\n")
    return 1 if wrong else 0


sys.exit(main())
