// What the module does with what JavaScript passes it, and that its types are right: `node tests/api.mjs`.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { check, finish } from "./cases.mjs";
import { Verifier, diagnose, vectors } from "./module.mjs";

const demo = vectors("demo");
const options = { algorithms: ["RS256", "ES256"], issuer: demo.issuer, audience: demo.audience };
const verifier = new Verifier(demo.jwks, options);
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
    assert.equal(new Verifier(keys, options).verify(token, demo.now).sub, "user-1");
  }
});

await check("a secret", () => {
  const secret = new Verifier(demo.secret, { ...options, algorithms: ["HS256"] });
  assert.equal(secret.verify(demo.tokens.HS256, demo.now).iss, demo.issuer);
  throws("select", "AlgorithmNotAllowed", () => secret.verify(token, demo.now));
});

await check("a secret among public keys", () => {
  throws("keys", "NoUsableKey", () => new Verifier(demo.secret, { ...options, algorithms: ["HS256", "RS256"] }));
});

const INVALID = {
  "no options": undefined,
  "null": null,
  "a string": "RS256",
  "nothing stated": {},
  "no algorithms": { ...options, algorithms: undefined },
  "an empty list of algorithms": { ...options, algorithms: [] },
  "algorithms as a string": { ...options, algorithms: "RS256" },
  "an unknown algorithm": { ...options, algorithms: ["RS256", "PS256"] },
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
  "a name that is no option": { ...options, audiences: demo.audience },
  "the same in other letters": { ...options, require_kid: true },
};
for (const [name, invalid] of Object.entries(INVALID)) {
  const code = invalid === undefined ? "InvalidArgument" : "InvalidOption";
  await check(`invalid options: ${name}`, () => {
    throws("argument", code, () => new Verifier(demo.jwks, invalid));
    throws("argument", code, () => diagnose(demo.jwks, invalid, token, demo.now));
  });
}

await check("options that cannot be written as JSON", () => {
  const cycle = { ...options };
  cycle.cycle = cycle;
  throws("argument", "InvalidArgument", () => new Verifier(demo.jwks, cycle));
  throws("argument", "InvalidArgument", () => new Verifier(demo.jwks, { ...options, leeway: 1n }));
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
  await check(`a set that is none: ${name}`, () => throws("keys", code, () => new Verifier(keys, options)));
}

await check("no set", () => {
  throws("argument", "InvalidArgument", () => new Verifier(undefined, options));
});

await check("verdicts on keys", () => {
  const kid = 'quote " backslash \\ newline \n nul \0 é 😀 </script>';
  const set = { keys: [demo.jwks.keys[0], { kty: "RSA", kid, use: "enc", n: "AQAB", e: "AQAB" }, 7] };
  const [bound, aside, none] = new Verifier(set, options).keys;
  assert.deepEqual(bound, { kid: "rsa-2026", algorithm: "RS256" });
  assert.deepEqual([aside.kid, aside.code], [kid, "UseNotSig"]);
  assert.deepEqual([none.kid, none.code], [null, "NotObject"]);
  assert.ok(aside.message.includes("enc"));
});

await check("many reasons make a short message", () => {
  const keys = Array.from({ length: 1024 }, () => ({ kty: "RSA", kid: "a" }));
  assert.throws(() => new Verifier({ keys }, options), (error) => {
    assert.equal(error.keys.length, 1024);
    return error.code === "NoUsableKey" && error.message.length < 2000;
  });
});

await check("a set without a usable key says why", () => {
  assert.throws(() => new Verifier({ keys: [{ kty: "RSA", kid: "a" }] }, options), (error) => {
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

for (const bad of [undefined, NaN, Infinity, -Infinity, "now", {}]) {
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
  const lenient = new Verifier(demo.jwks, { ...options, leeway: 60, issuer: ["https://other.example", demo.issuer] });
  assert.equal(lenient.verify(token, exp + 59).exp, exp);
  throws("claims", "Expired", () => lenient.verify(token, exp + 60));
  throws("select", "TypMismatch", () => new Verifier(demo.jwks, { ...options, typ: "at+jwt" }).verify(token, demo.now));
  const strict = new Verifier(demo.jwks.keys[1], { ...options, requireKid: true });
  assert.equal(strict.verify(token, demo.now).exp, exp);
  const other = new Verifier(demo.jwks, { ...options, audience: ["a", "b"] });
  throws("claims", "AudienceMismatch", () => other.verify(token, demo.now));
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
  const { initSync } = await import("../dist/jose_core.js");
  const { memory } = initSync({ module: new Uint8Array() });
  const use = () => {
    for (let i = 0; i < 200; i++) {
      const verifier = new Verifier(demo.jwks, options);
      verifier.verify(token, demo.now);
      verifier.diagnose(demo.expired, demo.now);
      throws("claims", "Expired", () => verifier.verify(demo.expired, demo.now));
      assert.throws(() => new Verifier("{", options));
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
  const freed = new Verifier(demo.jwks, options);
  freed.free();
  assert.throws(() => freed.verify(token, demo.now), Error);
});

await check("diagnosis of the Auth0 case", () => {
  const { token: signedWithSecret } = demo.refusals.find(({ what }) => what.startsWith("HS256"));
  const rs256 = new Verifier(demo.jwks, { ...options, algorithms: ["RS256"] });
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
  const elsewhere = new Verifier(demo.jwks, { ...options, issuer: `${demo.issuer}/`, audience: "other" });
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
    const { accepted, problems } = diagnose(set, options, demo.expired, demo.now);
    assert.equal(accepted, false);
    assert.equal(problems.filter(({ stage }) => stage === "keys").map(({ cause }) => cause).join(), cause);
    assert.ok(problems.some(({ cause }) => cause === "Expired"));
  });
}

await check("diagnosis without a usable key", () => {
  const { problems, keys } = diagnose({ keys: [{ ...demo.jwks.keys[1], use: "enc" }] }, options, token, demo.now);
  assert.deepEqual([keys[0].standing, keys[0].code], ["set aside", "UseNotSig"]);
  assert.deepEqual(problems.map(({ cause }) => cause), ["KeySetAside"]);
});

await check("the types describe it", () => {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  execFileSync("node_modules/.bin/tsc", ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom,esnext.disposable", "--module", "nodenext", "tests/types.ts"], {
    cwd: folder,
    encoding: "utf8",
    stdio: "pipe",
  });
});

finish(60);
