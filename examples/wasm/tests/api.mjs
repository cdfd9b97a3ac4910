// What the package does with what JavaScript passes it: `node tests/api.mjs`.
import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign as cryptoSign } from "node:crypto";
import { check, finish } from "./cases.mjs";
import { createVerifier, diagnose, vectors } from "./module.mjs";

const demo = vectors("demo");
const options = { algorithms: ["RS256", "ES256"], issuer: demo.issuer, audience: demo.audience };
const create = (jwks, options) => createVerifier({ jwks, ...options });
const explain = (jwks, options, token, now) => diagnose({ jwks, ...options }, token, now);
const verifier = create(demo.jwks, options);
const token = demo.tokens.ES256;

/** Throws an Error with this stage and code, and with a message. */
function throws(stage, code, run) {
  assert.throws(run, (error) => {
    assert.ok(error instanceof Error && error.message.length > 10, String(error));
    assert.deepEqual([error.stage, error.code], [stage, code], error.message);
    return true;
  });
}

await check("keys as an object, as text, as a single key", () => {
  for (const keys of [demo.jwks, JSON.stringify(demo.jwks), demo.jwks.keys[1], JSON.stringify(demo.jwks.keys[1])]) {
    assert.equal(create(keys, options).verify(token, demo.now).sub, "user-1");
  }
});

await check("a secret", () => {
  const secret = create(demo.secret, { ...options, algorithms: ["HS256"] });
  assert.equal(secret.verify(demo.tokens.HS256, demo.now).iss, demo.issuer);
  throws("select", "AlgorithmNotAllowed", () => secret.verify(token, demo.now));
});

await check("a secret among public keys", () => {
  throws("keys", "NoUsableKey", () => create(demo.secret, { ...options, algorithms: ["HS256", "RS256"] }));
});

const INVALID = {
  "nothing stated": {},
  "no algorithms": { ...options, algorithms: undefined },
  "an empty list of algorithms": { ...options, algorithms: [] },
  "algorithms as a string": { ...options, algorithms: "RS256" },
  "an unknown algorithm": { ...options, algorithms: ["RS256", "ES384"] },
  "none": { ...options, algorithms: ["none"] },
  "no issuer": { ...options, issuer: undefined },
  "an empty list of issuers": { ...options, issuer: [] },
  "an issuer that is no string": { ...options, issuer: 1 },
  "a list with an issuer that is no string": { ...options, issuer: ["a", null] },
  "no audience": { ...options, audience: undefined },
  "an audience that is true": { ...options, audience: true },
  "leeway below 0": { ...options, leeway: -1 },
  "leeway above 600": { ...options, leeway: 601 },
  "leeway with a fraction": { ...options, leeway: 1.5 },
  "leeway that is no number": { ...options, leeway: "1" },
  "leeway NaN": { ...options, leeway: NaN },
  "requireKid that is no truth value": { ...options, requireKid: 1 },
  "typ that is no string": { ...options, typ: null },
  "typ undefined": { ...options, typ: undefined },
  "requireKid undefined": { ...options, requireKid: undefined },
  "leeway undefined": { ...options, leeway: undefined },
  "maxAge with a fraction": { ...options, maxAge: 0.5 },
  "maxAge below 0": { ...options, maxAge: -1 },
  "maxAge beyond 32 bits": { ...options, maxAge: 2 ** 32 },
  "allowExpired that is no truth value": { ...options, allowExpired: null },
  "allowMissingExp that is no truth value": { ...options, allowMissingExp: "yes" },
  "an empty list of typ": { ...options, typ: [] },
  "an empty list of understood names": { ...options, understands: [] },
  "allowUses with a number": { ...options, allowUses: ["sig", 1] },
  "an issuer that is true": { ...options, issuer: true },
  "limits that are no object": { ...options, limits: 1 },
  "a limit that is none": { ...options, limits: { maxToken: 1 } },
  "a limit that is undefined": { ...options, limits: { maxKeys: undefined } },
  "an option that is a function": { ...options, typ: () => "JWT" },
  "an option that is a symbol": { ...options, requireKid: Symbol("true") },
  "a limit that is no number": { ...options, limits: { maxKeys: "1" } },
  "rotation beside a document": { ...options, rotation: {} },
  "fetch beside a document": { ...options, fetch },
  "a URL beside a document": { ...options, jwksUri: "https://issuer.example/keys" },
  "a name that is no option": { ...options, audiences: demo.audience },
  "the same in other letters": { ...options, require_kid: true },
};
for (const [name, invalid] of Object.entries(INVALID)) {
  await check(`invalid options: ${name}`, () => {
    throws("argument", "InvalidOption", () => create(demo.jwks, invalid));
    throws("argument", "InvalidOption", () => explain(demo.jwks, invalid, token, demo.now));
  });
}

for (const none of [undefined, null, "RS256", 1]) {
  await check(`options that are none: ${none}`, () => {
    throws("argument", "InvalidArgument", () => createVerifier(none));
    throws("argument", "InvalidArgument", () => diagnose(none, token, demo.now));
  });
}

await check("no keys at all", () => throws("argument", "InvalidOption", () => createVerifier(options)));

await check("options that cannot be written as JSON", () => {
  const cycle = { ...options };
  cycle.limits = cycle;
  throws("argument", "InvalidArgument", () => create(demo.jwks, cycle));
  throws("argument", "InvalidArgument", () => create(demo.jwks, { ...options, leeway: 1n }));
});

for (const [name, keys, code] of [
  ["nothing", "", "Json"],
  ["HTML", "<!doctype html>", "Json"],
  ["no object", [], "NotObject"],
  ["no keys", { issuer: "https://issuer.example" }, "KeysMissing"],
  ["keys that are no array", { keys: {} }, "KeysNotArray"],
  ["no key", { keys: [] }, "NoUsableKey"],
  ["no key that is one", { keys: [1, null, {}] }, "NoUsableKey"],
]) {
  await check(`a set that is none: ${name}`, () => throws("keys", code, () => create(keys, options)));
}

await check("no set", () => {
  throws("argument", "InvalidArgument", () => create(undefined, options));
});

await check("verdicts on keys", () => {
  const kid = 'quote " backslash \\ newline \n nul \0 é 😀 </script>';
  const set = { keys: [demo.jwks.keys[0], { kty: "RSA", kid, use: "enc", n: "AQAB", e: "AQAB" }, 7] };
  const [bound, aside, none] = create(set, options).keys;
  assert.deepEqual(bound, { kid: "rsa-2026", algorithm: "RS256" });
  assert.deepEqual([aside.kid, aside.code], [kid, "UseNotSig"]);
  assert.deepEqual([none.kid, none.code], [null, "NotObject"]);
  assert.ok(aside.message.includes("enc"));
});

await check("many reasons make a short message", () => {
  const keys = Array.from({ length: 1024 }, () => ({ kty: "RSA", kid: "a" }));
  assert.throws(() => create({ keys }, options), (error) => {
    assert.equal(error.keys.length, 1024);
    return error.code === "NoUsableKey" && error.message.length < 2000;
  });
});

await check("a set without a usable key says why", () => {
  assert.throws(() => create({ keys: [{ kty: "RSA", kid: "a" }] }, options), (error) => {
    assert.deepEqual(error.keys.map(({ kid, code }) => [kid, code]), [["a", "MemberMissing"]]);
    return error.message.includes("'n'");
  });
});

for (const bad of [undefined, null, 1, {}, ["a"], Symbol("a")]) {
  await check(`a token that is no string: ${String(bad)}`, () => {
    throws("argument", "InvalidArgument", () => verifier.verify(bad, demo.now));
    throws("argument", "InvalidArgument", () => verifier.verifySignatureOnly(bad));
    throws("argument", "InvalidArgument", () => verifier.diagnose(bad, demo.now));
  });
}

for (const bad of [NaN, Infinity, -Infinity, "now", {}]) {
  await check(`a time that is none: ${String(bad)}`, () => {
    throws("argument", "InvalidArgument", () => verifier.verify(token, bad));
    throws("argument", "InvalidArgument", () => verifier.diagnose(token, bad));
  });
}

await check("fractions of a second are rounded down", () => {
  const { exp } = verifier.verify(token, demo.now);
  assert.equal(verifier.verify(token, exp - 0.001).exp, exp);
  throws("claims", "Expired", () => verifier.verify(token, exp));
  const { nbf } = verifier.verify(token, demo.now);
  assert.equal(verifier.verify(token, nbf + 0.5).nbf, nbf);
  throws("claims", "NotYetValid", () => verifier.verify(token, nbf - 0.001));
  // Before 1970, and beyond every integer.
  throws("claims", "NotYetValid", () => verifier.verify(token, -0.5));
  throws("claims", "Expired", () => verifier.verify(token, 1e300));
});

await check("leeway, requireKid, typ, several issuers", () => {
  const { exp } = verifier.verify(token, demo.now);
  const lenient = create(demo.jwks, { ...options, leeway: 60, issuer: ["https://other.example", demo.issuer] });
  assert.equal(lenient.verify(token, exp + 59).exp, exp);
  throws("claims", "Expired", () => lenient.verify(token, exp + 60));
  throws("select", "TypMismatch", () => create(demo.jwks, { ...options, typ: "at+jwt" }).verify(token, demo.now));
  const strict = create(demo.jwks.keys[1], { ...options, requireKid: true });
  assert.equal(strict.verify(token, demo.now).exp, exp);
  const other = create(demo.jwks, { ...options, audience: ["a", "b"] });
  throws("claims", "AudienceMismatch", () => other.verify(token, demo.now));
});

await check("the host's time, unless another is given", () => {
  const lasting = create(demo.jwks, options);
  assert.equal(lasting.verify(token).sub, "user-1");
  throws("claims", "Expired", () => lasting.verify(demo.expired));
  assert.equal(lasting.diagnose(token).accepted, true);
});

/** A token with this header and these claims, signed with the secret. */
function sign(header, claims) {
  const input = [{ alg: "HS256", kid: demo.secret.kid, ...header }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${input}.${createHmac("sha256", Buffer.from(demo.secret.k, "base64url")).update(input).digest("base64url")}`;
}

/** What becomes of claims under more options. */
function judged(more, claims, header) {
  const verifier = create(demo.secret, { algorithms: ["HS256"], issuer: "i", audience: "a", ...more });
  const signed = sign(header, claims);
  const { accepted } = verifier.diagnose(signed, 1000);
  try {
    verifier.verify(signed, 1000);
    assert.ok(accepted);
    return "accepted";
  } catch ({ code }) {
    assert.ok(!accepted);
    return code;
  }
}

await check("every option for claims changes a verdict", () => {
  const good = { iss: "i", aud: "a", exp: 1001 };
  const { exp, ...lasting } = good;
  assert.equal(judged({}, good), "accepted");
  for (const [more, claims, verdict, without] of [
    [{ issuer: false }, { ...good, iss: undefined }, "accepted", "ClaimMissing"],
    [{ issuer: false }, good, "ClaimPresent", "accepted"],
    [{ audience: false }, good, "ClaimPresent", "accepted"],
    [{ issuer: null }, { ...good, iss: 7 }, "accepted", "ClaimType"],
    [{ issuer: ["h", "i"] }, { ...good, iss: "h" }, "accepted", "IssuerMismatch"],
    [{ leeway: 10 }, { ...good, exp: 991 }, "accepted", "Expired"],
    [{ maxAge: 60 }, { ...good, iat: 940 }, "accepted", "accepted"],
    [{ maxAge: 60 }, { ...good, iat: 939 }, "TooOld", "accepted"],
    [{ maxAge: 60 }, { ...good, iat: 1001 }, "IssuedInFuture", "accepted"],
    [{ maxAge: 60 }, good, "ClaimMissing", "accepted"],
    [{ allowMissingExp: true }, lasting, "accepted", "ClaimMissing"],
    [{ allowMissingExp: true }, { ...good, exp: 999 }, "Expired", "Expired"],
    [{ allowExpired: true }, { ...good, exp: 999 }, "accepted", "Expired"],
    [{ allowExpired: true }, lasting, "ClaimMissing", "ClaimMissing"],
    [{ limits: { maxMembers: 9 } }, { ...good, ...Array(6).fill(0) }, "accepted", "accepted"],
    [{ limits: { maxMembers: 8 } }, { ...good, ...Array(6).fill(0) }, "Json", "accepted"],
    [{ limits: { maxTokenLength: 64 } }, good, "TokenTooLong", "accepted"],
    [{ limits: { maxHeaderLength: 16 } }, good, "HeaderTooLong", "accepted"],
  ]) {
    assert.equal(judged(more, claims), verdict, JSON.stringify(more));
    assert.equal(judged({}, claims), without, JSON.stringify(claims));
  }
});

await check("every option for the header changes a verdict", () => {
  const claims = { iss: "i", aud: "a", exp: 1001 };
  for (const [more, header, verdict, without] of [
    [{ requireKid: true }, { kid: undefined }, "KidRequired", "accepted"],
    [{ typ: "at+jwt" }, { typ: "application/AT+JWT" }, "accepted", "accepted"],
    [{ typ: ["at+jwt", "JWT"] }, { typ: "JWT" }, "accepted", "accepted"],
    [{ typ: ["at+jwt", "JWT"] }, { typ: "other" }, "TypMismatch", "accepted"],
    [{ typ: "JWT" }, {}, "TypMissing", "accepted"],
    [{ understands: "exp-x" }, { crit: ["exp-x"], "exp-x": 1 }, "accepted", "CritUnsupported"],
    [{ understands: ["exp-x", "y"] }, { crit: ["y"], y: 1 }, "accepted", "CritUnsupported"],
    [{ understands: ["exp-x"] }, { crit: ["y"], y: 1 }, "CritNotUnderstood", "CritUnsupported"],
  ]) {
    assert.equal(judged(more, claims, header), verdict, JSON.stringify([more, header]));
    assert.equal(judged({}, claims, header), without, JSON.stringify(header));
  }
});

await check("every option for keys changes a verdict", () => {
  const key = { ...demo.jwks.keys[1], use: "jwt-svid" };
  throws("keys", "NoUsableKey", () => create(key, options));
  assert.equal(create(key, { ...options, allowUses: "jwt-svid" }).verify(token, demo.now).sub, "user-1");
  throws("keys", "TooManyKeys", () => create(demo.jwks, { ...options, limits: { maxKeys: 1 } }));
  throws("keys", "TooLong", () => create(demo.jwks, { ...options, limits: { maxSetLength: 100 } }));
});

await check("signatures that node:crypto makes with keys of its own", () => {
  const claims = Buffer.from(JSON.stringify({ exp: 1001 })).toString("base64url");
  for (let i = 0; i < 200; i++) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const own = create(publicKey.export({ format: "jwk" }), { algorithms: ["ES256"], issuer: null, audience: null });
    const input = `${Buffer.from(JSON.stringify({ alg: "ES256", i })).toString("base64url")}.${claims}`;
    const signature = cryptoSign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
    assert.equal(own.verify(`${input}.${signature.toString("base64url")}`, 1000).exp, 1001);
    signature[i % 64] ^= 1 << (i % 8);
    throws("signature", "Invalid", () => own.verify(`${input}.${signature.toString("base64url")}`, 1000));
    own.free();
  }
});

await check("a prototype is no claim", () => {
  assert.equal(Object.getPrototypeOf(verifier.verify(token, demo.now)), Object.prototype);
});

await check("text that is not ASCII, and half a surrogate pair", () => {
  for (const text of ["é", "😀.😀.😀", "\ud800", "\0"]) throws("parse", "PartsMissing", () => verifier.verify(`${text[0]}a`, demo.now));
});

await check("a megabyte is refused, and the module goes on", () => {
  throws("parse", "TokenTooLong", () => verifier.verify("a".repeat(1 << 20), demo.now));
  assert.equal(verifier.verify(token, demo.now).sub, "user-1");
});

await check("memory is given back", async () => {
  const { initSync } = await import("../dist/npm/jose_core.js");
  const { memory } = initSync({ module: new Uint8Array() });
  const use = () => {
    for (let i = 0; i < 200; i++) {
      const verifier = create(demo.jwks, options);
      verifier.verify(token, demo.now);
      verifier.diagnose(demo.expired, demo.now);
      throws("claims", "Expired", () => verifier.verify(demo.expired, demo.now));
      assert.throws(() => create("{", options));
      verifier.free();
    }
  };
  use();
  const before = memory.buffer.byteLength;
  for (let round = 0; round < 5; round++) use();
  assert.equal(memory.buffer.byteLength, before);
  assert.ok(before < 3 << 20, `${before} bytes`);
});

await check("a verifier that was freed", () => {
  const freed = create(demo.jwks, options);
  freed.free();
  assert.throws(() => freed.verify(token, demo.now), Error);
});

await check("diagnosis of the Auth0 case", () => {
  const { token: signedWithSecret } = demo.refusals.find(({ what }) => what.startsWith("HS256"));
  const rs256 = create(demo.jwks, { ...options, algorithms: ["RS256"] });
  throws("select", "AlgorithmNotAllowed", () => rs256.verify(signedWithSecret, demo.now));
  const { accepted, problems, unverifiedHeader, stages } = rs256.diagnose(signedWithSecret, demo.now);
  assert.equal(accepted, false);
  assert.deepEqual([problems[0].cause, problems[0].code], ["SignedWithSecret", "AlgorithmNotAllowed"]);
  assert.equal(unverifiedHeader.alg, "HS256");
  assert.deepEqual(stages.map(({ stage }) => stage), ["token", "header", "keys", "signature", "claims"]);
});

await check("diagnosis of an accepted token", () => {
  const { accepted, problems, signatureHolds, keys, claims } = verifier.diagnose(token, demo.now);
  assert.deepEqual([accepted, problems, signatureHolds], [true, [], true]);
  assert.deepEqual(keys.map(({ kid, standing }) => [kid, standing]), [["rsa-2026", "other kid"], ["ec-2026", "chosen"]]);
  assert.deepEqual(claims.map(({ name, found }) => [name, found]).slice(0, 3), [
    ["iss", `"${demo.issuer}"`],
    ["aud", `"${demo.audience}"`],
    ["exp", 4102444800],
  ]);
});

await check("diagnosis says several things at once", () => {
  const elsewhere = create(demo.jwks, { ...options, issuer: `${demo.issuer}/`, audience: "other" });
  const causes = elsewhere.diagnose(`Bearer ${demo.expired}`, demo.now).problems.map(({ cause }) => cause);
  assert.deepEqual(causes, ["BearerPrefix", "IssuerTrailingSlash", "AudienceMismatch", "Expired"]);
});

for (const [name, set, cause] of [
  ["a web page", "<!doctype html><title>Sign in</title>", "DocumentIsHtml"],
  ["metadata", { issuer: "i", jwks_uri: "https://issuer.example/jwks" }, "DocumentIsDiscovery"],
  ["certificates", { a: "-----BEGIN CERTIFICATE-----" }, "SetIsCertificates"],
  ["an array", demo.jwks.keys, "SetIsArray"],
  ["no key", { keys: [] }, "NoKeys"],
]) {
  await check(`diagnosis with a set that is none: ${name}`, () => {
    const { accepted, problems } = explain(set, options, demo.expired, demo.now);
    assert.equal(accepted, false);
    assert.equal(problems.filter(({ stage }) => stage === "keys").map(({ cause }) => cause).join(), cause);
    assert.ok(problems.some(({ cause }) => cause === "Expired"));
  });
}

await check("diagnosis without a usable key", () => {
  const { problems, keys } = explain({ keys: [{ ...demo.jwks.keys[1], use: "enc" }] }, options, token, demo.now);
  assert.deepEqual([keys[0].standing, keys[0].code], ["set aside", "UseNotSig"]);
  assert.deepEqual(problems.map(({ cause }) => cause), ["KeyUnusable"]);
});

finish(90);
