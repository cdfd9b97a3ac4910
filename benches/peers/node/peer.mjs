// The npm package jose, behind the same lines as the Rust peers: see ../src/lib.rs.
import { createInterface } from "node:readline";
import { importJWK, jwtVerify } from "jose";

let input, key, options;

async function accepts(token) {
  try {
    const { payload } = await jwtVerify(token, key, options);
    const { iss, sub, aud, exp, iat, scope } = payload;
    const claims = { iss, sub, aud, exp, iat, scope };
    return claims.sub === input.subject && claims.scope === input.scope;
  } catch {
    return false;
  }
}

async function prepare(line) {
  input = JSON.parse(line);
  if (input.case !== "token") return `no case ${input.case}`;
  key = await importJWK(input.jwk, input.alg);
  const { alg, issuer, audience } = input;
  options = { algorithms: [alg], issuer, audience, requiredClaims: ["exp"], clockTolerance: 60 };
  if (!(await accepts(input.token))) return "the good token is refused";
  for (const [number, token] of input.refused.entries()) {
    if (await accepts(token)) return `bad token ${number} is accepted`;
  }
  return "ready";
}

async function time(times) {
  let all = true;
  const start = process.hrtime.bigint();
  for (let i = 0; i < times; i++) all = (await accepts(input.token)) && all;
  const elapsed = process.hrtime.bigint() - start;
  return all ? String(elapsed) : "a good token was refused while it was timed";
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(/^[0-9]+$/.test(line) ? await time(Number(line)) : await prepare(line));
}
