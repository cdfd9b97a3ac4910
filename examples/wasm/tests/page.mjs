// The page in Chromium, served from 127.0.0.1 and from a file: `node tests/page.mjs [FOLDER FOR SCREENSHOTS]`.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";
import { check, finish } from "./cases.mjs";
import { vectors } from "./module.mjs";

const demo = vectors("demo");
const page = new URL("../dist/index.html", import.meta.url);
const shots = process.argv[2];
const ALGORITHMS = ["HS256", "HS384", "HS512", "ES256", "ES384", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "Ed25519"];

// Everything that reaches the server.
const served = [];
const server = createServer((request, response) => {
  served.push(`${request.method} ${request.url}`);
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(request.url === "/" ? readFileSync(page) : "");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const address = `http://127.0.0.1:${server.address().port}/`;

const folder = mkdtempSync(join(tmpdir(), "page-"));
const context = await chromium.launchPersistentContext(join(folder, "profile"), {
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
  // From one fragment to another would be no new page.
  await tab.goto("about:blank");
  requests = [];
  await tab.goto(url);
  await tab.waitForSelector("html[data-ready]", { state: "attached" });
  return tab;
}

/** Fills the form in and sends it. */
async function explain(tab, { token, jwks = JSON.stringify(demo.jwks), issuer = demo.issuer, audience = demo.audience, algorithms = ["RS256", "ES256"], now = demo.now }) {
  await tab.fill("#token", token);
  await tab.fill("[name=jwks]", jwks);
  await tab.fill("[name=issuer]", issuer);
  await tab.fill("#audience", audience);
  for (const name of ALGORITHMS) await tab.setChecked(`[value=${name}]`, algorithms.includes(name));
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

/** A token signed with a secret: that of vectors/demo.json. */
function sign(header, claims, { k } = demo.secret) {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac("sha256", Buffer.from(k, "base64url")).update(input).digest("base64url")}`;
}

await inPage("nothing pasted", async (tab) => {
  assert.equal(await verdict(tab), "Nothing pasted yet");
});

for (const [algorithm, token] of Object.entries(demo.tokens)) {
  await inPage(`a good token, ${algorithm}`, async (tab) => {
    const secret = algorithm === "HS256";
    await explain(tab, { token, ...(secret && { jwks: JSON.stringify(demo.secret), algorithms: ["HS256"] }) });
    assert.equal(await verdict(tab), "Accepted");
    assert.equal(await tab.getAttribute("#summary", "class"), "good");
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
  assert.equal(await tab.getAttribute("#summary", "class"), "bad");
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
  await tab.fill("[name=jwks]", JSON.stringify({ keys: [{ ...rsa, use: "enc" }] }));
  await tab.fill("#token", demo.tokens.RS256);
  assert.match(await tab.textContent("#keys"), /rsa-2026 cannot be used: key 'use': expected "sig", found "enc"/);
});

await inPage("a key whose kid the token has in another encoding", async (tab) => {
  await explain(tab, { token: sign({ alg: "HS256", kid: "+/+/+/+/" }, {}), jwks: JSON.stringify({ ...demo.secret, kid: "-_-_-_-_" }), algorithms: ["HS256"] });
  assert.equal((await causes(tab))[0], "KidEncoding");
  assert.match(await tab.textContent("#keys"), /-_-_-_-_ passed over: the token’s kid is another encoding of this/);
});

await inPage("a set that is none", async (tab) => {
  await explain(tab, { token: demo.tokens.RS256, jwks: '{"issuer":"i","jwks_uri":"https://issuer.example/jwks"}' });
  assert.match(await verdict(tab), /^Refused: JWK Set 'keys': expected an array, found none/);
  assert.deepEqual(await causes(tab), ["DocumentIsDiscovery"]);
});

await inPage("without a set", async (tab) => {
  await explain(tab, { token: demo.tokens.RS256, jwks: "" });
  assert.match(await verdict(tab), /^The JWK Set is missing/);
  assert.equal(await tab.textContent("#gist"), "Not reached: keys, signature.");
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
  for (let step = 0; step < 50 && visited.at(-1) !== "Explain"; step++) {
    await tab.keyboard.press("Tab");
    visited.push(await tab.evaluate(() => {
      const { id, name, value, textContent } = document.activeElement;
      return id || (name !== "algorithm" && name) || value || textContent;
    }));
    if (visited.at(-1) === "token") await tab.keyboard.insertText(demo.tokens.RS256);
    if (visited.at(-1) === "jwks") await tab.keyboard.insertText(JSON.stringify(demo.jwks));
    if (visited.at(-1) === "ES256") await tab.keyboard.press("Space");
    if (visited.at(-1) === "Leeway, kid, typ, time") await tab.keyboard.press("Enter");
    if (visited.at(-1) === "time") await tab.keyboard.insertText(String(demo.now));
  }
  for (const place of ["token", "issuer", "jwks", "file", "add", "audience", ...ALGORITHMS, "time", "require-kid"]) assert.ok(visited.includes(place), `${place} in ${visited}`);
  assert.equal(await tab.isChecked("[value=ES256]"), false);
  await tab.keyboard.press("Enter");
  assert.equal(await verdict(tab), "Accepted");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "verdict");
  // From a field, without going to the button.
  await tab.focus("#token");
  await tab.keyboard.press("Control+Enter");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "verdict");
});

await inPage("a box for each algorithm that the module has", async (tab) => {
  const boxes = await tab.locator("[name=algorithm]").evaluateAll((boxes) => boxes.map(({ value, checked, labels }) => [value, labels[0].textContent.trim(), checked]));
  assert.deepEqual(boxes, ALGORITHMS.map((name) => [name, name, name === "RS256" || name === "ES256"]));
  for (const [algorithm, token] of Object.entries(demo.further.tokens)) {
    const jwks = JSON.stringify(demo.further.jwks);
    await explain(tab, { token, jwks, algorithms: [algorithm] });
    assert.equal(await verdict(tab), "Accepted", algorithm);
    await explain(tab, { token, jwks, algorithms: ["RS256"] });
    assert.equal((await causes(tab))[0], "AlgorithmNotAllowed", algorithm);
  }
  await explain(tab, { token: demo.tokens.RS256, algorithms: [] });
  for (const algorithm of ALGORITHMS) assert.ok((await verdict(tab)).includes(`"${algorithm}"`), algorithm);
});

/** A file of this text, anew under the same name. */
function file(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const status = (tab, issuer = 0) => tab.locator(".issuer [role=status]").nth(issuer).textContent();

await inPage("keys from a file", async (tab) => {
  await explain(tab, { token: demo.tokens.RS256, jwks: "" });
  await tab.setInputFiles("[name=file]", file("keys.json", JSON.stringify(demo.jwks)));
  await tab.waitForFunction(() => document.getElementById("verdict").textContent === "Accepted");
  assert.equal(await status(tab), "keys.json was read");
  assert.deepEqual(JSON.parse(await tab.inputValue("[name=jwks]")), demo.jwks);
  // Chosen again after it changed.
  assert.match(await tab.inputValue("[name=file]"), /keys\.json$/);
  const [chooser] = await Promise.all([tab.waitForEvent("filechooser"), tab.click("[name=file]")]);
  assert.equal(await tab.inputValue("[name=file]"), "");
  await chooser.setFiles(file("keys.json", "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"));
  await tab.waitForSelector("[data-cause=DocumentIsPem]");
  await tab.setInputFiles("[name=file]", file("large.json", " ".repeat(2 ** 20 + 1)));
  await tab.waitForFunction(() => document.querySelector(".issuer [role=status]").textContent.startsWith("large"));
  assert.equal(await status(tab), "large.json has 1,048,577 bytes: too many for a JWK Set");
  assert.match(await tab.inputValue("[name=jwks]"), /^-----BEGIN/);
});

/** Drags files of these paths over the middle of an element, as a person does, and drops them there. */
async function drop(tab, selector, paths, meanwhile = () => {}) {
  await tab.locator(selector).scrollIntoViewIfNeeded();
  const { x, y, width, height } = await tab.locator(selector).boundingBox();
  const devtools = await context.newCDPSession(tab);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    if (type === "drop") await meanwhile();
    await devtools.send("Input.dispatchDragEvent", { type, x: x + width / 2, y: y + height / 2, data });
  }
  await devtools.detach();
}

await inPage("keys dropped, on their field and beside it", async (tab) => {
  const keys = file("dropped.json", JSON.stringify(demo.jwks));
  const aimed = () => tab.locator(".aimed").count();
  for (const place of [".issuer [name=jwks]", "h1"]) {
    await explain(tab, { token: demo.tokens.RS256, jwks: "" });
    await drop(tab, place, [keys], async () => assert.equal(await aimed(), 1));
    await tab.waitForFunction(() => document.getElementById("verdict").textContent === "Accepted");
    assert.equal(await status(tab), "dropped.json was read");
    assert.match(await tab.inputValue("[name=file]"), /dropped\.json$/);
    assert.equal(await aimed(), 0);
  }
  await drop(tab, "h1", [keys, file("other.json", "{}")]);
  await tab.waitForFunction(() => document.querySelector(".issuer [role=status]").textContent === "Expected one file, found 2");
  await drop(tab, "h1", [folder]);
  await tab.waitForFunction(() => document.querySelector(".issuer [role=status]").textContent.endsWith(" cannot be read"));
  assert.equal(await verdict(tab), "Accepted");
  assert.equal(tab.url(), address);
});

const OTHER = { ...demo.secret, k: encode("a secret of another issuer, 32 octets") };

await inPage("several issuers, each with its keys", async (tab) => {
  const claims = { iss: demo.issuer, aud: demo.audience, exp: demo.now + 60 };
  const header = { alg: "HS256", kid: demo.secret.kid };
  const other = "https://other.example";
  await explain(tab, { token: sign(header, claims), jwks: JSON.stringify(demo.secret), algorithms: ["HS256"] });
  assert.equal(await verdict(tab), "Accepted");
  assert.equal(await tab.locator(".issuer legend:visible, [name=remove]:visible").count(), 0);

  await tab.click("#add");
  assert.equal(await tab.evaluate(() => [...document.querySelectorAll("[name=issuer]")].indexOf(document.activeElement)), 1);
  await tab.keyboard.insertText(`${other}\n${other}/v2`);
  await tab.locator("[name=jwks]").nth(1).fill(JSON.stringify(OTHER));
  assert.deepEqual(await tab.locator(".issuer legend").allTextContents(), ["Issuer 1", "Issuer 2"]);
  assert.equal(await verdict(tab), "Accepted");
  assert.match(await tab.textContent("#report"), /The token says that its issuer is "https:\/\/issuer\.example", so it was held to issuer 1 and its keys alone/);

  for (const iss of [other, `${other}/v2`]) {
    await tab.fill("#token", sign(header, { ...claims, iss }, OTHER));
    assert.equal(await verdict(tab), "Accepted");
    assert.match(await tab.textContent("#report"), /held to issuer 2/);
  }
  // Signed with the key of one, in the name of the other.
  await tab.fill("#token", sign(header, claims, OTHER));
  assert.deepEqual(await causes(tab), ["SignatureInvalid"]);
  await tab.fill("#token", sign(header, { ...claims, iss: other }));
  assert.deepEqual(await causes(tab), ["SignatureInvalid"]);
  // In the name of a third.
  await tab.fill("#token", sign(header, { ...claims, iss: "https://third.example" }));
  assert.deepEqual(await causes(tab), ["IssuerMismatch"]);
  assert.match(await verdict(tab), /expected "https:\/\/issuer.*"https:\/\/other.*found "https:\/\/third/);
  assert.match(await tab.textContent("#report"), /"https:\/\/third\.example", none of the 2: no key was looked at/);
  assert.match(await tab.textContent("#report"), /keys not reached.*signature not reached.*claims wrong/);
  await tab.fill("#token", sign(header, { ...claims, iss: "\u202e" }));
  assert.match(await tab.textContent("#report"), /its issuer is "\\u\{202e\}", none/);
  // In no name.
  await tab.fill("#token", sign(header, { ...claims, iss: undefined }));
  assert.deepEqual(await causes(tab), ["ClaimMissing"]);
  // An issuer without a name is for the rest.
  await tab.locator("[name=issuer]").nth(1).fill("");
  await tab.fill("#token", sign(header, { ...claims, iss: "https://third.example" }, OTHER));
  assert.equal(await verdict(tab), "Accepted");

  await tab.locator("[name=remove]").nth(0).click();
  assert.equal(await tab.evaluate(() => document.activeElement.id), "add");
  assert.equal(await tab.locator(".issuer").count(), 1);
  assert.deepEqual(JSON.parse(await tab.inputValue("[name=jwks]")), OTHER);
  assert.equal(await verdict(tab), "Accepted");
  assert.doesNotMatch(await tab.textContent("#report"), /held to issuer/);
});

await inPage("a file dropped on the second issuer is that one's", async (tab) => {
  await tab.click("#add");
  await drop(tab, ".issuer >> nth=1", [file("second.json", JSON.stringify(OTHER))]);
  await tab.waitForFunction(() => document.querySelectorAll("[name=jwks]")[1].value);
  assert.equal(await status(tab, 1), "second.json was read");
  assert.equal(await tab.locator("[name=jwks]").nth(0).inputValue(), "");
});

/** What the form expects. */
const expected = (tab) =>
  tab.evaluate(() => ({
    issuers: [...document.querySelectorAll("[name=issuer]")].map(({ value }) => value),
    audience: document.getElementById("audience").value,
    algorithms: [...document.querySelectorAll("[name=algorithm]:checked")].map(({ value }) => value),
    leeway: document.getElementById("leeway").value,
    typ: document.getElementById("typ").value,
    requireKid: document.getElementById("require-kid").checked,
  }));

await check("a link carries what is expected, and neither token nor keys", async () => {
  const first = await open();
  const audience = "api.example\nweb & more=#1";
  await explain(first, { token: demo.tokens.HS256, jwks: JSON.stringify(demo.secret), audience, algorithms: ["HS256", "PS512"] });
  await first.click("#add");
  await first.locator("[name=issuer]").nth(1).fill("https://a.example\nhttps://b.example/ü");
  await first.setInputFiles("[name=file] >> nth=1", file("private-keys.json", JSON.stringify(demo.jwks)));
  await first.waitForFunction(() => document.querySelectorAll("[name=jwks]")[1].value);
  await first.fill("#leeway", "30");
  await first.fill("#typ", "at+jwt");
  await first.setChecked("#require-kid", true);
  await first.click("text=Explain");
  const asked = await expected(first);
  assert.deepEqual(asked, {
    issuers: [demo.issuer, "https://a.example\nhttps://b.example/ü"], audience, algorithms: ["HS256", "PS512"], leeway: "30", typ: "at+jwt", requireKid: true,
  });
  await first.click("#link");
  const link = first.url();
  assert.equal(await first.locator("#link").evaluate(({ href }) => href), link);
  assert.deepEqual(await expected(first), asked);
  assert.equal(await first.inputValue("#token"), demo.tokens.HS256);
  quiet();

  // Every string of four letters and more of the token, of the keys and of the form's other fields.
  const said = new URLSearchParams(new URL(link).hash.slice(1)).toString();
  const claims = demo.tokens.HS256.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
  const values = (tree) => (typeof tree === "object" ? Object.values(tree).flatMap(values) : [String(tree)]);
  const expectable = [demo.issuer, demo.audience, "HS256"];
  const kept = [...demo.tokens.HS256.split("."), ...values([claims, demo.secret, demo.jwks, demo.now, "private-keys"])].filter((value) => value.length > 3 && !expectable.includes(value));
  assert.ok(kept.length > 12);
  for (const value of kept) {
    assert.ok(!link.includes(value), value);
    for (let at = 0; value.length > 40 && at + 20 < value.length; at += 10) assert.ok(!said.includes(value.slice(at, at + 20)), value);
  }

  const second = await open(link);
  assert.deepEqual(await expected(second), asked);
  assert.deepEqual(await second.locator("#token, [name=jwks]").evaluateAll((fields) => fields.map(({ value }) => value)), ["", "", ""]);
  assert.equal(await verdict(second), "Nothing pasted yet");
  quiet();
});

await inPage("a token or a key in the wrong field gets into no link", async (tab) => {
  await explain(tab, { token: demo.tokens.RS256 });
  assert.ok(await tab.getAttribute("#link", "href"));
  const pem = "-----BEGIN PRIVATE KEY-----";
  for (const field of ["[name=issuer]", "#audience", "#typ"]) {
    for (const secret of [demo.tokens.RS256, `Bearer ${demo.tokens.RS256}`, JSON.stringify(demo.secret), JSON.stringify(demo.secret, null, 1), pem]) {
      const before = await tab.inputValue(field);
      await tab.fill(field, secret);
      assert.equal(await tab.getAttribute("#link", "href"), null, `${field} ${secret}`);
      assert.match(await tab.textContent("#in-link"), /^none while there is a token or a key/);
      await tab.fill(field, before);
      assert.ok(await tab.getAttribute("#link", "href"));
    }
  }
});

await check("a link that was made by somebody else", async () => {
  const html = "<img src=x onerror=alert(1)>";
  const link = new URLSearchParams({ issuer: html, audience: html, leeway: html, typ: html, token: "t.o.k", jwks: "{}", time: "1" });
  for (const name of ["none", "RS256", html]) link.append("algorithm", name);
  const url = `${address}#${link}`;
  const tab = await open(url);
  assert.deepEqual(await expected(tab), { issuers: [html], audience: html, algorithms: ["RS256"], leeway: "0", typ: html, requireKid: false });
  assert.deepEqual(await tab.locator("#token, #time, [name=jwks]").evaluateAll((fields) => fields.map(({ value }) => value)), ["", "", ""]);
  assert.equal(await tab.locator("img").count(), 0);
  quiet();
  // Followed while there is something on the page.
  await tab.fill("#typ", "");
  await explain(tab, { token: demo.tokens.RS256 });
  assert.equal(await verdict(tab), "Accepted");
  await tab.evaluate(() => (location.hash = "#issuer=https%3A%2F%2Fother.example&algorithm=RS256"));
  await tab.waitForSelector("[data-cause=IssuerMismatch]");
  assert.deepEqual(await expected(tab), { issuers: ["https://other.example"], audience: "", algorithms: ["RS256"], leeway: "0", typ: "", requireKid: false });
  assert.equal(await tab.inputValue("#token"), demo.tokens.RS256);
});

/** What assistive technology is given for an element. */
async function accessible(tab, selector) {
  const devtools = await context.newCDPSession(tab);
  const { root } = await devtools.send("DOM.getDocument");
  const { nodeId } = await devtools.send("DOM.querySelector", { nodeId: root.nodeId, selector });
  const { nodes } = await devtools.send("Accessibility.getPartialAXTree", { nodeId, fetchRelatives: false });
  await devtools.detach();
  const [{ role, name, description, properties, ignored }] = nodes;
  return { ignored, role: role?.value, name: name?.value, description: description?.value, ...Object.fromEntries((properties ?? []).map(({ name, value }) => [name, value.value])) };
}

await inPage("the summary is announced when typing pauses, and read out after Explain", async (tab) => {
  const { ignored, role, live, atomic } = await accessible(tab, "#announcement");
  assert.deepEqual({ ignored, role, live, atomic }, { ignored: false, role: "status", live: "polite", atomic: true });
  await tab.evaluate(() => {
    window.announced = [];
    new MutationObserver(() => window.announced.push(document.getElementById("announcement").textContent)).observe(document.getElementById("announcement"), { childList: true });
  });
  const announced = async (count) => {
    await tab.waitForFunction((count) => window.announced.length >= count, count);
    return (await tab.evaluate(() => window.announced)).at(-1);
  };
  await tab.fill("[name=jwks]", JSON.stringify(demo.jwks));
  await tab.click("#more summary");
  await tab.fill("#time", String(demo.now));
  await tab.fill("#token", demo.expired);
  assert.match(await announced(1), /^Refused: claim 'exp': .*\. Wrong: claims\. 1 thing to change\.$/);
  // Twelve letters are one announcement.
  await tab.focus("#audience");
  await tab.keyboard.type("wrong.example", { delay: 20 });
  assert.match(await announced(2), /^Refused: .*"wrong\.example".*\. Wrong: claims\. 2 things to change\.$/);
  assert.equal((await tab.evaluate(() => window.announced)).length, 2);

  await tab.fill("#token", demo.tokens.RS256);
  await tab.fill("#audience", demo.audience);
  await tab.click("text=Explain");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "verdict");
  const { role: focused, name, description } = await accessible(tab, "#verdict");
  assert.deepEqual({ focused, name, description }, { focused: "heading", name: "Accepted", description: "Every stage holds." });
  // Read out once, since it has the focus.
  await tab.waitForTimeout(1000);
  assert.equal((await tab.evaluate(() => window.announced)).length, 2);
});

/** Puts the page into a state that somebody may see. */
const STATES = {
  empty: async () => {},
  accepted: (tab) => tab.click("[data-example=good]"),
  refused: (tab) => explain(tab, { token: `Bearer ${demo.expired}`, audience: "other.example" }),
  issuers: async (tab) => {
    await tab.click("[data-example=unknown]");
    await tab.click("#add");
    await tab.locator("[name=issuer]").nth(1).fill("https://a.example/a/long/path/of/a/tenant\nhttps://b.example");
    await tab.setInputFiles("[name=file] >> nth=1", file("a-long-name-of-a-file-with-keys-2026-11-27.json", JSON.stringify(demo.jwks)));
    await tab.waitForFunction(() => document.querySelectorAll("[name=jwks]")[1].value);
  },
  astray: async (tab) => {
    await tab.click("[data-example=auth0]");
    await tab.fill("#audience", demo.expired);
  },
};

for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 1280]) {
    for (const [name, reach] of Object.entries(STATES)) {
      await inPage(`axe finds nothing: ${name}, ${colorScheme}, ${width} wide`, async (tab) => {
        await tab.emulateMedia({ colorScheme });
        await tab.setViewportSize({ width, height: 844 });
        await reach(tab);
        if (shots) await tab.screenshot({ path: join(shots, `${width}-${colorScheme}-${name}.png`), fullPage: true });
        await tab.evaluate(axe.source);
        // All rules, also those that are off by themselves, such as that of the size of targets.
        const { violations, passes } = await tab.evaluate(() => {
          const rules = Object.fromEntries(axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }]));
          return axe.run(document, { rules });
        });
        assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)]), []);
        const passed = passes.map(({ id }) => id);
        for (const rule of ["color-contrast", "label", "target-size", "region"]) assert.ok(passed.includes(rule), rule);
        await tab.emulateMedia({ colorScheme: "light" });
        await tab.setViewportSize({ width: 1280, height: 720 });
      });
    }
  }
}

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

await context.close();
server.close();
rmSync(folder, { recursive: true, force: true });

await check("the server was asked for the page, and for nothing else", () => {
  assert.ok(served.length > 15);
  assert.deepEqual([...new Set(served)], ["GET /"]);
});

finish(50);
