// The package as Node loads it, and the vectors.
import { readFileSync } from "node:fs";

export * from "../dist/npm/node.js";

/** A JSON file of vectors/. */
export function vectors(name) {
  return JSON.parse(readFileSync(new URL(`../../../vectors/${name}.json`, import.meta.url), "utf8"));
}
