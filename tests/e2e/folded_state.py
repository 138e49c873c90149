#!/usr/bin/env python3
"""What an observation (`status --save-observation`) says, without names that chance gives and without times.

usage: folded_state.py OBSERVATION NEW-ROOT

One line for the CA secret, the istiods, trust distribution and each workload; O is the root that was there, N the new
one: "  shop/server: 2 x N trusting O N" are two proxies with certificates of N that trust both.
"""
import base64
import collections
import hashlib
import json
import re
import sys


def prints(pem):
    bodies = re.findall("-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", pem, re.S)
    return [hashlib.sha256(base64.b64decode("".join(body.split()))).hexdigest() for body in bodies]


def main():
    with open(sys.argv[1]) as file:
        mesh = json.load(file)
    with open(sys.argv[2]) as file:
        new = prints(file.read())[0]
    table = mesh["certificates"]

    def roots(shas):
        return " ".join(sorted({"N" if sha == new else "O" for sha in shas}, reverse=True))

    def anchor(chain):
        # of the chain that is presented, the last certificate is issued by the root
        issuer = table[chain[0]]["issuer"]
        for _ in range(4):
            above = [sha for sha in chain if table[sha]["subject"] == issuer and table[sha]["issuer"] != issuer]
            if not above:
                break
            issuer = table[above[0]]["issuer"]
        return "N" if new in table and issuer == table[new]["subject"] else "O"

    secret = mesh["cacerts"]
    if secret is None:
        print("  secret: none")
    else:
        chain = prints(secret["caCert"])
        signer = "N" if prints(secret["rootCert"]) and new in prints(secret["certChain"]) else "O"
        bundle = "+".join("N" if sha == new else "O" for sha in prints(secret["rootCert"]))
        bundle = re.sub(r"(\+N){2,}", "+N+N...", bundle)  # how often stragglers were asked again
        print(f"  secret: signs with {signer if len(chain) else '?'}, bundle {bundle}")

    def counted(what, each):
        counts = collections.Counter(each)
        print(f"  {what}: " + ", ".join(f"{count} x {text}" for text, count in sorted(counts.items())))

    counted("istiods", [anchor(each["serving"]) + (", plugged in" if len(each["serving"]) > 1 else "")
                        if "serving" in each else "unread" for each in mesh["istiods"] if not each["terminating"]])
    for kind in sorted({each["kind"] for each in mesh["distribution"]}):
        held = {roots(each["roots"]) if "roots" in each else "unread" for each in mesh["distribution"] if each["kind"] == kind}
        print(f"  every {kind}: " + ", ".join(sorted(held)))
    workloads = collections.defaultdict(list)
    for each in mesh["proxies"]:
        if each["terminating"]:
            continue
        name = f"{each['workload']['namespace']}/{each['workload']['name']}"
        held = each.get("secrets")
        workloads[name].append(f"{anchor(held['chain'])} trusting {roots(held['roots'])}" if held else "unread")
    for name in sorted(workloads):
        counted(name, workloads[name])


main()
