// The packed package, installed into an empty folder, in Node, workerd and Chromium: `node tests/package.mjs`.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { build } from "esbuild";
import { check, finish } from "./cases.mjs";
import { install, workerd } from "./installed.mjs";

const vectors = new URL("../../../vectors/demo.json", import.meta.url);
const demo = JSON.parse(readFileSync(vectors, "utf8"));
const here = fileURLToPath(new URL("..", import.meta.url));
const folder = install("tests/host.mjs", "tests/worker.js");
const installed = join(folder, "node_modules/jose-core");

/** Serves on the loopback interface. */
async function serve(answer) {
  const server = createServer(answer);
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, address: `http://127.0.0.1:${server.address().port}` };
}

// An issuer on another origin than the page: its set, what it is to publish, and what reached it.
let published = demo.jwks.keys[0].kid;
let log = [];
let slow = 0;
const issuer = await serve((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://issuer");
  response.setHeader("access-control-allow-origin", "*");
  // A script sees the ETag of another origin only so.
  response.setHeader("access-control-expose-headers", "etag");
  const keys = () => JSON.stringify({ keys: demo.jwks.keys.filter(({ kid }) => kid === published) });
  if (pathname === "/log") response.end(JSON.stringify(log.splice(0)));
  else if (pathname === "/publish") response.end((published = searchParams.get("kid")));
  else if (pathname === "/slow") setTimeout(() => response.end(JSON.stringify(demo.jwks)), 300, slow++);
  else if (pathname !== "/keys") response.writeHead(404).end();
  else {
    log.push(`${request.method} ${request.headers["if-none-match"] ?? "-"}`);
    const etag = JSON.stringify(published);
    response.setHeader("etag", etag);
    response.setHeader("cache-control", "max-age=600");
    if (request.headers["if-none-match"] === etag) response.writeHead(304).end();
    else response.end(keys());
  }
});

function passed({ count, failures }) {
  assert.deepEqual(failures, []);
  assert.equal(count, 6);
}

await check("what is in it", () => {
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.sideEffects, false);
  assert.deepEqual(readdirSync(installed).sort(), [
    "LICENSE-APACHE", "LICENSE-MIT", "README.md", "browser.js", "core.js", "index.d.ts", "jose_core.js", "jose_core_bg.wasm", "node.js",
    "package.json", "workerd.js",
  ]);
});

/** What Node prints in the folder. */
const node = (...parameters) => promisify(execFile)(process.execPath, parameters, { cwd: folder }).then(({ stdout }) => stdout);

await check("Node", async () => {
  const parameters = JSON.stringify({ demo, issuer: issuer.address, conditional: true });
  const code = `import * as joseCore from "jose-core"; import { run } from "./host.mjs"; console.log(JSON.stringify(await run(joseCore, ${parameters})));`;
  writeFileSync(join(folder, "run.mjs"), code);
  passed(JSON.parse(await node("run.mjs")));
});

await check("Node, by require()", async () => {
  writeFileSync(join(folder, "run.cjs"), 'console.log(Object.keys(require("jose-core")).join());');
  // Early versions of Node 20 want to be asked; later ones do it by themselves.
  assert.equal(await node("--experimental-require-module", "run.cjs"), "createVerifier,diagnose\n");
});

await check("the lines of its README, as they stand there", async () => {
  const readme = readFileSync(join(installed, "README.md"), "utf8");
  const [example, refusal] = [...readme.matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code);
  const [, printed] = /```text\n([^]*?)```/.exec(readme);
  const code = `const jwks = ${JSON.stringify(demo.jwks)};
let token = "${demo.tokens.ES256}";
${example.replace("https://issuer.example/keys", `${issuer.address}/slow`)}
token = "${demo.expired}";
${refusal}`;
  writeFileSync(join(folder, "readme.mjs"), code);
  slow = -1;
  assert.equal(await node("readme.mjs"), `user-1\nuser-1\n${printed}`);
  assert.equal(slow, 0);
});

await check("TypeScript, as two kinds of projects resolve it", () => {
  writeFileSync(join(folder, "types.ts"), readFileSync(join(here, "tests/types.ts")));
  for (const [module, resolution] of [["nodenext", "nodenext"], ["esnext", "bundler"]]) {
    execFileSync(
      join(here, "node_modules/.bin/tsc"),
      ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--module", module, "--moduleResolution", resolution, "types.ts"],
      { cwd: folder, encoding: "utf8", stdio: "pipe" },
    );
  }
});

await check("what is imported and not used is left out of a bundle", async () => {
  for (const [source, isEmpty] of [['import "jose-core";', true], ['import { createVerifier } from "jose-core"; console.log(createVerifier);', false]]) {
    const { outputFiles } = await build({ stdin: { contents: source, resolveDir: folder }, bundle: true, format: "esm", write: false, outdir: "out", loader: { ".wasm": "copy" }, logLevel: "error" });
    const text = outputFiles.find(({ path }) => path.endsWith(".js"))?.text ?? "";
    assert.equal(text.trim() === "", isEmpty, source);
  }
});

await check("workerd", async () => {
  const host = await workerd(folder, "worker.js");
  try {
    const post = async (path, token) => (await fetch(host.address + path, { method: "POST", body: JSON.stringify({ demo, issuer: issuer.address, token }) })).json();
    passed(await post("/run"));
    assert.deepEqual(await post("/early"), { status: "no keys yet; next fetch now" });

    // Requests that come together share one fetch, though the client of the one that began it goes away.
    const { ES256 } = demo.tokens;
    const gone = request(`${host.address}/verify`, { method: "POST" }).on("error", () => {});
    gone.end(JSON.stringify({ demo, issuer: issuer.address, token: ES256 }));
    await until(() => slow === 1);
    gone.destroy();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post("/verify", ES256)));
    assert.deepEqual(answers, Array(20).fill({ sub: "user-1" }));
    assert.equal(slow, 1);

    // A refresh that is due goes on after the response that it did not delay.
    await new Promise((done) => setTimeout(done, 1100));
    const start = performance.now();
    assert.deepEqual(await post("/verify", ES256), { sub: "user-1" });
    assert.ok(performance.now() - start < 250, "the response waited for the refresh");
    await until(() => slow === 2);
  } finally {
    host.stop();
  }
});

async function until(condition) {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 200, "it did not happen");
    await new Promise((done) => setTimeout(done, 10));
  }
}

await check("Chromium, from a server and from a bundle", async () => {
  await build({ absWorkingDir: folder, stdin: { contents: 'export * from "jose-core"', resolveDir: folder }, bundle: true, format: "esm", outfile: "bundled.js", logLevel: "error" });
  const types = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm", html: "text/html" };
  const page = (entry) => `<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'">
<script type="importmap">{"imports":{"jose-core":"${entry}"}}</script>
<script type="module">
import * as joseCore from "jose-core";
import { run } from "/host.mjs";
window.run = (parameters) => run(joseCore, parameters);
</script>`;
  const site = await serve((request, response) => {
    const { pathname } = new URL(request.url, "http://site");
    const entry = { "/plain": "/node_modules/jose-core/browser.js", "/bundle": "/bundled.js" }[pathname];
    response.setHeader("content-type", entry ? "text/html" : types[pathname.split(".").pop()] ?? "text/plain");
    // esbuild leaves `new URL("./jose_core_bg.wasm", import.meta.url)` as it is, and the file is put beside the bundle.
    const file = pathname === "/jose_core_bg.wasm" ? join(installed, pathname) : join(folder, pathname);
    try {
      response.end(entry ? page(entry) : readFileSync(file));
    } catch {
      response.writeHead(404).end();
    }
  });
  let browser;
  try {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
    for (const kind of ["plain", "bundle"]) {
      const tab = await browser.newPage();
      await tab.goto(`${site.address}/${kind}`);
      await tab.waitForFunction(() => window.run);
      passed(await tab.evaluate((parameters) => window.run(parameters), { demo, issuer: issuer.address, conditional: false }));
    }
  } finally {
    await browser?.close();
    site.server.close();
    site.server.closeAllConnections();
  }
});

issuer.server.close();
issuer.server.closeAllConnections();
finish(8);
