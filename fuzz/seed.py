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
                start = bytes([primes]) + exponent + message
                seed("verify_rsa", start + bytes([0, rewrite]) + edits[0] + b"\x00")
        seed("verify_rsa", start + b"\x01\x05\x00\x01\x00\x00" + edits[0] + b"\x00")
    # The other schemes with one modulus of 2048 and one of 2049 bits; PSS has the edits of salt and padding as well.
    for scheme in range(1, 6):
        for primes in 0x01, 0x49:
            start = bytes([primes]) + b"\x00\x00\x01\x00\x01" + message
            for edit in b"\x00", b"\x01\x05\x00\x01\x00", b"\x01\xff\xff\x02\x00", b"\x01\x10\x00\x03\x00":
                for inside in (b"\x00", edit) if scheme >= 3 else (b"",):
                    for rewrite in range(0, 9, 3):
                        seed("verify_rsa", start + inside + edit + bytes([rewrite]) + edits[0] + bytes([scheme]))
    for document in range(8):
        for length in 0, 31, 32, 47, 48, 63, 64, 65, 129, 255:
            for edit in edits:
                for algorithm in range(3):
                    secret = bytes([document, length]) + bytes(range(length))
                    seed("verify_hmac", secret + message + edit + bytes([algorithm]))
    for secret in b"\x5a" * 48, bytes(47) + b"\x01":
        for rewrite in range(8):
            for edit in edits:
                seed("verify_es384", secret + message + bytes([rewrite]) + edit)
    scalars = [b"\x5a" * 32 + b"\x17" * 32, b"\x01" + bytes(63), bytes(64)]
    for scalar in scalars:
        for torsion in 0, 1, 2, 4, 0x10, 0x20, 0x40, 0x35:
            for rewrite in range(16):
                seed("verify_ed25519", message + scalar + bytes([torsion, rewrite]) + edits[rewrite % 3])


def rotations(seed):
    """A policy, a fetch that succeeds, tokens of known and unknown kids, and then what a set goes through: see `World`
    in fuzz_targets/rotation.rs, whose octets these are."""
    due, lost, minutes = b"\x03", b"\x1a", b"\x59"
    tokens = bytes([5, 13, 21, 37, 4])
    # A success with `Cache-Control: max-age=300` and an ETag; failures of each kind. Two bits a kid: 1 and 2 are its
    # key before and after it was replaced, 3 is a key that is set aside.
    success = lambda members, fields=33: bytes([7, fields, members])
    failures = [bytes([which << 3 | 6, fields]) for which in (0, 4, 8, 12, 28) for fields in (1, 33, 65, 3)]
    sets = [success(members) for members in (0b01_10_01, 0b01_10_10, 0b01, 0b11_11, 0, 0b11_01_00)]
    after = [
        *failures,
        *sets,
        # The operator asks; a permit of another set comes; permits are lost; an earlier time is handed in.
        *(bytes([what << 3 | 2]) for what in range(16)),
        # One fetch is out for longer than it may be, and another follows.
        lost + minutes + due + success(0b01),
        due + minutes + due + success(0b10) + success(0b01),
    ]
    for jitter_and_withdrawal in 0, 1, 2, 3, 0x29:
        policy = bytes([9, 1, 100, 60, 30, 100, 20, 0x42, jitter_and_withdrawal])
        start = policy + due + success(0b01_10_01, 1) + tokens
        for event in after:
            seed("rotation", start + minutes + due + event + tokens + minutes + due + success(0b01) + tokens)
    for policy in bytes(9), b"\xff" * 9, bytes([0, 0, 1, 0, 0, 0, 255, 0xFF, 2]):
        for failure in failures:
            seed("rotation", policy + due + failure + minutes + due + failure + minutes + due + success(0b01) + tokens)


main(pathlib.Path(sys.argv[1]))
