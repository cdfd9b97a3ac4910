#!/usr/bin/env python3
"""Writes seeds for the fuzz targets from the repository's vectors into fuzz/corpus/."""

import base64
import hashlib
import json
import pathlib

HERE = pathlib.Path(__file__).parent
VECTORS = HERE.parent / "vectors"


def seed(target, content):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def main():
    for path in sorted(VECTORS.glob("*.json")):
        entries = json.loads(path.read_text())
        if not isinstance(entries, list):
            continue
        for entry in entries:
            keys = entry.get("keys")
            if keys is not None and path.stem in ("keys", "rfc"):
                text = keys if isinstance(keys, str) else json.dumps(keys)
                seed("jwks", text.encode())
                seed("json", text.encode())
            parts = entry.get("token", "").split(".")
            for part in parts[:2] if path.stem in ("claims", "parse") else []:
                try:
                    seed("json", unb64(part))
                except ValueError:
                    pass
            if path.stem == "parse":
                seed("token", entry.get("token", "").encode())
    for algorithm in range(3):
        seed("token", bytes([algorithm]))
        seed("token", bytes([algorithm, 40, 0, 0, 65]))
        seed("verify", bytes([algorithm, 255]))
        seed("verify", bytes([algorithm, 0]) + bytes(64))


main()
