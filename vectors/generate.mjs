// The part of generate.py that the npm package `jose` does. One JSON request a line on stdin, one
// JSON answer a line on stdout. The argument is the folder that holds `node_modules`.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const entry = createRequire(join(resolve(process.argv[2]), "/")).resolve("jose");
const jose = await import(entry);

function version() {
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    try {
      const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      if (about.name === "jose") return about.version;
    } catch (error) {
      if (folder === dirname(folder)) throw error;
    }
  }
}

const keys = new Map();

async function imported(jwk, alg) {
  const name = JSON.stringify([jwk, alg]);
  if (!keys.has(name)) keys.set(name, await jose.importJWK(jwk, alg));
  return keys.get(name);
}

async function answer({ op, alg, jwk, header, payload, token }) {
  if (op === "version") return version();
  if (op === "sign") {
    const octets = Buffer.from(payload, "base64url");
    return new jose.CompactSign(octets).setProtectedHeader(header).sign(await imported(jwk, alg));
  }
  try {
    await jose.compactVerify(token, await imported(jwk, alg), { algorithms: [alg] });
    return true;
  } catch {
    return false;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
