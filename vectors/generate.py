#!/usr/bin/env python3
"""Writes the test vectors of this folder, with JOSE implementations that are not this crate.

    pip install PyJWT==2.15.1 cryptography==50.0.2 jwcrypto==1.6.1 joserfc==1.8.0
    npm install jose@6.2.17

    python3 generate.py [--node FOLDER] [--check] [--any-version]

FOLDER holds `node_modules` (default: the current folder). With --check nothing is written: the
vectors are made in memory, and a difference from the files is an error.

Keys come from test-keys.json, RFC values from rfc-printed.json. A second run gives the same files:
HMAC, RSASSA-PKCS1-v1_5, Ed25519 and what is made here are deterministic; a token of a library that draws
a nonce (ES*) or a salt (PS*) is kept as long as that library still verifies it. The expectations are
written here by hand, from the documented order of checks, and not by running the crate.
"""

import argparse
import base64
import functools
import hashlib
import hmac
import json
import pathlib
import subprocess
import sys
import warnings

NEEDED = {"PyJWT": "2.15.1", "cryptography": "50.0.2", "jwcrypto": "1.6.1", "joserfc": "1.8.0"}
NEEDED_NODE = "6.2.17"
HERE = pathlib.Path(__file__).resolve().parent

try:
    from importlib.metadata import version

    import joserfc.jwk
    import joserfc.jws
    import jwcrypto.jwk
    import jwcrypto.jws
    import jwt
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

    import edwards
except ImportError as missing:
    packages = " ".join(f"{name}=={number}" for name, number in NEEDED.items())
    sys.exit(f"{missing}\nneeded: {packages}\nand from npm: jose@{NEEDED_NODE}")

warnings.simplefilter("ignore")


# base64url, keys and the primitives


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(text):
    return int.from_bytes(unb64(text), "big")


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


KEYS = json.loads((HERE / "test-keys.json").read_text())
PRINTED = json.loads((HERE / "rfc-printed.json").read_text())
PRIVATE = ("d", "p", "q", "dp", "dq", "qi")
ALGORITHM = {"RSA": "RS256", "EC": "ES256", "oct": "HS256"}
SHA = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
# What can carry each algorithm: the crate's table.
CARRIED_BY = {
    **{f"HS{bits}": ("oct", None) for bits in SHA},
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    **{f"{scheme}{bits}": ("RSA", None) for scheme in ("RS", "PS") for bits in SHA},
    "Ed25519": ("OKP", "Ed25519"),
    "EdDSA": ("OKP", "Ed25519"),
}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P384_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
P384_PRIME = (1 << 384) - (1 << 128) - (1 << 96) + (1 << 32) - 1
P256_PRIME = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF


def public(name, **members):
    """The public half of a test key (a secret has no other half), with these members as well."""
    jwk = {member: value for member, value in KEYS[name].items() if member not in PRIVATE}
    return {"kty": jwk.pop("kty"), **members, **jwk}


def without(jwk, *names):
    return {member: value for member, value in jwk.items() if member not in names}


def key_set(*members):
    return {"keys": list(members)}


@functools.cache
def private_key(name):
    jwk = KEYS[name]
    if jwk["kty"] == "RSA":
        n, e, d, p, q, dp, dq, qi = (number(jwk[m]) for m in ("n", "e", "d", "p", "q", "dp", "dq", "qi"))
        return rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, rsa.RSAPublicNumbers(e, n)).private_key()
    if jwk["kty"] == "OKP":
        return ed25519.Ed25519PrivateKey.from_private_bytes(unb64(jwk["d"]))
    curve = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1}[jwk["crv"]]()
    return ec.derive_private_key(number(jwk["d"]), curve)


def public_bytes(name, encoding, form):
    return (
        private_key(name)
        .public_key()
        .public_bytes(getattr(serialization.Encoding, encoding), getattr(serialization.PublicFormat, form))
    )


def pair(r, s, length=32):
    return r.to_bytes(length, "big") + s.to_bytes(length, "big")


def primitive(alg, name, text, digest=None):
    """A signature made with `cryptography` or the standard library, always the same one. `digest` is the
    hash where it is not the algorithm's."""
    digest = digest or SHA.get(alg[2:], hashes.SHA512)()
    if alg.startswith("HS"):
        return hmac.new(unb64(KEYS[name]["k"]), text, digest.name).digest()
    if alg.startswith("RS"):
        return private_key(name).sign(text, padding.PKCS1v15(), digest)
    if alg.startswith("PS"):
        return pss(name, text, digest.name)
    if alg.startswith("Ed"):
        return private_key(name).sign(text)
    signature = private_key(name).sign(text, ec.ECDSA(digest, deterministic_signing=True))
    return pair(*utils.decode_dss_signature(signature), private_key(name).key_size // 8)


def pss(name, text, digest, **parts):
    """RSASSA-PSS (RFC 8017 8.1.1) of what `encoded` makes, with the salt given there."""
    n, d = number(KEYS[name]["n"]), number(KEYS[name]["d"])
    message = encoded(n.bit_length() - 1, hashlib.new(digest, text).digest(), digest, **parts)
    return pow(int.from_bytes(message, "big"), d, n).to_bytes((n.bit_length() + 7) // 8, "big")


def encoded(
    bits, hashed, digest, salt=None, mgf=None, prefix=bytes(8), padding=None, one=b"\1", trailer=b"\xbc", top=None
):
    """EMSA-PSS (RFC 8017 9.1.1) of a hash; what is given beside `bits`, `hashed` and `digest` is not as it should be.
    The salt is drawn from the hash, so that a second run gives the same."""
    size, octets = hashlib.new(digest).digest_size, (bits + 7) // 8
    salt = hashlib.sha512(hashed).digest()[:size] if salt is None else salt
    h = hashlib.new(digest, prefix + hashed + salt).digest()
    zeros = octets - size - len(salt) - 2
    block = (bytes(zeros) if padding is None else padding(zeros)) + one + salt
    mask = b"".join(hashlib.new(mgf or digest, h + i.to_bytes(4, "big")).digest() for i in range(octets))
    masked = bytearray(a ^ b for a, b in zip(block, mask))
    masked[0] &= 0xFF >> 8 * octets - bits
    masked[0] |= top or 0
    return bytes(masked) + h + trailer


# Implementations that sign whole tokens


class Node:
    """The npm package `jose`, spoken to through generate.mjs."""

    def __init__(self, folder):
        command = ["node", str(HERE / "generate.mjs"), folder]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self.ask(op="version")

    def ask(self, **request):
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            sys.exit(f"generate.mjs failed; it needs npm's jose@{NEEDED_NODE} under --node FOLDER")
        return json.loads(answer)


NODE = None
KEPT = {}  # tokens of the files, by what was signed
CHOSEN = {}  # ES* and PS* tokens of this run, by what was signed
MAKERS = ["PyJWT", "jwcrypto", "joserfc", "jose"]
MADE_BY = {}


def source(maker):
    if maker == "jose":
        return f"jose (npm) {NODE.version}"
    return f"{maker} {version(maker)}"


@functools.cache
def imported(maker, jwk, alg=None):
    """The key of a JWK's text as a library has it. Private RSA keys are checked, which takes long: once each."""
    jwk = json.loads(jwk)
    if maker == "PyJWT":
        return jwt.PyJWK(jwk, algorithm=alg).key
    return jwcrypto.jwk.JWK(**jwk) if maker == "jwcrypto" else joserfc.jwk.import_key(jwk)


def by_library(maker, alg, name, header, payload):
    header = {"alg": alg, **header}
    jwk = KEYS[name]
    if maker == "PyJWT":
        key = imported(maker, compact(jwk), alg)
        return jwt.api_jws.PyJWS().encode(payload, key, alg, headers={"typ": None, **header})
    if maker == "jwcrypto":
        jws = jwcrypto.jws.JWS(payload)
        jws.add_signature(imported(maker, compact(jwk)), None, json.dumps(header), None)
        return jws.serialize(compact=True)
    if maker == "joserfc":
        return joserfc.jws.serialize_compact(header, payload, imported(maker, compact(jwk)), algorithms=[alg])
    return NODE.ask(op="sign", alg=alg, jwk=jwk, header=header, payload=b64(payload))


def verified_by_library(maker, jwk, alg, token):
    """Whether a library verifies it, with a public key that is handed over as a JWK, for this algorithm."""
    try:
        if maker == "PyJWT":
            jwt.api_jws.PyJWS().decode(token, imported(maker, compact(jwk), alg), [alg])
        elif maker == "jwcrypto":
            jwcrypto.jws.JWS.from_jose_token(token).verify(imported(maker, compact(jwk)), alg)
        elif maker == "joserfc":
            joserfc.jws.deserialize_compact(token, imported(maker, compact(jwk)), algorithms=[alg])
        else:
            return NODE.ask(op="verify", alg=alg, jwk=jwk, token=token)
        return True
    except Exception:  # each has errors of its own, and some let those of a layer below through
        return False


def usual(name):
    """The algorithm of a test key, where it is not said."""
    jwk = KEYS[name]
    return {"P-384": "ES384", "Ed25519": "EdDSA"}.get(jwk.get("crv")) or ALGORITHM[jwk["kty"]]


def made_by(maker, signed):
    """Two makers must not draw for the same text, or one would keep the other's token."""
    assert MADE_BY.setdefault(signed, maker) == maker, f"{maker}: signed before by {MADE_BY[signed]}"


def sign(maker, name, header=None, payload=None, alg=None):
    """A token made by a library. `header` need not have `alg`."""
    alg = alg or usual(name)
    payload = SHORT if payload is None else payload
    token = by_library(maker, alg, name, header or {}, payload.encode() if isinstance(payload, str) else payload)
    if alg[:2] in ("ES", "PS"):
        signed = token.rpartition(".")[0]
        made_by(maker, signed)
        if signed not in CHOSEN:
            kept = (old for old in KEPT.get(signed, ()) if verified_by_library(maker, public(name), alg, old))
            CHOSEN[signed] = next(kept, token)
        token = CHOSEN[signed]
    return token


def raw(name, header, payload=None, payload_text=None, alg=None):
    """A token with exactly this header text or octets, signed with `cryptography`."""
    alg = alg or usual(name)
    payload = SHORT if payload is None else payload
    octets = header.encode() if isinstance(header, str) else header
    text = b64(payload.encode() if isinstance(payload, str) else payload) if payload_text is None else payload_text
    signed = f"{b64(octets)}.{text}"
    if alg[:2] in ("ES", "PS"):
        made_by("cryptography", signed)
    return f"{signed}.{b64(primitive(alg, name, signed.encode()))}"


def unsigned(header, payload=None, signature=b""):
    return f"{b64(header.encode())}.{b64((SHORT if payload is None else payload).encode())}.{b64(signature)}"


def resigned(token, signature):
    return f"{token.rpartition('.')[0]}.{b64(signature)}"


def signature_of(token):
    return unb64(token.rpartition(".")[2])


def payload_of(token):
    return token.split(".")[1]


def raw_source():
    return f"cryptography {version('cryptography')}, header by generate.py"


def altered(maker):
    return f"{source(maker)}, then altered by generate.py"


SELF = "generate.py"


# Entries and expectations


def accept(token, kid=None):
    alg = json.loads(unb64(token.split(".")[0]))["alg"]
    return {"verdict": "accept", "algorithm": own_name(alg), "kid": kid, "payload": payload_of(token)}


def own_name(alg):
    """The name that the crate gives it: of the two names of Ed25519 the one that is not deprecated."""
    return "Ed25519" if alg == "EdDSA" else alg


def refuse(stage, reason):
    return {"verdict": "refuse", "stage": stage, "reason": reason}


def parse_error(reason):
    return refuse("parse", reason)


def select_error(reason):
    return refuse("select", reason)


def claims_error(reason):
    return refuse("claims", reason)


INVALID = refuse("signature", "Invalid")
LENGTH = refuse("signature", "WrongLength")


def bound(algorithm, kid=None):
    return {"kid": kid, "verdict": "bound", "algorithm": algorithm}


def aside(reason, kid=None):
    return {"kid": kid, "verdict": "set aside", "reason": reason}


def loaded(*verdicts):
    """What loading gives: a verdict for each member, and a refusal when none is usable."""
    if any(verdict["verdict"] == "bound" for verdict in verdicts):
        return {"keys": list(verdicts)}
    return {**refuse("keys", "NoUsableKey"), "keys": list(verdicts)}


class Theme:
    def __init__(self, name):
        self.name = name
        self.entries = []

    def add(self, ident, made_by, keys, algorithms, token=None, *, expect, **request):
        algorithms = algorithms.split()
        entry = {"id": f"{self.name}/{ident}", "source": made_by, "keys": keys, "algorithms": algorithms}
        if token is not None:
            entry["token"] = token
        needed = needs(entry, expect, request.pop("needs", ()))
        if needed:
            request["needs"] = needed
        self.entries.append({**entry, **request, "expect": expect})


def needs(entry, expect, more):
    """The features, beside those of `algorithms`, without which the answer would be another: an algorithm that
    a build does not have is one that it does not know."""
    if expect.get("stage") == "parse" or expect.get("stage") == "keys" and "keys" not in expect:
        return sorted(more)
    try:
        alg = json.loads(unb64(entry["token"].split(".")[0]))["alg"]
    except (KeyError, ValueError):
        alg = None
    try:
        keys = entry["keys"] if isinstance(entry["keys"], dict) else json.loads(entry["keys"])
    except ValueError:
        keys = {}
    members = [jwk for jwk in keys.get("keys", [keys]) if isinstance(jwk, dict)]
    names = [*entry["algorithms"], alg, *(jwk.get("alg") for jwk in members)]
    known = [name for name in names if isinstance(name, str) and name in CARRIED_BY]
    # Some algorithm of the kty and, where it is one of the crate's, of the crv; which one makes no difference.
    for jwk in members:
        kty, crv = jwk.get("kty"), jwk.get("crv")
        kind = (kty, crv) if (kty, crv) in CARRIED_BY.values() else (kty,)
        carrying = [name for name, carrier in CARRIED_BY.items() if carrier[: len(kind)] == kind]
        if carrying and not set(carrying) & set(known):
            known.append(carrying[0])
    features = {own_name(name).lower() for name in known} - {own_name(name).lower() for name in entry["algorithms"]}
    return sorted({*features, *more})


SHORT = '{"sub":"user-1"}'
ISSUER = "https://issuer.example"
AUDIENCE = "api.example"
NOW = 1790000000
CLAIMS = compact(
    {"iss": ISSUER, "sub": "user-1", "aud": AUDIENCE, "exp": 4102444800, "nbf": 1780000000, "iat": 1780000000}
)
LEAN = compact({"iss": ISSUER, "aud": AUDIENCE, "exp": 4102444800})
POLICY = {"now": NOW, "issuer": ISSUER, "audience": AUDIENCE}


def rfc():
    theme = Theme("rfc")
    tokens, keys, serializations = PRINTED["tokens"], PRINTED["keys"], PRINTED["json"]

    def case(section, key, algorithms, expect, ident=None, token=None, **request):
        theme.add(ident or section, section, key, algorithms, token or tokens[section], expect=expect, **request)

    hs, rs, es = (keys[f"RFC 7515 A.{n}"] for n in (1, 2, 3))
    bilbo, frodo = keys["RFC 7520 3.3"], keys["RFC 7520 3.5"]
    for section, key, alg in (
        ("RFC 7515 A.1", hs, "HS256"),
        ("RFC 7515 A.2", rs, "RS256"),
        ("RFC 7515 A.3", es, "ES256"),
    ):
        case(section, key, alg, accept(tokens[section]))
        case(section, key, alg, accept(tokens[section]), section + ", last second", now=1300819379, issuer="joe")
        case(section, key, alg, claims_error("Expired"), section + ", expired", now=1300819380, issuer="joe")
    case("RFC 7515 A.4", key_set(keys["RFC 7515 A.4"], es), "ES256", select_error("AlgorithmUnsupported"))
    case("RFC 7515 A.5", hs, "HS256", select_error("AlgorithmUnsupported"))
    case("RFC 7520 4.1", bilbo, "RS256", accept(tokens["RFC 7520 4.1"], bilbo["kid"]))
    case("RFC 7520 4.2", bilbo, "PS384", accept(tokens["RFC 7520 4.2"], bilbo["kid"]))
    case("RFC 7520 4.2", bilbo, "RS256", select_error("AlgorithmNotAllowed"), "RFC 7520 4.2, RS256 allowed")
    case("RFC 7520 4.2", bilbo, "RS256 PS384", select_error("KeyUnusable"), "RFC 7520 4.2, RS256 allowed as well")
    case("RFC 7520 4.3", key_set(keys["RFC 7520 3.1"], bilbo), "RS256 ES256", select_error("AlgorithmUnsupported"))
    case("RFC 7520 4.4", frodo, "HS256", accept(tokens["RFC 7520 4.4"], frodo["kid"]))
    case("RFC 7520 4.5", frodo, "HS256", INVALID, "RFC 7520 4.5, payload detached")
    case("RFC 7797 4.1", hs, "HS256", accept(tokens["RFC 7797 4.1"]))
    case("RFC 7797 4.2", hs, "HS256", parse_error("UnencodedPayload"))
    case("RFC 8037 A.4", keys["RFC 8037 A.2"], "Ed25519", accept(tokens["RFC 8037 A.4"]))
    case("RFC 8037 A.4", es, "ES256", select_error("AlgorithmNotAllowed"), "RFC 8037 A.4, ES256 allowed")
    for section, document in serializations.items():
        case(section, hs, "HS256", parse_error("JsonSerialization"), token=compact(document))
    # RFC 7519 prints the JWS of RFC 7515 A.1 and A.5 once more.
    jwt_3_1, jwt_6_1 = tokens["RFC 7515 A.1"], tokens["RFC 7515 A.5"]
    case("RFC 7519 3.1", hs, "HS256", accept(jwt_3_1), token=jwt_3_1, now=1300000000, issuer="joe")
    case("RFC 7519 6.1", hs, "HS256", select_error("AlgorithmUnsupported"), token=jwt_6_1)

    def load(section, algorithms, *verdicts):
        theme.add(f"{section} for {algorithms}", section, keys[section], algorithms, expect=loaded(*verdicts))

    load("RFC 7517 A.1", "RS256 ES256", aside("UseNotSig", "1"), bound("RS256", "2011-04-29"))
    load("RFC 7517 A.1", "ES256", aside("UseNotSig", "1"), aside("AlgNotAllowed", "2011-04-29"))
    load("RFC 7517 A.2", "RS256 ES256", aside("UseNotSig", "1"), aside("PrivateMaterial", "2011-04-29"))
    mac = "HMAC key used in JWS spec Appendix A.1 example"
    load("RFC 7517 A.3", "HS256", aside("AlgUnsupported"), bound("HS256", mac))
    load("RFC 7517 A.3", "HS256 RS256", aside("AlgUnsupported"), aside("SecretAmongPublicKeys", mac))
    load("RFC 7517 B", "RS256", bound("RS256", "1b94c"))
    load("RFC 7520 3.1", "ES256", aside("CrvUnsupported", bilbo["kid"]))
    load("RFC 7520 3.3", "RS256", bound("RS256", bilbo["kid"]))
    load("RFC 7520 3.3", "RS256 PS384", aside("AlgMissing", bilbo["kid"]))
    load("RFC 7520 3.5", "HS256", bound("HS256", frodo["kid"]))
    load("RFC 7520 3.5", "HS512", aside("AlgNotAllowed", frodo["kid"]))
    load("RFC 7520 3.6", "HS256", aside("UseNotSig", "1e571774-2e08-40da-8308-e8d68773842d"))
    load("RFC 8037 A.1", "Ed25519", aside("PrivateMaterial"))
    load("RFC 8037 A.6", "Ed25519", aside("CrvUnsupported", "Bob"))
    load("RFC 8037 A.7", "Ed25519", aside("CrvUnsupported", "Dave"))
    return theme.entries


PAYLOADS = {
    "empty": "",
    "utf-8": compact({"iss": ISSUER, "name": "Zoë Łukasz 李 \U0001f511", "exp": 4102444800}),
    "escapes": r'{"iss":"https:\/\/issuer.example","\u0061ud":["x","api\u002eexample"],"s":"\ud83d\udd11\u0000\t\"","exp":4102444800}',
    "nested": compact(
        {"exp": 4102444800, "realm_access": {"roles": ["a", {"b": [[], {}, [1, 2.5e3, -0, None, True]]}]}}
    ),
}


def interop():
    theme = Theme("interop")
    for maker in MAKERS:
        label = maker.lower()

        def case(what, name, payload=LEAN, kid=None, members=None, alg=None, **request):
            alg = alg or usual(name)
            kid = kid or f"{label} {name}"
            token = sign(maker, name, {"kid": kid}, payload, alg)
            keys = public(name, kid=kid, **({"alg": alg} if members is None else members))
            theme.add(
                f"{label} {what}", source(maker), keys, own_name(alg), token, expect=accept(token, kid), **request
            )

        for bits in (2048, 2056, 3072, 4096):
            case(f"RS256 {bits}", f"rsa-{bits}", members={"use": "sig"} if bits == 3072 else None, **POLICY)
        case("RS256 8192", "rsa-8192", SHORT, needs=["rsa"])
        case("ES256", "p256", **POLICY)
        case("ES256 without alg", "p256-b", members={"use": "sig", "key_ops": ["verify"]}, **POLICY)
        for length in (32, 64, 65, 200):
            case(f"HS256 {length}", f"hmac-{length}", members={} if length == 65 else None, **POLICY)
        for name in ("rsa-2048", "p256", "hmac-32"):
            alg = ALGORITHM[KEYS[name]["kty"]]
            for what, payload in PAYLOADS.items():
                # RSA keys and signatures are long: one payload for each library is enough.
                if alg == "RS256" and what != list(PAYLOADS)[MAKERS.index(maker)]:
                    continue
                request = POLICY if what == "escapes" else {}
                case(f"{alg} payload {what}", name, payload, f"{label} {what}", **request)
            if alg != "RS256":
                case(f"{alg} kid", name, kid=f"{label} clé 鍵 \U0001f511")
        # Node has an OpenSSL of its own; the others have that of `cryptography`, and take turns. RSA entries are
        # long. The encoding of PSS is an octet shorter than a modulus of 2049 bits.
        for alg, bits, by in (
            *((f"{scheme}384", 2056, ("jwcrypto", "jose")) for scheme in ("RS", "PS")),
            *((f"{scheme}512", 2049, ("joserfc", "jose")) for scheme in ("RS", "PS")),
            ("PS256", 2048, MAKERS),
            ("PS256", 2049, ("PyJWT", "jose")),
            ("PS256", 3072, ("joserfc", "jose")),
            ("PS256", 4096, ("jwcrypto", "jose")),
            ("PS256", 8192, ("jose",)),
        ):
            if maker in by:
                more = {"needs": ["rsa"]} if bits == 8192 else {}
                members = {"use": "sig"} if bits == 3072 else None
                case(f"{alg} {bits}", f"rsa-{bits}", SHORT, f"{label} {alg} {bits}", members, alg, **more)
        for alg, lengths in (("HS384", (48, 200)), ("HS512", (64, 65))):
            for length in lengths:
                members = {} if length == 65 else None
                case(f"{alg} {length}", f"hmac-{length}", kid=f"{label} {alg} {length}", members=members, alg=alg)
        for name in ("p384", "p384-b"):
            case(f"ES384 {name}", name, members={} if name == "p384-b" else None, **POLICY)
        # PyJWT knows the older name alone.
        for alg in ("EdDSA", "Ed25519")[: 1 if maker == "PyJWT" else 2]:
            for of_key in ("EdDSA", "Ed25519", None):
                members = {"alg": of_key} if of_key else {}
                kid = f"{label} {alg} {of_key}"
                case(f"{alg} in the header, {of_key} in the key", "ed25519", LEAN, kid, members, alg)
        for name, what in zip(("hmac-64", "p384", "ed25519-b"), PAYLOADS):
            alg = {"hmac-64": "HS512"}.get(name)
            case(f"{alg or usual(name)} payload {what}", name, PAYLOADS[what], f"{label} {what} {name}", alg=alg)
    return theme.entries


def selection():
    theme = Theme("selection")
    a, b, e = public("rsa-2048", kid="a"), public("rsa-2048-b", kid="b"), public("p256", kid="e")
    secret = public("hmac-32", kid="h")
    pem = public_bytes("rsa-2048", "PEM", "SubjectPublicKeyInfo")

    def case(ident, keys, algorithms, token, expect, made_by=None, **request):
        theme.add(ident, made_by or source("PyJWT"), keys, algorithms, token, expect=expect, **request)

    def rs(name="rsa-2048", maker="PyJWT", payload=None, **header):
        return sign(maker, name, header, payload)

    def es(**header):
        return sign("joserfc", "p256", header)

    hs_token = sign("PyJWT", "hmac-32")
    both = key_set(a, b)
    ec_a, ec_b = public("p256", kid="a"), public("p256-b", kid="b")
    ec_both = key_set(ec_a, ec_b)
    not_allowed, unsupported, mismatch = (
        select_error(f"Algorithm{what}") for what in ("NotAllowed", "Unsupported", "Mismatch")
    )
    needed, required, unknown, ambiguous = (
        select_error(what) for what in ("KidNeeded", "KidRequired", "KidUnknown", "KeyAmbiguous")
    )

    # The token of a tenant that still signs with its client secret, sent to a verifier of RS256.
    case("HS256 without kid, RS256 expected", both, "RS256", hs_token, not_allowed)
    case("HS256 without kid, RS256 and kid expected", both, "RS256", hs_token, not_allowed, require_kid=True)
    case(
        "HS256 with kid, RS256 expected",
        both,
        "RS256",
        sign("jose", "hmac-32", {"kid": "a"}),
        not_allowed,
        source("jose"),
    )

    # kid
    case("no kid, two keys", both, "RS256", rs(), needed)
    case("no kid, two keys, the other's token", both, "RS256", rs("rsa-2048-b"), needed)
    case("no kid, one key, kid demanded", key_set(a), "RS256", rs(), required, require_kid=True)
    case("no kid, key without kid, kid demanded", public("rsa-2048"), "RS256", rs(), required, require_kid=True)
    case("no kid, one key", key_set(a), "RS256", rs(), accept(rs()))
    case("no kid, bare key without kid", public("rsa-2048"), "RS256", rs(), accept(rs()))
    case("no kid, one key an algorithm, RS256", key_set(e, a), "RS256 ES256", rs(), accept(rs()))
    case("no kid, one key an algorithm, ES256", key_set(a, e), "RS256 ES256", es(), accept(es()), source("joserfc"))
    case("no kid, two of three for the algorithm", key_set(a, e, b), "RS256 ES256", rs(), needed)
    case("no kid, the other key is for another algorithm", key_set(a, e), "RS256", rs(), accept(rs()))
    case("kid of the first", both, "RS256", rs(kid="a"), accept(rs(kid="a"), "a"), require_kid=True)
    case("kid of the second", both, "RS256", rs("rsa-2048-b", kid="b"), accept(rs("rsa-2048-b", kid="b"), "b"))
    case("kid of the wrong key", both, "RS256", rs(kid="b"), INVALID)
    case("kid unknown", ec_both, "ES256", es(kid="c"), unknown, source("joserfc"))
    case("kid unknown, one key", key_set(ec_a), "ES256", es(kid="c"), unknown, source("joserfc"))
    case("kid unknown, bare key", ec_a, "ES256", es(kid="c"), unknown, source("joserfc"))
    case("kid, key without kid", public("p256"), "ES256", es(kid="a"), unknown, source("joserfc"))
    case("kid empty", ec_both, "ES256", es(kid=""), unknown, source("joserfc"))
    case(
        "kid empty in both",
        key_set(public("p256", kid=""), ec_b),
        "ES256",
        es(kid=""),
        accept(es(kid=""), ""),
        source("joserfc"),
    )
    case("kid in other case", ec_both, "ES256", es(kid="A"), unknown, source("joserfc"))
    case("kid with a space", ec_both, "ES256", es(kid="a "), unknown, source("joserfc"))
    case("kid with NUL", ec_both, "ES256", es(kid="a\0"), unknown, source("joserfc"))
    case("kid with a path", ec_both, "ES256", es(kid="../../dev/null"), unknown, source("joserfc"))
    case("kid with a query", ec_both, "ES256", es(kid="a' OR '1'='1"), unknown, source("joserfc"))
    long_kid = raw("p256", compact({"alg": "ES256", "kid": "a" * 2000}))
    case("kid of 2,000 characters", ec_both, "ES256", long_kid, unknown, raw_source())
    composed, decomposed = "cl\u00e9", "cle\u0301"
    case(
        "kid composed, key decomposed",
        public("p256", kid=decomposed),
        "ES256",
        es(kid=composed),
        unknown,
        source("joserfc"),
    )
    escaped = raw("p256", r'{"alg":"ES256","kid":"\u0061"}')
    case("kid escaped in the header", ec_both, "ES256", escaped, accept(escaped, "a"), raw_source())
    escaped_name = raw("p256", r'{"\u0061lg":"\u0045S256","k\u0069d":"a"}')
    case("names escaped in the header", ec_both, "ES256", escaped_name, accept(escaped_name, "a"), raw_source())
    text = compact(ec_both).replace('"kid":"a"', r'"\u006bid":"\u0061"')
    case("kid escaped in the set", text, "ES256", es(kid="a"), accept(es(kid="a"), "a"), source("joserfc"))
    many = '{"keys":[' + "{}," * 1023 + compact(ec_a) + "]}"
    case("last of 1,024 members", many, "ES256", es(kid="a"), accept(es(kid="a"), "a"), source("joserfc"))

    # Several keys under one kid
    twice = key_set(a, public("rsa-2048-b", kid="a"), public("p256", kid="a"))
    case("one kid, two keys of the algorithm", twice, "RS256 ES256", rs(kid="a"), ambiguous)
    es_a = es(kid="a")
    case("one kid, one key of the algorithm", twice, "RS256 ES256", es_a, accept(es_a, "a"), source("joserfc"))
    pair_of_two = key_set(a, public("rsa-2048-b", kid="a"), e)
    case(
        "one kid, no key of the algorithm",
        pair_of_two,
        "RS256 ES256",
        es_a,
        select_error("NoKeyForAlgorithm"),
        source("joserfc"),
    )
    case(
        "no kid, no key of the algorithm",
        both,
        "RS256 ES256",
        es(),
        select_error("NoKeyForAlgorithm"),
        source("joserfc"),
    )

    # Rotation: the old key, both, the new key
    for stage, keys, old, new in (
        ("before", key_set(ec_a), True, False),
        ("overlap", ec_both, True, True),
        ("after", key_set(ec_b), False, True),
    ):
        for which, name, kid, good in (("old", "p256", "a", old), ("new", "p256-b", "b", new)):
            token = sign("jwcrypto", name, {"kid": kid}, '{"sub":"user-2"}')
            expect = accept(token, kid) if good else unknown
            case(f"rotation {stage}, {which} token", keys, "ES256", token, expect, source("jwcrypto"))

    # A set with neighbours that cannot be used
    unusable = public("p256-b")
    mixed = key_set(
        {**unusable, "kid": "enc", "use": "enc"},
        public("ed25519", kid="okp", use="sig"),
        public("p384", kid="p384"),
        public("rsa-1024", kid="small"),
        5,
        None,
        "text",
        [],
        {},
        {**unusable, "kid": 7},
        {"kty": "RSA", "kid": "bare"},
        secret,
        {"kty": "RSA", "kid": "alg", "alg": "RSA-OAEP"},
        {**KEYS["p256-b"], "kid": "private"},
        ec_a,
    )
    joserfc_source = source("joserfc")
    case("among unusable neighbours", mixed, "RS256 ES256", es(kid="a"), accept(es(kid="a"), "a"), joserfc_source)
    case("among unusable neighbours, no kid", mixed, "RS256 ES256", es(), accept(es()), joserfc_source)
    set_aside = select_error("KeyUnusable")
    for kid in ("enc", "okp", "p384", "small", "bare", "h", "alg", "private"):
        case(f"set aside: {kid}", mixed, "RS256 ES256", es(kid=kid), set_aside, joserfc_source)
    case("set aside, RS256", mixed, "RS256 ES256", rs(kid="alg"), set_aside)
    case("unknown among unusable neighbours", mixed, "RS256 ES256", es(kid="c"), unknown, joserfc_source)
    case(
        "set aside: not allowed",
        key_set(ec_a, {"kty": "RSA", "kid": "r"}),
        "ES256",
        es(kid="r"),
        set_aside,
        joserfc_source,
    )
    shadowed = key_set(public("p256-b", kid="a", use="enc"), ec_a)
    case("usable and unusable under one kid", shadowed, "ES256", es(kid="a"), accept(es(kid="a"), "a"), joserfc_source)

    # Header algorithms that are not implemented, and others that are and not allowed
    for name in (
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        "es256",
        "ES256 ",
        "Es256",
        "ES256K",
        "ES512",
        "Ed448",
        "eddsa",
        "PS256 ",
        "ML-DSA-44",
        "HS256\0",
        "RSA-OAEP",
        "dir",
        "R" * 300,
    ):
        case(
            f"alg {json.dumps(name[:8])}",
            ec_a,
            "ES256",
            unsigned(compact({"alg": name, "kid": "a"})),
            unsupported,
            SELF,
        )
    none = unsigned('{"alg":"none"}', signature=signature_of(rs()))
    case("alg none with a signature", ec_a, "ES256", none, unsupported, SELF)
    for alg, name in (
        ("PS256", "rsa-2048"),
        ("RS384", "rsa-2048"),
        ("RS512", "rsa-2048"),
        ("HS384", "hmac-64"),
        ("HS512", "hmac-64"),
        ("PS512", "rsa-2048"),
    ):
        if alg.startswith("PS"):
            # PSS draws a salt; the signature is not looked at, so that any will do.
            case(
                f"alg {alg}",
                ec_a,
                "ES256",
                unsigned(compact({"alg": alg, "kid": "a"}), signature=bytes(256)),
                not_allowed,
                SELF,
            )
        else:
            case(f"alg {alg}", ec_a, "ES256", sign("PyJWT", name, {"kid": "a"}, alg=alg), not_allowed)
    case("alg EdDSA", ec_a, "ES256", sign("PyJWT", "ed25519", {"kid": "a"}), not_allowed)
    case(
        "alg Ed25519",
        ec_a,
        "ES256",
        sign("joserfc", "ed25519", {"kid": "a"}, alg="Ed25519"),
        not_allowed,
        source("joserfc"),
    )
    case("alg ES384", ec_a, "ES256", sign("jwcrypto", "p384", {"kid": "a"}), not_allowed, source("jwcrypto"))

    # Header, key and verifier: all three must agree
    headers = {"RS256": "rsa-2048", "ES256": "p256", "HS256": "hmac-32"}
    keys = {alg: public(name, kid="k") for alg, name in headers.items()}
    for allowed in ("RS256", "ES256", "HS256", "RS256 ES256", "HS256 RS256", "HS256 ES256", "HS256 ES256 RS256"):
        for key_alg, key in keys.items():
            if key_alg not in allowed or (key_alg == "HS256" and allowed != "HS256"):
                continue
            for alg, name in headers.items():
                token = sign("jwcrypto", name, {"kid": "k"})
                if alg not in allowed:
                    expect = not_allowed
                else:
                    expect = accept(token, "k") if alg == key_alg else mismatch
                case(f"header {alg}, key {key_alg}, allowed {allowed}", key, allowed, token, expect, source("jwcrypto"))

    # The key's own material under another algorithm that could carry it: the signature is a good one every time.
    materials = {**{alg: "hmac-64" for alg in CARRIED_BY if alg.startswith("HS")}, "ES256": "p256", "ES384": "p384"}
    materials = {**materials, **{alg: "rsa-2048" for alg in CARRIED_BY if alg[0] in "RP"}, "EdDSA": "ed25519"}
    neighbours = (
        *(("HS256", "HS384"), ("HS384", "HS512"), ("HS512", "HS256"), ("RS256", "PS256"), ("RS384", "RS256")),
        *(
            ("RS512", "PS512"),
            ("PS256", "RS256"),
            ("PS384", "RS384"),
            ("PS512", "PS384"),
            ("ES256", "ES384"),
            ("ES384", "ES256"),
            ("ES384", "EdDSA"),
            ("EdDSA", "ES256"),
        ),
        *(("EdDSA", "PS256"), ("RS256", "EdDSA")),
    )
    for alg, other in neighbours:
        key = public(materials[other], kid="k", alg=other)
        token = raw(materials[alg], compact({"alg": alg, "kid": "k"}), "binding", alg=alg)
        made = raw_source()
        either = f"{own_name(alg)} {own_name(other)}"
        case(f"header {alg}, key {other}, both allowed", key, either, token, mismatch, made)
        if (alg, other) in (("HS256", "HS384"), ("RS256", "PS256"), ("PS256", "RS256"), ("EdDSA", "ES256")):
            aside_ = select_error("KeyUnusable")
            case(f"header {alg}, key {other}, the header's allowed", key, own_name(alg), token, aside_, made)
            case(f"header {alg}, key {other}, the key's allowed", key, own_name(other), token, not_allowed, made)
        if CARRIED_BY[alg] == CARRIED_BY[other] and (alg[:2] == "HS" or alg == "RS256"):
            bare = without(key, "alg")
            case(
                f"header {alg}, key without alg, {other} allowed as well",
                bare,
                either,
                token,
                select_error("KeyUnusable"),
                made,
            )
    # Without kid and without alg: the key for the header's algorithm is none, unless the set has it once more with its alg.
    bare, either = public("rsa-2048"), "RS256 PS256"
    token = raw("rsa-2048", '{"alg":"PS256"}', "binding", alg="PS256")
    case("PS256 without kid, key without alg", bare, "PS256", token, accept(token), raw_source())
    no_key = select_error("NoKeyForAlgorithm")
    case("PS256 without kid, key without alg, RS256 allowed as well", bare, either, token, no_key, raw_source())
    twice = key_set(bare, {**bare, "alg": "PS256"})
    case("PS256 without kid, key without alg and once more with it", twice, either, token, accept(token), raw_source())
    # Two names, one algorithm: a key is found by either, and a set never has it twice.
    okp = public("ed25519", kid="o")
    for alg in ("EdDSA", "Ed25519"):
        token = raw("ed25519", compact({"alg": alg}), "names", alg=alg)
        for what, keys in (
            ("both names in the set", key_set({**okp, "alg": "EdDSA"}, {**okp, "alg": "Ed25519"})),
            ("a neighbour on Ed448", key_set({**okp, "crv": "Ed448", "x": b64(bytes(57))}, okp)),
            ("a neighbour on X25519", key_set({**okp, "crv": "X25519"}, okp)),
            ("a P-256 key in the set", key_set(e, okp)),
        ):
            case(f"{alg}, {what}", keys, "ES256 Ed25519", token, accept(token), raw_source())
        two = key_set(okp, public("ed25519-b", kid="o2"))
        case(f"{alg} without kid, two keys", two, "Ed25519", token, needed, raw_source())
        token = raw("ed25519", compact({"alg": alg, "kid": "o"}), "names", alg=alg)
        for crv, length in (("Ed448", 57), ("X25519", 32)):
            other = {**okp, "crv": crv, "x": b64(bytes(range(length)))}
            case(f"{alg}, key on {crv}", other, "Ed25519", token, select_error("KeyUnusable"), raw_source())

    # The public key as the secret
    signed = f"{b64(compact({'alg': 'HS256', 'kid': 'a'}).encode())}.{b64(SHORT.encode())}"
    for what, text in (("PEM", pem), ("modulus", unb64(a["n"])), ("JWK", compact(a).encode())):
        forged = f"{signed}.{b64(hmac.new(text, signed.encode(), hashlib.sha256).digest())}"
        case(f"{what} as the secret, RS256 allowed", key_set(a), "RS256", forged, not_allowed, SELF)
        case(f"{what} as the secret, HS256 allowed as well", key_set(a), "RS256 HS256", forged, mismatch, SELF)

    # The same key twice is one key
    again = {**a, "use": "sig", "alg": "RS256"}
    zeros = {**a, "n": b64(b"\0" + unb64(a["n"]))}
    a_or_b = {**b, "kid": "a"}
    good_a = rs(kid="a")
    for what, document in (
        ("twice", key_set(a, a)),
        ("twice, with other members", key_set(a, again)),
        ("three times", key_set(a, again, a)),
        ("twice, beside another", key_set(b, a, again)),
        ("once with a zero octet", key_set(a, zeros)),
        ("twice, once for encryption", key_set(a, {**a, "use": "enc"}, again)),
        ("twice, with an EC key of this kid", key_set(a, {**e, "kid": "a"}, again)),
    ):
        case(f"the same key {what}", document, "RS256 ES256", good_a, accept(good_a, "a"))
    case(
        "the same EC key twice", key_set(ec_a, ec_a), "ES256", es(kid="a"), accept(es(kid="a"), "a"), source("joserfc")
    )
    twice = {**secret, "alg": "HS256"}
    hs = sign("PyJWT", "hmac-32", {"kid": "h"})
    case("the same secret twice", key_set(secret, twice), "HS256", hs, accept(hs, "h"))
    case("the same key twice, no kid", key_set(a, a), "RS256", rs(), accept(rs()))
    case("the same key twice and another, no kid", key_set(a, a, b), "RS256", rs(), needed)
    case("the same key under two kids, no kid", key_set(a, {**a, "kid": "z"}), "RS256", rs(), accept(rs()))
    for what, document in (
        ("two keys under a kid", key_set(a, a_or_b)),
        ("the same key twice and another under a kid", key_set(a, again, a_or_b)),
        ("another before the same key twice", key_set(a_or_b, a, again)),
        ("another exponent under a kid", key_set(a, {**a, "e": "AQAD"})),
    ):
        case(what, document, "RS256", good_a, ambiguous)
    case(
        "two EC keys under a kid",
        key_set(ec_a, {**ec_b, "kid": "a"}),
        "ES256",
        es(kid="a"),
        ambiguous,
        source("joserfc"),
    )
    other_secret = {**public("hmac-64"), "kid": "h"}
    case("two secrets under a kid", key_set(secret, other_secret), "HS256", hs, ambiguous)

    # A thumbprint in place of a kid
    sha1 = lambda jwk, text: {**jwk, "x5t": text}
    sha256 = lambda jwk, text: {**jwk, "x5t#S256": text}
    adfs = key_set(sha1(a, "1"), sha1(b, "2"))
    modern = key_set(sha256(a, "1"), sha256(b, "2"))
    first, second = (rs(name, x5t=text) for name, text in (("rsa-2048", "1"), ("rsa-2048-b", "2")))
    case("x5t of the first", adfs, "RS256", first, accept(first))
    case("x5t of the second", adfs, "RS256", second, accept(second))
    crossed = rs(x5t="2")
    case("x5t of the wrong key", adfs, "RS256", crossed, INVALID)
    case("x5t unknown", adfs, "RS256", rs(x5t="3"), needed)
    case("x5t, and a kid demanded", adfs, "RS256", first, required, require_kid=True)
    for value in (1, None, ["1"], ""):
        odd = rs(x5t=value)
        case(f"x5t {json.dumps(value)}", adfs, "RS256", odd, needed)
    only = rs(x5t="3")
    case("x5t unknown, one key", key_set(sha1(a, "1")), "RS256", only, accept(only))
    case("x5t, none in the set", both, "RS256", first, needed)
    case("x5t, the set has x5t#S256", modern, "RS256", first, needed)
    named = rs(**{"x5t#S256": "1"})
    case("x5t#S256 of the first", modern, "RS256", named, accept(named))
    case("x5t#S256, the set has x5t", adfs, "RS256", named, needed)
    both_named = rs(**{"x5t": "2", "x5t#S256": "1"})
    case("x5t#S256 before x5t", key_set(sha256(a, "1"), sha1(b, "2")), "RS256", both_named, accept(both_named))
    fallback = rs("rsa-2048-b", **{"x5t": "2", "x5t#S256": "3"})
    case("x5t#S256 unknown, then x5t", adfs, "RS256", fallback, accept(fallback))
    kid_first = rs(kid="a", x5t="2")
    case("kid before x5t", adfs, "RS256", kid_first, accept(kid_first, "a"))
    case("kid unknown, x5t known", adfs, "RS256", rs(kid="c", x5t="1"), unknown)
    case("kid is an x5t", adfs, "RS256", rs(kid="1"), unknown)
    case("x5t of two keys", key_set(sha1(a, "1"), sha1(b, "1")), "RS256", first, ambiguous)
    case("x5t of one key twice", key_set(sha1(a, "1"), sha1(a, "1"), sha1(b, "2")), "RS256", first, accept(first))
    case("x5t, narrowed by algorithm", key_set(sha1(a, "1"), sha1(e, "1"), b), "RS256 ES256", first, accept(first))
    case("x5t of a key for another algorithm", key_set(sha1(e, "1"), a, b), "RS256 ES256", first, mismatch)
    case(
        "x5t of a key that is set aside",
        key_set(sha1({**b, "use": "enc"}, "1"), a),
        "RS256",
        first,
        select_error("KeyUnusable"),
    )
    escaped = raw("rsa-2048", r'{"alg":"RS256","\u00785t":"\u0031"}')
    case("x5t escaped", adfs, "RS256", escaped, accept(escaped), raw_source())

    # Keys that the token brings along
    attacker = public("rsa-2048-b", kid="a")
    for what, member in (
        ("jwk", {"jwk": attacker}),
        ("jku", {"jku": "https://attacker.example/jwks.json"}),
        ("x5u", {"x5u": "https://attacker.example/cert.pem"}),
        ("x5c", {"x5c": ["MIIB"]}),
    ):
        header = compact({"alg": "RS256", "kid": "a", **member})
        good = raw("rsa-2048", header)
        case(f"{what} in the header, key of the set", key_set(a), "RS256", good, accept(good, "a"), raw_source())
        case(
            f"{what} in the header, attacker's key",
            key_set(a),
            "RS256",
            raw("rsa-2048-b", header),
            INVALID,
            raw_source(),
        )

    # typ
    def typ(ident, header, expected, expect):
        token = raw("hmac-32", header)
        expect = accept(token) if expect is None else select_error(expect)
        case(f"typ {ident}", public("hmac-32"), "HS256", token, expect, raw_source(), typ=expected)

    typ("the same", '{"alg":"HS256","typ":"at+jwt"}', "at+jwt", None)
    typ("in capitals", '{"typ":"AT+JWT","alg":"HS256"}', "at+jwt", None)
    typ("demanded in capitals", '{"typ":"at+jwt","alg":"HS256"}', "AT+JWT", None)
    typ("with prefix", '{"alg":"HS256","typ":"application/at+jwt"}', "at+jwt", None)
    typ("with prefix in capitals", '{"alg":"HS256","typ":"APPLICATION/At+Jwt"}', "at+jwt", None)
    typ("demanded with prefix", '{"alg":"HS256","typ":"at+jwt"}', "application/at+jwt", None)
    typ("escaped", r'{"alg":"HS256","typ":"at\u002bjwt"}', "at+jwt", None)
    typ("another", '{"alg":"HS256","typ":"JWT"}', "at+jwt", "TypMismatch")
    typ("longer", '{"alg":"HS256","typ":"at+jwtx"}', "at+jwt", "TypMismatch")
    typ("shorter", '{"alg":"HS256","typ":"at+jw"}', "at+jwt", "TypMismatch")
    typ("empty", '{"alg":"HS256","typ":""}', "at+jwt", "TypMismatch")
    typ("prefix alone", '{"alg":"HS256","typ":"application/"}', "at+jwt", "TypMismatch")
    typ("other prefix", '{"alg":"HS256","typ":"text/at+jwt"}', "at+jwt", "TypMismatch")
    typ("missing", '{"alg":"HS256"}', "at+jwt", "TypMissing")
    several = ["at+jwt", "application/okta-internal-at+jwt"]
    typ("the first of two", '{"alg":"HS256","typ":"at+jwt"}', several, None)
    typ("the second of two", '{"alg":"HS256","typ":"OKTA-internal-at+jwt"}', several, None)
    typ("none of two", '{"alg":"HS256","typ":"JWT"}', several, "TypMismatch")
    typ("missing where two are demanded", '{"alg":"HS256"}', several, "TypMissing")
    typ("one in a list", '{"alg":"HS256","typ":"JWT"}', ["jwt"], None)
    plain = raw("hmac-32", '{"alg":"HS256","typ":"anything"}')
    case("typ not demanded", public("hmac-32"), "HS256", plain, accept(plain), raw_source())

    # The order of the checks
    nothing = unsigned('{"alg":"HS224"}')
    case(
        "order: unsupported before typ and kid",
        ec_both,
        "ES256",
        nothing,
        unsupported,
        SELF,
        typ="at+jwt",
        require_kid=True,
    )
    case(
        "order: not allowed before typ and kid",
        ec_both,
        "ES256",
        unsigned('{"alg":"HS256"}'),
        not_allowed,
        SELF,
        typ="at+jwt",
        require_kid=True,
    )
    case(
        "order: typ before kid",
        ec_both,
        "ES256",
        unsigned('{"alg":"ES256"}'),
        select_error("TypMissing"),
        SELF,
        typ="at+jwt",
        require_kid=True,
    )
    case(
        "order: typ mismatch before unknown kid",
        ec_both,
        "ES256",
        unsigned('{"alg":"ES256","kid":"c","typ":"JWT"}'),
        select_error("TypMismatch"),
        SELF,
        typ="at+jwt",
    )
    case("order: kid before signature", ec_both, "ES256", unsigned('{"alg":"ES256","kid":"c"}'), unknown, SELF)
    odd = unsigned('{"alg":"RS256","kid":"a"}') + "!"
    case("order: key's algorithm before the signature's text", ec_both, "RS256 ES256", odd, mismatch, SELF)
    return theme.entries


def keys():
    theme = Theme("keys")
    rsa_key, ec_key, oct_key = public("rsa-2048"), public("p256"), public("hmac-32")

    def load(ident, document, algorithms, expect, **request):
        theme.add(ident, SELF, document, algorithms, expect=expect, **request)

    def good(ident, jwk, algorithms, algorithm, **request):
        load(ident, jwk, algorithms, loaded(bound(algorithm, jwk.get("kid"))), **request)

    def bad(ident, jwk, algorithms, reason, **request):
        """A key that is set aside: alone, so that none is usable."""
        kid = jwk.get("kid") if isinstance(jwk, dict) else None
        load(ident, key_set(jwk), algorithms, loaded(aside(reason, kid if isinstance(kid, str) else None)), **request)

    # Keys that are bound
    for alg, jwk in (("RS256", rsa_key), ("ES256", ec_key), ("HS256", oct_key)):
        good(f"{alg} with everything", {**jwk, "kid": "k", "use": "sig", "key_ops": ["verify"], "alg": alg}, alg, alg)
        good(f"{alg} with nothing", jwk, alg, alg)
        good(f"{alg} with unknown members", {**jwk, "x-note": {"a": [1, None]}, "iat": 5, "x5t": 7}, alg, alg)
        good(f"{alg} with more key_ops", {**jwk, "key_ops": ["sign", "verify"]}, alg, alg)
        good(f"{alg} with kid empty", {**jwk, "kid": ""}, alg, alg)
    good("without alg, two allowed, RSA", rsa_key, "RS256 ES256", "RS256")
    good("without alg, two allowed, EC", ec_key, "RS256 ES256", "ES256")
    load("set of one", key_set({**rsa_key, "kid": "a"}), "RS256", loaded(bound("RS256", "a")))
    load("set with more members", {"issuer": ISSUER, **key_set(ec_key), "n": 1}, "ES256", loaded(bound("ES256")))
    load(
        "set with white space",
        " \r\n\t" + json.dumps(key_set(ec_key), indent=2) + "\n",
        "ES256",
        loaded(bound("ES256")),
    )
    load("bare key with white space", "\n" + json.dumps(ec_key, indent=1) + " ", "ES256", loaded(bound("ES256")))
    text = compact(key_set({**ec_key, "kid": "a"}))
    load(
        "names and values escaped",
        text.replace('"kty":"EC"', r'"\u006bty":"\u0045C"').replace('"keys"', r'"k\u0065ys"'),
        "ES256",
        loaded(bound("ES256", "a")),
    )

    # The set as a document
    document = lambda ident, text, reason: load(f"set {ident}", text, "RS256", refuse("keys", reason))
    document("empty text", "", "Json")
    document("white space", " \n", "Json")
    document("HTML", "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "Json")
    document("PEM", public_bytes("rsa-2048", "PEM", "SubjectPublicKeyInfo").decode(), "Json")
    document("cut", compact(key_set(ec_key))[:-1], "Json")
    document("with a comma too many", '{"keys":[' + compact(ec_key) + ",]}", "Json")
    document("with text after it", compact(key_set(ec_key)) + "x", "Json")
    document("twice", compact(key_set(ec_key)) * 2, "Json")
    document("with a byte order mark", "\ufeff" + compact(key_set(ec_key)), "Json")
    document("with keys twice", '{"keys":[],"keys":[' + compact(ec_key) + "]}", "Json")
    document("with keys twice, one escaped", '{"keys":[' + compact(ec_key) + r'],"\u006beys":[]}', "Json")
    document("in single quotes", compact(key_set(ec_key)).replace('"', "'"), "Json")
    document("with a comment", "/**/" + compact(key_set(ec_key)), "Json")
    document("too deep", '{"x":' + "[" * 32 + "]" * 32 + ',"keys":[]}', "Json")
    document("array", "[" + compact(ec_key) + "]", "NotObject")
    document("string", '"keys"', "NotObject")
    document("number", "5", "NotObject")
    document("null", "null", "NotObject")
    document("without keys", "{}", "KeysMissing")
    document("OpenID configuration", compact({"issuer": ISSUER, "jwks_uri": ISSUER + "/jwks.json"}), "KeysMissing")
    document("in other case", compact({"Keys": [ec_key]}), "KeysMissing")
    document("null in keys", {"keys": None}, "KeysNotArray")
    document("object in keys", {"keys": ec_key}, "KeysNotArray")
    document("text in keys", {"keys": compact([ec_key])}, "KeysNotArray")
    document("of 1,025 members", '{"keys":[' + "{}," * 1024 + compact(ec_key) + "]}", "TooManyKeys")
    load("set empty", key_set(), "RS256", loaded())

    # Members that are no JWK. A name twice is a fault of that member and not of the set.
    for value in (None, True, 5, "text", [ec_key]):
        bad(f"member {json.dumps(value)[:6]}", value, "RS256", "NotObject")
    doubled = compact(rsa_key).replace('"e":', '"e":"AQAB","e":')
    load(
        "member with a name twice",
        f'{{"keys":[{doubled},{compact(ec_key)}]}}',
        "RS256 ES256",
        loaded(aside("Json"), bound("ES256")),
    )
    hidden = compact(ec_key)[:-1] + r',"\u0063rv":"P-256"}'
    load(
        "member with a name twice, one escaped",
        f'{{"keys":[{hidden},{compact(rsa_key)}]}}',
        "RS256 ES256",
        loaded(aside("Json"), bound("RS256")),
    )

    # Members of the wrong type
    for wrong in (5, [], {}):
        shown = json.dumps(wrong)
        for name in ("kid", "kty", "alg", "use", "crv", "key_ops", "x", "y"):
            if name != "key_ops" or not isinstance(wrong, list):
                bad(f"{name} {shown}", {**ec_key, name: wrong}, "ES256", "MemberType")
        bad(f"n {shown}", {**rsa_key, "n": wrong}, "RS256", "MemberType")
        bad(f"e {shown}", {**without(rsa_key, "n"), "n": "AA", "e": wrong}, "RS256", "MemberType")
        bad(f"k {shown}", {**oct_key, "k": wrong}, "HS256", "MemberType")
    bad("key_ops text", {**ec_key, "key_ops": "verify"}, "ES256", "MemberType")
    bad("key_ops with a number", {**ec_key, "key_ops": ["verify", 1]}, "ES256", "MemberType")

    # null is absent
    for name in ("kid", "alg", "use", "key_ops", "d", "x5c", "x5t", "x5t#S256", "x5u"):
        good(f"{name} null", {**ec_key, name: None}, "ES256", "ES256")
    nulls = dict.fromkeys(
        ("alg", "crv", "d", "dp", "dq", "k", "key_ops", "kid", "oth", "p", "q", "qi", "use", "x", "x5c", "y")
    )
    good("null in every optional member", {**nulls, **rsa_key}, "RS256", "RS256")
    for jwk, alg, names in (
        (rsa_key, "RS256", "kty n e"),
        (ec_key, "ES256", "kty crv x y"),
        (oct_key, "HS256", "kty k"),
    ):
        for name in names.split():
            bad(f"{alg} with null as {name}", {"kid": "m", **jwk, name: None}, alg, "MemberMissing")

    # What publishes nothing, says nothing, or means nothing for the kty
    for name in ("d", "p", "q", "dp", "dq", "qi", "oth"):
        for empty in ("", []):
            good(f"RSA with {name} {json.dumps(empty)}", {**rsa_key, name: empty}, "RS256", "RS256")
        for value in (0, False, {}, [None], " "):
            bad(f"RSA with {name} {json.dumps(value)}", {**rsa_key, name: value}, "RS256", "PrivateMaterial")
    good("key_ops [] beside use", {**rsa_key, "use": "sig", "key_ops": []}, "RS256", "RS256")
    bad("key_ops [] beside use enc", {**rsa_key, "use": "enc", "key_ops": []}, "RS256", "UseNotSig")
    good("RSA with crv", {**rsa_key, "crv": 5, "x": 5, "k": {}}, "RS256", "RS256")
    good("EC with RSA members", {**ec_key, "n": 5, "e": {}, "p": "AQ", "oth": [{}]}, "ES256", "ES256")
    good("oct with other members", {**oct_key, "crv": 5, "x": 5, "n": [], "d": "AQ"}, "HS256", "HS256")
    certificate = {"kty": "RSA", "kid": "c", "use": "sig", "x5c": ["MIIB"]}
    bad("certificate alone", certificate, "RS256", "CertificateOnly")
    bad("certificate and e", {**certificate, "e": "AQAB"}, "RS256", "CertificateOnly")
    good("certificate beside the key", {**rsa_key, **certificate}, "RS256", "RS256")

    # Members that are missing
    for jwk, alg, names in (
        (rsa_key, "RS256", "kty n e"),
        (ec_key, "ES256", "kty crv x y"),
        (oct_key, "HS256", "kty k"),
    ):
        for name in names.split():
            bad(f"{alg} without {name}", {"kid": "m", **without(jwk, name)}, alg, "MemberMissing")
    bad("no members", {}, "RS256", "MemberMissing")

    # kty, use, key_ops, crv
    bad("OKP", public("ed25519", kid="o"), "RS256 ES256", "AlgNotAllowed")
    for kty in ("rsa", "RSA ", "ec", "OCT", "AKP", "", "EC2"):
        bad(f"kty {json.dumps(kty)}", {**ec_key, "kid": "t", "kty": kty}, "RS256 ES256", "KtyUnsupported")
    for use in ("enc", "", "SIG", "sig ", "signature", "tls"):
        bad(f"use {json.dumps(use)}", {**ec_key, "kid": "u", "use": use}, "ES256", "UseNotSig")
    # As in a bundle of SPIFFE, where X.509 authorities stand beside the keys of tokens.
    svid = key_set(
        {**ec_key, "kid": "t", "use": "jwt-svid"},
        {**rsa_key, "use": "x509-svid"},
        {**public("rsa-2048-b"), "kid": "s", "use": "sig"},
    )
    for uses, first, second in (
        (None, aside("UseNotSig", "t"), aside("UseNotSig")),
        (["jwt-svid"], bound("ES256", "t"), aside("UseNotSig")),
        (["x509-svid"], aside("UseNotSig", "t"), bound("RS256")),
        (["a", "jwt-svid"], bound("ES256", "t"), aside("UseNotSig")),
        (["JWT-SVID", "jwt-svi", ""], aside("UseNotSig", "t"), aside("UseNotSig")),
    ):
        more = {} if uses is None else {"uses": uses}
        load(f"uses {json.dumps(uses)}", svid, "RS256 ES256", loaded(first, second, bound("RS256", "s")), **more)
    good(
        "key_ops [] beside a further use",
        {**ec_key, "use": "jwt-svid", "key_ops": []},
        "ES256",
        "ES256",
        uses=["jwt-svid"],
    )
    for operations in ([], ["sign"], ["encrypt", "decrypt"], ["Verify"], ["verify "]):
        bad(
            f"key_ops {json.dumps(operations)}",
            {**ec_key, "kid": "o", "key_ops": operations},
            "ES256",
            "KeyOpsNotVerify",
        )
    for operations in (["verify", "verify"], ["sign", "verify", "sign"], ["own", "verify", "own", "verify"]):
        bad(
            f"key_ops {json.dumps(operations)}",
            {**ec_key, "kid": "o", "key_ops": operations},
            "ES256",
            "KeyOpsDuplicate",
        )
    bad("P-384", public("p384", kid="c"), "ES256", "AlgNotAllowed")
    bad("P-521", {**PRINTED["keys"]["RFC 7515 A.4"], "kid": "c"}, "ES256 ES384", "CrvUnsupported")
    bad("secp256k1", public("secp256k1", kid="c"), "ES256", "CrvUnsupported")
    for crv in ("p-256", "P256", "secp256r1", "", "Ed25519"):
        bad(f"crv {json.dumps(crv)}", {**ec_key, "kid": "c", "crv": crv}, "ES256", "CrvUnsupported")

    # alg
    for alg in (
        "RSA-OAEP",
        "SHA256",
        "ES512",
        "Ed448",
        "none",
        "",
        "es256",
        "ES256 ",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    ):
        bad(f"alg {json.dumps(alg)}", {**ec_key, "kid": "a", "alg": alg}, "ES256", "AlgUnsupported")
    bad("alg ES384 for P-256", {**ec_key, "alg": "ES384"}, "ES256", "AlgMismatch")
    bad("alg HS512 for oct", {**oct_key, "alg": "HS512"}, "HS256", "AlgNotAllowed")
    for jwk, others in ((rsa_key, "ES256 HS256"), (ec_key, "RS256 HS256"), (oct_key, "RS256 ES256")):
        for alg in others.split():
            bad(f"alg {alg} for {jwk['kty']}", {**jwk, "kid": "a", "alg": alg}, "RS256 ES256 HS256", "AlgMismatch")
    for jwk, allowed in (
        (rsa_key, "ES256"),
        (rsa_key, "HS256"),
        (ec_key, "RS256"),
        (ec_key, "HS256"),
        (oct_key, "RS256"),
        (oct_key, "RS256 ES256"),
    ):
        bad(f"{jwk['kty']} without alg, {allowed} allowed", {**jwk, "kid": "a"}, allowed, "AlgNotAllowed")
    bad("EC with alg, RS256 allowed", {**ec_key, "kid": "a", "alg": "ES256"}, "RS256", "AlgNotAllowed")

    # Private and secret keys among public ones
    for name in ("rsa-2048", "p256"):
        jwk = {**KEYS[name], "kid": "p"}
        bad(f"private {jwk['kty']}", jwk, ALGORITHM[jwk["kty"]], "PrivateMaterial")
    for name in ("d", "p", "q", "dp", "dq", "qi"):
        bad(f"RSA with {name}", {"kty": "RSA", "kid": "p", name: KEYS["rsa-2048"][name]}, "RS256", "PrivateMaterial")
    bad(
        "RSA with oth",
        {"kty": "RSA", "kid": "p", "oth": [{"r": "AQ", "d": "AQ", "t": "AQ"}]},
        "RS256",
        "PrivateMaterial",
    )
    bad("EC with d", {**ec_key, "kid": "p", "d": KEYS["p256"]["d"]}, "ES256", "PrivateMaterial")
    for allowed in ("HS256 RS256", "HS256 ES256", "HS256 ES256 RS256"):
        bad(f"secret, {allowed} allowed", {**oct_key, "kid": "s", "alg": "HS256"}, allowed, "SecretAmongPublicKeys")

    # base64url
    def texts(value):
        return (
            ("padded", value + "="),
            ("with standard alphabet", "+/" + value[2:]),
            ("with a space", value[:8] + " " + value[8:]),
            ("with a line break", value + "\n"),
            ("one too long", value + "A" * ((1 - len(value)) % 4)),
            ("not ASCII", value[:-1] + "é"),
            ("with a tilde", "~" + value[1:]),
        )

    for jwk, alg, name in (
        (rsa_key, "RS256", "n"),
        (rsa_key, "RS256", "e"),
        (ec_key, "ES256", "x"),
        (ec_key, "ES256", "y"),
        (oct_key, "HS256", "k"),
    ):
        for what, text in texts(jwk[name])[: None if name in ("e", "k") else 3]:
            bad(f"{name} {what}", {"kid": "b", **jwk, name: text}, alg, "Base64")
    last = ec_key["x"][-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    bad(
        "x with trailing bits",
        {**ec_key, "x": ec_key["x"][:-1] + alphabet[alphabet.index(last) + 1]},
        "ES256",
        "Base64",
    )
    n_last = rsa_key["n"][-1]
    bad(
        "n with trailing bits",
        {**rsa_key, "n": rsa_key["n"][:-1] + alphabet[alphabet.index(n_last) + 1]},
        "RS256",
        "Base64",
    )
    hex_n = unb64(rsa_key["n"]).hex() + "0"
    bad("n in hexadecimal", {**rsa_key, "n": hex_n}, "RS256", "Base64")

    # Secrets
    secret = lambda octets: {"kty": "oct", "kid": "s", "k": b64(octets)}
    bad("secret of 513 octets", secret(bytes(range(256)) * 2 + b"!"), "HS256", "SecretTooLong")
    good("secret of 512 octets", secret(bytes(range(256)) * 2), "HS256", "HS256")
    for length in (0, 1, 16, 31):
        bad(f"secret of {length} octets", secret(bytes(range(length))), "HS256", "SecretTooShort")
    good("secret of 32 octets", secret(bytes(range(32))), "HS256", "HS256")
    good("secret of text", secret(b"correct horse battery staple, and more of it"), "HS256", "HS256")
    spki, pkcs1 = "SubjectPublicKeyInfo", "PKCS1"
    for what, octets in (
        ("RSA PEM", public_bytes("rsa-2048", "PEM", spki)),
        ("RSA PEM, PKCS#1", public_bytes("rsa-2048", "PEM", pkcs1)),
        ("RSA PEM after white space", b" \r\n\t" + public_bytes("rsa-2048", "PEM", spki)),
        ("RSA DER", public_bytes("rsa-2048", "DER", spki)),
        ("RSA DER, PKCS#1", public_bytes("rsa-2048", "DER", pkcs1)),
        ("EC PEM", public_bytes("p256", "PEM", spki)),
        ("EC DER", public_bytes("p256", "DER", spki)),
        ("RSA JWK", compact(rsa_key).encode()),
        ("EC JWK", json.dumps(ec_key, indent=2).encode()),
        ("JWK Set", compact(key_set(rsa_key)).encode()),
    ):
        bad(f"secret is {what}", secret(octets), "HS256", "SecretIsKeyDocument")

    # Coordinates
    x, y = unb64(ec_key["x"]), unb64(ec_key["y"])
    point = lambda x, y: {**ec_key, "kid": "c", "x": b64(x), "y": b64(y)}
    for what, value in (
        ("31", x[1:]),
        ("33", b"\0" + x),
        ("0", b""),
        ("1", b"\1"),
        ("48", bytes(48)),
        ("64", x + y),
        ("65", b"\4" + x + y),
        ("300", bytes(300)),
    ):
        bad(f"x of {what} octets", point(value, y), "ES256", "WrongCoordinateLength")
        if what in ("31", "33", "65"):
            bad(f"y of {what} octets", point(x, value), "ES256", "WrongCoordinateLength")
    flip = lambda value: value[:-1] + bytes([value[-1] ^ 1])
    for what, jwk in (
        ("x altered", point(flip(x), y)),
        ("y altered", point(x, flip(y))),
        ("x and y swapped", point(y, x)),
        ("zeros", point(bytes(32), bytes(32))),
        ("ones", point(b"\xff" * 32, b"\xff" * 32)),
        ("x not reduced", point(P256_PRIME.to_bytes(32, "big"), y)),
        ("a point of secp256k1", {**public("secp256k1", kid="c"), "crv": "P-256"}),
    ):
        bad(f"point: {what}", jwk, "ES256", "PointNotOnCurve")
    good(
        "point with y negated", point(x, (P256_PRIME - int.from_bytes(y, "big")).to_bytes(32, "big")), "ES256", "ES256"
    )

    # Modulus and exponent
    n = number(rsa_key["n"])
    modulus = lambda value: {**rsa_key, "kid": "m", "n": b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))}
    bad("modulus of 1024 bits", public("rsa-1024", kid="m"), "RS256", "ModulusTooSmall")
    bad("modulus of 2047 bits", modulus((1 << 2047) - 1), "RS256", "ModulusTooSmall")
    bad("modulus 0", {**rsa_key, "kid": "m", "n": "AA"}, "RS256", "ModulusTooSmall")
    bad("modulus empty", {**rsa_key, "kid": "m", "n": ""}, "RS256", "ModulusTooSmall")
    bad(
        "modulus of 2040 bits after zeros",
        {**rsa_key, "kid": "m", "n": b64(b"\0" + unb64(rsa_key["n"])[1:])},
        "RS256",
        "ModulusTooSmall",
    )
    bad("modulus of 8193 bits", modulus((1 << 8192) + 1), "RS256", "ModulusTooLarge")
    bad("modulus of 16384 bits", modulus((1 << 16384) - 1), "RS256", "ModulusTooLarge")
    good("modulus of 8192 bits", public("rsa-8192", kid="m"), "RS256", "RS256", needs=["rsa"])
    good("modulus of 4096 bits", public("rsa-4096", kid="m"), "RS256", "RS256")
    bad("modulus even", modulus(n - 1), "RS256", "ModulusEven")
    bad("modulus even, 2048 bits", modulus(1 << 2047), "RS256", "ModulusEven")
    for zeros in (1, 8):
        good(
            f"modulus after {zeros} zero octets",
            {**rsa_key, "n": b64(bytes(zeros) + unb64(rsa_key["n"]))},
            "RS256",
            "RS256",
        )
        good(f"exponent after {zeros} zero octets", {**rsa_key, "e": b64(bytes(zeros) + b"\1\0\1")}, "RS256", "RS256")
    good(
        "modulus of 4096 bits after a zero octet",
        {**public("rsa-4096"), "n": b64(b"\0" + unb64(KEYS["rsa-4096"]["n"]))},
        "RS256",
        "RS256",
    )
    exponent = lambda value: {**rsa_key, "kid": "e", "e": b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))}
    for value, fault in (
        *((value, "TooSmall") for value in (0, 1, 3, 35, 65535, 65536)),
        *((value, "Even") for value in (65538, 1 << 32, (1 << 33) - 2)),
        *((value, "TooLarge") for value in (1 << 33, (1 << 33) + 1, (1 << 64) + 1, n - 2)),
    ):
        shown = "n-2" if value == n - 2 else value
        bad(f"exponent {shown}", exponent(value), "RS256", f"Exponent{fault}")
    bad("exponent zero octet", {**rsa_key, "kid": "e", "e": "AA"}, "RS256", "ExponentTooSmall")
    for value in (65537, 65539, (1 << 32) + 1, (1 << 33) - 1):
        good(f"exponent {value}", exponent(value), "RS256", "RS256")

    # The order of the checks within a member
    worst = {"kty": "RSA2", "use": "enc", "key_ops": [], "alg": "none", "d": "!"}
    bad("order: kty before other types", {**worst, "alg": 5, "kid": 5}, "RS256", "KtyUnsupported")
    bad("order: kid before use", {**worst, "kty": "EC", "kid": 5}, "RS256", "MemberType")
    bad("order: use before the type of alg", {**worst, "kty": "EC", "alg": 5}, "RS256", "UseNotSig")
    bad("order: kty before use", dict(worst), "RS256", "KtyUnsupported")
    worst["kty"] = "EC"
    bad("order: use before key_ops", dict(worst), "RS256", "UseNotSig")
    del worst["use"]
    bad("order: key_ops before crv", dict(worst), "RS256", "KeyOpsNotVerify")
    del worst["key_ops"]
    bad("order: crv missing before alg", dict(worst), "RS256", "MemberMissing")
    worst["crv"] = "P-521"
    bad("order: crv before alg", dict(worst), "RS256", "CrvUnsupported")
    worst["crv"] = "P-256"
    bad("order: alg unknown before d", dict(worst), "RS256", "AlgUnsupported")
    worst["alg"] = "RS256"
    bad("order: alg against kty before allowed", dict(worst), "HS256", "AlgMismatch")
    worst["alg"] = "ES256"
    bad("order: allowed before d", dict(worst), "RS256", "AlgNotAllowed")
    bad("order: d before x", dict(worst), "ES256", "PrivateMaterial")
    bad("order: secret among public before k", {"kty": "oct"}, "HS256 RS256", "SecretAmongPublicKeys")
    bad("order: length before point", point(bytes(31), bytes(32)), "ES256", "WrongCoordinateLength")
    bad("order: too short before key document", secret(b'{"kty":"RSA"}'), "HS256", "SecretTooShort")
    bad("order: size before parity", {**modulus(1 << 1023), "e": "Ag"}, "RS256", "ModulusTooSmall")
    bad("order: parity before exponent", {**modulus(n - 1), "e": "Ag"}, "RS256", "ModulusEven")

    keys_384_512_pss_okp(good, bad, load)

    # Sets as they are met
    # ML-DSA (RFC 9964): a kty that not everyone knows stands beside the keys of today.
    akp = lambda alg, octets, kid: {"kty": "AKP", "alg": alg, "kid": kid, "use": "sig", "pub": b64(bytes(octets))}
    load(
        "ML-DSA beside RSA and EC",
        key_set(
            akp("ML-DSA-44", 1312, "1"),
            {**rsa_key, "kid": "2"},
            akp("ML-DSA-65", 1952, "3"),
            {**ec_key, "kid": "4"},
            akp("ML-DSA-87", 2592, "5"),
        ),
        "RS256 ES256",
        loaded(
            aside("KtyUnsupported", "1"),
            bound("RS256", "2"),
            aside("KtyUnsupported", "3"),
            bound("ES256", "4"),
            aside("KtyUnsupported", "5"),
        ),
    )
    load(
        "one malformed of four",
        key_set(
            {**rsa_key, "kid": "1"},
            {**ec_key, "kid": "2", "x": "%"},
            {**public("rsa-2048-b"), "kid": "3"},
            {**ec_key, "kid": "4"},
        ),
        "RS256 ES256",
        loaded(bound("RS256", "1"), aside("Base64", "2"), bound("RS256", "3"), bound("ES256", "4")),
    )
    load(
        "signature and encryption keys",
        key_set(
            {**rsa_key, "kid": "sig", "use": "sig", "alg": "RS256"},
            {**public("rsa-2048-b"), "kid": "enc", "use": "enc", "alg": "RSA-OAEP"},
        ),
        "RS256",
        loaded(bound("RS256", "sig"), aside("UseNotSig", "enc")),
    )
    load(
        "one kid three times",
        key_set(*({**jwk, "kid": "1"} for jwk in (rsa_key, public("rsa-2048-b"), ec_key))),
        "RS256 ES256",
        loaded(bound("RS256", "1"), bound("RS256", "1"), bound("ES256", "1")),
    )
    load(
        "everything",
        key_set(
            5,
            None,
            "text",
            [],
            {},
            {**rsa_key, "kid": 7},
            public("ed25519", kid="okp"),
            public("p384", kid="p384"),
            public("secp256k1", kid="k1"),
            public("rsa-1024", kid="1024"),
            {**rsa_key, "kid": "alg", "alg": "SHA256"},
            {**KEYS["p256"], "kid": "private"},
            {**oct_key, "kid": "secret"},
            {**rsa_key, "kid": "ops", "key_ops": ["encrypt"]},
            {**rsa_key, "kid": "rs"},
            {**ec_key, "kid": "es"},
        ),
        "RS256 ES256",
        loaded(
            *[aside("NotObject")] * 4,
            aside("MemberMissing"),
            aside("MemberType"),
            aside("AlgNotAllowed", "okp"),
            aside("AlgNotAllowed", "p384"),
            aside("CrvUnsupported", "k1"),
            aside("ModulusTooSmall", "1024"),
            aside("AlgUnsupported", "alg"),
            aside("PrivateMaterial", "private"),
            aside("AlgNotAllowed", "secret"),
            aside("KeyOpsNotVerify", "ops"),
            bound("RS256", "rs"),
            bound("ES256", "es"),
        ),
    )
    return theme.entries


def parse():
    theme = Theme("parse")
    key = public("hmac-32")

    def case(ident, token, expect, made_by=SELF):
        theme.add(
            ident, made_by, key, "HS256", token, expect=parse_error(expect) if isinstance(expect, str) else expect
        )

    def good(ident, header, payload=None):
        token = raw("hmac-32", header, payload)
        alg_kid = json.loads(header).get("kid")
        case(
            ident,
            token,
            {"verdict": "accept", "algorithm": "HS256", "kid": alg_kid, "payload": payload_of(token)},
            raw_source(),
        )

    def header(ident, text, expect):
        case(ident, raw("hmac-32", text), expect, raw_source())

    token = sign("PyJWT", "hmac-32")
    head, payload, tag = token.split(".")

    # The whole token
    header_text = '{"alg":"HS256"}'
    case("65,537 bytes", f"{head}.{'A' * (65537 - len(head) - len(tag) - 2)}.{tag}", "TokenTooLong")
    for ident, text in (
        ("JSON", '{"payload":"","signatures":[]}'),
        ("JSON after white space", " \t\r\n{"),
        ("a brace", "{"),
        ("JSON with a token in it", compact({"token": token})),
        ("JSON with two dots", '{"a":".."}'),
        ("flattened", compact({"payload": payload, "protected": head, "signature": tag})),
        ("general", compact({"payload": payload, "signatures": [{"protected": head, "signature": tag}]})),
        ("polyglot", '{"protected":"' + head + '","x":"' + token + '"}'),
    ):
        case(ident, text, "JsonSerialization")
    for ident, text in (
        ("nothing", ""),
        ("no dot", "abc"),
        ("header alone", head),
        ("one dot", head + "." + payload),
        ("a dot", "."),
        ("white space", "  "),
    ):
        case(ident, text, "PartsMissing")
    for ident, text in (
        ("three dots", "..."),
        ("four parts", token + "."),
        ("four parts, JWE cut", "a.b.c.d"),
        ("six parts", token + "." + token),
        ("200 dots", "." * 200),
        ("five dots", "....."),
    ):
        case(ident, text, "TooManyParts")
    for ident, text in (("five parts", "a.b.c.d.e"), ("four dots", "...."), ("token and two dots", token + "..")):
        case(ident, text, "Jwe")
    jwe = jwe_dir()
    case("JWE", jwe, "Jwe")

    # The header's text
    long_header = lambda octets: '{"alg":"HS256","x":"' + "x" * (octets - 22) + '"}'
    good("header of 16,384 characters", long_header(12288))
    header("header of 16,386 characters", long_header(12289), "HeaderTooLong")
    chain = [base64.b64encode(hashlib.sha512(bytes([number])).digest() * 18).decode() for number in range(3)]
    good("header with a chain of three certificates", compact({"alg": "HS256", "x5c": chain}))
    for ident, text in (
        ("padded", head + "="),
        ("one too long", head + "A" * ((1 - len(head)) % 4)),
        ("with a space", head[:4] + " " + head[4:]),
        ("after a space", " " + head),
        ("with a line break", head + "\n"),
        ("with +", "+" + head[1:]),
        ("with /", head[:5] + "/" + head[6:]),
        ("not ASCII", head[:-1] + "é"),
        ("with NUL", head[:3] + "\0" + head[4:]),
        ("in JSON quotes", '"' + head),
        ("with Bearer", "Bearer " + head),
        ("percent-encoded", head.replace("e", "%65", 1)),
    ):
        case(f"header {ident}", f"{text}.{payload}.{tag}", "HeaderBase64")
    short = b64(b'{"alg":"HS256"} ')
    assert len(short) % 4 == 2
    case("header with trailing bits", f"{short[:-1]}{chr(ord(short[-1]) + 1)}.{payload}.{tag}", "HeaderBase64")
    for ident, text in (
        ("empty", ""),
        ("white space", " "),
        ("cut", '{"alg":"HS256"'),
        ("text after it", '{"alg":"HS256"}x'),
        ("twice", '{"alg":"HS256"}{"alg":"HS256"}'),
        ("NUL after it", '{"alg":"HS256"}\0'),
        ("a comma too many", '{"alg":"HS256",}'),
        ("single quotes", "{'alg':'HS256'}"),
        ("no quotes", '{alg:"HS256"}'),
        ("comment", '{"alg":"HS256"/**/}'),
        ("alg twice", '{"alg":"HS256","alg":"HS256"}'),
        ("alg twice, one none", '{"alg":"none","alg":"HS256"}'),
        ("alg twice, one escaped", r'{"alg":"HS256","\u0061lg":"none"}'),
        ("kid twice", '{"kid":"a","alg":"HS256","kid":"b"}'),
        ("unknown name twice", '{"alg":"HS256","x":1,"x":2}'),
        ("name twice within a member", '{"alg":"HS256","x":{"y":1,"y":2}}'),
        ("name twice within an array", r'{"alg":"HS256","x":[{"y":1,"\u0079":2}]}'),
        ("empty name twice", '{"":1,"alg":"HS256","":2}'),
        ("lone high surrogate", r'{"alg":"HS256","x":"\ud800"}'),
        ("lone low surrogate", r'{"alg":"HS256","x":"\udc00"}'),
        ("surrogates reversed", r'{"alg":"HS256","x":"\udc00\ud800"}'),
        ("lone surrogate in a name", r'{"alg":"HS256","\udfff":1}'),
        ("byte order mark", "\ufeff" + '{"alg":"HS256"}'),
        ("not UTF-8", b'{"alg":"HS256","x":"\xff"}'),
        ("overlong UTF-8", b'{"alg":"HS256","x":"\xc0\x80"}'),
        ("surrogate in UTF-8", b'{"alg":"HS256","x":"\xed\xa0\x80"}'),
        ("UTF-16", '{"alg":"HS256"}'.encode("utf-16-le")),
        ("cut UTF-8", b'{"alg":"HS256","x":"\xe2\x82"}'),
        ("line break in a string", '{"alg":"HS256","x":"\n"}'),
        ("NUL in a string", '{"alg":"HS256","x":"\0"}'),
        ("unknown escape", r'{"alg":"HS256","x":"\x41"}'),
        ("escape cut", r'{"alg":"HS256","x":"\u00"}'),
        ("number with leading zero", '{"alg":"HS256","x":01}'),
        ("NaN", '{"alg":"HS256","x":NaN}'),
        ("Infinity", '{"alg":"HS256","x":-Infinity}'),
        ("number with plus", '{"alg":"HS256","x":+1}'),
        ("number ending in a dot", '{"alg":"HS256","x":1.}'),
        ("hexadecimal", '{"alg":"HS256","x":0x1}'),
        ("True", '{"alg":"HS256","x":True}'),
        ("form feed", '{"alg":"HS256"\f}'),
        ("no-break space", '{"alg":"HS256"\u00a0}'),
        ("colon missing", '{"alg" "HS256"}'),
        ("two commas", '{"alg":"HS256",,"x":1}'),
        ("33 levels", '{"alg":"HS256","x":' + "[" * 32 + "]" * 32 + "}"),
        ("200 levels", '{"alg":"HS256","x":' + "[" * 200 + "]" * 200 + "}"),
        ("1,024 members within a member", '{"alg":"HS256","x":{' + ",".join(f'"{i}":1' for i in range(1023)) + "}}"),
    ):
        header(f"header JSON: {ident}", text, "HeaderJson")
    for text in ("[]", '"alg"', "1", "null", "true", '["alg","HS256"]', ' "x" '):
        header(f"header {text}", text, "HeaderNotObject")
    members = lambda count: '{"alg":"HS256"' + "".join(f',"{i}":{i}' for i in range(count - 1)) + "}"
    good("1,024 members", members(1024))
    header("1,025 members", members(1025), "HeaderJson")
    good("32 levels", '{"alg":"HS256","x":' + "[" * 31 + "]" * 31 + "}")

    # Parameters
    for wrong in ("null", "1", "true", "[]", '["HS256"]', '{"alg":"HS256"}'):
        header(f"alg {wrong}", '{"alg":' + wrong + "}", "ParameterType")
        header(f"kid {wrong}", '{"alg":"HS256","kid":' + wrong + "}", "ParameterType")
        header(f"typ {wrong}", '{"typ":' + wrong + ',"alg":"HS256"}', "ParameterType")
    for crit in (
        '["exp"]',
        "[]",
        "null",
        '"b64"',
        '["alg"]',
        '["b64"]',
        "{}",
        "false",
        '["http://example.com/UNDEFINED"]',
    ):
        header(f"crit {crit}", '{"alg":"HS256","crit":' + crit + ',"exp":1363284000}', "CritUnsupported")
    header("crit b64 true", '{"alg":"HS256","crit":["b64"],"b64":true}', "CritUnsupported")
    header("crit escaped", r'{"alg":"HS256","\u0063rit":["x"]}', "CritUnsupported")
    header("crit without alg", '{"crit":["x"]}', "CritUnsupported")
    for value in ("false", "null", "0", '"true"', "[]", '"false"', "1"):
        header(f"b64 {value}", '{"alg":"HS256","b64":' + value + "}", "UnencodedPayload")
    header("b64 false, then crit", '{"alg":"HS256","b64":false,"crit":["b64"]}', "UnencodedPayload")
    header("crit, then b64 false", '{"alg":"HS256","crit":["b64"],"b64":false}', "CritUnsupported")
    for text in (
        "{}",
        '{"typ":"JWT"}',
        '{"Alg":"HS256"}',
        '{"ALG":"HS256"}',
        '{"alg ":"HS256"}',
        '{"x":{"alg":"HS256"}}',
        '{"":"HS256"}',
    ):
        header(f"no alg in {text}", text, "AlgMissing")
    good("b64 true", '{"alg":"HS256","b64":true}')
    good("white space in the header", ' \t\r\n{ "alg" : "HS256" } \n')
    good("everything escaped", r'{"\u0061\u006C\u0067":"\u0048S256"}')
    good(
        "parameters that are ignored",
        '{"zip":"DEF","cty":5,"jku":7,"jwk":{},"x5u":null,"x5c":"x","x5t":[],"enc":"A128GCM","Kid":1,"alg":"HS256","b65":false}',
    )
    good("numbers", '{"alg":"HS256","x":[0,-0,1e400,-1.5E-7,123456789012345678901234567890]}')
    good("surrogate pair", r'{"alg":"HS256","x":"\ud83d\udd11","y":"' + "\U0001f511" + '"}')
    good("names that differ in case", '{"alg":"HS256","ALG":"none","Alg":"none"}')
    good("payload that is no JSON", header_text, b"\x00\xff\xfe")
    good("payload empty", header_text, "")

    # Signature and payload text
    for ident, text in (
        ("padded", tag + "="),
        ("with a space", tag + " "),
        ("with a line break", tag + "\n"),
        ("with +", "+" + tag[1:]),
        ("with /", tag[:20] + "/" + tag[21:]),
        ("not ASCII", tag[:-1] + "é"),
        ("of 41 characters", tag[:41]),
        ("of 45 characters", tag + "AA"),
        ("with trailing bits", tag[:-1] + chr(ord(tag[-1]) + 1)),
        ("with a fragment", tag + "#"),
        ("in JSON quotes", tag + '"'),
    ):
        case(f"signature {ident}", f"{head}.{payload}.{text}", "SignatureBase64", altered("PyJWT"))
    for ident, text in (
        ("padded", payload + "=" * (-len(payload) % 4 or 4)),
        ("in clear", '{"iss":"joe"}'),
        ("with a space", " " + payload),
        ("with +", "+" + payload[1:]),
        ("with /", payload[:9] + "/" + payload[10:]),
        ("of one character", "A"),
        ("of five characters", "AAAAA"),
        ("with trailing bits, two characters", "AB"),
        ("with trailing bits, three characters", "AAB"),
        ("not ASCII", "é"),
        ("with a line break in the middle", payload[:64] + "\n" + payload[64:]),
    ):
        case(f"payload {ident}", raw("hmac-32", header_text, payload_text=text), "PayloadBase64", raw_source())
    case("order: signature before the payload's text", f"{b64(header_text.encode())}.!.{tag}", INVALID)
    case("order: signature's text before its length", f"{b64(header_text.encode())}.{payload}.!", "SignatureBase64")
    return theme.entries


def jwe_dir():
    """Five parts that look like a JWE with a direct key; none of it is decrypted by anybody."""
    return ".".join(
        (
            b64(compact({"alg": "dir", "enc": "A128GCM"}).encode()),
            "",
            b64(bytes(12)),
            b64(b"ciphertext"),
            b64(bytes(16)),
        )
    )


def claims():
    theme = Theme("claims")
    turn = 0

    def case(ident, text, expect, **request):
        nonlocal turn
        maker = MAKERS[turn % len(MAKERS)]
        turn += 1
        token = sign(maker, "hmac-32", payload=text)
        expect = accept(token) if expect is None else claims_error(expect)
        theme.add(ident, source(maker), public("hmac-32"), "HS256", token, expect=expect, **{"now": NOW, **request})

    # exp and nbf, to the second
    at = lambda name, value: '{"%s":%s%s}' % (name, value, "" if name == "exp" else ',"exp":4102444800')
    for now, leeway, expect in (
        (999, 0, None),
        (1000, 0, "Expired"),
        (1001, 0, "Expired"),
        (1000, 1, None),
        (1001, 1, "Expired"),
        (1059, 60, None),
        (1060, 60, "Expired"),
        (1599, 600, None),
        (1600, 600, "Expired"),
        (0, 0, None),
    ):
        case(f"exp 1000 at {now}, leeway {leeway}", at("exp", 1000), expect, now=now, leeway=leeway)
    for now, leeway, expect in (
        (999, 0, "NotYetValid"),
        (1000, 0, None),
        (1001, 0, None),
        (999, 1, None),
        (998, 1, "NotYetValid"),
        (940, 60, None),
        (939, 60, "NotYetValid"),
        (400, 600, None),
        (399, 600, "NotYetValid"),
    ):
        case(f"nbf 1000 at {now}, leeway {leeway}", at("nbf", 1000), expect, now=now, leeway=leeway)
    case("leeway not given", at("exp", 1000), "Expired", now=1000)

    # A fraction counts until its second is over; a number may be written in any way that JSON has
    for text, first in (
        ("1.5", 2),
        ("1.0", 1),
        ("0.000001", 1),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1e+3", 1000),
        ("1.0e3", 1000),
        ("10000e-1", 1000),
        ("999.0001", 1000),
        ("1e-1", 1),
        ("1234.5e-2", 13),
        ("1790000000.25", 1790000001),
        ("0", 0),
        ("-0", 0),
        ("-1", -1),
        ("-1.5", -1),
        ("-0.5", 0),
        ("9007199254740992", 2**53),
        ("-9007199254740992", -(2**53)),
    ):
        if first > 0:
            case(f"exp {text} at {first - 1}", at("exp", text), None, now=first - 1)
        case(f"exp {text} at {max(first, 0)}", at("exp", text), "Expired", now=max(first, 0))
        if first < 4102444800:
            case(f"nbf {text} at {max(first, 0)}", at("nbf", text), None, now=max(first, 0))
    for text, first in (("1.5", 2), ("1e3", 1000), ("999.0001", 1000), ("1790000000.25", 1790000001)):
        case(f"nbf {text} at {first - 1}", at("nbf", text), "NotYetValid", now=first - 1)
    for text in ("1.5", "1e3", "-1", "-0", "4102444801", "9007199254740992"):
        case(f"iat {text}", at("iat", text), None)
    # What some issuers write for "never": the year 9999, the greatest milliseconds and seconds of 64 bits.
    for text in ("253402300799", "9007199254740993", "9223372036854775", "1e16", "9223372036854775807"):
        case(f"exp {text}", at("exp", text), None)
    for text in ("-9007199254740993", "-9223372036854775807", "-9223372036854775806.5"):
        case(f"exp {text}", at("exp", text), "Expired")

    # Numbers that are no time
    for text in (
        "1e400",
        "-1e400",
        "18446744073709551616",
        "-18446744073709551616",
        "18446744075499551616",
        "1e19",
        "9223372036854775807.5",
        "-9223372036854775807.5",
        "9223372036854775808",
        "-9223372036854775808",
        "9223372036854775810",
        "92233720368547758070",
        "1e999999999",
        "123456789" * 12,
    ):
        for name in ("exp", "nbf", "iat") if text in ("1e400", "9223372036854775808") else ("exp",):
            demanded = {"max_age": 60} if name == "iat" else {}
            case(f"{name} {text[:24]}", at(name, text), "DateOutOfRange", now=0, **demanded)
    case("iat 1e400, not looked at", at("iat", "1e400"), None)

    # Every registered claim of every wrong type
    for name in ("iss", "sub", "jti", "aud", "exp", "nbf", "iat"):
        wrong = ["null", "true", "{}"]
        if name in ("exp", "nbf", "iat"):
            wrong += ['"1000"', '""', "[]", "[1000]"]
        else:
            wrong += ["5"]
        if name in ("iss", "sub", "jti"):
            wrong += ["[]", f'["{ISSUER}"]']
        if name == "aud":
            wrong += ["[1]", '["api.example",1]', "[null]", '[["api.example"]]', '[{"a":"api.example"}]', '["other",1]']
        # Where the policy looks at the claim, and where it does not.
        demanded = {"iss": {"issuer": ISSUER}, "aud": {"audience": AUDIENCE}, "iat": {"max_age": 60}}.get(name, {})
        for text in wrong:
            if name in ("exp", "nbf") or demanded:
                case(f"{name} {text}, looked at", at(name, text), "ClaimType", **demanded)
            if name not in ("exp", "nbf"):
                case(f"{name} {text}, not looked at", at(name, text), None)
    for text in ('["https://issuer.example","x"]', '{"https://issuer.example":1}'):
        case(f"iss {text}, issuer expected", at("iss", text), "ClaimType", issuer=ISSUER)
    for text in ('["api.example",5]', '{"api.example":"api.example"}'):
        case(f"aud {text}, audience expected", at("aud", text), "ClaimType", audience=AUDIENCE)

    # exp, iss and aud against the policy
    case("exp missing", '{"iss":"x"}', "ClaimMissing")
    case("no claims", "{}", "ClaimMissing")
    case("Exp is not exp", '{"Exp":4102444800}', "ClaimMissing")
    case("exp within another claim", '{"x":{"exp":4102444800}}', "ClaimMissing")
    case("exp escaped", r'{"\u0065xp":4102444800}', None)
    case("exp escaped, expired", r'{"e\u0078p":1000}', "Expired")
    issuer = lambda text: '{"iss":%s,"exp":4102444800}' % text
    case("iss", issuer(f'"{ISSUER}"'), None, issuer=ISSUER)
    case("iss escaped", issuer(r'"https:\/\/issuer.example"'), None, issuer=ISSUER)
    case("iss escaped throughout", issuer('"' + "".join(f"\\u{ord(c):04x}" for c in ISSUER) + '"'), None, issuer=ISSUER)
    case("iss not ASCII", issuer('"https://b\u00fccher.example"'), None, issuer="https://b\u00fccher.example")
    case("iss not ASCII, escaped", issuer(r'"https://b\u00FCcher.example"'), None, issuer="https://b\u00fccher.example")
    case("iss missing", '{"exp":4102444800}', "ClaimMissing", issuer=ISSUER)
    case("iss not looked at", issuer('"anyone"'), None)
    for text in (
        "https://issuer.example/",
        "https://issuer.exampl",
        "https://issuer.example.attacker.example",
        "HTTPS://issuer.example",
        "",
        " https://issuer.example",
        "https://issuer.example\u0000",
        "issuer.example",
    ):
        case(f"iss {json.dumps(text)}", issuer(json.dumps(text)), "IssuerMismatch", issuer=ISSUER)
    case("iss escaped to something else", issuer(r'"https:\\/\\/issuer.example"'), "IssuerMismatch", issuer=ISSUER)
    audience = lambda text: '{"aud":%s,"exp":4102444800}' % text
    for text in (
        '"api.example"',
        '["api.example"]',
        '["other","api.example"]',
        '["api.example","other"]',
        r'["api\u002eexample"]',
        '["api.example","api.example"]',
        '[ "x" , "api.example" ]',
        "[" + '"x",' * 40 + '"api.example"]',
    ):
        case(f"aud {text[:40]}", audience(text), None, audience=AUDIENCE)
    for text in (
        '"other"',
        '["other"]',
        '["other","another"]',
        "[]",
        '""',
        '[""]',
        '"API.EXAMPLE"',
        '"api.example "',
        '"api.example,other"',
        '["api","example"]',
        '"api.exampl"',
        '"api.example.attacker.example"',
    ):
        case(f"aud {text}, not meant", audience(text), "AudienceMismatch", audience=AUDIENCE)
    case("aud missing", '{"exp":4102444800}', "ClaimMissing", audience=AUDIENCE)
    case("aud not looked at", audience('["other"]'), None)
    case("aud empty, not looked at", audience("[]"), None)
    case("everything", CLAIMS, None, **without(POLICY, "now"))

    # Payloads that are no claims
    for ident, text in (
        ("empty", ""),
        ("white space", " "),
        ("cut", '{"exp":4102444800'),
        ("exp twice", '{"exp":4102444800,"exp":1}'),
        ("exp twice, one escaped", r'{"exp":1,"\u0065xp":4102444800}'),
        ("unknown name twice", '{"exp":4102444800,"x":1,"x":1}'),
        ("name twice within a claim", '{"exp":4102444800,"x":[{"y":1,"y":1}]}'),
        ("text after it", '{"exp":4102444800}}'),
        ("a comma too many", '{"exp":4102444800,}'),
        ("byte order mark", "\ufeff" + '{"exp":4102444800}'),
        ("not UTF-8", b'{"exp":4102444800,"x":"\xff"}'),
        ("lone surrogate", r'{"exp":4102444800,"x":"\ud83d"}'),
        ("NaN", '{"exp":NaN}'),
        ("Infinity", '{"exp":Infinity}'),
        ("exp with leading zero", '{"exp":04102444800}'),
        ("exp with plus", '{"exp":+4102444800}'),
        ("exp with an underscore", '{"exp":4_102_444_800}'),
        ("exp hexadecimal", '{"exp":0xf4865700}'),
        ("exp without a digit before the dot", '{"exp":.5}'),
        ("exp without a digit after the dot", '{"exp":4102444800.}'),
        ("exp without an exponent", '{"exp":4e}'),
        ("33 levels", '{"exp":4102444800,"x":' + "[" * 32 + "]" * 32 + "}"),
        ("1,025 members", "{" + ",".join(f'"c{i}":1' for i in range(1024)) + ',"exp":4102444800}'),
        ("a name twice among 300", "{" + ",".join(f'"c{i % 299}":1' for i in range(300)) + ',"exp":4102444800}'),
        ("text", "Payload"),
        ("a JWT", sign("PyJWT", "hmac-64")),
        ("NUL after it", '{"exp":4102444800}\0'),
    ):
        case(f"JSON: {ident}", text, "Json")
    case("1,024 members", "{" + ",".join(f'"c{i}":1' for i in range(1023)) + ',"exp":4102444800}', None)
    clients = {f"client-{i:03}": {"roles": ["manage-account", "view-profile"]} for i in range(140)}
    case("roles at 140 clients", compact({"exp": 4102444800, "resource_access": clients}), None)
    case("32 levels", '{"exp":4102444800,"x":' + "[" * 31 + "]" * 31 + "}", None)
    case("white space", ' \r\n\t{ "exp" : 4102444800 , "x" : [ ] } ', None)
    for text in ("[]", '"text"', "5", "null", "true", '[{"exp":4102444800}]', '"{\\"exp\\":4102444800}"'):
        case(f"payload {text}", text, "NotObject")

    # The order of the checks
    case("order: exp missing before the type of nbf", '{"nbf":"5"}', "ClaimMissing")
    case("order: type of nbf before expired", '{"exp":1,"nbf":"5"}', "ClaimType")
    case("order: type of nbf before issuer", '{"iss":"x","exp":4102444800,"nbf":"5"}', "ClaimType", issuer=ISSUER)
    case(
        "order: issuer before the type of aud",
        '{"iss":"x","exp":4102444800,"aud":5}',
        "IssuerMismatch",
        **without(POLICY, "now"),
    )
    case("order: range of iat before expired", '{"exp":1,"iat":1e400}', "DateOutOfRange", max_age=60)
    case("order: iat missing before expired", '{"exp":1}', "ClaimMissing", max_age=60)
    case("order: exp missing before issuer", '{"iss":"x"}', "ClaimMissing", issuer=ISSUER)
    case(
        "order: issuer before audience",
        '{"exp":4102444800,"iss":"x","aud":"x"}',
        "IssuerMismatch",
        **without(POLICY, "now"),
    )
    case(
        "order: issuer missing before audience",
        '{"exp":4102444800,"aud":"x"}',
        "ClaimMissing",
        **without(POLICY, "now"),
    )
    case("order: issuer before expired", '{"exp":1,"iss":"x"}', "IssuerMismatch", issuer=ISSUER)
    case("order: audience before expired", '{"exp":1,"aud":"x"}', "AudienceMismatch", audience=AUDIENCE)
    case("order: expired before not yet valid", '{"exp":1,"nbf":4102444800}', "Expired")

    # The age of a token
    for now, leeway, expect in (
        (999, 0, "IssuedInFuture"),
        (999, 1, None),
        (1000, 0, None),
        (1060, 0, None),
        (1061, 0, "TooOld"),
        (1061, 1, None),
        (1062, 1, "TooOld"),
    ):
        text = '{"exp":4102444800,"iat":1000}'
        case(f"iat 1000, age 60 at {now}, leeway {leeway}", text, expect, now=now, leeway=leeway, max_age=60)

    # An expired token whose other claims count, and one without exp
    expired = '{"iss":"https://issuer.example","aud":"api.example","exp":1000,"iat":900}'
    allowed = {**POLICY, "allow_expired": True}
    case("expired, which is allowed", expired, None, **without(allowed, "now"))
    case("expired, of another issuer", expired.replace("issuer.", "x."), "IssuerMismatch", **without(allowed, "now"))
    case("expired, for another audience", expired.replace("api.", "x."), "AudienceMismatch", **without(allowed, "now"))
    case("expired, exp missing", expired.replace('"exp"', '"x"'), "ClaimMissing", **without(allowed, "now"))
    case("expired, exp null", expired.replace("1000", "null"), "ClaimType", **without(allowed, "now"))
    case(
        "expired, not yet valid",
        expired.replace("iat", "nbf").replace("900", "4102444800"),
        "NotYetValid",
        **without(allowed, "now"),
    )
    case("expired, too old", expired, "TooOld", **without(allowed, "now"), max_age=60)
    case("exp missing, which is allowed", '{"iss":"x"}', None, allow_missing_exp=True)
    case("exp null, where it may be missing", '{"exp":null}', "ClaimType", allow_missing_exp=True)
    case("expired, where exp may be missing", '{"exp":1}', "Expired", allow_missing_exp=True)

    # Without a time nothing in the payload is looked at
    for ident, text in (
        ("expired", '{"exp":1}'),
        ("claim of the wrong type", '{"iss":5}'),
        ("no JSON", "Payload"),
        ("empty", ""),
    ):
        token = sign("PyJWT", "hmac-32", payload=text)
        theme.add(f"not looked at: {ident}", source("PyJWT"), public("hmac-32"), "HS256", token, expect=accept(token))
    return theme.entries


def signatures():
    theme = Theme("signatures")
    case = lambda ident, key, token, expect, made_by=None: theme.add(
        ident, made_by or SELF, key, ALGORITHM[key["kty"]], token, expect=expect
    )
    made = raw_source()

    # ES256
    key, name = public("p256"), "p256"
    token = raw(name, '{"typ":"JWT","alg":"ES256"}')
    signature = signature_of(token)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    es = lambda ident, octets, expect=INVALID: case(f"ES256 {ident}", key, resigned(token, octets), expect, made)
    case("ES256", key, token, accept(token), made)
    es("with n - s", pair(r, P256_ORDER - s), accept(token))
    n = P256_ORDER
    edges = {"0": 0, "1": 1, "n-1": n - 1, "n": n, "n+1": n + 1, "2^256-1": (1 << 256) - 1}
    for what, value in edges.items():
        es(f"r = {what}", pair(value, s))
        es(f"s = {what}", pair(r, value))
    for first, second in (("0", "0"), ("0", "1"), ("1", "0"), ("1", "1"), ("n", "n"), ("n-1", "n-1")):
        es(f"r = {first}, s = {second}", pair(edges[first], edges[second]))
    es("r and s swapped", pair(s, r))
    es("with n - r", pair(n - r, s))
    es("little endian", signature[31::-1] + signature[:31:-1])
    for position in (0, 31, 32, 63):
        es(
            f"with octet {position} altered",
            signature[:position] + bytes([signature[position] ^ 1]) + signature[position + 1 :],
        )
    for what, octets in (
        ("empty", b""),
        ("of 1 octet", b"\0"),
        ("of 32 octets", signature[:32]),
        ("of 63 octets", signature[:63]),
        ("of 63 octets, first cut", signature[1:]),
        ("of 65 octets", signature + b"\0"),
        ("of 65 octets, zero first", b"\0" + signature),
        ("of 66 octets, zeros before r and s", b"\0" + signature[:32] + b"\0" + signature[32:]),
        ("of 96 octets", bytes(96)),
        ("of 128 octets", signature * 2),
        ("in DER", utils.encode_dss_signature(r, s)),
        ("in hexadecimal", signature.hex().encode()),
        ("after 4", b"\4" + signature),
    ):
        es(what, octets, LENGTH)
    tiny = utils.encode_dss_signature(1, 1)
    es("in DER, short, with zeros up to 64 octets", tiny + bytes(64 - len(tiny)))
    long_der = b"\x30\x3e\x02\x1d" + b"\1" * 29 + b"\x02\x1d" + b"\1" * 29
    assert len(long_der) == 64
    es("in DER of 64 octets", long_der)
    signed = token.rpartition(".")[0].encode()
    es("of another key", primitive("ES256", "p256-b", signed))
    deterministic = lambda digest: ec.ECDSA(digest, deterministic_signing=True)
    other = lambda text, digest: pair(*utils.decode_dss_signature(private_key(name).sign(text, deterministic(digest))))
    es("over SHA-384", other(signed, hashes.SHA384()))
    es("over SHA-512", other(signed, hashes.SHA512()))
    es("over SHA-1", other(signed, hashes.SHA1()))
    es("over the payload alone", other(signed.split(b".")[1], hashes.SHA256()))
    es("over the decoded parts", other(unb64(signed.decode().split(".")[0]) + b"." + SHORT.encode(), hashes.SHA256()))
    wide = private_key("p384").sign(signed, deterministic(hashes.SHA384()))
    es("of a P-384 key", b"".join(v.to_bytes(48, "big") for v in utils.decode_dss_signature(wide)), LENGTH)
    es("of HS256 with the point", hmac.new(unb64(key["x"]) + unb64(key["y"]), signed, hashlib.sha256).digest(), LENGTH)
    for part, start in (("r", 0), ("s", 32)):
        # A value with a zero octet in front: to be kept, and refused when it is cut off.
        found = next(
            t for t in (raw(name, '{"alg":"ES256"}', f"{part} {i}") for i in range(5000)) if signature_of(t)[start] == 0
        )
        case(f"ES256 {part} with a leading zero", key, found, accept(found), made)
        octets = signature_of(found)
        case(
            f"ES256 {part} with its leading zero cut",
            key,
            resigned(found, octets[:start] + octets[start + 1 :]),
            LENGTH,
            made,
        )

    # RS256
    key, name = public("rsa-2048"), "rsa-2048"
    n, d = number(key["n"]), number(KEYS[name]["d"])
    size = 256
    token = raw(name, '{"alg":"RS256"}')
    signature = signature_of(token)
    signed = token.rpartition(".")[0].encode()
    s = int.from_bytes(signature, "big")
    rs = lambda ident, octets, expect=INVALID: case(f"RS256 {ident}", key, resigned(token, octets), expect, made)
    big = lambda value, length=size: value.to_bytes(length, "big")
    case("RS256", key, token, accept(token), made)
    for what, value in (
        ("0", 0),
        ("1", 1),
        ("n-1", n - 1),
        ("n", n),
        ("n+1", n + 1),
        ("2^2048-1", (1 << 2048) - 1),
        ("n-s", n - s),
    ):
        rs(f"s = {what}", big(value))
    found = next(
        t
        for t in (raw(name, '{"alg":"RS256"}', f"s+n {i}") for i in range(5000))
        if int.from_bytes(signature_of(t), "big") + n < 1 << 2048
    )
    case("RS256 s below n, s + n fits", key, found, accept(found), made)
    case("RS256 s + n", key, resigned(found, big(int.from_bytes(signature_of(found), "big") + n)), INVALID, made)
    found = next(t for t in (raw(name, '{"alg":"RS256"}', f"zero {i}") for i in range(5000)) if signature_of(t)[0] == 0)
    case("RS256 s with a leading zero", key, found, accept(found), made)
    case("RS256 s with its leading zero cut", key, resigned(found, signature_of(found)[1:]), LENGTH, made)
    for what, octets in (
        ("empty", b""),
        ("of 1 octet", b"\1"),
        ("of 255 octets", signature[:255]),
        ("of 257 octets", signature + b"\0"),
        ("with a leading zero octet added", b"\0" + signature),
        ("s + n in 257 octets", big(s + n, 257)),
        ("of 64 octets", signature[:64]),
        ("of 32 octets", signature[:32]),
    ):
        rs(what, octets, LENGTH)
    for position in (0, 255):
        rs(
            f"with octet {position} altered",
            signature[:position] + bytes([signature[position] ^ 1]) + signature[position + 1 :],
        )
    rs("of another key", primitive("RS256", "rsa-2048-b", signed))
    case("RS256 of a key of 2056 bits", key, resigned(token, primitive("RS256", "rsa-2056", signed)), LENGTH, made)
    wide_key, wide_token = public("rsa-2056"), raw("rsa-2056", '{"alg":"RS256"}')
    case("RS256 2056 bits", wide_key, wide_token, accept(wide_token), made)
    case(
        "RS256 2056 bits, signature of 256 octets",
        wide_key,
        resigned(wide_token, signature_of(wide_token)[:256]),
        LENGTH,
        made,
    )
    digest = hashlib.sha256(signed).digest()
    info = bytes.fromhex("3031300d060960864801650304020105000420")

    def message(tail, start=b"\0\1", fill=b"\xff", separator=b"\0"):
        return start + fill * (size - len(start) - len(separator) - len(tail)) + separator + tail

    def forged(ident, text):
        assert len(text) == size, ident
        rs(ident, big(pow(int.from_bytes(text, "big"), d, n)))

    assert big(pow(int.from_bytes(message(info + digest), "big"), d, n)) == signature
    block = b"\0\1" + b"\xff" * 8 + b"\0" + info + digest
    forged("padding of 8, garbage after the hash", block + b"\xaa" * (size - len(block)))
    forged("padding of 8, zeros after the hash", block + bytes(size - len(block)))
    forged("one octet after the hash", message(info + digest + b"\0"))
    forged("padding absent, hash at the end", b"\0\1\0" + info + bytes(size - 3 - len(info) - 32) + digest)
    forged("padding of 0", message(info + digest, fill=b"\0"))
    forged("padding with another octet", message(info + digest)[:20] + b"\xfe" + message(info + digest)[21:])
    forged("padding with a zero in it", message(info + digest)[:20] + b"\0" + message(info + digest)[21:])
    forged("first octet 1", b"\1" + message(info + digest)[1:])
    forged("block type 0", message(info + digest, b"\0\0", b"\0"))
    forged("block type 2", message(info + digest, b"\0\2"))
    forged("block type 2, random padding", message(info + digest, b"\0\2", b"\x5a"))
    forged("separator absent", message(info + digest, separator=b"\xff"))
    forged("separator 1", message(info + digest, separator=b"\1"))
    forged("NULL missing", message(bytes.fromhex("302f300b0609608648016503040201") + b"\4\x20" + digest))
    forged("NULL replaced", message(bytes.fromhex("3031300d06096086480165030402010403")[:17] + b"\4\x20" + digest))
    forged(
        "parameters with garbage",
        message(bytes.fromhex("3041301d060960864801650304020105100123456789abcdef0123456789abcdef0420")[:37] + digest),
    )
    forged("long length of the SEQUENCE", message(b"\x30\x81\x31" + info[2:] + digest))
    forged("long length of the hash", message(b"\x30\x32" + info[2:17] + b"\4\x81\x20" + digest))
    forged("longer length of the hash", message(b"\x30\x34" + info[2:17] + b"\4\x83\0\0\x20" + digest))
    forged("indefinite length", message(b"\x30\x80" + info[2:] + digest + b"\0\0"))
    forged("DigestInfo absent", message(digest))
    forged("OCTET STRING alone", message(b"\4\x20" + digest))
    forged("hash of something else", message(info + hashlib.sha256(b"else").digest()))
    forged("hash cut", message(info[:-1] + b"\x1f" + digest[:31]))
    sha1 = bytes.fromhex("3021300906052b0e03021a05000414")
    forged("SHA-1", message(sha1 + hashlib.sha1(signed).digest()))
    forged("SHA-1 named, SHA-256 used", message(bytes.fromhex("302d300906052b0e03021a05000420") + digest))
    forged(
        "SHA-384", message(bytes.fromhex("3041300d060960864801650304020205000430") + hashlib.sha384(signed).digest())
    )
    forged(
        "SHA-512", message(bytes.fromhex("3051300d060960864801650304020305000440") + hashlib.sha512(signed).digest())
    )
    forged(
        "SHA-224", message(bytes.fromhex("302d300d06096086480165030402040500041c") + hashlib.sha224(signed).digest())
    )
    forged("SHA-512/256 named", message(bytes.fromhex("3031300d060960864801650304020605000420") + digest))
    forged("DigestInfo twice", message(info + digest + info + digest))
    forged("PSS with an empty salt", encoded(2047, digest, "sha256", salt=b""))

    # HS256
    key, name = public("hmac-32"), "hmac-32"
    token = raw(name, '{"alg":"HS256"}')
    signed = token.rpartition(".")[0].encode()
    tag = signature_of(token)
    hs = lambda ident, octets, expect=INVALID: case(f"HS256 {ident}", key, resigned(token, octets), expect, made)
    case("HS256", key, token, accept(token), made)
    mac = lambda secret, digest=hashlib.sha256: hmac.new(secret, signed, digest).digest()
    secret = unb64(key["k"])
    for length in (0, 1, 4, 16, 31):
        hs(f"tag of {length} octets", tag[:length], LENGTH)
    hs("tag of 33 octets", tag + b"\0", LENGTH)
    hs("tag of 33 octets, zero first", b"\0" + tag, LENGTH)
    hs("tag in hexadecimal", tag.hex().encode(), LENGTH)
    for digest_name in ("sha384", "sha512", "sha1", "md5"):
        hs(f"tag of {digest_name}", mac(secret, digest_name), LENGTH)
    for position in (0, 15, 31):
        for bit in (0, 7):
            hs(
                f"with bit {bit} of octet {position} altered",
                tag[:position] + bytes([tag[position] ^ 1 << bit]) + tag[position + 1 :],
            )
    hs("tag of zeros", bytes(32))
    hs("under the empty key", mac(b""))
    hs("under 32 zeros", mac(bytes(32)))
    hs("under the text of k", mac(key["k"].encode()))
    hs("under the first 31 octets", mac(secret[:31]))
    hs("under the next octet more", mac(secret + b"\1"))
    hs("under the hash of the secret", mac(hashlib.sha256(secret).digest()))
    hs("SHA-256 without a key", hashlib.sha256(signed).digest())
    hs("SHA-256 of secret and text", hashlib.sha256(secret + signed).digest())
    hs("SHA-512 cut to 32 octets", mac(secret, "sha512")[:32])
    hs("over the payload alone", hmac.new(secret, signed.split(b".")[1], hashlib.sha256).digest())
    for length in (64, 65, 200):
        long_token = raw(f"hmac-{length}", '{"alg":"HS256"}')
        long_key = public(f"hmac-{length}")
        case(f"HS256 secret of {length} octets", long_key, long_token, accept(long_token), made)
        cut = hmac.new(
            unb64(long_key["k"])[: length - 1], long_token.rpartition(".")[0].encode(), hashlib.sha256
        ).digest()
        case(f"HS256 secret of {length} octets, one less used", long_key, resigned(long_token, cut), INVALID, made)

    # What was signed, altered afterwards by somebody else
    for maker, name in zip(MAKERS, ("rsa-2048", "p256", "hmac-32", "p256-b")):
        key = public(name)
        token = sign(maker, name, {"cty": maker})
        head, payload, text = token.split(".")
        admin = b64(SHORT.replace("user-1", "admin").encode())
        case(f"{maker} payload replaced", key, f"{head}.{admin}.{text}", INVALID, altered(maker))
        alg = ALGORITHM[key["kty"]]
        rewritten = b64(compact({"alg": alg}).encode())
        case(f"{maker} header replaced", key, f"{rewritten}.{payload}.{text}", INVALID, altered(maker))
        case(f"{maker} unaltered", key, token, accept(token), source(maker))

    signatures_384_512_pss_okp(theme)

    # The text of the public key as a secret is refused before a token is looked at.
    pem = public_bytes("rsa-2048", "PEM", "SubjectPublicKeyInfo")
    theme.add(
        "RS256 public key as HS256 secret",
        SELF,
        {"kty": "oct", "kid": "pem", "k": b64(pem)},
        "HS256",
        expect=loaded(aside("SecretIsKeyDocument", "pem")),
    )
    return theme.entries


def keys_384_512_pss_okp(good, bad, load):
    """JWKs for the algorithms beside HS256, ES256 and RS256."""
    rsa_key, ec_key, p384_key = public("rsa-2048"), public("p256"), public("p384")
    okp, oct_key = public("ed25519"), public("hmac-64")
    material = {"oct": oct_key, "RSA": rsa_key, "P-256": ec_key, "P-384": p384_key, "Ed25519": okp}
    for alg, (kty, crv) in CARRIED_BY.items():
        if alg in ALGORITHM.values():
            continue
        jwk = material[crv or kty]
        good(
            f"{alg} with everything",
            {**jwk, "kid": "k", "use": "sig", "key_ops": ["verify"], "alg": alg},
            own_name(alg),
            own_name(alg),
        )
        good(f"{alg} with nothing", jwk, own_name(alg), own_name(alg))

    # Without alg: the only one of the allowed that the kty and crv can carry, and none where there are several.
    for what, jwk, allowed, algorithm in (
        ("RSA", rsa_key, "PS256 ES256", "PS256"),
        ("RSA", rsa_key, "RS512 ES384 Ed25519", "RS512"),
        ("P-256", ec_key, "ES256 ES384 Ed25519", "ES256"),
        ("P-384", p384_key, "ES256 ES384 Ed25519", "ES384"),
        ("OKP", okp, "ES256 ES384 Ed25519", "Ed25519"),
    ):
        good(f"{what} without alg, {allowed} allowed", jwk, allowed, algorithm)
    several = (
        (rsa_key, "RS256 PS256"),
        (rsa_key, "RS256 RS384 RS512"),
        (rsa_key, "PS384 PS512 ES256"),
        (oct_key, "HS256 HS512"),
        (oct_key, "HS256 HS384 HS512"),
    )
    for jwk, allowed in several:
        bad(f"{jwk['kty']} without alg, {allowed} allowed", {**jwk, "kid": "m"}, allowed, "AlgMissing")
        alg = allowed.split()[1]
        good(f"{jwk['kty']} with alg {alg}, {allowed} allowed", {**jwk, "kid": "m", "alg": alg}, allowed, alg)
    bad("RSA with alg null, RS256 PS256 allowed", {**rsa_key, "alg": None}, "RS256 PS256", "AlgMissing")
    bad("RSA without alg, ES384 Ed25519 allowed", {**rsa_key, "kid": "m"}, "ES384 Ed25519", "AlgNotAllowed")
    load(
        "one key for two algorithms",
        key_set(
            {**rsa_key, "kid": "1", "alg": "RS256"}, {**rsa_key, "kid": "2", "alg": "PS256"}, {**rsa_key, "kid": "3"}
        ),
        "RS256 PS256",
        loaded(bound("RS256", "1"), bound("PS256", "2"), aside("AlgMissing", "3")),
    )
    everyone = key_set(
        *({**jwk, "kid": alg, "alg": alg} for alg, jwk in (("RS256", rsa_key), ("PS256", rsa_key), ("ES256", ec_key))),
        *({**jwk, "kid": alg, "alg": alg} for alg, jwk in (("ES384", p384_key), ("EdDSA", okp), ("Ed25519", okp))),
    )
    load(
        "FAPI 2.0",
        everyone,
        "PS256 ES256 Ed25519",
        loaded(
            aside("AlgNotAllowed", "RS256"),
            bound("PS256", "PS256"),
            bound("ES256", "ES256"),
            aside("AlgNotAllowed", "ES384"),
            bound("Ed25519", "EdDSA"),
            bound("Ed25519", "Ed25519"),
        ),
    )

    # alg against kty and crv
    for jwk, alg in (
        (rsa_key, "ES384"),
        (rsa_key, "EdDSA"),
        (rsa_key, "HS512"),
        (ec_key, "EdDSA"),
        (p384_key, "ES256"),
        (p384_key, "PS384"),
        (okp, "ES256"),
        (okp, "HS256"),
        (oct_key, "PS512"),
        (oct_key, "Ed25519"),
    ):
        what = jwk.get("crv", jwk["kty"])
        bad(f"alg {alg} for {what}", {**jwk, "kid": "a", "alg": alg}, "RS256 ES256 ES384 Ed25519", "AlgMismatch")
    for alg in ("Ed448", "ECDH-ES", "EDDSA", "ed25519", "EdDSA "):
        bad(f"alg {json.dumps(alg)} for Ed25519", {**okp, "kid": "a", "alg": alg}, "Ed25519", "AlgUnsupported")
    for jwk, alg, allowed in (
        (rsa_key, "RS256", "PS256"),
        (rsa_key, "PS256", "RS256"),
        (rsa_key, "RS512", "RS384"),
        (okp, "EdDSA", "ES256"),
    ):
        bad(f"alg {alg}, {allowed} allowed", {**jwk, "kid": "a", "alg": alg}, allowed, "AlgNotAllowed")

    # OKP
    for crv, length in (("Ed448", 57), ("X25519", 32), ("X448", 56)):
        for more in ({}, {"alg": "EdDSA"}):
            jwk = {"kty": "OKP", "kid": "o", "crv": crv, "x": b64(bytes(range(length))), **more}
            bad(f"{crv}{' with alg' if more else ''}", jwk, "Ed25519", "CrvUnsupported")
    for crv in ("ed25519", "Ed25519 ", "P-256", "Curve25519", ""):
        bad(f"OKP crv {json.dumps(crv)}", {**okp, "kid": "o", "crv": crv}, "Ed25519", "CrvUnsupported")
    bad("EC on Ed25519", {**okp, "kid": "o", "kty": "EC"}, "Ed25519", "CrvUnsupported")
    for kty in ("okp", "Okp", "EdDSA"):
        bad(f"kty {json.dumps(kty)}", {**okp, "kid": "o", "kty": kty}, "Ed25519", "KtyUnsupported")
    bad("OKP without crv", without({**okp, "kid": "o"}, "crv"), "Ed25519", "MemberMissing")
    bad("OKP without x", without({**okp, "kid": "o"}, "x"), "Ed25519", "MemberMissing")
    bad(
        "OKP with a certificate alone", {**without(okp, "x"), "kid": "o", "x5c": ["MIIB"]}, "Ed25519", "CertificateOnly"
    )
    bad("OKP with x a number", {**okp, "kid": "o", "x": 5}, "Ed25519", "MemberType")
    bad("OKP with crv a number", {**okp, "kid": "o", "crv": 5}, "Ed25519", "MemberType")
    bad("OKP with x padded", {**okp, "kid": "o", "x": okp["x"] + "="}, "Ed25519", "Base64")
    bad("private OKP", {**KEYS["ed25519"], "kid": "o"}, "Ed25519", "PrivateMaterial")
    good("OKP with d empty", {**okp, "d": ""}, "Ed25519", "Ed25519")
    good("OKP with y and p", {**okp, "y": 5, "p": "AQ"}, "Ed25519", "Ed25519")
    x = unb64(okp["x"])
    for what, value in (
        ("0", b""),
        ("31", x[:-1]),
        ("33", x + b"\0"),
        ("33, 4 in front", b"\4" + x),
        ("57", bytes(57)),
        ("64", x + x),
    ):
        bad(f"Ed25519 x of {what} octets", {**okp, "kid": "o", "x": b64(value)}, "Ed25519", "WrongCoordinateLength")

    # Points of Ed25519 (RFC 8032 5.1.3)
    point = lambda octets: {"kty": "OKP", "kid": "o", "crv": "Ed25519", "x": b64(octets)}
    at = lambda number: number.to_bytes(32, "little")
    for i, small in enumerate(edwards.SMALL):
        bad(f"Ed25519 {i} times the point of order 8", point(edwards.encoded(small)), "Ed25519", "PointOfSmallOrder")
        if small[1] < 19:
            wide = edwards.encoded(small, edwards.P)
            bad(f"Ed25519 {i} times the point of order 8, y not reduced", point(wide), "Ed25519", "PointOfSmallOrder")
    for what, y in (("1", 1), ("-1", edwards.P - 1), ("p+1", edwards.P + 1)):
        bad(f"Ed25519 y = {what}, x = 0 with a sign", point(at(y | 1 << 255)), "Ed25519", "PointOfSmallOrder")
    absent = [y for y in range(2, 19) if edwards.with_y(y) is None]
    present = [y for y in range(2, 19) if y not in absent]
    for y in absent[:2]:
        bad(f"Ed25519 y = {y}, no point", point(at(y)), "Ed25519", "PointNotOnCurve")
    for y in (present[0], present[-1]):
        good(f"Ed25519 y = {y}", without(point(at(y)), "kid"), "Ed25519", "Ed25519")
        for sign in (0, 1):
            wide = at(y + edwards.P | sign << 255)
            bad(f"Ed25519 y = {y} + p, sign {sign}", point(wide), "Ed25519", "PointNotOnCurve")
    mixed = edwards.add(edwards.with_y(4 * pow(5, -1, edwards.P) % edwards.P), edwards.EIGHTH)
    good("Ed25519 of mixed order", without(point(edwards.encoded(mixed)), "kid"), "Ed25519", "Ed25519")

    # Coordinates on P-384
    x, y = unb64(p384_key["x"]), unb64(p384_key["y"])
    point = lambda x, y: {**p384_key, "kid": "c", "x": b64(x), "y": b64(y)}
    for what, value in (("0", b""), ("32", x[16:]), ("47", x[1:]), ("49", b"\0" + x), ("97", b"\4" + x + y)):
        bad(f"P-384 x of {what} octets", point(value, y), "ES384", "WrongCoordinateLength")
        if what in ("47", "49"):
            bad(f"P-384 y of {what} octets", point(x, value), "ES384", "WrongCoordinateLength")
    flip = lambda value: value[:-1] + bytes([value[-1] ^ 1])
    for what, jwk in (
        ("x altered", point(flip(x), y)),
        ("x and y swapped", point(y, x)),
        ("zeros", point(bytes(48), bytes(48))),
        ("x not reduced", point(P384_PRIME.to_bytes(48, "big"), y)),
        ("a point of P-256", point(bytes(16) + unb64(ec_key["x"]), bytes(16) + unb64(ec_key["y"]))),
    ):
        bad(f"P-384 point: {what}", jwk, "ES384", "PointNotOnCurve")
    negated = (P384_PRIME - int.from_bytes(y, "big")).to_bytes(48, "big")
    good("P-384 point with y negated", without(point(x, negated), "kid"), "ES384", "ES384")
    bad("private P-384", {**KEYS["p384"], "kid": "c"}, "ES384", "PrivateMaterial")
    bad("P-384 point said to be on P-256", {**p384_key, "kid": "c", "crv": "P-256"}, "ES256", "WrongCoordinateLength")
    bad("P-256 point said to be on P-384", {**ec_key, "kid": "c", "crv": "P-384"}, "ES384", "WrongCoordinateLength")

    # Secrets, by the length of the hash
    secret = lambda length: {"kty": "oct", "kid": "s", "k": b64(bytes(range(length)))}
    for alg, least in (("HS384", 48), ("HS512", 64)):
        bad(f"{alg} secret of {least - 1} octets", secret(least - 1), alg, "SecretTooShort")
        bad(f"{alg} secret of 32 octets, alg {alg}", {**secret(32), "alg": alg}, alg, "SecretTooShort")
        good(f"{alg} secret of {least} octets", secret(least), alg, alg)
        bad(f"{alg} secret of 513 octets", {**secret(0), "k": b64(bytes(range(256)) * 2 + b"!")}, alg, "SecretTooLong")
        bad(
            f"{alg} secret is a PEM key",
            {**secret(0), "k": b64(public_bytes("p384", "PEM", "SubjectPublicKeyInfo"))},
            alg,
            "SecretIsKeyDocument",
        )
        bad(f"{alg} secret among public", {**secret(64), "alg": alg}, f"{alg} PS256", "SecretAmongPublicKeys")
    good("HS256 secret of 47 octets", secret(47), "HS256", "HS256")

    # Modulus and exponent are held to the same under every algorithm.
    for alg in ("PS256", "RS512"):
        bad(f"{alg} modulus of 1024 bits", public("rsa-1024", kid="m"), alg, "ModulusTooSmall")
        bad(f"{alg} exponent 3", {**rsa_key, "kid": "e", "e": "Aw"}, alg, "ExponentTooSmall")
        bad(f"{alg} private RSA", {**KEYS["rsa-1024"], "kid": "p"}, alg, "PrivateMaterial")
    good("PS512 modulus of 2049 bits", public("rsa-2049", kid="m"), "PS512", "PS512")

    # The order of the checks
    bad("order: alg missing before d", {"kty": "RSA", "d": "AQ"}, "RS256 PS256", "AlgMissing")
    bad("order: alg missing before a secret among public", {"kty": "oct"}, "HS256 HS512 RS256", "AlgMissing")
    bad("order: alg not allowed before alg missing", {"kty": "RSA", "alg": "RS512"}, "RS256 PS256", "AlgNotAllowed")
    bad("order: alg unknown before alg missing", {"kty": "RSA", "alg": "RSA-PSS"}, "RS256 PS256", "AlgUnsupported")
    bad("order: d before x of OKP", {"kty": "OKP", "crv": "Ed25519", "d": "!"}, "Ed25519", "PrivateMaterial")


def signatures_384_512_pss_okp(theme):
    """Signatures for the algorithms beside HS256, ES256 and RS256. Each is put to the four libraries as well; where
    one of them decides otherwise it is named, with the reason."""
    made, undecided = raw_source(), []

    def case(ident, jwk, alg, token, expect, because=None, made=made, makers=MAKERS):
        accepted = expect["verdict"] == "accept"
        others = [maker for maker in makers if verified_by_library(maker, jwk, alg, token) != accepted]
        if bool(others) != bool(because):
            undecided.append(f"{ident}: decided otherwise by {others or 'none'}")
        divergence = {"otherwise": others, "because": because} if others else {}
        theme.add(ident, made, jwk, own_name(alg), token, expect=expect, **divergence)

    def good_and_others(alg, name, altered, other_key, lengths=True):
        """A good signature, and what every algorithm's must not survive. `altered` are positions."""
        key = public(name)
        token = raw(name, compact({"alg": alg}), alg=alg)
        octets, signed = signature_of(token), token.rpartition(".")[0].encode()
        case(alg, key, alg, token, accept(token), "PyJWT knows it as EdDSA alone" if alg == "Ed25519" else None)

        def say(ident, value, expect=INVALID, because=None):
            case(f"{alg} {ident}", key, alg, resigned(token, value), expect, because)

        for position in altered:
            say(
                f"with octet {position} altered",
                octets[:position] + bytes([octets[position] ^ 1]) + octets[position + 1 :],
            )
        say("of another key", primitive(alg, other_key, signed))
        say("over another header", primitive(alg, name, signed.replace(b"ey", b"eX", 1)))
        say("cut", octets[:-1], LENGTH)
        if lengths:
            say("empty", b"", LENGTH)
            say("with an octet after it", octets + b"\0", LENGTH)
            say("after a zero octet", b"\0" + octets, LENGTH)
            say("of zeros", bytes(len(octets)))
        return key, token, octets, signed, say

    # HS384, HS512
    for alg, name, least, others in (
        ("HS384", "hmac-48", 48, ("sha256", "sha512")),
        ("HS512", "hmac-64", 64, ("sha256", "sha384")),
    ):
        key, token, tag, signed, say = good_and_others(alg, name, (0, least - 1), "hmac-200")
        mac = lambda digest, secret=unb64(key["k"]): hmac.new(secret, signed, digest).digest()
        for digest in others:
            say(f"tag of {digest}", mac(digest), LENGTH)
        say("half the tag", tag[: least // 2], LENGTH)
        say("tag in hexadecimal", tag.hex().encode(), LENGTH)
        own = f"sha{alg[2:]}"
        say("under the empty key", mac(own, b""))
        say("under the text of k", mac(own, key["k"].encode()))
        say(f"{own} without a key", hashlib.new(own, signed).digest())
        long = raw("hmac-200", compact({"alg": alg}), alg=alg)
        case(f"{alg} secret of 200 octets", public("hmac-200"), alg, long, accept(long))
        # A block is 128 octets here: a key of 65 is filled up, and not hashed as it is for HS256.
        wide = public("hmac-65")
        token = raw("hmac-65", compact({"alg": alg}), alg=alg)
        case(f"{alg} secret of 65 octets", wide, alg, token, accept(token))
        hashed = hashlib.new(own, unb64(wide["k"])).digest()
        tag = hmac.new(hashed, token.rpartition(".")[0].encode(), own).digest()
        case(f"{alg} secret of 65 octets, hashed first", wide, alg, resigned(token, tag), INVALID)
    hs512 = hmac.new(unb64(KEYS["hmac-48"]["k"]), b"", "sha512").digest()
    token = raw("hmac-48", '{"alg":"HS384"}')
    hs512 = hmac.new(unb64(KEYS["hmac-48"]["k"]), token.rpartition(".")[0].encode(), "sha512").digest()
    case("HS384 of SHA-512 cut to 48 octets", public("hmac-48"), "HS384", resigned(token, hs512[:48]), INVALID)

    # RS384, RS512
    n, d = number(KEYS["rsa-2048"]["n"]), number(KEYS["rsa-2048"]["d"])
    big = lambda value: value.to_bytes(256, "big")
    info = {
        "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
        "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
        "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
        "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
        "sha512_256": bytes.fromhex("3031300d060960864801650304020605000420"),
    }
    for alg in ("RS384", "RS512"):
        key, token, octets, signed, say = good_and_others(alg, "rsa-2048", (255,), "rsa-2048-b", False)
        own = f"sha{alg[2:]}"
        digest = hashlib.new(own, signed).digest()
        block = lambda tail, fill=b"\xff": b"\0\1" + fill * (253 - len(tail)) + b"\0" + tail
        forged = lambda ident, text: say(ident, big(pow(int.from_bytes(text, "big"), d, n)))
        assert big(pow(int.from_bytes(block(info[own] + digest), "big"), d, n)) == octets
        for other in info:
            if other != own and (alg == "RS384" or other in ("sha256", "sha384")):
                forged(other, block(info[other] + hashlib.new(other, signed).digest()))
        if alg == "RS512":
            continue
        forged("SHA-256 named", block(info["sha256"] + digest))
        forged("hash cut to that of SHA-256, SHA-256 named", block(info["sha256"] + digest[:32]))
        start = b"\0\1" + b"\xff" * 8 + b"\0" + info[own] + digest
        forged("padding of 8, garbage after the hash", start + b"\xaa" * (256 - len(start)))
        forged(
            "NULL missing",
            block(bytes([0x30, info[own][1] - 2, 0x30, 0x0B]) + info[own][4:15] + info[own][17:] + digest),
        )
        forged("DigestInfo absent", block(digest))
        forged("one octet after the hash", block(info[own] + digest + b"\0"))
        forged(f"PS{alg[2:]}", encoded(2047, digest, own))
        say("s + n", big((int.from_bytes(octets, "big") + n) % (1 << 2048)))
    rs256 = raw("rsa-2048", '{"alg":"RS256"}', "another hash")
    signed = rs256.rpartition(".")[0].encode()
    for digest in (hashes.SHA384(), hashes.SHA512()):
        octets = primitive("RS256", "rsa-2048", signed, digest)
        case(
            f"RS256 header, RS{digest.name[3:]} signature",
            public("rsa-2048"),
            "RS256",
            resigned(rs256, octets),
            INVALID,
        )

    # PS256, PS384, PS512
    for alg in ("PS256", "PS384", "PS512"):
        full = alg == "PS256"
        key, token, octets, signed, say = good_and_others(
            alg, "rsa-2048", (0, 128, 255) if full else (255,), "rsa-2048-b", full
        )
        own = f"sha{alg[2:]}"
        size = hashlib.new(own).digest_size
        of = lambda ident, expect=INVALID, digest=own, **parts: say(
            ident, pss("rsa-2048", signed, digest, **parts), expect
        )
        for length in (0, 20, size - 1, size + 1) if full else (0, 32, size + 1):
            of(f"salt of {length} octets", salt=bytes(range(length)))
        if full:
            of("salt of all octets that there are", salt=bytes(256 - size - 2))
        of("MGF1 with SHA-1", mgf="sha1")
        of("MGF1 with another hash", mgf="sha512" if own != "sha512" else "sha256")
        for other in ("sha256", "sha384", "sha512"):
            if other != own and (full or other != "sha256"):
                of(f"all with {other}", digest=other)
                if full:
                    of(f"all with {other}, salt of {size} octets", digest=other, salt=bytes(size))
        if not full:
            continue
        case(f"{alg} of RS{alg[2:]}", key, alg, resigned(token, primitive("RS" + alg[2:], "rsa-2048", signed)), INVALID)
        of("all with sha1", digest="sha1")
        for trailer in (b"\0", b"\xbb", b"\xcc", b"\xbd"):
            of(f"trailer {trailer.hex()}", trailer=trailer)
        of("trailer of two octets, as X9.31 has it", trailer=b"\x33\xcc", salt=bytes(31))
        of("1 replaced by 0", one=b"\0")
        of("1 replaced by 2", one=b"\2")
        of("1 replaced by 81", one=b"\x81")
        of("1 an octet early", one=b"\1\0", salt=bytes(31))
        of("first octet of the padding 1", padding=lambda zeros: b"\1" + bytes(zeros - 1))
        of("last octet of the padding 1", padding=lambda zeros: bytes(zeros - 1) + b"\1")
        hashed = hashlib.sha256(signed).digest()
        with_top = lambda salt: int.from_bytes(encoded(2047, hashed, own, salt=salt, top=0x80), "big")
        salt = next(salt for salt in (bytes([i]) * 32 for i in range(256)) if with_top(salt) < n)
        of("top bit set", top=0x80, salt=salt)
        of("zeros of M' missing", prefix=b"")
        of("zeros of M' too many", prefix=bytes(9))
        of("zeros of M' not zeros", prefix=bytes(7) + b"\1")
        say("over the payload alone", pss("rsa-2048", signed.split(b".")[1], own))
        say("over the hash", pss("rsa-2048", hashlib.sha256(signed).digest(), own))
        for what, value in (("1", 1), ("n-1", n - 1), ("n", n), ("n-s", n - int.from_bytes(octets, "big"))):
            say(f"s = {what}", big(value))
        found = next(
            t
            for t in (raw("rsa-2048", '{"alg":"PS256"}', f"n {i}", alg=alg) for i in range(99))
            if int.from_bytes(signature_of(t), "big") + n < 1 << 2048
        )
        case("PS256 s below n, s + n fits", key, alg, found, accept(found))
        case("PS256 s + n", key, alg, resigned(found, big(int.from_bytes(signature_of(found), "big") + n)), INVALID)
        for salt in (bytes(size), b"\xff" * size):
            fixed = f"{b64(compact({'alg': alg}).encode())}.{b64(salt[:1] + b'salt')}"
            token = f"{fixed}.{b64(pss('rsa-2048', fixed.encode(), own, salt=salt))}"
            case(f"{alg} salt of {size} octets {salt[:1].hex()}", key, alg, token, accept(token))
    # With 8k + 1 bits the encoding is an octet shorter than the signature, which begins with 0 after the exponent.
    for name, bits in (("rsa-2049", 2049), ("rsa-2056", 2056)):
        key = public(name)
        token = raw(name, '{"alg":"PS256"}', alg="PS256")
        case(f"PS256 {bits} bits", key, "PS256", token, accept(token))
        signed, n_odd, d_odd = token.rpartition(".")[0].encode(), number(KEYS[name]["n"]), number(KEYS[name]["d"])
        message = int.from_bytes(encoded(bits - 1, hashlib.sha256(signed).digest(), "sha256"), "big")
        for what, text in (
            ("the bit above the encoding set", message | 1 << bits - 1),
            ("as for a bit less", int.from_bytes(encoded(bits - 2, hashlib.sha256(signed).digest(), "sha256"), "big")),
        ):
            if text < n_odd and text != message:
                octets = pow(text, d_odd, n_odd).to_bytes(len(unb64(key["n"])), "big")
                case(f"PS256 {bits} bits, {what}", key, "PS256", resigned(token, octets), INVALID)
        found = next(
            t
            for t in (raw(name, '{"alg":"PS256"}', f"zero {i}", alg="PS256") for i in range(5000))
            if signature_of(t)[0] == 0
        )
        case(f"PS256 {bits} bits, a leading zero", key, "PS256", found, accept(found))
        why = "OpenSSL takes a PSS signature without its leading zeros; RFC 8017 8.1.2 wants the length of the modulus"
        case(
            f"PS256 {bits} bits, its leading zero cut",
            key,
            "PS256",
            resigned(found, signature_of(found)[1:]),
            LENGTH,
            why,
        )

    # ES384, and P-256 under its hash
    key, token, octets, signed, say = good_and_others("ES384", "p384", (0, 47, 48, 95), "p384-b")
    r, s = int.from_bytes(octets[:48], "big"), int.from_bytes(octets[48:], "big")
    n = P384_ORDER
    both = lambda r, s: pair(r, s, 48)
    case("ES384 with n - s", key, "ES384", resigned(token, both(r, n - s)), accept(resigned(token, both(r, n - s))))
    edges = {"0": 0, "1": 1, "n-1": n - 1, "n": n, "n+1": n + 1, "2^384-1": (1 << 384) - 1}
    for what, value in edges.items():
        say(f"r = {what}", both(value, s))
        say(f"s = {what}", both(r, value))
    for first, second in (("0", "1"), ("1", "0"), ("1", "1"), ("n", "n")):
        say(f"r = {first}, s = {second}", both(edges[first], edges[second]))
    say("r and s swapped", both(s, r))
    say("little endian", octets[47::-1] + octets[:47:-1])
    say("in DER", utils.encode_dss_signature(r, s), LENGTH)
    say("in DER of 96 octets", b"\x30\x5e\x02\x2d" + b"\1" * 45 + b"\x02\x2d" + b"\1" * 45)
    say("of 64 octets", pair(r >> 128, s >> 128), LENGTH)
    say("of ES256 over this", primitive("ES256", "p256", signed), LENGTH)
    halves = "jwcrypto halves a signature of any length; RFC 7518 3.4 has one of 96 octets"
    say("of 132 octets, as ES512 has", pair(r, s, 66), LENGTH, halves)
    for digest in (hashes.SHA256(), hashes.SHA512(), hashes.SHA1()):
        say(f"over {digest.name}", primitive("ES384", "p384", signed, digest))
    say("over the payload alone", primitive("ES384", "p384", signed.split(b".")[1]))
    found = next(t for t in (raw("p384", '{"alg":"ES384"}', f"r {i}") for i in range(5000)) if signature_of(t)[0] == 0)
    case("ES384 r with a leading zero", key, "ES384", found, accept(found))
    case("ES384 r with its leading zero cut", key, "ES384", resigned(found, signature_of(found)[1:]), LENGTH, halves)

    # Ed25519 (RFC 8032 5.1.7), with the criteria on which verifiers differ
    for alg in ("Ed25519", "EdDSA"):
        older = alg == "EdDSA"
        key, token, octets, signed, say = good_and_others(
            alg, "ed25519", (0, 31, 32, 63) if older else (63,), "ed25519-b", older
        )
        if not older:
            continue
        r, s = octets[:32], int.from_bytes(octets[32:], "little")
        join = lambda r, s: r + s.to_bytes(32, "little")
        for times in (1, 2, 8, 15):
            say(f"S + {times} L", join(r, s + times * edwards.L))
        for what, value in (("0", 0), ("L", edwards.L), ("L - S", edwards.L - s), ("2^256-1", (1 << 256) - 1)):
            say(f"S = {what}", join(r, value))
        for bit in (5, 6, 7):
            say(f"bit {bit} of the last octet set", octets[:63] + bytes([octets[63] | 1 << bit]))
        say("R with the other sign", octets[:31] + bytes([octets[31] ^ 128]) + octets[32:])
        say("R of zeros", bytes(32) + octets[32:])
        say("R no point", (2).to_bytes(32, "little") + octets[32:])
        say("R and S swapped", octets[32:] + octets[:32])
        say("big endian", octets[31::-1] + octets[:31:-1])
        say("of 114 octets, as Ed448 has", octets + bytes(50), LENGTH)
        # RFC 8032 5.1: Ed25519ph and Ed25519ctx hash something in front.
        a, prefix = edwards.scalar(unb64(KEYS["ed25519"]["d"]))
        for what, flag, message in (("ph", b"\1\0", hashlib.sha512(signed).digest()), ("ctx", b"\0\0", signed)):
            dom = b"SigEd25519 no Ed25519 collisions" + flag
            nonce = int.from_bytes(hashlib.sha512(dom + prefix + message).digest(), "little") % edwards.L
            point = edwards.encoded(edwards.times(nonce, edwards.BASE))
            k = edwards.challenge(dom + point, unb64(key["x"]), message)
            say(f"of Ed25519{what}", join(point, (nonce + k * a) % edwards.L))
        say("over the payload alone", primitive(alg, "ed25519", signed.split(b".")[1]))
        say("over the hash", primitive(alg, "ed25519", hashlib.sha512(signed).digest()))
    ed25519_criteria(case)
    assert not undecided, "\n".join(undecided)


def ed25519_criteria(case):
    """Where verifiers differ: a key or an R of small or mixed order, and encodings that are not the only one. The
    cofactorless equation is S·B = R + k·A, the other one eight times that."""
    by_hand = "edwards.py"
    a, _ = edwards.scalar(unb64(KEYS["ed25519"]["d"]))
    clean = edwards.times(a, edwards.BASE)
    jwk = lambda octets: {"kty": "OKP", "crv": "Ed25519", "x": b64(octets)}
    small_key = select_error("NoKeyForAlgorithm")

    def made(ident, key, r, want, expect, because=None, s=lambda k: 0, octets=None, r_octets=None):
        """The first of several payloads whose challenge is as wanted; `s` of the challenge."""
        octets = octets or edwards.encoded(key)
        r_octets = r_octets or edwards.encoded(r(1))
        for i in range(4000):
            signed = f"{b64(compact({'alg': 'EdDSA'}).encode())}.{b64(f'{ident} {i}'.encode())}"
            k = edwards.challenge(r_octets, octets, signed.encode())
            if want(k):
                break
        else:
            raise AssertionError(ident)
        value = s(k)
        told = [edwards.holds((octets, key), signed.encode(), r_octets, value, cofactor, r(1)) for cofactor in (1, 8)]
        token = f"{signed}.{b64(r_octets + value.to_bytes(32, 'little'))}"
        equation = {
            (True, True): "both hold",
            (False, True): "with the cofactor alone",
            (False, False): "neither holds",
        }
        ident = f"EdDSA {ident} ({equation[tuple(told)]})"
        case(ident, jwk(octets), "EdDSA", token, expect(token) if callable(expect) else expect, because, by_hand)

    nonce = 0x5EED
    point = lambda torsion=edwards.NEUTRAL: lambda _: edwards.add(edwards.times(nonce, edwards.BASE), torsion)
    only = lambda torsion: lambda _: torsion
    respond = lambda secret: lambda k: (nonce + k * secret) % edwards.L
    order2, order4, order8 = edwards.SMALL[4], edwards.SMALL[2], edwards.SMALL[1]
    anything = lambda k: True

    # A of small order: S = 0 and R of small order fit many messages.
    why = "a key of small order verifies one signature over many messages: it is refused when it is loaded"
    made("A neutral, R neutral, S = 0", edwards.NEUTRAL, only(edwards.NEUTRAL), anything, small_key, why)
    made("A of order 2, R neutral, k even", order2, only(edwards.NEUTRAL), lambda k: k % 2 == 0, small_key, why)
    made("A of order 8, R neutral, 8 divides k", order8, only(edwards.NEUTRAL), lambda k: k % 8 == 0, small_key, why)
    made("A of order 8, R neutral, k odd", order8, only(edwards.NEUTRAL), lambda k: k % 2, small_key)
    made("A of order 4, R of full order", order4, point(), lambda k: k % 4 == 0, small_key, why, lambda k: nonce)
    # A with a part of small order: both equations hold where the challenge takes it away.
    mixed = edwards.add(clean, order8)
    made("A of mixed order, 8 divides k", mixed, point(), lambda k: k % 8 == 0, accept, None, respond(a))
    made("A of mixed order, k odd", mixed, point(), lambda k: k % 2, INVALID, None, respond(a))
    r_with = point(order8)
    made("R of mixed order", clean, r_with, anything, INVALID, None, respond(a))
    made(
        "A and R of mixed order that meet",
        mixed,
        point(edwards.SMALL[8 - 3]),
        lambda k: k % 8 == 3,
        accept,
        None,
        respond(a),
    )
    made("A and R of mixed order that do not", mixed, r_with, lambda k: k % 8 == 3, INVALID, None, respond(a))
    # R of small order: only the signer can do it, and it is refused nevertheless.
    why = "an R of small order is no commitment: refused, as ed25519-dalek's verify_strict does"
    made("R neutral", clean, only(edwards.NEUTRAL), anything, INVALID, why, lambda k: k * a % edwards.L)
    made(
        "A of mixed order, R of order 8 that meets",
        mixed,
        only(edwards.SMALL[8 - 3]),
        lambda k: k % 8 == 3,
        INVALID,
        why,
        lambda k: k * a % edwards.L,
    )
    made("R of order 2", clean, only(order2), anything, INVALID, None, lambda k: k * a % edwards.L)
    # R encoded otherwise: y = 1 + p, and x = 0 with a sign.
    wide, signed = edwards.encoded(edwards.NEUTRAL, edwards.P), (1 | 1 << 255).to_bytes(32, "little")
    made(
        "R neutral, y not reduced",
        clean,
        only(edwards.NEUTRAL),
        anything,
        INVALID,
        None,
        lambda k: k * a % edwards.L,
        r_octets=wide,
    )
    made(
        "R neutral, with a sign",
        clean,
        only(edwards.NEUTRAL),
        anything,
        INVALID,
        None,
        lambda k: k * a % edwards.L,
        r_octets=signed,
    )
    # A encoded otherwise
    why = "a key of small order, and not in its only encoding: refused when it is loaded"
    made("A neutral, y not reduced", edwards.NEUTRAL, point(), anything, small_key, why, lambda k: nonce, octets=wide)
    made("A neutral, with a sign", edwards.NEUTRAL, point(), anything, small_key, why, lambda k: nonce, octets=signed)


def demo():
    rs, es = (
        public("rsa-2048", kid="rsa-2026", use="sig", alg="RS256"),
        public("p256", kid="ec-2026", use="sig", alg="ES256"),
    )
    secret = public("hmac-32", kid="hmac-2026", use="sig", alg="HS256")
    jwks = key_set(rs, es)
    made = {
        "RS256": sign("PyJWT", "rsa-2048", {"typ": "JWT", "kid": "rsa-2026"}, CLAIMS),
        "ES256": sign("joserfc", "p256", {"typ": "JWT", "kid": "ec-2026"}, CLAIMS),
        "HS256": sign("jose", "hmac-32", {"typ": "JWT", "kid": "hmac-2026"}, CLAIMS),
    }
    expired = sign(
        "jwcrypto", "rsa-2048", {"typ": "JWT", "kid": "rsa-2026"}, CLAIMS.replace("4102444800", "1789999000")
    )
    not_yet = sign(
        "PyJWT", "rsa-2048", {"typ": "JWT", "kid": "rsa-2026"}, CLAIMS.replace('"nbf":1780000000', '"nbf":1790003600')
    )
    two = key_set(rs, public("rsa-2048-b", kid="rsa-2027", use="sig", alg="RS256"))
    head, payload, tag = made["RS256"].split(".")
    tampered = f"{head}.{b64(CLAIMS.replace('user-1', 'admin').encode())}.{tag}"
    theme = Theme("demo")

    def case(what, made_by, keys, algorithms, token, expect, **request):
        theme.add(what, made_by, keys, algorithms, token, expect=expect, **{**POLICY, **request})
        theme.entries[-1] = {"what": what, **theme.entries[-1]}

    case(
        "no kid where one is needed",
        source("PyJWT"),
        two,
        "RS256",
        sign("PyJWT", "rsa-2048", {"typ": "JWT"}, CLAIMS),
        select_error("KidNeeded"),
    )
    case(
        "unknown kid",
        source("PyJWT"),
        jwks,
        "RS256 ES256",
        sign("PyJWT", "rsa-2048", {"typ": "JWT", "kid": "rsa-2025"}, CLAIMS),
        select_error("KidUnknown"),
    )
    case(
        "HS256 token to an RS256 verifier",
        source("jose"),
        jwks,
        "RS256",
        sign("jose", "hmac-32", {"typ": "JWT"}, CLAIMS),
        select_error("AlgorithmNotAllowed"),
        require_kid=True,
    )
    case(
        "key of another algorithm",
        source("jwcrypto"),
        jwks,
        "RS256 ES256",
        sign("jwcrypto", "rsa-2048", {"typ": "JWT", "kid": "ec-2026"}, CLAIMS),
        select_error("AlgorithmMismatch"),
    )
    case("expired", source("jwcrypto"), jwks, "RS256 ES256", expired, claims_error("Expired"))
    case("not yet valid", source("PyJWT"), jwks, "RS256 ES256", not_yet, claims_error("NotYetValid"))
    case("tampered", altered("PyJWT"), jwks, "RS256 ES256", tampered, INVALID)
    case(
        "unsigned",
        SELF,
        jwks,
        "RS256 ES256",
        unsigned('{"alg":"none","typ":"JWT"}', CLAIMS),
        select_error("AlgorithmUnsupported"),
    )
    case(
        "wrong issuer",
        source("PyJWT"),
        jwks,
        "RS256 ES256",
        made["RS256"],
        claims_error("IssuerMismatch"),
        issuer="https://other.example",
    )
    case(
        "wrong audience",
        source("joserfc"),
        jwks,
        "RS256 ES256",
        made["ES256"],
        claims_error("AudienceMismatch"),
        audience="other.example",
    )
    case("cut off", altered("PyJWT"), jwks, "RS256 ES256", f"{head}.{payload}", parse_error("PartsMissing"))
    sources = {"RS256": source("PyJWT"), "ES256": source("joserfc"), "HS256": source("jose")}
    # Of the algorithms that are off by default: a set of keys, and a token for each.
    further = {"PS256": ("jose", "rsa-2048"), "ES384": ("PyJWT", "p384"), "Ed25519": ("joserfc", "ed25519")}
    further_kid = lambda alg: f"{alg.lower()}-2026"
    further_keys = (public(name, kid=further_kid(alg), use="sig", alg=alg) for alg, (_, name) in further.items())
    further_tokens = {
        alg: sign(maker, name, {"typ": "JWT", "kid": further_kid(alg)}, CLAIMS, alg)
        for alg, (maker, name) in further.items()
    }
    return {
        "jwks": jwks,
        "secret": secret,
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "now": NOW,
        "tokens": made,
        "sources": sources,
        "expired": expired,
        "further": {
            "jwks": key_set(*further_keys),
            "tokens": further_tokens,
            "sources": {alg: source(maker) for alg, (maker, _) in further.items()},
        },
        "refusals": theme.entries,
    }


# Files


def tight(value):
    return json.dumps(value, separators=(",", ":"))


def entry_text(entry, indent):
    lines = (f"{indent} {json.dumps(name)}: {tight(value)}" for name, value in entry.items())
    return indent + "{\n" + ",\n".join(lines) + "\n" + indent + "}"


def array_text(entries, indent=""):
    return "[\n" + ",\n".join(entry_text(entry, indent + " ") for entry in entries) + "\n" + indent + "]"


def file_text(content):
    if isinstance(content, list):
        idents = [entry["id"] for entry in content]
        double = {ident for ident in idents if idents.count(ident) > 1}
        assert not double, f"used twice: {double}"
        return array_text(content) + "\n"
    members = []
    for name, value in content.items():
        text = array_text(value, " ") if name == "refusals" else tight(value)
        members.append(f" {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(members) + "\n}\n"


def entries_of(content):
    return (
        content
        if isinstance(content, list)
        else content["refusals"]
        + [
            {"id": f"demo/{alg}", "token": token}
            for tokens in (content["tokens"], content.get("further", {}).get("tokens", {}))
            for alg, token in tokens.items()
        ]
    )


THEMES = {
    "rfc": rfc,
    "interop": interop,
    "selection": selection,
    "keys": keys,
    "parse": parse,
    "claims": claims,
    "signatures": signatures,
    "demo": demo,
}


def main():
    global NODE
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--node", default=".", help="the folder that holds node_modules/jose")
    arguments.add_argument("--check", action="store_true", help="write nothing; fail if anything would change")
    arguments.add_argument("--any-version", action="store_true", help="accept other versions than those pinned")
    options = arguments.parse_args()
    NODE = Node(options.node)
    found = {**{name: version(name) for name in NEEDED}, "jose": NODE.version}
    pinned = {**NEEDED, "jose": NEEDED_NODE}
    others = [
        f"{name} {found[name]} is installed, {pinned[name]} is pinned" for name in pinned if found[name] != pinned[name]
    ]
    if others and not options.any_version:
        sys.exit("\n".join(others))

    committed = {}
    for theme in THEMES:
        path = HERE / f"{theme}.json"
        committed[theme] = json.loads(path.read_text()) if path.exists() else []
        for entry in entries_of(committed[theme]):
            if "token" in entry:
                KEPT.setdefault(entry["token"].rpartition(".")[0], []).append(entry["token"])

    changed = []
    for theme, make in THEMES.items():
        content = make()
        text = file_text(content)
        path = HERE / f"{theme}.json"
        print(f"{path.name}: {len(entries_of(content))} entries, {len(text)} bytes")
        if options.check:
            if not path.exists() or path.read_text() != text:
                old = {entry["id"]: entry for entry in entries_of(committed[theme])} if committed[theme] else {}
                new = {entry["id"]: entry for entry in entries_of(content)}
                changed.append(theme)
                for sign_, idents in (
                    ("-", old.keys() - new.keys()),
                    ("+", new.keys() - old.keys()),
                    ("~", {i for i in old.keys() & new.keys() if old[i] != new[i]}),
                ):
                    print("".join(f"  {sign_} {ident}\n" for ident in sorted(idents)[:20]), end="")
        else:
            path.write_text(text)
    if changed:
        sys.exit("differs from what is committed: " + ", ".join(f"{theme}.json" for theme in changed))


if __name__ == "__main__":
    main()
