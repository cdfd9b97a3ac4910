// Keys at a URL, with a clock and an issuer of the test's own: `node tests/remote.mjs`.
import assert from "node:assert/strict";
import { check, finish } from "./cases.mjs";
import { createVerifier, vectors } from "./module.mjs";

const demo = vectors("demo");
const [rsa, ec] = demo.jwks.keys;
const { RS256, ES256 } = demo.tokens;
const uri = "https://issuer.example/keys";
const policy = { algorithms: ["RS256", "ES256"], issuer: demo.issuer, audience: demo.audience };

let uptime = 0;
performance.now = () => uptime;
const seconds = (count) => (uptime += 1000 * count);

/** An issuer that answers what `answer` gives, and counts. */
function issuer(answer) {
  const requests = [];
  const fetch = async (url, init) => {
    requests.push({ url, ...init });
    const [body, init_] = await answer(requests.length, init);
    return new Response(body, init_);
  };
  return { requests, fetch };
}

const set = (...keys) => [JSON.stringify({ keys })];
const remote = (fetch, more) => createVerifier({ jwksUri: uri, fetch, ...policy, ...more });
const rejects = (code, promise, stage) =>
  assert.rejects(promise, (error) => {
    assert.deepEqual([error.code, stage ?? error.stage], [code, error.stage], error.message);
    return error instanceof Error && error.message.length > 10;
  });
const throws = (code, run) => assert.throws(run, (error) => error.code === code || assert.fail(`${error.code}: ${error.message}`));

await check("one fetch for many tokens, and sync from then on", async () => {
  const { requests, fetch } = issuer(() => set(rsa, ec));
  const verifier = remote(fetch);
  throws("NeverFetched", () => verifier.verify(ES256, demo.now));
  assert.deepEqual(verifier.keys, []);
  assert.equal(verifier.status, "no keys yet; next fetch now");
  assert.equal(requests.length, 0);
  const claims = await Promise.all(Array.from({ length: 50 }, (_, i) => verifier.verifyAsync(i % 2 ? ES256 : RS256, demo.now)));
  assert.ok(claims.every(({ sub }) => sub === "user-1"));
  assert.equal(verifier.verify(ES256, demo.now).sub, "user-1");
  assert.equal(requests.length, 1);
  assert.deepEqual([requests[0].url, requests[0].redirect, requests[0].cache, requests[0].headers], [uri, "manual", "no-store", {}]);
  assert.deepEqual(verifier.keys.map(({ algorithm }) => algorithm), ["RS256", "ES256"]);
  assert.match(verifier.status, /^2 keys bound, 0 set aside; 0 s old, fresh for 300 s; next fetch in/);
  assert.equal(verifier.diagnose(ES256, demo.now).accepted, true);
});

await check("a key that is new is fetched once the cooldown is over", async () => {
  const { requests, fetch } = issuer((count) => (count === 1 ? set(rsa) : set(rsa, ec)));
  const verifier = remote(fetch);
  await verifier.verifyAsync(RS256, demo.now);
  assert.equal(verifier.diagnose(ES256, demo.now).problems[0].cause, "KidUnknown");
  seconds(29);
  await rejects("KidUnknown", verifier.verifyAsync(ES256, demo.now), "select");
  assert.equal(requests.length, 1);
  seconds(1);
  assert.equal((await verifier.verifyAsync(ES256, demo.now)).sub, "user-1");
  assert.equal(requests.length, 2);
});

await check("a storm of unknown keys is one fetch a cooldown", async () => {
  const { requests, fetch } = issuer(() => set(rsa));
  const verifier = remote(fetch, { rotation: { cooldown: 10 } });
  await verifier.verifyAsync(RS256, demo.now);
  seconds(10);
  const header = (i) => Buffer.from(JSON.stringify({ alg: "RS256", kid: `kid-${i}` })).toString("base64url");
  const storm = () => Promise.allSettled(Array.from({ length: 200 }, (_, i) => verifier.verifyAsync(RS256.replace(/^[^.]+/, header(i)), demo.now)));
  const refusals = await storm();
  assert.ok(refusals.every(({ reason }) => reason.code === "KidUnknown"));
  assert.equal(requests.length, 2);
  seconds(9);
  await storm();
  assert.equal(requests.length, 2);
  assert.equal((await verifier.verifyAsync(RS256, demo.now)).sub, "user-1");
});

await check("no key, and one withdrawn", async () => {
  const { fetch } = issuer((count) => (count === 1 ? set(rsa, ec) : set(rsa)));
  const verifier = remote(fetch, { rotation: { grace: 60 } });
  await verifier.verifyAsync(ES256, demo.now);
  seconds(301);
  await verifier.refresh();
  assert.deepEqual(verifier.keys.map(({ kid }) => kid), ["rsa-2026"]);
  assert.equal(verifier.verify(ES256, demo.now).sub, "user-1");
  seconds(61);
  throws("KidUnknown", () => verifier.verify(ES256, demo.now));
});

await check("a due refresh is in the background, and a failure costs no key", async () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const { requests, fetch } = issuer(async (count) => {
    if (count === 1) return set(rsa, ec);
    await held;
    throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
  });
  const verifier = remote(fetch);
  await verifier.refresh();
  seconds(301);
  assert.equal((await verifier.verifyAsync(ES256, demo.now)).sub, "user-1");
  assert.equal(requests.length, 2);
  release();
  await rejects("NoResponse", verifier.refresh(), "keys");
  assert.match(verifier.status, /1 failure in a row, last: .*fetch failed: connect ECONNREFUSED/);
  assert.equal((await verifier.verifyAsync(ES256, demo.now)).sub, "user-1");
  assert.equal(requests.length, 2);
  seconds(24 * 3600 + 1);
  throws("TooStale", () => verifier.verify(ES256, demo.now));
  await rejects("TooStale", verifier.verifyAsync(ES256, demo.now), "keys");
});

await check("the ETag and 304", async () => {
  const { requests, fetch } = issuer((count) => (count === 1 ? [set(rsa)[0], { headers: { etag: '"1"', "cache-control": "max-age=600" } }] : [null, { status: 304 }]));
  const verifier = remote(fetch);
  await verifier.refresh();
  assert.match(verifier.status, /fresh for 600 s/);
  seconds(601);
  await verifier.refresh();
  assert.deepEqual(requests[1].headers, { "if-none-match": '"1"' });
  assert.match(verifier.status, /^1 key bound, 0 set aside; 0 s old, fresh for 600 s/);
});

for (const [name, code, answer] of [
  ["status 500", "Status", () => ["{}", { status: 500 }]],
  ["a redirection", "Status", () => [null, { status: 302, headers: { location: "https://elsewhere.example" } }]],
  ["a web page", "Set", () => ["<!doctype html>"]],
  ["no body", "Set", () => [null]],
  ["no usable key", "NoUsableKey", () => set({ kty: "RSA", kid: "a" })],
  ["a network that fails", "NoResponse", () => Promise.reject(new TypeError("fetch failed"))],
  ["what is thrown and no error", "NoResponse", () => Promise.reject("no")],
]) {
  await check(`a fetch without keys: ${name}`, async () => {
    const verifier = remote(issuer(answer).fetch);
    await rejects(code, verifier.refresh(), "keys");
    await rejects("NeverFetched", verifier.verifyAsync(ES256, demo.now), "keys");
    seconds(31);
    assert.equal(verifier.diagnose(ES256, demo.now).problems[0].cause, "NoKeys");
  });
}

await check("a fetch that is not one", async () => {
  const verifier = remote(() => {
    throw new Error("not today");
  });
  await assert.rejects(verifier.refresh(), /not today/);
});

await check("a body without an end", async () => {
  let pulled = 0;
  const endless = () => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 + 0 * pulled++).fill(32)) });
  const verifier = remote(issuer(() => [endless()]).fetch, { limits: { maxSetLength: 1000 } });
  await rejects("Set", verifier.refresh(), "keys");
  assert.ok(pulled >= 1000 && pulled < 1100, `${pulled} chunks`);
});

await check("a request that is given up", async () => {
  const verifier = remote((_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))), { rotation: { fetchTimeout: 1 } });
  // The signal alone keeps no process running.
  const alive = setInterval(() => {}, 1000);
  await rejects("NoResponse", verifier.refresh(), "keys");
  clearInterval(alive);
});

await check("the global fetch, as it is when it is needed", async () => {
  const verifier = createVerifier({ jwksUri: new URL(uri), ...policy });
  const { fetch } = globalThis;
  const own = issuer(() => set(ec));
  globalThis.fetch = own.fetch;
  await verifier.refresh();
  globalThis.fetch = fetch;
  assert.deepEqual(own.requests.map(({ url }) => url), [uri]);
});

await check("keys for other uses", async () => {
  const svid = { ...ec, use: "jwt-svid" };
  await rejects("NoUsableKey", remote(issuer(() => set(svid)).fetch).refresh());
  const verifier = remote(issuer(() => set(svid)).fetch, { allowUses: ["jwt-svid"] });
  assert.equal((await verifier.verifyAsync(ES256, demo.now)).sub, "user-1");
});

await check("with a document, all of it is there and fetches nothing", async () => {
  const verifier = createVerifier({ jwks: demo.jwks, ...policy });
  await verifier.refresh();
  assert.equal((await verifier.verifyAsync(ES256, demo.now)).sub, "user-1");
  await rejects("Expired", verifier.verifyAsync(demo.expired, demo.now));
  assert.equal(verifier.status, undefined);
});

for (const [name, more, text] of [
  ["both", { jwks: demo.jwks }, "one of 'jwks' and 'jwksUri'"],
  ["a secret", { algorithms: ["HS256"] }, "none with secrets"],
  ["a URL that is none", { jwksUri: "issuer.example" }, "a URL"],
  ["another scheme", { jwksUri: "file:///keys" }, "a URL"],
  ["undefined", { jwksUri: undefined }, "a URL"],
  ["fetch that is none", { fetch: null }, "a function"],
  ["rotation that is no object", { rotation: 30 }, "an object"],
  ["a member that there is none of", { rotation: { coolDown: 30 } }, "'coolDown'"],
  ["a member that is undefined", { rotation: { cooldown: undefined } }, "'cooldown'"],
  ["a fraction", { rotation: { cooldown: 1.5 } }, "a whole number"],
  ["withdrawal", { rotation: { withdrawal: "never" } }, '"atOnce"'],
  ...["cooldown", "minLifetime", "maxLifetime", "defaultLifetime", "earlyRefresh", "maxStale", "maxBackoff", "badSignaturePause", "grace", "fetchTimeout"].map(
    (name) => [`${name} beyond its bounds`, { rotation: { [name]: 4e9 } }, `expected ${name} between`],
  ),
]) {
  await check(`invalid options: ${name}`, () => {
    assert.throws(() => remote(fetch, more), ({ code, stage, message }) => {
      assert.deepEqual([code, stage], ["InvalidOption", "argument"], message);
      return message.includes(text) || assert.fail(message);
    });
  });
}

for (const [withdrawal, after, code] of [
  ["atOnce", 316, "Withdrawn"],
  ["atEndOfLifetime", 331, "Withdrawn"],
  ["keep", 331, undefined],
]) {
  await check(`withdrawal: ${withdrawal}`, async () => {
    const { fetch } = issuer((count) => (count === 1 ? set(ec) : set({ kty: "RSA" })));
    const verifier = remote(fetch, { rotation: { withdrawal, defaultLifetime: 330 } });
    await verifier.refresh();
    seconds(after);
    await rejects("NoUsableKey", verifier.refresh());
    if (code) throws(code, () => verifier.verify(ES256, demo.now));
    else assert.equal(verifier.verify(ES256, demo.now).sub, "user-1");
  });
}

finish(40);
