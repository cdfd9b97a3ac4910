#!/usr/bin/env python3
"""Writes documents.json: public and private keys in the forms in which people hand them round, none of which
may be taken for a secret. Python's `cryptography` and the programs `openssl` and `ssh-keygen` make them.

    documents.py            writes the file
    documents.py --check    writes nothing; fails if anything would change

Keys are those of test-keys.json, and fixed scalars for P-521. Everything is deterministic.
"""

import base64
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

HERE = pathlib.Path(__file__).parent
KEYS = json.loads((HERE / "test-keys.json").read_text())
FILE = HERE / "documents.json"
RSA = ["rsa-1024", "rsa-2048", "rsa-2048-b", "rsa-2056", "rsa-3072", "rsa-4096"]
EC = {"p256": ec.SECP256R1(), "p256-b": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}


def number(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def private_key(name):
    if name == "p521":
        return ec.derive_private_key(0x5EED << 400 | 0xC0FFEE, EC[name])
    jwk = KEYS[name]
    if name == "ed25519":
        return ed25519.Ed25519PrivateKey.from_private_bytes(number(jwk["d"]).to_bytes(32, "big"))
    if name in EC:
        return ec.derive_private_key(number(jwk["d"]), EC[name])
    public = rsa.RSAPublicNumbers(number(jwk["e"]), number(jwk["n"]))
    parts = [number(jwk[part]) for part in ("p", "q", "d", "dp", "dq", "qi")]
    return rsa.RSAPrivateNumbers(*parts, public).private_key()


def jwk(name):
    if name != "p521":
        return {member: KEYS[name][member] for member in ("kty", "crv", "n", "e", "x", "y") if member in KEYS[name]}
    at = private_key(name).public_key().public_numbers()
    return {"kty": "EC", "crv": "P-521", "x": b64(at.x.to_bytes(66, "big")), "y": b64(at.y.to_bytes(66, "big"))}


def certificate(name, issuer, subject, serial):
    """One for a key, by another. Names and numbers of different lengths move what comes after them."""
    common_name = lambda text: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)] if text else [])
    builder = x509.CertificateBuilder(
        issuer_name=common_name(subject[:20]),
        subject_name=common_name(subject),
        public_key=private_key(name).public_key(),
        serial_number=serial,
        not_valid_before=datetime.datetime(2020, 1, 1),
        not_valid_after=datetime.datetime(2049, 12, 31),
    )
    key = private_key(issuer)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return builder.sign(key, None)
    options = {"ecdsa_deterministic": True} if isinstance(key, ec.EllipticCurvePrivateKey) else {}
    return builder.sign(key, hashes.SHA256(), **options)


def openssl(octets, *arguments):
    return subprocess.run(["openssl", *arguments], input=octets, capture_output=True, check=True).stdout


def ssh2(line):
    with tempfile.NamedTemporaryFile() as file:
        file.write(line)
        file.flush()
        command = ["ssh-keygen", "-e", "-f", file.name]
        text = subprocess.run(command, capture_output=True, check=True).stdout
    # It writes who ran it.
    return b"".join(part for part in text.splitlines(keepends=True) if not part.startswith(b"Comment"))


def documents():
    der, pem = s.Encoding.DER, s.Encoding.PEM
    for name in [*RSA, *EC, "ed25519"]:
        key = private_key(name)
        public = key.public_key()
        spki = public.public_bytes(der, s.PublicFormat.SubjectPublicKeyInfo)
        yield "Der", f"{name} SubjectPublicKeyInfo", spki
        yield "Pem", f"{name} SubjectPublicKeyInfo", public.public_bytes(pem, s.PublicFormat.SubjectPublicKeyInfo)
        pkcs8 = key.private_bytes(der, s.PrivateFormat.PKCS8, s.NoEncryption())
        yield "Der", f"{name} PKCS#8", pkcs8
        yield "Jwk", f"{name} JWK", json.dumps(jwk(name), separators=(",", ":")).encode()
        yield "Jwk", f"{name} JWK, indented", json.dumps({"kid": "k", **jwk(name)}, indent=2).encode()
        last = jwk(name)
        last["kty"] = last.pop("kty")
        yield "Jwk", f"{name} JWK, kty last", json.dumps(last).encode()
        yield "Jwk", f"{name} JWK Set", json.dumps({"keys": [jwk(name)]}).encode()
        yield "Jwk", f"{name} JWK in Python", repr(jwk(name)).encode()
        if name in RSA:
            yield "Der", f"{name} PKCS#1", public.public_bytes(der, s.PublicFormat.PKCS1)
            yield "Pem", f"{name} PKCS#1", public.public_bytes(pem, s.PublicFormat.PKCS1)
            yield "Der", f"{name} PKCS#1, private", key.private_bytes(der, s.PrivateFormat.TraditionalOpenSSL, s.NoEncryption())
        if name in EC:
            yield "Point", f"{name} point", public.public_bytes(s.Encoding.X962, s.PublicFormat.UncompressedPoint)
            yield "Der", f"{name} SEC 1", key.private_bytes(der, s.PrivateFormat.TraditionalOpenSSL, s.NoEncryption())
            bare = ["ec", "-inform", "DER", "-outform", "DER", "-no_public"]
            yield "Der", f"{name} SEC 1 without its point", openssl(pkcs8, *bare)
            explicit = ["ec", "-inform", "DER", "-pubin", "-outform", "DER", "-param_enc", "explicit"]
            yield "Der", f"{name} SubjectPublicKeyInfo, parameters in full", openssl(spki, *explicit)
        if name != "rsa-1024":
            line = public.public_bytes(s.Encoding.OpenSSH, s.PublicFormat.OpenSSH)
            yield "Ssh", f"{name} OpenSSH", line + b" somebody@example.com\n"
            yield "Ssh", f"{name} OpenSSH, the key alone", line.split()[1]
            yield "Ssh", f"{name} OpenSSH, its octets", base64.b64decode(line.split()[1])
            yield "Pem", f"{name} SSH2", ssh2(line)
        for place, issuer in enumerate(("rsa-2048-b", "p256-b", "p384", "ed25519")):
            for length in (0, 1, 2, 7, 31)[place::2]:
                made = certificate(name, issuer, "n" * length, 1 << 8 * (length % 20))
                yield "Der", f"{name} certificate by {issuer}, a name of {length}", made.public_bytes(der)
        yield "Pem", f"{name} certificate", made.public_bytes(pem)


def main():
    entries = [{"form": form, "name": name, "base64": base64.b64encode(octets).decode()} for form, name, octets in documents()]
    lines = ",\n".join("  " + json.dumps(entry) for entry in entries)
    text = f'{{"documents": [\n{lines}\n]}}\n'
    if "--check" in sys.argv[1:]:
        sys.exit(None if FILE.read_text() == text else f"{FILE.name} would change")
    FILE.write_text(text)


main()
