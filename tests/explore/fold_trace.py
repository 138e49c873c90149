#!/usr/bin/env python3
"""Folds a recorded trace, a folder of saved observations (0001.json, 0002.json, ...; `status
--save-observation` in a loop), to the terms of the model: one line for each thing that was seen to be
otherwise than before.

  wrote SECRET                            the CA secret's content; "none" where it is not there
  saw ISTIODS | DISTRIBUTION | PROXIES    a|b1=O+... see below

ISTIODS: "a1=N,plugged" is slot a, its first pod, signing with N. DISTRIBUTION: the sets that config maps and
webhooks hold. PROXIES: "shop/client#2=N:ON" is that workload's second pod, its certificate of N, trusting both.
An observation takes a moment, so only what two of them in a row agree on is kept as seen at one instant.
"""
import base64
import hashlib
import json
import re
import sys
from pathlib import Path


def prints(pem):
    """The SHA-256 of each certificate."""
    bodies = re.findall("-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", pem, re.S)
    return [hashlib.sha256(base64.b64decode("".join(body.split()))).hexdigest() for body in bodies]


class Names:
    """O is the CA that was there first, N the other one."""

    def __init__(self):
        self.roots, self.table = {}, {}

    def root(self, sha):
        if sha not in self.roots:
            self.roots[sha] = "ON"[len(self.roots)]
        return self.roots[sha]

    def set(self, shas):
        return "".join(sorted({self.root(sha) for sha in shas}, key="ON".index))

    def leaf(self, chain):
        old = next(sha for sha, name in self.roots.items() if name == "O")
        return "O" if self.table[chain[0]]["issuer"] == self.table[old]["subject"] else "N"

    def content(self, secret):
        if secret is None:
            return "none"
        signer = "O" if self.roots.get(prints(secret["caCert"])[0]) == "O" else "N"
        return signer + "/" + "+".join(self.root(sha) for sha in prints(secret["rootCert"]))


class Folder:
    def __init__(self):
        self.names, self.slots, self.pods, self.generations = Names(), {}, {}, {}
        self.secret, self.last, self.kept, self.lines = None, None, None, []
        self.most = 0  # proxies at one time

    def slot(self, uid, present):
        if uid in self.slots:
            return self.slots[uid][0]
        taken = {slot for other, (slot, _) in self.slots.items() if other in present}
        free = next((letter for letter in "abc" if letter not in taken), None)
        if free is None:
            return None
        generation = 1 + sum(1 for slot, _ in self.slots.values() if slot == free)
        self.slots[uid] = (free, generation)
        return free

    def istiods(self, seen):
        present = [each["uid"] for each in seen]
        texts = []
        for each in seen:
            if "serving" not in each or not each["multiRoot"] or self.slot(each["uid"], present) is None:
                return None
            slot, generation = self.slots[each["uid"]]
            kind = "plugged" if len(each["serving"]) > 1 else "alone"
            texts.append(f"{slot}{generation}={self.names.leaf(each['serving'])},{kind}")
        return " ".join(sorted(texts))

    def proxies(self, seen):
        texts = []
        for each in seen:
            if each["terminating"]:
                continue
            if "secrets" not in each or not each["xdsAgent"] or each["secrets"]["warming"]:
                return None
            name = f"{each['workload']['namespace']}/{each['workload']['name']}"
            pods = self.pods.setdefault(name, [])
            if each["uid"] not in pods:
                pods.append(each["uid"])
            held = each["secrets"]
            texts.append(f"{name}#{pods.index(each['uid']) + 1}={self.names.leaf(held['chain'])}:{self.names.set(held['roots'])}")
        return " ".join(sorted(texts))

    def add(self, document):
        self.names.table.update(document["certificates"])
        self.names.root(next(iter(document["distribution"]))["roots"][0])
        content = self.names.content(document["cacerts"])
        if content != self.secret:
            self.secret = content
            self.lines.append("wrote " + content)
        istiods, proxies = self.istiods(document["istiods"]), self.proxies(document["proxies"])
        sets = {self.names.set(each["roots"]) for each in document["distribution"] if "roots" in each}
        now = f"saw {istiods} | {' '.join(sorted(sets))} | {proxies}" if istiods and proxies else None
        if now and now == self.last and now != self.kept:
            self.kept = now
            self.lines.append(now)
            self.most = max(self.most, len(proxies.split()))
        self.last = now


def main():
    folder = Folder()
    for path in sorted(Path(sys.argv[1]).glob("*.json")):
        folder.add(json.loads(path.read_text()))
    whole = [line for line in folder.lines if line.startswith("wrote") or line.count("#") == folder.most]
    print("\n".join(whole))


main()
