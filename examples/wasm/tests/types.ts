// Compiled and not run: use as the types allow it, and as they must not. It stands in the folder of the package's user.
import { createVerifier, diagnose, type Claims, type Diagnosis, type Refusal, type Verifier } from "jose-core";

const anyone = { issuer: null, audience: null } as const;
const verifier: Verifier = createVerifier({ jwks: '{"keys":[]}', algorithms: ["RS256"], issuer: "https://issuer.example", audience: ["a", "b"] });
createVerifier({ jwks: { keys: [{ kty: "RSA" }] }, algorithms: ["ES256"], ...anyone, leeway: 60, maxAge: 60, requireKid: true, typ: ["JWT"] });
createVerifier({ jwks: { kty: "oct", k: "" }, algorithms: ["HS256"], issuer: false, audience: false, allowMissingExp: true, limits: { maxKeys: 1 } });

const claims: Claims = verifier.verify("token");
const subject: string | undefined = typeof claims.sub === "string" ? claims.sub : undefined;
const expires: number | undefined = claims.exp;
const other: unknown = claims["https://example.com/role"];
const payload: Uint8Array = verifier.verifySignatureOnly("token");
const diagnosis: Diagnosis = verifier.diagnose("token", 0);
for (const { cause, advice, message } of diagnosis.problems) console.log(cause, advice, message ?? "");
for (const key of verifier.keys) console.log(key.kid, "algorithm" in key ? key.algorithm : key.message);
diagnose({ jwks: "", algorithms: ["RS256"], ...anyone }, "token", 0);
console.log(subject, expires, other, payload);

interface Account {
  sub: string;
  exp: number;
  roles?: string[];
}
const remote = createVerifier<Account>({
  jwksUri: new URL("https://issuer.example/keys"),
  algorithms: ["PS256"],
  ...anyone,
  fetch: (url, init) => fetch(url, { ...init, keepalive: true }),
  rotation: { cooldown: 10, withdrawal: "atOnce" },
});
const { sub, exp, roles } = await remote.verifyAsync("token", Date.now() / 1000);
const [name, ends, role]: [string, number, string | undefined] = [sub, exp, roles?.[0]];
await remote.refresh();
console.log(name, ends, role, remote.status?.length);

try {
  verifier.verify("token", 0);
} catch (error) {
  const { code, stage, message } = error as Refusal;
  console.log(code, stage, message);
}

// @ts-expect-error Whom to trust has to be stated.
createVerifier({ jwks: "", algorithms: ["RS256"] });
// @ts-expect-error Keys are needed.
createVerifier({ algorithms: ["RS256"], ...anyone });
// @ts-expect-error They come from one place.
createVerifier({ jwks: "", jwksUri: "", algorithms: ["RS256"], ...anyone });
// @ts-expect-error This belongs to keys at a URL.
createVerifier({ jwks: "", algorithms: ["RS256"], ...anyone, rotation: {} });
// @ts-expect-error Such an algorithm is not implemented.
createVerifier({ jwks: "", algorithms: ["none"], ...anyone });
// @ts-expect-error There is no such option.
createVerifier({ jwks: "", algorithms: ["RS256"], ...anyone, require_kid: true });
// @ts-expect-error A claim that was not looked at may be anything.
claims.sub.length;
// @ts-expect-error The type says that it may be absent.
(await remote.verifyAsync("token")).roles.length;
