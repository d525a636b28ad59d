#!/usr/bin/env python3
"""Checks a bundle of a MeshKore audit log, with the standard library alone and no trust in a hub.

    verify.py BUNDLE [--key VKEY] [--sent AGENT=COUNT]...

Prints what it found as one line of JSON; exit code 0 says that nothing is wrong, 1 that something is."""
import argparse, base64, functools, hashlib, json, re, sys

# Ed25519 (RFC 8032, section 6): slow, short, and independent of what it judges.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def add(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    p, q, r, s = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2), 2 * t1 * t2 * D, 2 * z1 * z2
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % P, g * h % P, f * g % P, e * h % P

def times(k, point):
    result = (0, 1, 1, 0)
    while k:
        result = add(result, point) if k & 1 else result
        point, k = add(point, point), k >> 1
    return result

def point_of(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    return (x := P - x if x & 1 != sign else x), y, 1, x * y % P

BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

def is_signed(key, text, signature):
    a, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, a))
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))

def bytes_of(text):
    try:
        return base64.b64decode(text or "", validate=True)
    except ValueError:
        return b""

def parsed(line):
    try:
        value = json.loads(line)
        return value if isinstance(value, dict) else None
    except ValueError:
        return None

def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()
leaf_hash, node = functools.partial(sha, b"\0"), functools.partial(sha, b"\1")

def root_of(hashes):
    """The root as a fold over a stack of whole subtrees, not the recursion of RFC 6962."""
    stack = []
    for one in hashes:
        height = 0
        while stack and stack[-1][0] == height:
            one, height = node(stack.pop()[1], one), height + 1
        stack.append((height, one))
    root = stack.pop()[1] if stack else sha()
    while stack:
        root = node(stack.pop()[1], root)
    return root

def includes(leaf, index, path, size, root):
    """Walks down from the root to learn the sides, then up with the hashes."""
    sides, first, last = [], 0, size
    while last - first > 1:
        middle = first + (1 << ((last - first - 1).bit_length() - 1))
        sides.append(index < middle)
        first, last = (first, middle) if index < middle else (middle, last)
    if len(sides) != len(path) or not 0 <= index < size:
        return False
    for is_left, sibling in zip(reversed(sides), path):
        leaf = node(leaf, sibling) if is_left else node(sibling, leaf)
    return leaf == root

class Check:
    def __init__(self, key, sent):
        self.key, self.known_sent, self.findings = key, sent, []
        self.whole, self.of, self.size, self.root, self.origin = False, "", 0, b"", ""
        self.hashes, self.changed, self.places, self.sent = [], [], {}, {}
        self.leaves, self.messages, self.last = 0, 0, -1

    def find(self, kind, index):
        self.findings.append({"kind": kind, "index": index})

    def head(self, head):
        self.of = head.get("of", "")
        self.whole = self.of == "*"
        parts = (self.key or head.get("key", "")).strip().split("+", 2)
        typed = bytes_of(parts[2]) if len(parts) == 3 else b""
        identity = sha(parts[0].encode(), b"\n", typed)[:4]
        if len(typed) != 33 or typed[0] != 1 or identity.hex() != parts[1]:
            return self.find("signature", -1)
        text, _, lines = head.get("checkpoint", "").partition("\n\n")
        text, start = text + "\n", "\u2014 " + parts[0] + " "
        signatures = [bytes_of(x[len(start):]) for x in lines.split("\n") if x.startswith(start)]
        form = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,17})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*", text)
        ok = any(x[:4] == identity and is_signed(typed[1:], text.encode(), x[4:]) for x in signatures)
        if not ok or form is None or form[1] != parts[0]:
            self.find("signature", -1)
        if form is not None:
            self.origin, self.size, self.root = form[1], int(form[2]), bytes_of(form[3])

    def leaf(self, one):
        index = one.get("index", -1)
        if index <= self.last or index >= self.size:
            return self.find("reordered", index)
        if self.whole and index > self.last + 1:
            self.find("truncated", self.last + 1)
        self.last, self.leaves, record = index, self.leaves + 1, one.get("leaf")
        data = (record or "").encode()
        if self.whole:
            signed = bytes_of(one.get("hash"))
            if len(self.hashes) == index:
                self.hashes.append(signed if len(signed) == 32 else leaf_hash(data))
            self.places.setdefault(signed, index)
            if record is None:
                self.find("truncated", index)
            elif signed != leaf_hash(data):
                self.changed.append((index, leaf_hash(data)))
        elif not includes(leaf_hash(data), index, [bytes_of(x) for x in one.get("proof", [])], self.size, self.root):
            self.find("rewritten", index)
        if record is not None:
            self.record(one, index, record)

    def record(self, one, index, record):
        said = parsed(record)
        if said is None:
            return self.find("unreadable", index)
        if "message" in one:
            salt = bytes_of(one.get("salt", ""))
            digest = base64.urlsafe_b64encode(sha(salt, one["message"].encode())).rstrip(b"=")
            if len(salt) != 16 or digest.decode() != said.get("digest"):
                self.find("rewritten", index)
        if said.get("kind") == "message":
            self.messages += 1
            self.sent[said.get("from")] = self.sent.get(said.get("from"), 0) + 1
        elif said.get("kind") == "commitment" and (self.whole or said["actor"] == self.of):
            self.count(said["actor"], said["detail"]["sent"], index)

    def count(self, agent, count, index):
        if self.sent.get(agent, 0) < count:
            self.find("omitted", index)

    def run(self, lines):
        head = parsed(next(lines, ""))
        if head is None or head.get("bundle") != "meshkore-audit/1":
            return self.find("unreadable", -1)
        self.head(head)
        end = None
        for one in map(parsed, lines):
            if one is None:
                self.find("unreadable", self.last + 1)
            elif "leaves" in one:
                end = one
                if one["leaves"] != self.leaves:
                    self.find("truncated", -1)
                if self.whole and self.last + 1 < self.size:
                    self.find("truncated", self.last + 1)
            else:
                self.leaf(one)
        if end is None:
            self.find("truncated", self.last + 1)
        if self.whole and len(self.hashes) == self.size and root_of(self.hashes) != self.root:
            self.find("rewritten", -1)
        for index, was in self.changed:
            self.find("reordered" if was in self.places else "rewritten", index)
        for agent, count in self.known_sent:
            self.count(agent, count, -1)

def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("bundle")
    arguments.add_argument("--key", help="the log's key, from where you trust it")
    arguments.add_argument("--sent", action="append", default=[], metavar="AGENT=COUNT")
    given = arguments.parse_args()
    check = Check(given.key, [(a, int(n)) for a, n in (x.split("=") for x in given.sent)])
    with open(given.bundle, encoding="utf-8", newline="\n") as lines:
        check.run(lines)
    said = {"ok": not check.findings, "origin": check.origin, "of": check.of, "size": check.size}
    print(json.dumps(said | {"messages": check.messages, "findings": check.findings}))
    return len(check.findings) > 0

if __name__ == "__main__":
    sys.exit(main())
