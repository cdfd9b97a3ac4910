#!/usr/bin/env python3
"""Writes the test vectors of this folder, with JOSE implementations that are not this crate.

    pip install PyJWT==2.15.1 cryptography==50.0.2 jwcrypto==1.6.1 joserfc==1.8.0
    npm install jose@6.2.17

    python3 generate.py [--node FOLDER] [--check] [--any-version]

FOLDER holds `node_modules` (default: the current folder). With --check nothing is written: the
vectors are made in memory, and a difference from the files is an error.

Keys come from test-keys.json, RFC values from rfc-printed.json. A second run gives the same files:
HMAC, RSA and the signatures made with `cryptography` are deterministic; an ES256 token of a library
that draws a nonce is kept as long as that library still verifies it. The expectations are written
here by hand, from the documented order of checks, and not by running the crate.
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
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
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
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
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
    curve = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1}[jwk["crv"]]()
    return ec.derive_private_key(number(jwk["d"]), curve)


def public_bytes(name, encoding, form):
    return (
        private_key(name)
        .public_key()
        .public_bytes(getattr(serialization.Encoding, encoding), getattr(serialization.PublicFormat, form))
    )


def pair(r, s):
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def primitive(alg, name, text):
    """A signature made with `cryptography` or the standard library, always the same one."""
    if alg == "HS256":
        return hmac.new(unb64(KEYS[name]["k"]), text, hashlib.sha256).digest()
    if alg == "RS256":
        return private_key(name).sign(text, padding.PKCS1v15(), hashes.SHA256())
    rule = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    return pair(*utils.decode_dss_signature(private_key(name).sign(text, rule)))


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
CHOSEN = {}  # ES256 tokens of this run, by what was signed
MAKERS = ["PyJWT", "jwcrypto", "joserfc", "jose"]
MADE_BY = {}


def source(maker):
    if maker == "jose":
        return f"jose (npm) {NODE.version}"
    return f"{maker} {version(maker)}"


def by_library(maker, alg, name, header, payload):
    header = {"alg": alg, **header}
    jwk = KEYS[name]
    if maker == "PyJWT":
        key = unb64(jwk["k"]) if alg.startswith("HS") else jwt.PyJWK(jwk, algorithm=alg).key
        return jwt.api_jws.PyJWS().encode(payload, key, alg, headers={"typ": None, **header})
    if maker == "jwcrypto":
        jws = jwcrypto.jws.JWS(payload)
        jws.add_signature(jwcrypto.jwk.JWK(**jwk), None, json.dumps(header), None)
        return jws.serialize(compact=True)
    if maker == "joserfc":
        return joserfc.jws.serialize_compact(header, payload, joserfc.jwk.import_key(jwk), algorithms=[alg])
    return NODE.ask(op="sign", alg=alg, jwk=jwk, header=header, payload=b64(payload))


def verified_by_library(maker, name, token):
    jwk = public(name)
    try:
        if maker == "PyJWT":
            jwt.api_jws.PyJWS().decode(token, jwt.PyJWK(jwk, algorithm="ES256").key, ["ES256"])
        elif maker == "jwcrypto":
            jwcrypto.jws.JWS.from_jose_token(token).verify(jwcrypto.jwk.JWK(**jwk))
        elif maker == "joserfc":
            joserfc.jws.deserialize_compact(token, joserfc.jwk.import_key(jwk), algorithms=["ES256"])
        else:
            return NODE.ask(op="verify", alg="ES256", jwk=jwk, token=token)
        return True
    except (jwt.PyJWTError, jwcrypto.jws.InvalidJWSSignature, joserfc.errors.JoseError):
        return False


def made_by(maker, signed):
    """Two makers must not sign the same text with ES256, or one would keep the other's token."""
    assert MADE_BY.setdefault(signed, maker) == maker, f"{maker}: signed before by {MADE_BY[signed]}"


def sign(maker, name, header=None, payload=None, alg=None):
    """A token made by a library. `header` need not have `alg`."""
    alg = alg or ALGORITHM[KEYS[name]["kty"]]
    payload = SHORT if payload is None else payload
    token = by_library(maker, alg, name, header or {}, payload.encode() if isinstance(payload, str) else payload)
    if alg == "ES256":
        signed = token.rpartition(".")[0]
        made_by(maker, signed)
        if signed not in CHOSEN:
            kept = (old for old in KEPT.get(signed, ()) if verified_by_library(maker, name, old))
            CHOSEN[signed] = next(kept, token)
        token = CHOSEN[signed]
    return token


def raw(name, header, payload=None, payload_text=None):
    """A token with exactly this header text or octets, signed with `cryptography`."""
    alg = ALGORITHM[KEYS[name]["kty"]]
    payload = SHORT if payload is None else payload
    octets = header.encode() if isinstance(header, str) else header
    text = b64(payload.encode() if isinstance(payload, str) else payload) if payload_text is None else payload_text
    signed = f"{b64(octets)}.{text}"
    if alg == "ES256":
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
    return {"verdict": "accept", "algorithm": alg, "kid": kid, "payload": payload_of(token)}


def refuse(stage, reason):
    return {"verdict": "refuse", "stage": stage, "reason": reason}


def parse_error(reason):
    return refuse("parse", reason)


def select_error(reason):
    return refuse("select", reason)


def claims_error(reason):
    return refuse("claims", reason)


INVALID = refuse("signature", "Invalid")
LENGTH = refuse("signature", "Length")


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
        self.entries.append({**entry, **request, "expect": expect})


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
    case("RFC 7520 4.2", bilbo, "RS256", select_error("AlgorithmUnsupported"))
    case("RFC 7520 4.3", key_set(keys["RFC 7520 3.1"], bilbo), "RS256 ES256", select_error("AlgorithmUnsupported"))
    case("RFC 7520 4.4", frodo, "HS256", accept(tokens["RFC 7520 4.4"], frodo["kid"]))
    case("RFC 7520 4.5", frodo, "HS256", INVALID, "RFC 7520 4.5, payload detached")
    case("RFC 7797 4.1", hs, "HS256", accept(tokens["RFC 7797 4.1"]))
    case("RFC 7797 4.2", hs, "HS256", parse_error("UnencodedPayload"))
    case("RFC 8037 A.4", es, "ES256", select_error("AlgorithmUnsupported"))
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
    load("RFC 7517 A.3", "HS256 RS256", aside("AlgUnsupported"), aside("SecretAmongPublic", mac))
    load("RFC 7517 B", "RS256", bound("RS256", "1b94c"))
    load("RFC 7520 3.1", "ES256", aside("CrvUnsupported", bilbo["kid"]))
    load("RFC 7520 3.3", "RS256", bound("RS256", bilbo["kid"]))
    load("RFC 7520 3.5", "HS256", bound("HS256", frodo["kid"]))
    load("RFC 7520 3.6", "HS256", aside("UseNotSig", "1e571774-2e08-40da-8308-e8d68773842d"))
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

        def case(what, name, payload=LEAN, kid=None, members=None, **request):
            alg = ALGORITHM[KEYS[name]["kty"]]
            kid = kid or f"{label} {name}"
            token = sign(maker, name, {"kid": kid}, payload)
            keys = public(name, kid=kid, **({"alg": alg} if members is None else members))
            theme.add(f"{label} {what}", source(maker), keys, alg, token, expect=accept(token, kid), **request)

        for bits in (2048, 2056, 3072, 4096):
            case(f"RS256 {bits}", f"rsa-{bits}", members={"use": "sig"} if bits == 3072 else None, **POLICY)
        case("RS256 8192", "rsa-8192", SHORT, needs="rsa")
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
    set_aside = select_error("KeySetAside")
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

    # Header algorithms that are not implemented
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
                unsupported,
                SELF,
            )
        else:
            case(f"alg {alg}", ec_a, "ES256", sign("PyJWT", name, {"kid": "a"}, alg=alg), unsupported)
    case("alg EdDSA", ec_a, "ES256", sign("PyJWT", "ed25519", {"kid": "a"}, alg="EdDSA"), unsupported)

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
    case("the same EC key twice", key_set(ec_a, ec_a), "ES256", es(kid="a"), accept(es(kid="a"), "a"), source("joserfc"))
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
    case("two EC keys under a kid", key_set(ec_a, {**ec_b, "kid": "a"}), "ES256", es(kid="a"), ambiguous, source("joserfc"))
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
        select_error("KeySetAside"),
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
    nothing = unsigned('{"alg":"HS384"}')
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
    nulls = dict.fromkeys(("alg", "crv", "d", "dp", "dq", "k", "key_ops", "kid", "oth", "p", "q", "qi", "use", "x", "x5c", "y"))
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
    bad("OKP", public("ed25519", kid="o"), "RS256 ES256", "KtyUnsupported")
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
    good("key_ops [] beside a further use", {**ec_key, "use": "jwt-svid", "key_ops": []}, "ES256", "ES256", uses=["jwt-svid"])
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
    bad("P-384", public("p384", kid="c"), "ES256", "CrvUnsupported")
    bad("secp256k1", public("secp256k1", kid="c"), "ES256", "CrvUnsupported")
    for crv in ("p-256", "P256", "secp256r1", "", "Ed25519"):
        bad(f"crv {json.dumps(crv)}", {**ec_key, "kid": "c", "crv": crv}, "ES256", "CrvUnsupported")

    # alg
    for alg in (
        "RSA-OAEP",
        "SHA256",
        "PS256",
        "RS384",
        "none",
        "",
        "es256",
        "ES256 ",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    ):
        bad(f"alg {json.dumps(alg)}", {**ec_key, "kid": "a", "alg": alg}, "ES256", "AlgUnsupported")
    bad("alg ES384 for P-256", {**ec_key, "alg": "ES384"}, "ES256", "AlgUnsupported")
    bad("alg HS512 for oct", {**oct_key, "alg": "HS512"}, "HS256", "AlgUnsupported")
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
        bad(f"secret, {allowed} allowed", {**oct_key, "kid": "s", "alg": "HS256"}, allowed, "SecretAmongPublic")

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
        bad(f"x of {what} octets", point(value, y), "ES256", "CoordinateLength")
        if what in ("31", "33", "65"):
            bad(f"y of {what} octets", point(x, value), "ES256", "CoordinateLength")
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
    good("modulus of 8192 bits", public("rsa-8192", kid="m"), "RS256", "RS256", needs="rsa")
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
    worst = {"kty": "OKP", "use": "enc", "key_ops": [], "alg": "none", "d": "!"}
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
    worst["crv"] = "P-384"
    bad("order: crv before alg", dict(worst), "RS256", "CrvUnsupported")
    worst["crv"] = "P-256"
    bad("order: alg unknown before d", dict(worst), "RS256", "AlgUnsupported")
    worst["alg"] = "RS256"
    bad("order: alg against kty before allowed", dict(worst), "HS256", "AlgMismatch")
    worst["alg"] = "ES256"
    bad("order: allowed before d", dict(worst), "RS256", "AlgNotAllowed")
    bad("order: d before x", dict(worst), "ES256", "PrivateMaterial")
    bad("order: secret among public before k", {"kty": "oct"}, "HS256 RS256", "SecretAmongPublic")
    bad("order: length before point", point(bytes(31), bytes(32)), "ES256", "CoordinateLength")
    bad("order: too short before key document", secret(b'{"kty":"RSA"}'), "HS256", "SecretTooShort")
    bad("order: size before parity", {**modulus(1 << 1023), "e": "Ag"}, "RS256", "ModulusTooSmall")
    bad("order: parity before exponent", {**modulus(n - 1), "e": "Ag"}, "RS256", "ModulusEven")

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
            aside("KtyUnsupported", "okp"),
            aside("CrvUnsupported", "p384"),
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
        header(f"crit {crit}", '{"alg":"HS256","crit":' + crit + ',"exp":1363284000}', "Crit")
    header("crit b64 true", '{"alg":"HS256","crit":["b64"],"b64":true}', "Crit")
    header("crit escaped", r'{"alg":"HS256","\u0063rit":["x"]}', "Crit")
    header("crit without alg", '{"crit":["x"]}', "Crit")
    for value in ("false", "null", "0", '"true"', "[]", '"false"', "1"):
        header(f"b64 {value}", '{"alg":"HS256","b64":' + value + "}", "UnencodedPayload")
    header("b64 false, then crit", '{"alg":"HS256","b64":false,"crit":["b64"]}', "UnencodedPayload")
    header("crit, then b64 false", '{"alg":"HS256","crit":["b64"],"b64":false}', "Crit")
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
            case(f"{name} {text[:24]}", at(name, text), "DateRange", now=0, **demanded)
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
    case("order: range of iat before expired", '{"exp":1,"iat":1e400}', "DateRange", max_age=60)
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
    case("expired, not yet valid", expired.replace("iat", "nbf").replace("900", "4102444800"), "NotYetValid", **without(allowed, "now"))
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
    forged("PSS with an empty salt", pss(digest))

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


def pss(digest):
    """EMSA-PSS of a hash with an empty salt (RFC 8017 9.1.1), for 2048 bits."""
    h = hashlib.sha256(bytes(8) + digest).digest()
    block = bytes(256 - 32 - 2) + b"\1"
    mask = b"".join(hashlib.sha256(h + i.to_bytes(4, "big")).digest() for i in range(8))
    masked = bytearray(a ^ b for a, b in zip(block, mask))
    masked[0] &= 0x7F
    return bytes(masked) + h + b"\xbc"


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
    return {
        "jwks": jwks,
        "secret": secret,
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "now": NOW,
        "tokens": made,
        "sources": sources,
        "expired": expired,
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
        else content["refusals"] + [{"id": f"demo/{alg}", "token": token} for alg, token in content["tokens"].items()]
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
