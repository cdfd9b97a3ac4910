// An issuer, tokens, and Envoy with three listeners on 127.0.0.1: this filter, Envoy's own jwt_authn, and neither.
import { spawn } from "node:child_process";
import { createHmac, generateKeyPairSync, randomInt, sign } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const part = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

export class Key {
  constructor(kid, alg) {
    this.kid = kid;
    this.alg = alg;
    const pair = alg === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.private = pair.privateKey;
    this.jwk = { ...pair.publicKey.export({ format: "jwk" }), kid, alg, use: "sig" };
  }

  // A token with these claims; members of the header and parts of the claims can be text of their own.
  token(claims, header = {}) {
    const input = `${part({ alg: this.alg, typ: "JWT", kid: this.kid, ...header })}.${part(claims)}`;
    const signature = sign("sha256", Buffer.from(input), { key: this.private, dsaEncoding: "ieee-p1363" });
    return `${input}.${signature.toString("base64url")}`;
  }
}

export function hmacToken(claims, kid, secret) {
  const input = `${part({ alg: "HS256", typ: "JWT", kid })}.${part(claims)}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

export const unsigned = (claims) => `${part({ alg: "none" })}.${part(claims)}.`;

// A port that nobody listens at, below those that the system gives to connections and to whoever asks for any.
const given = new Set();
export async function freePort() {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (given.has(port)) continue;
    const server = createTcpServer().listen(port, "127.0.0.1");
    const isFree = await new Promise((told) => server.once("listening", () => told(true)).once("error", () => told(false)));
    server.close();
    if (!isFree) continue;
    await once(server, "close");
    given.add(port);
    return port;
  }
}

// Publishes a JWK Set, and counts who asks for it by path.
export class Issuer {
  constructor(port) {
    this.port = port;
    this.keys = [];
    this.delay = 0;
    this.fetches = new Map();
  }

  async start() {
    this.server = createServer(async (incoming, response) => {
      this.fetches.set(incoming.url, this.count(incoming.url) + 1);
      await sleep(this.delay);
      const body = JSON.stringify({ keys: this.keys.map((key) => key.jwk) });
      response.writeHead(200, { "content-type": "application/jwk-set+json", "cache-control": "max-age=600" });
      response.end(body);
    });
    this.server.listen(this.port, "127.0.0.1");
    await once(this.server, "listening");
  }

  async stop() {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }

  count(path) {
    return this.fetches.get(path) ?? 0;
  }
}

// What of the request the application would see, in the response.
const SEEN = { "x-jwt-sub": "seen-sub", "x-jwt-roles": "seen-roles", authorization: "seen-authorization" };

export class Envoy {
  constructor(binary, module, issuer) {
    this.binary = binary;
    this.module = module;
    this.issuer = issuer;
    this.folder = mkdtempSync(join(tmpdir(), "jose-core-proxy-"));
    this.version = 0;
  }

  async start(listeners, concurrency) {
    this.ports = {};
    for (const name of ["admin", ...Object.keys(listeners)]) this.ports[name] = await freePort();
    const bootstrap = {
      node: { id: "test", cluster: "test" },
      admin: { address: address(this.ports.admin) },
      dynamic_resources: {
        lds_config: { resource_api_version: "V3", path_config_source: { path: join(this.folder, "listeners.json") } },
      },
      static_resources: { clusters: [cluster("issuer", this.issuer.port)] },
    };
    this.configure(listeners);
    const path = join(this.folder, "envoy.json");
    writeFileSync(path, JSON.stringify(bootstrap));
    const options = ["-c", path, "--concurrency", concurrency, "--use-dynamic-base-id", "-l", "info", "--component-log-level", "wasm:debug"];
    this.log = join(this.folder, "log");
    this.process = spawn(this.binary, options, { stdio: ["ignore", "ignore", "pipe"] });
    this.process.stderr.pipe(createWriteStream(this.log));
    this.process.on("exit", (code) => { this.ended = `Envoy ended with status ${code}`; });
    await this.until("ready", async () => (await request(this.ports.admin, "/ready")).status === 200);
    for (const name of Object.keys(listeners)) {
      await this.until(`listener ${name}`, async () => (await request(this.ports[name], "/")).status > 0);
    }
  }

  // Replaces the listeners' file at once, which Envoy watches.
  configure(listeners) {
    this.version += 1;
    const resources = Object.entries(listeners).map(([name, filters]) => listener(name, this.ports[name], filters));
    const path = join(this.folder, "listeners.json");
    writeFileSync(`${path}.new`, JSON.stringify({ version_info: `${this.version}`, resources }));
    renameSync(`${path}.new`, path);
  }

  filter(configuration) {
    const value = typeof configuration === "string" ? configuration : JSON.stringify(configuration);
    return {
      name: "jose-core",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
        config: {
          name: "jose-core",
          vm_config: { runtime: "envoy.wasm.runtime.v8", code: { local: { filename: this.module } } },
          configuration: { "@type": "type.googleapis.com/google.protobuf.StringValue", value },
        },
      },
    };
  }

  async until(what, condition) {
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(50)) {
      if (this.ended) break;
      if (await condition().catch(() => false)) return;
    }
    throw new Error(`${this.ended ?? `waited 30 seconds for ${what}`}; the log ends with\n${this.logged().slice(-4000)}`);
  }

  // What the kernel counts for the process, in hundredths.
  cpuSeconds() {
    const fields = readFileSync(`/proc/${this.process.pid}/stat`, "utf8").replace(/.*\) /s, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  logged() {
    return readFileSync(this.log, "utf8");
  }

  async stop() {
    this.process.kill();
    if (!this.ended) await once(this.process, "exit");
  }
}

const address = (port) => ({ socket_address: { address: "127.0.0.1", port_value: port } });

function cluster(name, port) {
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }];
  return { name, type: "STATIC", connect_timeout: "1s", load_assignment: { cluster_name: name, endpoints } };
}

function listener(name, port, filters) {
  const added = Object.entries(SEEN).map(([key, value]) => ({ header: { key: value, value: `%REQ(${key})%` } }));
  const route = { match: { prefix: "/" }, direct_response: { status: 200 }, response_headers_to_add: added };
  const manager = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: name,
    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [route] }] },
    http_filters: [
      ...filters,
      { name: "router", typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" } },
    ],
  };
  return {
    "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
    name,
    address: address(port),
    filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
  };
}

export function jwtAuthn(issuer, audience, uri) {
  return {
    name: "jwt_authn",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
      providers: {
        issuer: {
          issuer,
          audiences: [audience],
          remote_jwks: { http_uri: { uri, cluster: "issuer", timeout: "5s" }, cache_duration: "600s", async_fetch: {} },
          claim_to_headers: [{ header_name: "x-jwt-sub", claim_name: "sub" }],
        },
      },
      rules: [{ match: { prefix: "/" }, requires: { provider_name: "issuer" } }],
    },
  };
}

// A request, whose headers may be given as a flat array so that one comes twice.
export async function request(port, path, headers = {}) {
  const outgoing = httpRequest({ host: "127.0.0.1", port, path, headers, agent: false, timeout: 20_000 });
  outgoing.on("timeout", () => outgoing.destroy(new Error("no response in 20 seconds")));
  outgoing.end();
  const [response] = await once(outgoing, "response");
  response.resume();
  await once(response, "end");
  return { status: response.statusCode, headers: response.headers };
}

export const bearer = (token, others = {}) => ({ authorization: `Bearer ${token}`, ...others });
