#!/usr/bin/env python3
"""Compares two folded traces (tests/explore/fold_trace.py), of a real mesh and of a built-in one: the same writes of
the CA secret in the same order, and before each next one the same certificates, root sets and signers everywhere.
What is seen in between depends on when one looks; which istiod is called a, and how often a pod was replaced, on chance.

usage: same_trace.py TRACE TRACE
"""
import re
import sys
from pathlib import Path


def state(line):
    """Signers, root sets and proxies of a `saw` line, without the names that chance gives."""
    istiods, sets, proxies = line.split(" | ")
    signers = sorted(each.split("=")[1] for each in istiods.split())
    return " ".join(signers) + " | " + " ".join(sorted(sets.split())) + " | " + " ".join(
        sorted(re.sub(r"#\d+", "", each) for each in proxies.split()))


def segments(path):
    """Each write with the state that it led to."""
    found = []
    for line in Path(path).read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "wrote":
            rest = re.sub(r"(\+N){2,}", "+N+N...", rest)
            if not found or found[-1][0] != rest:  # a trigger for stragglers is repeated as often as it takes
                found.append([rest, None])
        elif kind == "saw":
            found[-1][1] = state(rest)
    return found


def main():
    one, other = (segments(path) for path in sys.argv[1:3])
    for at in range(max(len(one), len(other))):
        left, right = (each[at] if at < len(each) else ["nothing", None] for each in (one, other))
        # where a trace saw nothing stable between two writes, there is nothing to compare
        if left[0] != right[0] or (left[1] and right[1] and left[1] != right[1]):
            sys.exit("after %d equal writes\n  %s: wrote %s, then %s\n  %s: wrote %s, then %s" %
                     (at, sys.argv[1], *left, sys.argv[2], *right))
    print("%d writes, each with the same outcome" % len(one))


main()
