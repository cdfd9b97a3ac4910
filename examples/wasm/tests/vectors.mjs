// Every vector of vectors/ goes through the module, as tests/vectors.rs has it, and through `diagnose`, which
// must agree: `node tests/vectors.mjs`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { check, finish } from "./cases.mjs";
import { createVerifier, diagnose, vectors } from "./module.mjs";

const FILES = ["rfc", "interop", "keys", "parse", "selection", "signatures", "claims"];
const FEATURES = ["hs256", "hs384", "hs512", "es256", "rs256", "rs384", "rs512", "ps256", "ps384", "ps512"];

/** The text of the keys of every entry: names that occur twice, and odd numbers, do not survive JSON.parse. */
function rawKeys(file) {
  const text = readFileSync(new URL(`../../../vectors/${file}.json`, import.meta.url), "utf8");
  return [...text.matchAll(/^  "keys": (.*?),?$/gm)].map(([, raw]) => (raw.startsWith('"') ? JSON.parse(raw) : raw));
}

/** The names of what a vector asks for, there and here. */
const OPTIONS = {
  leeway: "leeway",
  require_kid: "requireKid",
  typ: "typ",
  max_age: "maxAge",
  allow_expired: "allowExpired",
  allow_missing_exp: "allowMissingExp",
  uses: "allowUses",
};

function optionsOf(entry, jwks) {
  const asked = Object.entries(OPTIONS).filter(([name]) => entry[name] !== undefined);
  return {
    jwks,
    algorithms: entry.algorithms,
    issuer: entry.issuer ?? null,
    audience: entry.audience ?? null,
    ...Object.fromEntries(asked.map(([name, option]) => [option, entry[name]])),
  };
}

const refused = ({ stage, code }) => ({ verdict: "refuse", stage, reason: code });

/** The verdicts of the module in the form of the vectors. */
const verdicts = (keys) =>
  keys.map(({ kid, algorithm, code }) =>
    algorithm ? { kid, verdict: "bound", algorithm } : { kid, verdict: "set aside", reason: code },
  );

/** What the module says, in the form of `expect`. */
function outcome(entry, keys) {
  let verifier;
  try {
    verifier = createVerifier(optionsOf(entry, keys));
  } catch (error) {
    // With a token, the keys are judged by the choice among them, which `diagnose` makes without a set of good ones.
    if (error.code === "NoUsableKey" && entry.token !== undefined) return byDiagnosis(entry, keys);
    return { ...refused(error), ...(error.keys && { keys: verdicts(error.keys) }) };
  }
  try {
    if (entry.token === undefined) return { keys: verdicts(verifier.keys) };
    let payload;
    try {
      payload = Buffer.from(verifier.verifySignatureOnly(entry.token)).toString("base64url");
      if (entry.now !== undefined) {
        const claims = verifier.verify(entry.token, entry.now);
        assert.deepEqual(claims, JSON.parse(Buffer.from(payload, "base64url").toString()));
      }
    } catch (error) {
      if (!error.code || error instanceof assert.AssertionError) throw error;
      return refused(error);
    }
    return { verdict: "accept", payload };
  } finally {
    verifier.free();
  }
}

function byDiagnosis(entry, keys) {
  const { accepted, problems } = diagnose(optionsOf(entry, keys), entry.token, entry.now ?? 0);
  assert.equal(accepted, false);
  const { stage, code } = problems.find((problem) => problem.code);
  return refused({ stage: stage === "token" ? "parse" : "select", code });
}

/** `diagnose` accepts what `verify` accepts, and its first error is the one that `verify` throws. */
function agrees(entry, keys, found) {
  const now = entry.now ?? 0;
  const { accepted, problems } = diagnose(optionsOf(entry, keys), entry.token, now);
  if (found.verdict === "refuse") {
    assert.equal(accepted, false, "diagnose accepts");
    assert.ok(problems.some(({ code }) => code === found.reason), `diagnose does not say ${found.reason}`);
  } else if (entry.now !== undefined) {
    assert.ok(accepted, `diagnose refuses: ${problems[0]?.message}`);
  }
}

for (const file of FILES) {
  const entries = vectors(file);
  const keys = rawKeys(file);
  assert.equal(keys.length, entries.length, `${file}.json is not written as it was`);
  for (const [index, entry] of entries.entries()) {
    // Features of jose-core that this module does not have: other algorithms, and keys of more than 4096 bits.
    const needed = [...entry.algorithms.map((name) => name.toLowerCase()), ...(entry.needs ?? [])];
    if (needed.some((feature) => !FEATURES.includes(feature))) continue;
    await check(entry.id, () => {
      const { algorithm, kid, ...expected } = entry.expect;
      const found = outcome(entry, keys[index]);
      assert.deepEqual(found, expected);
      if (entry.token !== undefined && found.stage !== "keys") agrees(entry, keys[index], found);
    });
  }
}

const demo = vectors("demo");
const common = { issuer: demo.issuer, audience: demo.audience };
for (const [algorithm, token] of Object.entries(demo.tokens)) {
  await check(`demo/${algorithm}`, () => {
    const keys = algorithm === "HS256" ? demo.secret : demo.jwks;
    const verifier = createVerifier({ jwks: keys, ...common, algorithms: algorithm === "HS256" ? ["HS256"] : ["RS256", "ES256"] });
    assert.equal(verifier.verify(token, demo.now).sub, "user-1");
  });
}
for (const entry of demo.refusals) {
  await check(entry.id, () => assert.deepEqual(outcome({ ...common, now: demo.now, ...entry }, entry.keys), entry.expect));
}

finish(1500);
