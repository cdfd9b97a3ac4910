// The module in Node, over tokens of other libraries: `node test.mjs MODULE`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const demo = JSON.parse(read("../../vectors/demo.json"));
assert.deepEqual(JSON.parse(read("keys.json")), demo.jwks);

const bytes = readFileSync(process.argv[2]);
// Without an object to import from, a module that imports is refused.
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));

function verify(token, now) {
  const buffer = () => new Uint8Array(exports.memory.buffer, exports.buffer(), exports.capacity());
  const text = new TextEncoder().encode(token);
  buffer().set(text.subarray(0, exports.capacity()));
  const result = exports.verify(text.length, BigInt(now));
  return result < 0 ? result : JSON.parse(new TextDecoder().decode(buffer().subarray(0, result)));
}

const good = [demo.tokens.ES256, demo.tokens.RS256];
for (const token of good) {
  const claims = verify(token, demo.now);
  assert.equal(claims.iss, demo.issuer);
  assert.deepEqual(claims, JSON.parse(Buffer.from(token.split(".")[1], "base64url")));
  assert.equal(verify(token, 9_999_999_999), -4);
}
// Those that these keys, issuer and audience refuse.
const refusals = demo.refusals.filter(({ keys, issuer, audience }) =>
  issuer === demo.issuer && audience === demo.audience && JSON.stringify(keys) === JSON.stringify(demo.jwks));
const expected = {
  "unknown kid": -2, "HS256 token to an RS256 verifier": -2, "key of another algorithm": -2, expired: -4,
  "not yet valid": -4, tampered: -3, unsigned: -2, "cut off": -1,
};
const found = Object.fromEntries(refusals.map(({ what, token }) => [what, verify(token, demo.now)]));
assert.deepEqual(found, expected);
assert.equal(verify("x".repeat(exports.capacity() + 1), demo.now), -1);

// Nothing is allocated for a token after the first: the memory does not grow.
const before = exports.memory.buffer.byteLength;
for (let count = 0; count < 200; count += 1) verify(good[count % 2], demo.now);
assert.equal(exports.memory.buffer.byteLength, before);

const sizes = { module: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
const row = /^\| ES256 and RS256 \| ([\d,]+) \| ([\d,]+) \|/m.exec(read("README.md"));
const recorded = row.slice(1).map((number) => Number(number.replaceAll(",", "")));
console.log(`${sizes.module} bytes, ${sizes.gzipped} gzipped; README.md says ${recorded.join(" and ")}`);
for (const [index, size] of Object.values(sizes).entries()) {
  // The compiler may be another one.
  assert.ok(Math.abs(size / recorded[index] - 1) <= 0.02, "expected the sizes of README.md within 2 %");
}
