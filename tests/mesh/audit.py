#!/usr/bin/env python3
"""Checks in the API server's audit log that every write of kubectl-istio-ca lies in a span of time.

usage: audit.py LOG [--since T] START STOP

Prints each write. Times are RFC 3339 in UTC. Writes before T are not looked at: a stage that belongs before
the load. Fails if a write lies outside of START to STOP, or if there is none.
"""
import json
import sys

PROGRAM = "kubectl-istio-ca/"
WRITES = {"create", "update", "patch", "delete", "deletecollection"}


def is_write(event):
    what = event.get("objectRef", {})
    return (event.get("userAgent", "").startswith(PROGRAM) and event["verb"] in WRITES
            and what.get("apiGroup", "") not in ("authorization.k8s.io", "authentication.k8s.io")  # questions
            and what.get("subresource", "") not in ("exec", "portforward") and "dryRun=All" not in event["requestURI"])


def main():
    arguments = sys.argv[1:]
    since = ""
    if len(arguments) == 5 and arguments[1] == "--since":
        since = arguments[2]
        del arguments[1:3]
    if len(arguments) != 3:
        sys.exit(__doc__)
    log, start, stop = arguments
    count = outside = 0
    with open(log) as f:
        for line in f:
            event = json.loads(line)
            begun, ended = event["requestReceivedTimestamp"], event["stageTimestamp"]
            if not is_write(event) or begun < since:
                continue
            count += 1
            inside = start <= begun and ended <= stop
            outside += not inside
            what = event["objectRef"]
            place = "/".join(filter(None, [what["resource"], what.get("namespace"), what.get("name"), what.get("subresource")]))
            print(begun, "" if inside else "OUTSIDE", event["verb"], place, event["responseStatus"]["code"])
    print("%d writes, %d of them outside of %s to %s" % (count, outside, start, stop))
    return 1 if outside or not count else 0


sys.exit(main())
