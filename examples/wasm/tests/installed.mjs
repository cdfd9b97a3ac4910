// The package as its users have it: packed, installed into an empty folder, and bundled for workerd.
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import workerdPackage from "workerd";

const here = fileURLToPath(new URL("..", import.meta.url));

/** A folder with nothing but the package and the files that are named, which goes when this process does. */
export function install(...files) {
  const folder = mkdtempSync(join(tmpdir(), "jose-core-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const npm = (...parameters) => execFileSync("npm", parameters, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  npm("pack", "--silent", "--pack-destination", folder, join(here, "dist/npm"));
  const [tarball] = readdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  npm("install", "--silent", "--offline", "--no-audit", "--no-fund", `./${tarball}`);
  for (const file of files) copyFileSync(join(here, file), join(folder, basename(file)));
  return folder;
}

/** Bundles a file of the folder as the tools for Workers do. The compiled module stays a file of its own. */
async function bundle(folder, entry) {
  const outdir = join(folder, "bundle");
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    outdir,
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    loader: { ".wasm": "copy" },
    metafile: true,
    logLevel: "warning",
  });
  return Object.keys(metafile.outputs).map((output) => join(folder, output));
}

/** Serves a bundle by workerd on the loopback interface. */
export async function workerd(folder, entry) {
  const files = await bundle(folder, entry);
  const modules = files.sort((file) => (file.endsWith(".js") ? -1 : 1)).map((file) => {
    const kind = file.endsWith(".wasm") ? "wasm" : "esModule";
    return `(name = "${basename(file)}", ${kind} = embed "${basename(file)}")`;
  });
  const config = join(folder, "bundle/config.capnp");
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (modules = [${modules.join(", ")}], compatibilityDate = "2025-09-01")),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  // The command of the package is a script that would have to be ended, too.
  const child = spawn(workerdPackage.default, ["serve", config, "--control-fd=3"], { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  process.on("exit", () => child.kill());
  const port = await new Promise((resolve, reject) => {
    child.once("exit", (status) => reject(new Error(`workerd ended with status ${status}`)));
    child.stdio[3].once("data", (line) => resolve(JSON.parse(line).port));
  });
  return { address: `http://127.0.0.1:${port}`, pid: child.pid, stop: () => child.kill() };
}
