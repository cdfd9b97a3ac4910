// Time per verification, claims included, beside npm jose with the same tokens and keys: `node bench.mjs`.
//
// Both have their keys ready. jose hands the signature to Node's native code, and answers with a promise; the
// module answers at once.
import * as jose from "jose";
import { Verifier, vectors } from "./tests/module.mjs";

const demo = vectors("demo");
const { issuer, audience, now } = demo;
const rounds = 9;

/** Microseconds per call, the median of several rounds of about 100 ms. */
async function time(verify) {
  let count = 1;
  for (;;) {
    const start = performance.now();
    for (let i = 0; i < count; i++) await verify();
    if (performance.now() - start > 100) break;
    count *= 2;
  }
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let i = 0; i < count; i++) await verify();
    times.push(((performance.now() - start) * 1000) / count);
  }
  return times.sort((a, b) => a - b)[rounds >> 1];
}

const options = { issuer, audience, currentDate: new Date(now * 1000) };
console.log(`Node ${process.version}, microseconds per token (new Verifier: per set of one key)`);
console.log("algorithm  module  npm jose  new Verifier");
for (const [algorithm, token] of Object.entries(demo.tokens)) {
  const jwk = [...demo.jwks.keys, demo.secret].find((key) => key.alg === algorithm);
  const text = JSON.stringify({ keys: [jwk] });
  const verifier = new Verifier(text, { algorithms: [algorithm], issuer, audience });
  const key = await jose.importJWK(jwk, algorithm);

  const claims = verifier.verify(token, now);
  const { payload } = await jose.jwtVerify(token, key, { ...options, algorithms: [algorithm] });
  if (JSON.stringify(claims) !== JSON.stringify(payload)) throw new Error(`${algorithm}: other claims`);

  const own = await time(() => verifier.verify(token, now));
  const peer = await time(() => jose.jwtVerify(token, key, { ...options, algorithms: [algorithm] }));
  const built = await time(() => new Verifier(text, { algorithms: [algorithm], issuer, audience }).free());
  console.log([algorithm.padEnd(9), ...[own, peer, built].map((time) => time.toFixed(1).padStart(8))].join(" "));
}
