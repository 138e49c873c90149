#!/usr/bin/env python3
"""Strict-mTLS load between every ordered pair of the shop's proxies, a whole TLS handshake for each request.

usage: load.py start | stop | SECONDS | probe

Each workload's container asks each other one, directly and by way of the gateway. `stop` prints a summary as
JSON: totals, counts for each ordered pair, and the time that all of it spans, as fortio measured it. It fails
if a request failed, if a pair had none, or if a load ended by itself. `probe` waits until every way works.
"""
import datetime
import json
import os
import subprocess
import sys
import time

APPS = ["shop/client", "shop/server", "stock/server"]
GATEWAY = "shop/gateway"
QPS = 5  # of each load: two cores have to carry all of them, and a rotation beside
STATE = os.path.join(os.environ.get("MESH_RUN", "/run/mesh"), "load.json")
FOLDER = "/tmp/load"  # in each app's container

START = """
mkdir -p %(folder)s; rm -f %(folder)s/%(name)s.*; cd %(folder)s
fortio load -loglevel warning -qps %(qps)d -c 2 -t 0 -timeout 2s -uniform -nocatchup -labels '%(name)s' -json - %(url)s \
  >%(name)s.json 2>%(name)s.log </dev/null &
echo $! >%(name)s.pid
"""
STOP = """
cd %s
for p in *.pid; do kill -INT $(cat $p); done
for p in *.pid; do for i in $(seq 100); do kill -0 $(cat $p) || break; sleep 0.1; done; done
cat *.json
""" % FOLDER


def ways():
    """Every load: where it runs, what it asks, and the pairs of proxies that each of its requests proves."""
    for source in APPS:
        for target in APPS:
            if source == target:
                continue
            name = (source + "-" + target).replace("/", ".")
            yield {"source": source, "name": name, "url": "http://%s.svc/" % host(target),
                   "pairs": [[source, target]]}
    for source, target in zip(APPS, APPS[1:] + APPS[:1]):
        name = (source + "-gateway-" + target).replace("/", ".")
        yield {"source": source, "name": name, "url": "http://%s.svc/to/%s" % (host(GATEWAY), target),
               "pairs": [[source, GATEWAY], [GATEWAY, target]]}


def every_pair():
    return [[a, b] for a in APPS + [GATEWAY] for b in APPS + [GATEWAY] if a != b]


def host(workload):
    namespace, name = workload.split("/")
    return name + "." + namespace


def kubectl(*arguments):
    return subprocess.run(["kubectl", *arguments], check=True, capture_output=True, text=True).stdout


def inside(pod, script):
    """Runs a shell script in the app's container; gives its output even if it failed."""
    namespace, name = pod.split("/")
    done = subprocess.run(["kubectl", "-n", namespace, "exec", name, "-c", "app", "--", "sh", "-c", script],
                          capture_output=True, text=True)
    return done.stdout


def proxies():
    """workload -> its one pod, of every proxy in the mesh."""
    found = {}
    for pod in json.loads(kubectl("get", "pods", "-A", "-o", "json"))["items"]:
        containers = pod["spec"]["containers"] + pod["spec"].get("initContainers", [])
        meta = pod["metadata"]
        if "deletionTimestamp" in meta or not any(c["name"] == "istio-proxy" for c in containers):
            continue
        workload = meta["namespace"] + "/" + meta["labels"].get("app", meta["name"])
        if workload in found:
            sys.exit("mesh load: %s has more than one pod: the load could not tell its proxies apart" % workload)
        found[workload] = meta["namespace"] + "/" + meta["name"]
    if sorted(found) != sorted(APPS + [GATEWAY]):
        sys.exit("mesh load: these proxies and those of the load differ: " + ", ".join(sorted(found)))
    return found


def probe(pods):
    for way in ways():
        for _ in range(100):
            done = inside(pods[way["source"]], "fortio curl -quiet -timeout 2s %s >/dev/null 2>&1 && echo yes" % way["url"])
            if done.strip() == "yes":
                break
            time.sleep(0.2)
        else:
            sys.exit("mesh load: %s never answered %s" % (way["url"], way["source"]))


def start():
    if os.path.exists(STATE):
        sys.exit("mesh load: already started")
    pods = proxies()
    loads = [dict(way, pod=pods[way["source"]]) for way in ways()]
    for app in APPS:
        mine = [load for load in loads if load["source"] == app]
        inside(pods[app], "".join(START % dict(load, folder=FOLDER, qps=QPS) for load in mine))
    time.sleep(1)
    for load in loads:
        alive = inside(load["pod"], "kill -0 $(cat %s/%s.pid) && echo yes" % (FOLDER, load["name"]))
        if alive.strip() != "yes":
            print(inside(load["pod"], "cat %s/%s.log" % (FOLDER, load["name"])), file=sys.stderr)
            sys.exit("mesh load: %s did not start" % load["name"])
    with open(STATE, "w") as f:
        json.dump({"pods": pods, "loads": loads}, f)


def objects(text):
    """The JSON objects of a text that holds several, one after the other."""
    decoder, at = json.JSONDecoder(), 0
    while (at := text.find("{", at)) >= 0:
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            return
        yield value


def stop():
    with open(STATE) as f:
        state = json.load(f)
    results = {}
    for app in APPS:
        for result in objects(inside(state["pods"][app], STOP)):
            results[result["Labels"]] = result
    os.remove(STATE)
    summary = summarise(state["loads"], results)
    for load in state["loads"]:
        if load["name"] in summary["failing"]:
            summary["failing"][load["name"]] = complaints(load)
    print(json.dumps(summary, indent=2))
    return 0 if summary["ok"] else 1


def complaints(load):
    """The first things that went wrong, with the time of each (ts, seconds since 1970)."""
    return inside(load["pod"], "grep -E '^{.*\"level\":\"(warn|err)' %s/%s.log | head -n 3" % (FOLDER, load["name"])).splitlines()


def summarise(loads, results):
    pairs = {" > ".join(pair): {"requests": 0, "failed": 0} for pair in every_pair()}
    codes, starts, stops, failing = {}, [], [], {}
    total = failed = 0
    for load in loads:
        result = results.get(load["name"])
        if result is None:
            failing[load["name"]] = []
            continue
        requests = result["DurationHistogram"]["Count"]
        bad = requests - result["RetCodes"].get("200", 0)
        total, failed = total + requests, failed + bad
        if bad:
            failing[load["name"]] = []
        for code, count in result["RetCodes"].items():
            codes[code] = codes.get(code, 0) + count
        for pair in load["pairs"]:
            pairs[" > ".join(pair)]["requests"] += requests
            pairs[" > ".join(pair)]["failed"] += bad
        begun = datetime.datetime.fromisoformat(result["StartTime"])
        starts.append(begun)
        stops.append(begun + datetime.timedelta(microseconds=result["ActualDuration"] // 1000))
    silent = [name for name, pair in pairs.items() if pair["requests"] == 0]
    iso = lambda t: t.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {
        "ok": not failed and not failing and not silent,
        "start": iso(max(starts)) if starts else None,  # from here on all of them ran ...
        "stop": iso(min(stops)) if stops else None,     # ... until here
        "requests": total, "failed": failed, "codes": codes, "pairs": pairs, "silent": silent, "failing": failing,
    }


def main():
    what = sys.argv[1] if len(sys.argv) == 2 else ""
    if what == "start":
        return start()
    if what == "stop":
        return stop()
    if what == "probe":
        return probe(proxies())
    if what.isdigit():
        start()
        time.sleep(int(what))
        return stop()
    sys.exit(__doc__)


sys.exit(main())
