// Runs a program for WASI preview 1 as Cargo's runner: `node wasi.mjs PROGRAM [ARGUMENT]…`. It sees this repository, and
// the environment.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { WASI } from "node:wasi";

const [program, ...rest] = process.argv.slice(2);
const root = resolve(import.meta.dirname, "../..");
const wasi = new WASI({ version: "preview1", args: [program, ...rest], env: process.env, preopens: { [root]: root, ".": process.cwd() } });
const module = await WebAssembly.compile(await readFile(program));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
