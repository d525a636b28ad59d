#!/usr/bin/env python3
"""Checks a bundle of a MeshKore audit log, with the standard library alone and no trust in a hub.

    verify.py BUNDLE [--key VKEY] [--witness VKEY]... [--witnesses N] [--sent AGENT=COUNT]...

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
    rest = times(k >> 1, add(point, point)) if k > 1 else (0, 1, 1, 0)
    return add(rest, point) if k & 1 else rest

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

def tried(read, text, otherwise):
    try:
        return read(text)
    except ValueError:
        return otherwise
def bytes_of(text):
    return tried(lambda x: base64.b64decode(x, validate=True), text or "", b"")
def parsed(line):
    return value if isinstance(value := tried(json.loads, line, None), dict) else None

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
    return functools.reduce(lambda root, one: node(one, root), [x[1] for x in reversed(stack)]) if stack else sha()

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

def verifier(vkey, kind):
    """A key's name, id and bytes, where it is one of this kind: 1 signs a log's heads, 4 is a witness's."""
    name, identity, text = (vkey.strip().split("+", 2) + ["", ""])[:3]
    typed, ours = bytes_of(text), sha(name.encode(), b"\n", bytes_of(text))[:4]
    return (name, ours, typed[1:]) if len(typed) == 33 and typed[0] == kind and ours.hex() == identity else None

def signatures(key, lines):
    words = [x.split(" ") for x in lines.split("\n")]
    found = [bytes_of(x[2]) for x in words if len(x) == 3 and x[:2] == ["\u2014", key[0]]]
    return [x[4:] for x in found if x[:4] == key[1]]

def is_witnessed(vkey, text, lines):
    key, said = verifier(vkey, 4), b"cosignature/v1\ntime %d\n%s"
    timed = [(int.from_bytes(x[:8], "big"), x[8:]) for x in signatures(key, lines)] if key else []
    return any(is_signed(key[2], said % (time, text), x) for time, x in timed)

class Check:
    def __init__(self, key, sent, witnesses, least):
        self.key, self.known_sent, self.witnesses, self.least, self.findings = key, sent, witnesses, least, []
        self.whole, self.of, self.size, self.root, self.origin, self.shown = False, "", 0, b"", "", [0, 0]
        self.hashes, self.changed, self.places, self.sent = [], [], {}, {}
        self.leaves, self.messages, self.last = 0, 0, -1

    def find(self, kind, index, when=True):
        self.findings += [{"kind": kind, "index": index}] if when else []

    def head(self, head):
        self.of, self.whole = head.get("of", ""), head.get("of") == "*"
        if (key := verifier(self.key or head.get("key", ""), 1)) is None:
            return self.find("signature", -1)
        text, _, lines = head.get("checkpoint", "").partition("\n\n")
        text += "\n"
        form = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,17})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*", text)
        ok = any(is_signed(key[2], text.encode(), x) for x in signatures(key, lines))
        self.find("signature", -1, not ok or form is None or form[1] != key[0])
        seen = sum(is_witnessed(x, text.encode(), lines) for x in set(self.witnesses))
        self.find("unwitnessed", -1, seen < self.least)
        if form is not None:
            self.origin, self.size, self.root = form[1], int(form[2]), bytes_of(form[3])

    def leaf(self, one):
        index = one.get("index", -1)
        if index <= self.last or index >= self.size:
            return self.find("reordered", index)
        self.find("truncated", self.last + 1, self.whole and index > self.last + 1)
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
        if (said := parsed(record)) is None:
            return self.find("unreadable", index)
        if "message" in one:
            salt = bytes_of(one.get("salt", ""))
            digest = base64.urlsafe_b64encode(sha(salt, one["message"].encode())).rstrip(b"=")
            self.find("rewritten", index, len(salt) != 16 or digest.decode() != said.get("digest"))
        if said.get("kind") == "message":
            self.messages += 1
            self.sent[said.get("from")] = self.sent.get(said.get("from"), 0) + 1
        elif said.get("kind") == "commitment" and (self.whole or said["actor"] == self.of):
            self.count(said["actor"], said["detail"]["sent"], index)

    def count(self, agent, count, index):
        self.find("omitted", index, self.sent.get(agent, 0) < count)

    def run(self, lines):
        if (head := parsed(next(lines, ""))) is None or head.get("bundle") != "meshkore-audit/1":
            return self.find("unreadable", -1)
        self.head(head)
        end = None
        for one in map(parsed, lines):
            if one is None:
                self.find("unreadable", self.last + 1)
            elif "leaves" in one:
                end = one
                self.find("truncated", -1, one["leaves"] != self.leaves)
                self.find("truncated", self.last + 1, self.whole and self.last + 1 < self.size)
            else:
                self.leaf(one)
        self.find("truncated", self.last + 1, end is None)
        self.shown = [head.get("from"), self.size if (end or {}).get("next") is None else end["next"]]
        self.find("partial", -1, end is not None and not self.whole and self.shown != [0, self.size])
        if self.whole and len(self.hashes) == self.size:
            self.find("rewritten", -1, root_of(self.hashes) != self.root)
        for index, was in self.changed:
            self.find("reordered" if was in self.places else "rewritten", index)
        for agent, count in self.known_sent:
            self.count(agent, int(count), -1)

def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("bundle")
    arguments.add_argument("--key", help="the log's key, from where you trust it")
    arguments.add_argument("--witness", action="append", default=[], metavar="VKEY")
    arguments.add_argument("--witnesses", type=int, metavar="N", help="how many of them; all")
    arguments.add_argument("--sent", action="append", default=[], metavar="AGENT=COUNT")
    given = arguments.parse_args()
    least = len(set(given.witness)) if given.witnesses is None else given.witnesses
    check = Check(given.key, [x.split("=") for x in given.sent], given.witness, least)
    with open(given.bundle, encoding="utf-8", newline="\n") as lines:
        check.run(lines)
    said = {"ok": not check.findings, "origin": check.origin, "of": check.of, "size": check.size, "shown": check.shown}
    print(json.dumps(said | {"messages": check.messages, "findings": check.findings}))
    return len(check.findings) > 0

if __name__ == "__main__":
    sys.exit(main())
