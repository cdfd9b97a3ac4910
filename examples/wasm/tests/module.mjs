// The module as Node loads it. In a page, `await init()` fetches it instead.
import { readFileSync } from "node:fs";
import { initSync } from "../dist/jose_core.js";

initSync({ module: readFileSync(new URL("../dist/jose_core_bg.wasm", import.meta.url)) });

export * from "../dist/jose_core.js";

/** A JSON file of vectors/. */
export function vectors(name) {
  return JSON.parse(readFileSync(new URL(`../../../vectors/${name}.json`, import.meta.url), "utf8"));
}
