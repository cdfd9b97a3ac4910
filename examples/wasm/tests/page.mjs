// The page in Chromium, served from 127.0.0.1 and from a file: `node tests/page.mjs [FOLDER FOR SCREENSHOTS]`.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { check, finish } from "./cases.mjs";
import { vectors } from "./module.mjs";

const demo = vectors("demo");
const page = new URL("../dist/index.html", import.meta.url);
const shots = process.argv[2];

// Everything that reaches the server.
const served = [];
const server = createServer((request, response) => {
  served.push(`${request.method} ${request.url}`);
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(request.url === "/" ? readFileSync(page) : "");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const address = `http://127.0.0.1:${server.address().port}/`;

const profile = mkdtempSync(join(tmpdir(), "chromium-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});

/** Everything that the browser asked for, whoever was to answer, and everything that it complained of. */
let requests = [];
let complaints = [];
context.on("request", (request) => requests.push(request.url()));
context.on("console", (message) => complaints.push(message.text()));
context.on("weberror", (error) => complaints.push(String(error.error())));
context.on("dialog", (dialog) => {
  complaints.push(`dialog ${dialog.message()}`);
  dialog.dismiss();
});

/** Opens the page anew. */
async function open(url = address) {
  const [tab = await context.newPage()] = context.pages();
  requests = [];
  complaints = [];
  await tab.goto(url);
  await tab.waitForSelector("html[data-ready]", { state: "attached" });
  return tab;
}

/** Fills the form in and sends it. */
async function explain(tab, { token, jwks = JSON.stringify(demo.jwks), issuer = demo.issuer, audience = demo.audience, algorithms = ["RS256", "ES256"], now = demo.now }) {
  await tab.fill("#token", token);
  await tab.fill("#jwks", jwks);
  await tab.fill("#issuer", issuer);
  await tab.fill("#audience", audience);
  for (const name of ["RS256", "ES256", "HS256"]) await tab.setChecked(`[value=${name}]`, algorithms.includes(name));
  await tab.locator("#more").evaluate((more) => (more.open = true));
  await tab.fill("#time", String(now));
  await tab.click("text=Explain");
}

const verdict = (tab) => tab.textContent("#verdict");
const causes = (tab) => tab.locator("[data-cause]").evaluateAll((items) => items.map((item) => item.dataset.cause));

/** The page was the only thing that was asked for, and nothing was complained of. */
function quiet(url = address) {
  assert.deepEqual(requests, [url]);
  assert.deepEqual(complaints, []);
}

/** Runs a case in a page of its own. */
const inPage = (name, run) =>
  check(name, async () => {
    const tab = await open();
    await run(tab);
    quiet();
  });

const encode = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A token signed with the secret of vectors/demo.json. */
function sign(header, claims) {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac("sha256", Buffer.from(demo.secret.k, "base64url")).update(input).digest("base64url")}`;
}

await inPage("nothing pasted", async (tab) => {
  assert.equal(await verdict(tab), "Nothing pasted yet");
});

for (const [algorithm, token] of Object.entries(demo.tokens)) {
  await inPage(`a good token, ${algorithm}`, async (tab) => {
    const secret = algorithm === "HS256";
    await explain(tab, { token, ...(secret && { jwks: JSON.stringify(demo.secret), algorithms: ["HS256"] }) });
    assert.equal(await verdict(tab), "Accepted");
    assert.equal(await tab.getAttribute("#verdict", "class"), "good");
    assert.deepEqual(await causes(tab), []);
    assert.equal(JSON.parse(await tab.textContent("#header")).alg, algorithm);
    assert.equal(JSON.parse(await tab.textContent("#payload")).sub, "user-1");
    assert.match(await tab.textContent("#claims"), /exp4102444800.*2100-01-01 00:00:00 UTC.*✓ as expected/);
    assert.match(await tab.textContent("#keys"), /chosen/);
    assert.equal(await tab.locator(".stages .good").count(), 5);
    assert.equal(await tab.evaluate(() => document.activeElement.id), "verdict");
  });
}

await inPage("the Auth0 case: HS256 where RS256 is expected", async (tab) => {
  const { token } = demo.refusals.find(({ what }) => what.startsWith("HS256"));
  await explain(tab, { token, algorithms: ["RS256"] });
  assert.match(await verdict(tab), /^Refused: token header 'alg': expected RS256, found HS256/);
  assert.equal(await tab.getAttribute("#verdict", "class"), "bad");
  assert.equal((await causes(tab))[0], "SignedWithSecret");
  assert.match(await tab.textContent("ol"), /Set the issuer to sign with its private key/);
  assert.match(await tab.textContent("#report"), /not verified: anyone may have written this/);
});

await inPage("an expired token, for another audience too", async (tab) => {
  await explain(tab, { token: demo.expired, audience: "other.example" });
  assert.deepEqual(await causes(tab), ["AudienceMismatch", "Expired"]);
  assert.match(await tab.textContent("#claims"), /exp1789999000.*ago✗ claim 'exp': expected a time after 1790000000 .*: the token expired 1000 seconds ago/);
  assert.match(await tab.textContent("#report"), /✓ signature ok✗ claims wrong/);
  // What is typed counts at once.
  await tab.fill("#audience", demo.audience);
  assert.deepEqual(await causes(tab), ["Expired"]);
});

await inPage("an unknown key, and a key that cannot be used", async (tab) => {
  const { token } = demo.refusals.find(({ what }) => what === "unknown kid");
  await explain(tab, { token });
  assert.equal((await causes(tab))[0], "KidUnknown");
  assert.match(await tab.textContent("#keys"), /rsa-2026 passed over: the token names another/);
  const [rsa] = demo.jwks.keys;
  await tab.fill("#jwks", JSON.stringify({ keys: [{ ...rsa, use: "enc" }] }));
  await tab.fill("#token", demo.tokens.RS256);
  assert.match(await tab.textContent("#keys"), /rsa-2026 cannot be used: key 'use': expected "sig", found "enc"/);
});

await inPage("a set that is none", async (tab) => {
  await explain(tab, { token: demo.tokens.RS256, jwks: '{"issuer":"i","jwks_uri":"https://issuer.example/jwks"}' });
  assert.match(await verdict(tab), /^Refused: JWK Set 'keys': expected an array, found none/);
  assert.deepEqual(await causes(tab), ["DocumentIsDiscovery"]);
});

await inPage("without a set", async (tab) => {
  await explain(tab, { token: demo.tokens.RS256, jwks: "" });
  assert.match(await verdict(tab), /^The JWK Set is missing/);
  assert.deepEqual(await causes(tab), []);
  await explain(tab, { token: demo.expired, jwks: "" });
  assert.match(await verdict(tab), /^Refused: claim 'exp': /);
});

await inPage("what cannot be asked", async (tab) => {
  await explain(tab, { token: demo.tokens.RS256, algorithms: [] });
  assert.match(await verdict(tab), /^Cannot be said: option 'algorithms'/);
  await explain(tab, { token: demo.tokens.RS256, now: "soon" });
  assert.match(await verdict(tab), /^Cannot be said: 'now'/);
});

await inPage("markup in kid and claims stays text", async (tab) => {
  const html = `<img src=x onerror="alert(1)"><script>alert(2)</script><style>*{display:none}</style></pre>`;
  const before = await tab.evaluate(() => document.querySelectorAll("*").length);
  const claims = { iss: html, aud: [html, html], sub: html, [html]: html, exp: demo.now + 60 };
  const jwks = JSON.stringify({ keys: [{ ...demo.secret, kid: html }, { kty: html, kid: html }] });
  await explain(tab, { token: sign({ alg: "HS256", kid: html, typ: html }, claims), jwks, algorithms: ["HS256"], issuer: "i", audience: "a" });
  assert.match(await verdict(tab), /^Refused: claim 'iss': expected "i", found "<img/);
  assert.deepEqual(await causes(tab), ["IssuerMismatch", "AudienceMismatch"]);
  assert.equal(JSON.parse(await tab.textContent("#header")).kid, html);
  assert.deepEqual(JSON.parse(await tab.textContent("#payload")), claims);
  assert.match(await tab.textContent("#keys"), /<img src=x.*chosen.*<img src=x.*cannot be used/);
  assert.equal(await tab.locator("img, #report script, #report style").count(), 0);
  assert.ok((await tab.evaluate(() => document.querySelectorAll("*").length)) > before);
  assert.ok(await tab.isVisible("#verdict"));
});

await inPage("markup in place of the token and the set", async (tab) => {
  await explain(tab, { token: "<img src=x onerror=alert(1)>.<b>.<i>", jwks: "<img src=x onerror=alert(1)>" });
  assert.match(await verdict(tab), /^Refused/);
  assert.equal(await tab.locator("img, #report b, #report i").count(), 0);
});

await inPage("text that would hide or turn what follows is escaped", async (tab) => {
  await explain(tab, { token: sign({ alg: "HS256" }, { sub: "\u202e\u200b\u2066\0\x7f" }), jwks: JSON.stringify(demo.secret), algorithms: ["HS256"] });
  const payload = await tab.textContent("#payload");
  assert.doesNotMatch(payload, /[\p{Cf}\x7f\0]/u);
  assert.match(payload, /\\u\{202e\}\\u\{200b\}\\u\{2066\}/);
});

await inPage("examples fill the form in", async (tab) => {
  for (const [name, expected] of Object.entries({ good: [], auth0: ["SignedWithSecret"], expired: ["Expired"], unknown: ["KidUnknown"] })) {
    await tab.click(`[data-example=${name}]`);
    assert.equal((await causes(tab))[0], expected[0], name);
  }
});

await inPage("by keyboard alone", async (tab) => {
  const visited = [];
  for (let step = 0; step < 30 && visited.at(-1) !== "Explain"; step++) {
    await tab.keyboard.press("Tab");
    visited.push(await tab.evaluate(() => document.activeElement.id || document.activeElement.value || document.activeElement.textContent));
    if (visited.at(-1) === "token") await tab.keyboard.insertText(demo.tokens.RS256);
    if (visited.at(-1) === "jwks") await tab.keyboard.insertText(JSON.stringify(demo.jwks));
    if (visited.at(-1) === "ES256") await tab.keyboard.press("Space");
    if (visited.at(-1) === "Leeway, kid, typ, time") await tab.keyboard.press("Enter");
    if (visited.at(-1) === "time") await tab.keyboard.insertText(String(demo.now));
  }
  for (const place of ["token", "jwks", "issuer", "audience", "RS256", "time", "require-kid"]) assert.ok(visited.includes(place), `${place} in ${visited}`);
  assert.equal(await tab.isChecked("[value=ES256]"), false);
  await tab.keyboard.press("Enter");
  assert.equal(await verdict(tab), "Accepted");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "verdict");
  // From a field, without going to the button.
  await tab.focus("#token");
  await tab.keyboard.press("Control+Enter");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "verdict");
});

await inPage("every field has a label", async (tab) => {
  const unlabelled = await tab.locator("input, textarea").evaluateAll((fields) => fields.filter((field) => !field.labels.length).map((field) => field.id));
  assert.deepEqual(unlabelled, []);
});

for (const width of [320, 390, 768, 1280]) {
  await inPage(`nothing is wider than a screen of ${width}`, async (tab) => {
    await tab.setViewportSize({ width, height: 800 });
    await explain(tab, { token: demo.expired, audience: "other.example" });
    assert.ok((await tab.evaluate(() => document.documentElement.scrollWidth)) <= width);
    await tab.setViewportSize({ width: 1280, height: 720 });
  });
}

for (const colorScheme of ["light", "dark"]) {
  await inPage(`text can be read, ${colorScheme}`, async (tab) => {
    await tab.emulateMedia({ colorScheme });
    await explain(tab, { token: demo.expired });
    const ratios = await tab.evaluate(contrasts);
    assert.ok(ratios.length > 20);
    for (const [text, ratio] of ratios) assert.ok(ratio >= 4.5, `${ratio.toFixed(2)}: ${text}`);
    await tab.emulateMedia({ colorScheme: "light" });
  });
}

/** In the page: the contrast of every text with what is behind it (WCAG 2.2, 1.4.3). */
function contrasts() {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 && element.parentElement ? behind(element.parentElement) : color;
  };
  return [...document.body.querySelectorAll("*")]
    .filter((element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((element) => {
      const [light, dark] = [getComputedStyle(element).color, behind(element)].map(luminance).sort((a, b) => b - a);
      return [element.textContent.slice(0, 40), (light + 0.05) / (dark + 0.05)];
    });
}

await check("the policy forbids to connect, to load and to write markup", async () => {
  const tab = await open();
  const policy = await tab.getAttribute("meta[http-equiv=Content-Security-Policy]", "content");
  assert.match(policy, /default-src 'none'; connect-src 'none'/);
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:|\*/);
  const refused = await tab.evaluate(async (address) => {
    const attempts = {
      fetch: () => fetch(`${address}fetch`),
      request: () => new Promise((done, failed) => {
        const request = new XMLHttpRequest();
        request.onload = done;
        request.onerror = failed;
        request.open("GET", `${address}request`);
        request.send();
      }),
      socket: () => new Promise((done, failed) => {
        const socket = new WebSocket(`${address.replace("http", "ws")}socket`);
        socket.onopen = done;
        socket.onerror = failed;
      }),
      image: () => new Promise((done, failed) => Object.assign(new Image(), { onload: done, onerror: failed, src: `${address}image` })),
      markup: async () => (document.body.innerHTML += "<p>"),
      eval: async () => eval("1"),
    };
    const refused = [];
    for (const [name, attempt] of Object.entries(attempts)) await attempt().catch(() => refused.push(name));
    navigator.sendBeacon(`${address}beacon`, "token");
    return refused;
  }, address);
  assert.deepEqual(refused, ["fetch", "request", "socket", "image", "markup", "eval"]);
});

await check("opened as a file", async () => {
  const tab = await open(page.href);
  await tab.click("[data-example=expired]");
  assert.deepEqual(await causes(tab), ["Expired"]);
  quiet(page.href);
});

if (shots) {
  const tab = await open();
  for (const [name, colorScheme, width, height] of [["light", "light", 1280, 900], ["dark", "dark", 1280, 900], ["phone", "light", 390, 844], ["phone-dark", "dark", 390, 844]]) {
    await tab.emulateMedia({ colorScheme });
    await tab.setViewportSize({ width, height });
    await tab.click("[data-example=good]");
    await tab.screenshot({ path: join(shots, `${name}-good.png`), fullPage: true });
    await explain(tab, { token: `Bearer ${demo.expired}`, audience: "other.example" });
    await tab.screenshot({ path: join(shots, `${name}-refused.png`), fullPage: true });
  }
}

await context.close();
server.close();
rmSync(profile, { recursive: true, force: true });

await check("the server was asked for the page, and for nothing else", () => {
  assert.ok(served.length > 15);
  assert.deepEqual([...new Set(served)], ["GET /"]);
});

finish(25);
