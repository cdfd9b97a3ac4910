// The form of the URL is the one in which bundlers find the file.
import { load } from "./core.js";

const response = await fetch(new URL("./jose_core_bg.wasm", import.meta.url));
if (!response.ok) throw new Error(`jose_core_bg.wasm: expected status 200, found ${response.status}`);

export const { createVerifier, diagnose } = load(await WebAssembly.compile(await response.arrayBuffer()), () => {});
