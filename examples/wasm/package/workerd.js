// Workers compile no bytes: the host compiles what is imported. A fetch that is left behind ends with its request
// unless the host is asked to wait for it; hosts from before 2025-08 cannot be asked without the request's context.
import * as workers from "cloudflare:workers";
import module from "./jose_core_bg.wasm";
import { load } from "./core.js";

export const { createVerifier, diagnose } = load(module, workers.waitUntil);
