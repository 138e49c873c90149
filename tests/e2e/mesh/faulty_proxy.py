#!/usr/bin/env python3
"""An API server that is having a bad day: stands before the real one, ends TLS, and fails by a seeded plan.

usage: faulty_proxy.py LISTEN UPSTREAM FOLDER SEED

LISTEN and UPSTREAM are HOST:PORT. FOLDER holds proxy.crt and proxy.key (what it serves with) and ca.crt,
admin.crt and admin.key (with which it asks the real one, for every client). WebSockets pass through byte by byte.

Requests are reads (and questions that are asked by POST), writes, writes of the lease and of the journal, or streams
(upgrades). Every class meets each of its faults some times, in an order and at distances that SEED decides:
  409 429 500 503  the answer, without asking the real server (429 with Retry-After)
  late             the real server is asked, so that a write is applied, but no answer ever comes
  cut              the real server is asked, and the connection closes in the middle of what it answers
  restart          every open connection closes and none is taken for two seconds
FOLDER/counts.json says how often each was met, and of how many requests; and how many are left.
"""
import json
import os
import random
import re
import select
import socket
import ssl
import sys
import threading
import time

FAULTS = {
    "read": ["429", "500", "503", "late", "cut", "restart"],
    "write": ["409", "429", "500", "503", "late", "cut", "restart"],
    "record": ["409", "429", "500", "503", "late", "cut", "restart"],
    "stream": ["429", "500", "503", "cut", "restart"],
}
ROUNDS = {"read": 3, "write": 2, "record": 3, "stream": 3}
# How many requests of a class pass between two faults: an observation is a few dozen reads and a stream for each
# proxy, while a whole rotation has about twenty writes.
DISTANCES = {"read": (8, 60), "write": (0, 1), "record": (0, 2), "stream": (3, 12)}
REASONS = {409: "Conflict", 429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable"}
DOWN = 2  # seconds
FORGOTTEN = 30  # seconds until a request that gets no answer is given up here too


class Plan:
    """Which request meets which fault: the n-th of its class, whatever the others do."""

    def __init__(self, seed, counts_file):
        self.lock, self.file = threading.Lock(), counts_file
        self.ahead, self.counts = {}, {}
        for kind, faults in FAULTS.items():
            dice = random.Random("%d %s" % (seed, kind))
            self.ahead[kind] = []
            for _ in range(ROUNDS[kind]):
                for fault in dice.sample(faults, len(faults)):
                    self.ahead[kind] += [None] * dice.randint(*DISTANCES[kind]) + [fault]
            self.counts[kind] = dict.fromkeys(faults, 0) | {"requests": 0}
        self.save()

    def next(self, kind):
        with self.lock:
            self.counts[kind]["requests"] += 1
            fault = self.ahead[kind].pop(0) if self.ahead[kind] else None
            if fault:
                self.counts[kind][fault] += 1
                self.save()
            return fault

    def save(self):
        left = sum(fault is not None for faults in self.ahead.values() for fault in faults)
        with open(self.file + ".new", "w") as f:
            json.dump(self.counts | {"left": left}, f)
        os.rename(self.file + ".new", self.file)


class Gone(Exception):
    """The other end closed."""


class Wire:
    """HTTP/1.1 messages from one connection."""

    def __init__(self, sock):
        self.sock, self.rest = sock, b""

    def more(self):
        data = self.sock.recv(65536)
        if not data:
            raise Gone
        self.rest += data

    def take(self, n):
        while len(self.rest) < n:
            self.more()
        data, self.rest = self.rest[:n], self.rest[n:]
        return data

    def until(self, mark):
        while mark not in self.rest:
            self.more()
        return self.take(self.rest.index(mark) + len(mark))

    def head(self):
        raw = self.until(b"\r\n\r\n")
        first, *lines = raw.decode("latin-1").split("\r\n")
        headers = {}
        for line in filter(None, lines):
            name, value = line.split(":", 1)
            headers[name.strip().lower()] = value.strip()
        return raw, first.split(" "), headers

    def body(self, headers, to_the_end=False):
        """The body's bytes as they came."""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while True:
                size = self.until(b"\r\n")
                n = int(size.split(b";")[0], 16)
                yield size + self.take(n + 2)
                if n == 0:
                    return
        elif "content-length" in headers:
            left = int(headers["content-length"])
            while left:
                if not self.rest:
                    self.more()
                piece = self.take(min(left, len(self.rest)))
                left -= len(piece)
                yield piece
        elif to_the_end:
            try:
                while True:
                    if not self.rest:
                        self.more()
                    yield self.take(len(self.rest))
            except Gone:
                return

    def close(self):
        try:
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # without a word of TLS, and safe from any thread
        except OSError:
            pass
        self.sock.close()


class Server:
    def __init__(self, listen, upstream, folder, plan):
        self.address, self.upstream, self.plan = listen, upstream, plan
        self.serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.serving.load_cert_chain(folder + "/proxy.crt", folder + "/proxy.key")
        self.asking = ssl.create_default_context(cafile=folder + "/ca.crt")
        self.asking.load_cert_chain(folder + "/admin.crt", folder + "/admin.key")
        self.lock, self.clients, self.listener = threading.Lock(), set(), None

    def run(self):
        while True:
            with self.lock:
                self.listener = socket.create_server(self.address, backlog=128)
            print("listening", flush=True)
            try:
                while True:
                    sock, _ = self.listener.accept()
                    threading.Thread(target=self.serve, args=(sock,), daemon=True).start()
            except OSError:
                time.sleep(DOWN)  # closed by restart()

    def restart(self):
        with self.lock:
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
            self.listener.close()
            for client in list(self.clients):
                client.close()

    def serve(self, sock):
        client = upstream = None
        try:
            client = Wire(self.serving.wrap_socket(sock, server_side=True))
            with self.lock:
                self.clients.add(client)
            upstream = self.connect()
            while self.exchange(client, upstream):
                pass
        except (Gone, OSError, ValueError):
            pass
        finally:
            with self.lock:
                self.clients.discard(client)
            for wire in filter(None, (client, upstream)):
                wire.close()
            sock.close()

    def connect(self):
        return Wire(self.asking.wrap_socket(socket.create_connection(self.upstream), server_hostname="localhost"))

    def exchange(self, client, upstream):
        """One request and its answer; true if the connection may carry another."""
        raw, (method, path, _), headers = client.head()
        body = b"".join(client.body(headers))
        kind = "stream" if "upgrade" in headers else kind_of(method, path)
        fault = self.plan.next(kind)
        if fault:
            print(time.strftime("%H:%M:%S", time.gmtime()), kind, fault, raw.split(b"\r\n")[0].decode()[:120], flush=True)
        if fault == "restart":
            self.restart()
            return False
        if fault and fault.isdigit():
            client.sock.sendall(refusal(int(fault)))
            return kind != "stream"
        upstream.sock.sendall(raw + body)
        return self.answer(client, upstream, method, fault)

    def answer(self, client, upstream, method, fault):
        raw, (_, status, *_), headers = upstream.head()
        if status == "101":
            return self.stream(client, upstream, raw, fault)
        bodiless = method == "HEAD" or status in ("204", "304")
        pieces = [] if bodiless else list(upstream.body(headers, True))
        if fault == "late":
            return self.silence(client)
        whole = raw + b"".join(pieces)
        if fault == "cut":
            client.sock.sendall(whole[:len(raw) + (len(whole) - len(raw)) // 2])
            return False
        client.sock.sendall(whole)
        return headers.get("connection", "").lower() != "close"

    def silence(self, client):
        client.sock.settimeout(FORGOTTEN)
        client.sock.recv(1)  # ends when the client gives up
        return False

    def stream(self, client, upstream, raw, fault):
        """Passes bytes both ways, in one thread: OpenSSL's connections may not be read and written by two."""
        if fault == "late":
            return self.silence(client)
        left = 3000 if fault == "cut" else None  # enough for the head of a dump, not for the whole
        client.sock.sendall(raw)
        upstream.sock.sendall(client.rest)
        data = upstream.rest
        while data is not None:
            if left is not None:
                data, left = data[:left], left - len(data[:left])
            client.sock.sendall(data)
            data = None if left == 0 else b""
            while data == b"":
                sockets = [client.sock, upstream.sock]
                ready = [s for s in sockets if s.pending()] or select.select(sockets, [], [])[0]
                if client.sock in ready and (asked := received(client.sock)) != b"":
                    if asked is None:
                        return False
                    upstream.sock.sendall(asked)
                if upstream.sock in ready:
                    data = received(upstream.sock)
        return False


def received(sock):
    """What has come, b"" if it was not the payload's, None at the end."""
    sock.setblocking(False)
    try:
        return sock.recv(65536) or None
    except ssl.SSLWantReadError:
        return b""
    finally:
        sock.setblocking(True)


def kind_of(method, path):
    question = re.search("/(authorization|authentication)[.]k8s[.]io/|/token([?]|$)", path)
    if method in ("GET", "HEAD") or question:
        return "read"
    return "record" if "/leases" in path or "rotation-journal" in path else "write"


def refusal(code):
    text = json.dumps({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": code,
                       "message": "a fault that was planned", "reason": REASONS[code]}).encode()
    later = "Retry-After: 1\r\n" if code == 429 else ""
    return ("HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n"
            % (code, REASONS[code], later, len(text))).encode() + text


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    listen, upstream, folder, seed = sys.argv[1:]
    split = lambda address: (address.split(":")[0], int(address.split(":")[1]))
    Server(split(listen), split(upstream), folder, Plan(int(seed), folder + "/counts.json")).run()


main()
