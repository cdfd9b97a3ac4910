#!/usr/bin/env python3
"""Writes inputs for the fuzz targets, made from the repository's vectors, into FOLDER/<target>/.

The corpora in corpus/ began with these; see README.md.
"""

import base64
import hashlib
import json
import pathlib
import sys

VECTORS = pathlib.Path(__file__).parent.parent / "vectors"


def main(folder):
    def seed(target, content):
        to = folder / target
        to.mkdir(parents=True, exist_ok=True)
        (to / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)

    for entry in entries():
        document(seed, entry.get("keys"))
        token(seed, entry.get("token", ""))
        claims(seed, entry)
        diagnosis(seed, entry)
    edits(seed)
    signatures(seed)
    rotations(seed)


def entries():
    for path in sorted(VECTORS.glob("*.json")):
        content = json.loads(path.read_text())
        yield from content if isinstance(content, list) else content.get("refusals", [])


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def document(seed, keys):
    """A JWK, a JWK Set, or the text of either."""
    if keys is None:
        return
    text = keys if isinstance(keys, str) else json.dumps(keys, separators=(",", ":"))
    for target in "json", "jwk", "jwks":
        seed(target, text.encode())
    members = keys.get("keys") if isinstance(keys, dict) else None
    for member in members if isinstance(members, list) else [keys]:
        if not isinstance(member, dict):
            continue
        seed("jwk", json.dumps(member, separators=(",", ":")).encode())
        seed("jwks", json.dumps({"keys": [member]}, separators=(",", ":")).encode())
        for name in "n", "e", "x", "y", "k":
            if isinstance(member.get(name), str):
                seed("base64url", member[name].encode())


def token(seed, token):
    seed("header", token.encode())
    for part in token.split(".")[:3]:
        seed("base64url", part.encode())
        try:
            octets = unb64(part)
        except ValueError:
            continue
        seed("json", octets)
        seed("header", octets)


def policy(entry):
    """The octets of a policy: the issuer and audience of the vectors if the entry has some, its time, its leeway."""
    octets = bytes([2 if "issuer" in entry else 0, 3 if "audience" in entry else 0, 4])
    return octets + entry["now"].to_bytes(8, "big", signed=True) + entry.get("leeway", 0).to_bytes(2, "big") + bytes(4)


def claims(seed, entry):
    parts = entry.get("token", "").split(".")
    if "now" not in entry or len(parts) != 3:
        return
    payload = unb64(parts[1])
    # From 0x80 on an octet stands for a piece of text.
    if payload.isascii():
        seed("claims", policy(entry) + payload)


def diagnosis(seed, entry):
    keys, token = entry.get("keys"), entry.get("token", "")
    at = policy({"now": 1_790_000_000, **entry})
    text = keys if isinstance(keys, str) else json.dumps(keys, separators=(",", ":"))
    if not token and text.isascii() and len(text) < 4096:
        seed("diagnose", b"\x06\x00" + at + b"\x03\x00" + text.encode())
    if token and token.isascii() and len(token) < 4096:
        for keys in 0, 1, 4, 5:
            seed("diagnose", bytes([keys, 0]) + at + b"\x03\x00" + token.encode())
    parts = token.split(".")
    try:
        header, payload = (unb64(part) for part in parts[:2])
    except ValueError:
        return
    if header.isascii() and payload.isascii() and len(header + payload) < 4096:
        for kind in b"\x04\x00", b"\x05\x00", b"\x0c\x00", b"\x34\x00":
            seed("diagnose", b"\x02\x00" + at + kind + header + b"\x00" + payload)


def edits(seed):
    """Every part of every token, as it is and with each kind of edit at its ends."""
    tokens = json.loads((VECTORS / "demo.json").read_text())["tokens"]
    for choice in range(12):
        seed("token", bytes([choice]))
        token = tokens[["HS256", "ES256", "RS256"][choice % 3]]
        dots = [place for place, character in enumerate(token) if character == "."]
        places = [0, -1] + [place + step for place in dots for step in (-1, 0, 1)] * (choice >= 9)
        for place in places:
            for what in range(4):
                seed("token", bytes([choice]) + place.to_bytes(2, "little", signed=True) + bytes([what, 1]))


def signatures(seed):
    """Each way to choose a key, to make a signature and to write it, as the targets' first lines say."""
    message = b"\x07message"
    edits = [bytes(4), b"\x01\x05\x00\x00\x03" + bytes(3), bytes(3) + b"\x01\x02\x00\x02\x00"]
    scalars = [b"\x01\x05\x01\x07\x01\x09", b"\x02\x80\x05\x01\x03\x55", (b"\x00" + b"\x5a" * 32) * 3]
    for kind in range(8):
        for scalar in scalars:
            for rewrite in range(8):
                case = bytes([kind]) + message + scalar + bytes([rewrite])
                seed("verify_es256", case + edits[rewrite % 3])
    for first in range(16):
        for second in range(16):
            seed("field", bytes([first]) + b"\x5a" * 32 + bytes([second]) + b"\xa5" * 32)
    for primes in [0x01, 0x12, 0x23, 0x45, 0x67, 0x89, 0xE0, 0xE1, 0xE2, 0xE3, 0xE4]:
        for rewrite in range(9):
            for exponent in b"\x00\x00\x01\x00\x01", b"\x01\xff\xff\xff\xff":
                seed("verify_rs256", bytes([primes]) + exponent + message + bytes([0, rewrite]) + edits[0])
        seed("verify_rs256", bytes([primes]) + exponent + message + b"\x01\x05\x00\x01\x00\x00" + edits[0])
    for document in range(8):
        for length in 0, 31, 32, 64, 65, 255:
            for edit in edits:
                secret = bytes([document, length]) + bytes(range(length))
                seed("verify_hs256", secret + message + edit)


def rotations(seed):
    """A fetch that succeeds, tokens of known and unknown kids, and each event after it."""
    for clock in 0, 1:
        policy = bytes([9, 1, 100, 60, 30, 100, 20, 0x42, clock])
        first = bytes([3, 7, 1, 0b01_10_01, 5, 13, 4])
        for event in range(256):
            seed("rotation", policy + first + bytes([event, 33, 0b11_01_00]) + bytes([0x59, 3, 7, 0, 0b01, 5, 13, 21]))


main(pathlib.Path(sys.argv[1]))
