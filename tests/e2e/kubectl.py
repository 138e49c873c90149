#!/usr/bin/env python3
"""Tries the real kubectl, as a person would, on the mesh of `rehearse --serve`.

usage: kubectl.py PROGRAM [KUBECTL]

Without the second, kubectl is that of the built mesh (tests/mesh), else the first in PATH; without any the test is
skipped.
"""
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PROGRAM = os.path.abspath(sys.argv[1])
SKIPPED = 77

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""

# Each: arguments, exit code, a pattern of what it prints (stdout, then stderr); in order, on one mesh. {pod} is a pod
# of shop/server, {istiod} one of the istiods.
TRIED = [
    ("version", 0, r"Server Version: v1\."),
    ("get pods -A", 0, r"shop +server-\S+ +2/2 +Running"),
    ("get nodes", 0, r"node-1 +Ready +<none>"),
    ("get all -n shop", 0, r"deployment.apps/server +2/2"),
    ("api-resources", 0, r"deployments +deploy +apps/v1 +true +Deployment"),
    ("auth whoami", 0, r"Username +rehearsal-admin"),
    ("auth can-i create pods", 0, r"^yes"),
    ("auth can-i get secrets -n shop --as system:serviceaccount:shop:default", 1, r"^no"),
    ("auth can-i --list -n shop", 0, r"\*\.\* +\[\] +\[\] +\[\*\]"),
    # typed clients, whose bodies are protobuf
    ("create secret generic tried -n shop --from-literal=a=b", 0, r"secret/tried created"),
    ("get secret tried -n shop -o jsonpath={.data.a}", 0, r"^Yg==$"),
    ("create configmap tried -n shop --from-literal=a=b", 0, r"configmap/tried created"),
    ("create serviceaccount tried -n shop", 0, r"serviceaccount/tried created"),
    ("create role tried -n shop --verb=list --resource=pods", 0, r"role.rbac.authorization.k8s.io/tried created"),
    ("create rolebinding tried -n shop --role=tried --serviceaccount=shop:tried", 0, r"tried created"),
    ("get pods -n shop --as system:serviceaccount:shop:tried", 0, r"server-"),
    ("create token tried -n shop", 0, r"^ey"),
    ("create namespace tried --dry-run=server", 0, r"namespace/tried created \(server dry run\)"),
    ("create namespace tried", 0, r"namespace/tried created"),
    ("label namespace tried istio-injection=enabled", 0, r"namespace/tried labeled"),
    ("create deployment web -n tried --image=nginx --replicas=2", 0, r"deployment.apps/web created"),
    ("rollout status deploy/web -n tried --timeout=20s", 0, r"successfully rolled out"),
    ("expose deployment web -n tried --port=80", 0, r"service/web exposed"),
    ("get pods -n tried", 0, r"web-\S+ +2/2 +Running"),
    ("create poddisruptionbudget web -n tried --selector=app=web --min-available=2", 0, r"created"),
    # what a rollout is looked at and steered with
    ("apply -f web.yaml", 0, r"deployment.apps/web created\nservice/web created"),
    ("apply -f web.yaml", 0, r"deployment.apps/web unchanged\nservice/web unchanged"),
    ("apply --server-side --force-conflicts -f web.yaml", 0, r"deployment.apps/web serverside-applied"),
    ("diff -f web.yaml", 0, r"^$"),
    ("rollout status deploy/web -n shop --timeout=20s", 0, r"successfully rolled out"),
    ("rollout restart deploy/web -n shop", 0, r"restarted"),
    ("rollout status deploy/web -n shop --timeout=20s", 0, r"successfully rolled out"),
    ("rollout history deploy/web -n shop", 0, r"\n1 .*\n2 "),
    ("rollout undo deploy/web -n shop", 0, r"rolled back"),
    ("scale deploy/web -n shop --replicas=3", 0, r"scaled"),
    ("annotate deploy/web -n shop a=b", 0, r"annotated"),
    ("""patch deploy/web -n shop -p {"spec":{"replicas":1}}""", 0, r"patched"),
    ("describe deploy/web -n shop", 0, r"StrategyType: +RollingUpdate"),
    ("describe service web -n shop", 0, r"IP: +10\.96\."),
    ("delete -f web.yaml", 0, r'"web" deleted'),
    # pods
    ("run alone -n shop --image=nginx", 0, r"pod/alone created"),
    ("wait pod/alone -n shop --for=condition=Ready --timeout=20s", 0, r"condition met"),
    ("get pod alone -n shop", 0, r"alone +2/2 +Running"),
    ("delete pod alone -n shop --now", 0, r'pod "alone" deleted'),
    ("describe pod {pod} -n shop", 0, r"istio-proxy:\n"),
    ("logs {istiod} -n istio-system", 0, r"Use self-signed certificate as the CA certificate"),
    ("logs {pod} -n shop --previous", 1, r"previous terminated container"),
    ("exec {pod} -n shop -c istio-proxy -- pilot-agent request GET config_dump", 0, r"SecretsConfigDump"),
    ("exec {pod} -n shop -c istio-proxy -- nothing", 1, r"executable file not found"),
    ("create job once -n tried --image=busybox -- date", 0, r"job.batch/once created"),
    ("wait job/once -n tried --for=condition=Complete --timeout=20s", 0, r"condition met"),
    ("get job once -n tried", 0, r"once +Complete +1/1"),
    # nodes, evictions
    ("drain node-1 --ignore-daemonsets --delete-emptydir-data --force --timeout=8s --pod-selector=app=web", 1,
     r"Cannot evict pod as it would violate the pod's disruption budget"),
    ("get nodes", 0, r"node-1 +Ready,SchedulingDisabled"),
    ("uncordon node-1", 0, r"node/node-1 uncordoned"),
    # clear words for what there is not
    ("top pods -n shop", 1, r"Metrics API not available"),
    ("get nonsense", 1, r"the server doesn't have a resource type \"nonsense\""),
    ("get pod none -n shop", 1, r'pods "none" not found'),
    ("explain pods", 1, r"not found in OpenAPI schema"),
    ("get events -n shop", 0, r"No resources found|LAST SEEN"),
    # deletion
    ("delete deployment web -n tried --cascade=orphan", 0, r"deleted"),
    ("get replicasets -n tried", 0, r"web-"),
    ("delete namespace tried --timeout=60s", 0, r'namespace "tried" deleted'),
    ("get pods -n tried", 0, r"No resources found"),
]


def find_kubectl():
    built = os.path.expanduser(os.path.join(os.environ.get("MESH_CACHE", "~/.cache/istio-mesh"), "bin", "kubectl"))
    return next((path for path in [built, shutil.which("kubectl")] if path and os.access(path, os.X_OK)), None)


class Mesh:
    """`rehearse --serve`, and kubectl on it."""

    def __init__(self, kubectl, folder):
        self.kubectl, self.folder = kubectl, folder
        self.process = subprocess.Popen([PROGRAM, "rehearse", "--serve"], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        ready, _, _ = select.select([self.process.stdout], [], [], 60)
        line = self.process.stdout.readline() if ready else ""
        if not line.startswith("export KUBECONFIG="):
            self.process.kill()
            sys.exit(f"rehearse --serve printed no kubeconfig: {line!r}")
        self.environment = dict(os.environ, KUBECONFIG=line.split("=", 1)[1].strip(), HOME=folder)

    def command(self, arguments):
        return [self.kubectl, *(arguments if isinstance(arguments, list) else arguments.split(" "))]

    def run(self, arguments, timeout=90):
        """Words are divided by single spaces."""
        done = subprocess.run(self.command(arguments), cwd=self.folder, env=self.environment, text=True,
                              capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr

    def pod(self, namespace, label):
        return self.run(f"get pods -n {namespace} -l {label} -o jsonpath={{.items[0].metadata.name}}")[1]

    def start(self, arguments):
        return subprocess.Popen(self.command(arguments), env=self.environment, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


def try_all(mesh):
    wrong = []
    for arguments, code, pattern in TRIED:
        arguments = arguments.replace("{pod}", mesh.pod("shop", "app=server"))
        arguments = arguments.replace("{istiod}", mesh.pod("istio-system", "app=istiod"))
        got, out, err = mesh.run(arguments)
        if got != code or not re.search(pattern, out + err, re.M):
            wrong.append(f"kubectl {arguments}: exit {got} for {code}, no {pattern!r} in:\n{out}{err}")
    return wrong


def watch(mesh):
    """`get -w` tells of a pod that goes and of one that comes."""
    process = mesh.start("get pods -n shop -l app=server -w")
    first = process.stdout.readline()
    mesh.run("delete pod -n shop -l app=server --wait=false")
    time.sleep(4)
    process.terminate()
    lines = first + process.stdout.read()
    process.wait()
    return [] if "Terminating" in lines and "Pending" in lines else [f"get -w told no more than:\n{lines}"]


def forward(mesh):
    """Envoy's admin port, through SPDY in a WebSocket, twice on one connection to the API server."""
    process = mesh.start(["port-forward", "-n", "shop", "deploy/server", ":15000"])
    line = process.stdout.readline()
    answers = []
    try:
        port = int(re.search(r"127\.0\.0\.1:(\d+) -> 15000", line)[1])
        for path in ["ready", "config_dump?mask=dynamic_active_secrets,dynamic_warming_secrets"]:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10) as answer:
                answers.append(answer.read().decode())
    except (TypeError, OSError, urllib.error.URLError) as error:
        answers.append(f"{line}{error}")
    process.terminate()
    process.wait()
    if len(answers) == 2 and answers[0] == "LIVE\n" and "configs" in json.loads(answers[1]):
        return []
    return [f"port-forward: {answers}"]


def main():
    kubectl = sys.argv[2] if len(sys.argv) > 2 else find_kubectl()
    if not kubectl:
        print("skipped: there is no kubectl (tests/mesh/mesh build makes one)")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "web.yaml"), "w", encoding="utf-8") as file:
            file.write(WEB)
        mesh = Mesh(kubectl, folder)
        try:
            wrong = try_all(mesh) + forward(mesh) + watch(mesh)
        finally:
            code = mesh.stop()
    if code != 130 and code != 0:
        wrong.append(f"rehearse --serve ended with {code}")
    for each in wrong:
        print(each)
    print(f"{len(TRIED) + 2 - len(wrong)} of {len(TRIED) + 2} as expected")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
