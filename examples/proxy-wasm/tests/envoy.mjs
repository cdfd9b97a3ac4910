// The filter in Envoy: `node tests/envoy.mjs ENVOY MODULE [WRK]`. With WRK, requests a second are measured, too.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Envoy, Issuer, Key, bearer, freePort, hmacToken, jwtAuthn, request, unsigned } from "./support.mjs";

const [binary, module, wrk] = process.argv.slice(2);
const ISSUER = "https://issuer.example";
const AUDIENCE = "api.example";
const COOLDOWN = 2;
const FILTER = "/filter.json";
const AUTHN = "/authn.json";

const issuer = new Issuer(await freePort());
const [first, rsa, second] = [new Key("ec-1", "ES256"), new Key("rsa-1", "RS256"), new Key("ec-2", "ES256")];
const stranger = new Key("ec-1", "ES256");
const envoy = new Envoy(binary, module, issuer);
const now = () => Math.floor(Date.now() / 1000);
const claims = (others) => ({ iss: ISSUER, aud: AUDIENCE, sub: "ada", exp: now() + 600, ...others });
const configuration = (others) => ({
  issuer: ISSUER,
  audiences: [AUDIENCE],
  algorithms: ["RS256", "ES256"],
  jwks: { cluster: "issuer", uri: `http://127.0.0.1:${issuer.port}${FILTER}`, timeout_ms: 2000 },
  forward_claims: { sub: "x-jwt-sub", roles: "x-jwt-roles" },
  rotation: { cooldown: COOLDOWN },
  ...others,
});
const authn = [jwtAuthn(ISSUER, AUDIENCE, `http://127.0.0.1:${issuer.port}${AUTHN}`)];
const listeners = (others) => ({ filter: [envoy.filter(configuration(others))], authn, bare: [] });
const ask = (token, others) => request(envoy.ports.filter, "/", bearer(token, others));
const cooled = () => sleep(COOLDOWN * 1000 + 200);

async function refused(token, status, description) {
  const response = await ask(token);
  assert.equal(response.status, status);
  assert.match(response.headers["www-authenticate"], new RegExp(`^Bearer error="invalid_token", error_description="${description}"$`));
}

const logged = (pattern) => assert.ok(pattern.test(envoy.logged()), `${pattern} is not in the log`);

const cases = {
  async "an issuer that cannot be reached: 503, and 200 once it can"() {
    const response = await ask(first.token(claims()));
    assert.equal(response.status, 503);
    assert.match(response.headers["retry-after"], /^[1-9]\d*$/);
    assert.equal(response.headers["www-authenticate"], undefined);
    // Envoy answers for an issuer that does not.
    logged(/no keys yet; .*found 503/);
    issuer.keys = [first, rsa];
    await issuer.start();
    await envoy.until("the keys", async () => (await ask(first.token(claims()))).status === 200);
  },

  async "a good token: 200, its claims in header fields of the filter alone"() {
    for (const key of [first, rsa]) {
      const token = key.token(claims({ roles: ["a", "ß"] }));
      const { status, headers } = await ask(token, { "x-jwt-sub": "mallory", "X-JWT-Roles": "admin" });
      assert.equal(status, 200);
      assert.equal(headers["seen-sub"], "ada");
      assert.equal(headers["seen-roles"], '["a","\\u00df"]');
      assert.equal(headers["seen-authorization"], undefined);
    }
    // A claim that is absent or cannot be in a field leaves none of the client's behind.
    for (const sub of [undefined, null, "a\r\nx-admin: yes", "Zoë"]) {
      const { status, headers } = await ask(first.token(claims({ sub })), { "x-jwt-sub": "mallory" });
      assert.equal(status, 200);
      assert.equal(headers["seen-sub"], undefined);
    }
  },

  async "no token, and what is none"() {
    for (const headers of [{}, { authorization: "Basic YTpi" }, { authorization: "" }]) {
      const response = await request(envoy.ports.filter, "/", headers);
      assert.equal(response.status, 401);
      assert.equal(response.headers["www-authenticate"], "Bearer");
    }
    const token = first.token(claims());
    for (const value of ["Bearer", "Bearer ", `Bearer ${token} x`, `Bearer "${token}"`]) {
      const response = await request(envoy.ports.filter, "/", { authorization: value });
      assert.equal(response.status, 400, value);
      assert.match(response.headers["www-authenticate"], /^Bearer error="invalid_request"/);
    }
  },

  async "expired, for another audience, of another issuer, not valid yet, forged"() {
    await refused(first.token(claims({ exp: now() - 1 })), 401, "the token has expired");
    await refused(first.token(claims({ aud: "other.example" })), 401, "the token is for another audience");
    await refused(first.token(claims({ iss: "https://other.example" })), 401, "the token is of another issuer");
    await refused(first.token(claims({ nbf: now() + 60 })), 401, "the token is not valid yet");
    await refused(stranger.token(claims()), 401, "the signature does not verify");
    await refused("not.a.token", 401, "the token is malformed");
    // The log says more than the client is told.
    logged(/answered 401: .*other\.example/);
  },

  async "the verdicts are those of the README's table, for jwt_authn as well"() {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const rows = [...readme.matchAll(/^\| (.+?) \| (\d{3}) \| (\d{3}) \|.*\|$/gm)].map(([, what, ours, theirs]) => [what, Number(ours), Number(theirs)]);
    await envoy.until("keys of jwt_authn", async () => (await request(envoy.ports.authn, "/", bearer(first.token(claims())))).status === 200);
    const found = [];
    for (const [what, headers] of Object.entries(verdicts())) {
      const statuses = [];
      const path = what === "a good token in the query" ? `/?access_token=${first.token(claims())}` : "/";
      for (const port of [envoy.ports.filter, envoy.ports.authn]) statuses.push((await request(port, path, headers)).status);
      found.push([what, ...statuses]);
    }
    assert.ok(found.length > 0);
    assert.deepEqual(rows, found);
  },

  async "a rotated key: its first token waits for the set and gets through; the old key's no longer"() {
    await cooled();
    issuer.keys = [second, rsa];
    issuer.delay = 300;
    const before = issuer.count(FILTER);
    const together = await Promise.all(Array.from({ length: 10 }, () => ask(second.token(claims()))));
    issuer.delay = 0;
    assert.deepEqual(together.map((response) => [response.status, response.headers["seen-sub"]]), Array(10).fill([200, "ada"]));
    assert.equal(issuer.count(FILTER) - before, 1);
    await refused(first.token(claims()), 401, ".*");
    // jwt_authn keeps its set for the time it was configured with, whatever tokens say.
    const authn = await Promise.all([first, second].map((key) => request(envoy.ports.authn, "/", bearer(key.token(claims())))));
    assert.deepEqual(authn.map(({ status }) => status), [200, 401]);
  },

  async "a storm of unknown kids: one fetch a cooldown, and good tokens get through"() {
    await cooled();
    const [before, start] = [issuer.count(FILTER), Date.now()];
    let [storm, good] = [0, 0];
    while (Date.now() - start < 3 * COOLDOWN * 1000) {
      const kids = Array.from({ length: 40 }, () => refused(stranger.token(claims(), { kid: `made-up-${(storm += 1)}` }), 401, ".*"));
      assert.equal((await ask(second.token(claims()))).status, 200);
      good += 1;
      await Promise.all(kids);
    }
    const [fetches, seconds] = [issuer.count(FILTER) - before, (Date.now() - start) / 1000];
    assert.ok(fetches >= 2 && fetches <= Math.floor(seconds / COOLDOWN) + 1, `${fetches} fetches in ${seconds} s`);
    console.log(`     ${storm} made-up kids and ${good} good tokens in ${seconds.toFixed(1)} s: ${fetches} fetches`);
  },

  async "an issuer that goes away: its keys verify, and an unknown kid is refused"() {
    await issuer.stop();
    await cooled();
    await refused(stranger.token(claims(), { kid: "made-up" }), 401, ".*");
    assert.equal((await ask(second.token(claims()))).status, 200);
    await issuer.start();
  },

  async "clients that hang up while they wait harm nobody"() {
    await cooled();
    issuer.delay = 1000;
    const hasty = Array.from({ length: 5 }, async () => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 200);
      const headers = bearer(stranger.token(claims(), { kid: "hasty" }));
      return fetch(`http://127.0.0.1:${envoy.ports.filter}/`, { headers, signal: abort.signal }).then(() => "answered", () => "hung up");
    });
    assert.deepEqual(await Promise.all(hasty), Array(5).fill("hung up"));
    issuer.delay = 0;
    await sleep(1200);
    assert.equal((await ask(second.token(claims()))).status, 200);
  },

  async "a configuration that is reloaded is in force; one that is wrong is refused, with its fault in the log"() {
    const other = second.token(claims({ aud: "other.example" }));
    envoy.configure(listeners({ audiences: ["other.example"], forward_token: true }));
    await envoy.until("the new configuration", async () => (await ask(other)).status === 200);
    await refused(second.token(claims()), 401, "the token is for another audience");
    assert.equal((await ask(other)).headers["seen-authorization"], `Bearer ${other}`);
    envoy.configure(listeners({ audience: AUDIENCE }));
    await envoy.until("the refusal", async () => /the configuration is refused: unknown field `audience`/.test(envoy.logged()));
    await sleep(500);
    assert.equal((await ask(other)).status, 200);
  },

  async "requests beyond max_waiting get 503 instead of a place"() {
    issuer.delay = 1000;
    const uri = `http://127.0.0.1:${issuer.port}/slow.json`;
    envoy.configure(listeners({ max_waiting: 1, jwks: { cluster: "issuer", uri } }));
    await envoy.until("the new configuration", async () => issuer.count("/slow.json") > 0);
    const statuses = (await Promise.all(Array.from({ length: 3 }, () => ask(second.token(claims()))))).map(({ status }) => status);
    issuer.delay = 0;
    assert.deepEqual(statuses.sort(), [200, 503, 503]);
  },
};

// What the README's table names, as request headers.
function verdicts() {
  const es256 = (others, header) => bearer(first.token(claims(others), header));
  const good = first.token(claims());
  const twice = (text) => bearer(first.token(text));
  return {
    "a good token, ES256": es256(),
    "a good token, RS256": bearer(rsa.token(claims())),
    "no token": {},
    "another scheme": { authorization: "Basic YTpi" },
    "two tokens in two header fields": ["host", "test", "authorization", `Bearer ${good}`, "authorization", `Bearer ${good}`],
    "a good token in the query": {},
    "expired a second ago": es256({ exp: now() - 1 }),
    "expired two minutes ago": es256({ exp: now() - 120 }),
    "no `exp`": es256({ exp: undefined }),
    "`nbf` in half a minute": es256({ nbf: now() + 30 }),
    "`exp` is a string": es256({ exp: `${now() + 600}` }),
    "another audience": es256({ aud: "other.example" }),
    "one of two audiences": es256({ aud: ["other.example", AUDIENCE] }),
    "no `aud`": es256({ aud: undefined }),
    "another issuer": es256({ iss: "https://other.example" }),
    "forged signature": bearer(stranger.token(claims())),
    "`alg` is `none`": bearer(unsigned(claims())),
    "HS256 with the public key as secret": bearer(hmacToken(claims(), "ec-1", JSON.stringify(first.jwk))),
    "no `kid`, one key of the algorithm": es256({}, { kid: undefined }),
    "unknown `kid`": es256({}, { kid: "made-up" }),
    "a `crit` that nobody knows": es256({}, { crit: ["x"], x: 1 }),
    "`exp` twice, the first in the past": twice(`{"iss":"${ISSUER}","aud":"${AUDIENCE}","exp":1,"exp":${now() + 600}}`),
    "signature with padding": bearer(`${good}==`),
    "text after the claims": twice(`${JSON.stringify(claims())} x`),
  };
}

function throughput() {
  // jwt_authn and the filter have another set by now, and one key of it is the same.
  const runs = [
    ["filter", "ES256", second], ["authn", "ES256", first], ["filter", "RS256", rsa], ["authn", "RS256", rsa], ["bare", "neither", first],
  ].map(([name, alg, key]) => ({ name, alg, token: key.token(claims()), rate: 0, requests: 0, cpu: 0 }));
  for (let round = 0; round < 3; round += 1) {
    for (const run of runs) {
      const header = `Authorization: Bearer ${run.token}`;
      const url = `http://127.0.0.1:${envoy.ports[run.name]}/`;
      const before = envoy.cpuSeconds();
      const output = execFileSync(wrk, ["-t1", "-c16", "-d2s", "-H", header, url], { encoding: "utf8" });
      assert.doesNotMatch(output, /Non-2xx|Socket errors/, `${run.name}: ${output}`);
      run.rate = Math.max(run.rate, Number(/Requests\/sec:\s*([\d.]+)/.exec(output)[1]));
      run.requests += Number(/(\d+) requests in/.exec(output)[1]);
      run.cpu += envoy.cpuSeconds() - before;
      assert.ok(run.rate > 0);
    }
  }
  console.log("requests a second, one thread of Envoy, 16 connections, best of three times 2 s; Envoy's CPU time for each:");
  for (const { name, alg, rate, requests, cpu } of runs) {
    console.log(`     ${name}, ${alg}: ${Math.round(rate)}; ${Math.round((cpu * 1e6) / requests)} µs`);
  }
}

const started = Date.now();
let passed = 0;
try {
  await envoy.start(listeners(), 1);
  for (const [name, run] of Object.entries(cases)) {
    await run();
    passed += 1;
    console.log(`ok   ${name}`);
  }
  if (wrk) {
    envoy.configure(listeners());
    await envoy.until("the first configuration", async () => (await ask(second.token(claims()))).status === 200);
    throughput();
  }
} catch (error) {
  console.error(envoy.log ? envoy.logged().slice(-6000) : "");
  throw error;
} finally {
  await envoy.stop();
  await issuer.stop().catch(() => {});
}
assert.equal(passed, Object.keys(cases).length);
console.log(`${passed} cases in ${Math.round((Date.now() - started) / 1000)} s`);
