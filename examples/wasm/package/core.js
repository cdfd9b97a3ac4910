// What each host does the same, once the module is compiled.
import { Verifier as Keys, diagnose as explain, initSync } from "./jose_core.js";

/**
 * The functions of the package, with the compiled module. Where a host ends what a request leaves behind, `keepAlive`
 * is given each fetch, and where it is missing nothing is left behind.
 */
export function load(module, keepAlive) {
  initSync({ module });
  return { createVerifier: (options) => new Verifier(options, keepAlive), diagnose };
}

class Verifier {
  #keys;
  /** What the set is fetched with: absent where the keys are those of a document. */
  #remote;
  /** The latest fetch. It is never rejected, and gives the error of one that brought no keys. */
  #flight;

  constructor(options, keepAlive) {
    const { jwks, jwksUri, fetch, ...policy } = members(options);
    if ("jwks" in options === "jwksUri" in options) throw invalid("expected one of 'jwks' and 'jwksUri'");
    if ("jwks" in options) {
      if ("fetch" in options) throw invalid("option 'fetch': expected one beside 'jwksUri' alone");
      this.#keys = new Keys(jwks, policy);
      return;
    }
    const uri = URL.canParse(jwksUri) && new URL(jwksUri).href;
    if (!/^https?:/.test(uri)) throw invalid("option 'jwksUri': expected a URL with https or http");
    if ("fetch" in options && typeof fetch !== "function") throw invalid("option 'fetch': expected a function");
    this.#keys = Keys.remote(policy);
    this.#remote = { uri, fetch, keepAlive };
  }

  get keys() {
    return this.#keys.keys(this.#uptime());
  }

  get status() {
    return this.#remote && this.#keys.status(this.#uptime());
  }

  verify(token, now = Date.now() / 1000) {
    return this.#keys.verify(text(token), now, this.#uptime());
  }

  async verifyAsync(token, now) {
    if (this.#remote) {
      const begun = this.#fetchDue();
      // Keys that are there go on to verify while the next set comes.
      if ((begun && !this.#remote.keepAlive) || !this.#keys.hasKeys(this.#uptime())) await this.#flight;
    }
    for (let attempt = 1; ; attempt++) {
      try {
        return this.verify(token, now);
      } catch (refusal) {
        if (!this.#remote || attempt === 3) throw refusal;
        const worth = this.#keys.refetch(this.#uptime());
        if (!worth) throw refusal;
        if (worth !== true) this.#fetch(worth);
        await this.#flight;
      }
    }
  }

  verifySignatureOnly(token) {
    return this.#keys.verifySignatureOnly(text(token), this.#uptime());
  }

  diagnose(token, now = Date.now() / 1000) {
    return this.#keys.diagnose(text(token), now, this.#uptime());
  }

  async refresh() {
    if (this.#remote) this.#fetchDue();
    const error = await this.#flight;
    if (error) throw error;
  }

  free() {
    this.#keys.free();
  }

  #uptime() {
    return this.#remote ? performance.now() : 0;
  }

  /** Begins a fetch if one is due. */
  #fetchDue() {
    const permit = this.#keys.fetchDue(this.#uptime());
    if (permit) this.#fetch(permit);
    return permit !== undefined;
  }

  #fetch(permit) {
    this.#flight = this.#exchange(permit).catch((error) => error);
    this.#remote.keepAlive?.(this.#flight);
  }

  async #exchange(permit) {
    const { etag } = permit;
    let response, body;
    try {
      response = await this.#request(etag);
      body = await read(response, this.#keys.maxBody);
    } catch (error) {
      const cause = error?.cause?.message ? `${error.message}: ${error.cause.message}` : String(error?.message ?? error);
      return this.#keys.fail(permit, cause, this.#uptime());
    }
    const header = Array.from(response.headers, ([name, value]) => `${name}:${value}`).join("\n");
    this.#keys.complete(permit, response.status, header, body, this.#uptime());
  }

  #request(etag) {
    const { uri, fetch = globalThis.fetch } = this.#remote;
    return fetch(uri, {
      // A browser would ask the other origin whether it may send If-None-Match; browsers have a location.
      headers: etag && typeof location === "undefined" ? { "if-none-match": etag } : {},
      redirect: "manual",
      signal: AbortSignal.timeout(this.#keys.fetchTimeout),
      // A cache would answer with the set in which a key is missing. Not every host has this option.
      ...("cache" in Request.prototype && { cache: "no-store" }),
    });
  }
}

function diagnose(options, token, now = Date.now() / 1000) {
  const { jwks, ...policy } = members(options);
  return explain(jwks, policy, text(token), now);
}

/** The body of a response that has one, up to the chunk with its last byte. */
async function read({ status, body }, max) {
  const parts = [];
  const reader = body?.getReader();
  for (let length = 0; reader && status === 200 && length < max; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  // Of what is not read the connection need not wait.
  reader?.cancel().catch(() => {});
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function members(options) {
  if (typeof options === "object" && options !== null) return options;
  throw refusal("InvalidArgument", "options: expected an object");
}

function text(token) {
  if (typeof token === "string") return token;
  throw refusal("InvalidArgument", `token: expected a string, found ${token === null ? "null" : typeof token}`);
}

const invalid = (message) => refusal("InvalidOption", message);

const refusal = (code, message) => Object.assign(new Error(message), { code, stage: "argument" });
