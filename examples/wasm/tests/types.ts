// Compiled and not run: use as the types allow it, and as they must not.
import init, { Verifier, diagnose, type Claims, type Diagnosis, type Refusal } from "../dist/jose_core.js";

await init();

const verifier = new Verifier('{"keys":[]}', { algorithms: ["RS256"], issuer: "https://issuer.example", audience: ["a", "b"] });
new Verifier({ keys: [{ kty: "RSA" }] }, { algorithms: ["ES256"], issuer: null, audience: null, leeway: 60, requireKid: true, typ: "JWT" });
new Verifier({ kty: "oct", k: "" }, { algorithms: ["HS256"], issuer: null, audience: null });

const claims: Claims = verifier.verify("token", Date.now() / 1000);
const subject: string | undefined = typeof claims.sub === "string" ? claims.sub : undefined;
const expires: number = claims.exp;
const other: unknown = claims["https://example.com/role"];
const payload: Uint8Array = verifier.verifySignatureOnly("token");
const diagnosis: Diagnosis = verifier.diagnose("token", 0);
for (const { cause, advice, message } of diagnosis.problems) console.log(cause, advice, message ?? "");
for (const key of verifier.keys) console.log(key.kid, "algorithm" in key ? key.algorithm : key.message);
diagnose("", { algorithms: ["RS256"], issuer: null, audience: null }, "token", 0);
console.log(subject, expires, other, payload);

try {
  verifier.verify("token", 0);
} catch (error) {
  const { code, stage, message } = error as Refusal;
  console.log(code, stage, message);
}

// @ts-expect-error The time is an argument.
verifier.verify("token");
// @ts-expect-error Whom to trust has to be stated.
new Verifier("", { algorithms: ["RS256"] });
// @ts-expect-error Such an algorithm is not implemented.
new Verifier("", { algorithms: ["none"], issuer: null, audience: null });
// @ts-expect-error There is no such option.
new Verifier("", { algorithms: ["RS256"], issuer: null, audience: null, require_kid: true });
// @ts-expect-error A claim that was not looked at may be anything.
claims.sub.length;
// @ts-expect-error A claim that this module knows nothing of may be anything.
claims["https://example.com/role"].length;
