// Nothing is awaited, so that CommonJS can require() the package.
import { readFileSync } from "node:fs";
import { load } from "./core.js";

const module = new WebAssembly.Module(readFileSync(new URL("./jose_core_bg.wasm", import.meta.url)));

export const { createVerifier, diagnose } = load(module, () => {});
