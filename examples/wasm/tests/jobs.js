// What is measured, in Node and in a Worker: tokens one after the other, claims included, with keys that are ready.
import { createVerifier } from "jose-core";
import * as jose from "jose";

let jobs;

/** Prepares everything once: a job verifies a token so many times. */
export async function prepare({ tokens, jwks, secret, issuer, audience }) {
  jobs = {};
  for (const [algorithm, token] of Object.entries(tokens)) {
    const jwk = [...jwks.keys, secret].find(({ alg }) => alg === algorithm);
    const verifier = createVerifier({ jwks: jwk, algorithms: [algorithm], issuer, audience });
    const key = await jose.importJWK(jwk, algorithm);
    const options = { algorithms: [algorithm], issuer, audience };

    const { payload } = await jose.jwtVerify(token, key, options);
    if (JSON.stringify(verifier.verify(token)) !== JSON.stringify(payload)) throw new Error(`${algorithm}: other claims`);

    jobs[`${algorithm} jose-core`] = (count) => {
      for (let i = 0; i < count; i++) verifier.verify(token);
    };
    jobs[`${algorithm} jose`] = async (count) => {
      for (let i = 0; i < count; i++) await jose.jwtVerify(token, key, options);
    };
  }
  return Object.keys(jobs);
}

export const run = (job, count) => jobs[job](count);

// The clock of a Worker stands still while it computes: whoever asks measures.
export default {
  async fetch(request) {
    const { demo, job, count } = await request.json();
    return Response.json((demo ? await prepare(demo) : await run(job, count)) ?? null);
  },
};
