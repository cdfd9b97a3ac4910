// What every host must do with the package: run by each, and reported as data. Nothing here belongs to one host.

/** The cases that failed, each with its reason, and the number of all. */
export async function run({ createVerifier, diagnose }, { demo, issuer, conditional }) {
  const options = { algorithms: ["RS256", "ES256"], issuer: demo.issuer, audience: demo.audience };
  const { RS256, ES256, HS256 } = demo.tokens;
  const failures = [];
  let count = 0;

  async function check(name, run) {
    count++;
    try {
      await run();
    } catch (error) {
      failures.push(`${name}: ${error?.stack ?? error}`);
    }
  }
  function equal(found, expected) {
    const [a, b] = [found, expected].map((value) => JSON.stringify(value));
    if (a !== b) throw new Error(`expected ${b}, found ${a}`);
  }
  async function refused(code, run) {
    let claims;
    try {
      claims = await run();
    } catch (error) {
      return equal([error.code, error instanceof Error], [code, true]);
    }
    throw new Error(`expected ${code}, found ${JSON.stringify(claims)}`);
  }
  /** The requests that reached the issuer since this was asked for last. */
  const requests = async () => (await fetch(`${issuer}/log`)).json();
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

  await check("tokens of each family, at once", () => {
    const verifier = createVerifier({ jwks: demo.jwks, ...options });
    for (const token of [RS256, ES256]) equal(verifier.verify(token, demo.now).sub, "user-1");
    const secret = createVerifier({ jwks: demo.secret, ...options, algorithms: ["HS256"] });
    equal(secret.verify(HS256, demo.now).sub, "user-1");
    equal(verifier.verify(ES256).sub, "user-1");
    verifier.free();
  });
  await check("refusals with their codes", async () => {
    const verifier = createVerifier({ jwks: demo.jwks, ...options });
    await refused("Expired", () => verifier.verify(demo.expired));
    await refused("AlgorithmNotAllowed", () => verifier.verify(HS256, demo.now));
    await refused("PartsMissing", () => verifier.verify("a", demo.now));
    await refused("Invalid", () => verifier.verify(ES256.slice(0, -4) + "AAAA", demo.now));
    await refused("InvalidArgument", () => verifier.verify(undefined));
    await refused("InvalidOption", () => createVerifier({ jwks: demo.jwks }));
  });
  await check("a diagnosis", () => {
    const { problems } = diagnose({ jwks: "<!doctype html>", ...options }, `Bearer ${demo.expired}`);
    equal(problems.map(({ cause }) => cause), ["DocumentIsHtml", "BearerPrefix", "Expired"]);
  });
  await check("a remote set that rotates", async () => {
    await fetch(`${issuer}/publish?kid=rsa-2026`);
    await requests();
    const verifier = createVerifier({ jwksUri: `${issuer}/keys`, ...options, rotation: { cooldown: 1 } });
    await refused("NeverFetched", () => verifier.verify(RS256));
    const verified = await Promise.all(Array.from({ length: 20 }, () => verifier.verifyAsync(RS256)));
    equal(verified.filter(({ sub }) => sub === "user-1").length, 20);
    equal(verifier.verify(RS256).sub, "user-1");
    await refused("KidUnknown", () => verifier.verifyAsync(ES256));
    equal(await requests(), ["GET -"]);

    await fetch(`${issuer}/publish?kid=ec-2026`);
    await sleep(1100);
    equal((await verifier.verifyAsync(ES256)).sub, "user-1");
    await refused("KidUnknown", () => verifier.verify(RS256));
    equal(await requests(), [conditional ? 'GET "rsa-2026"' : "GET -"]);

    // Only a browser that asks the other origin would have a second request for this.
    await sleep(1100);
    await refused("KidUnknown", () => verifier.verifyAsync(RS256));
    equal(await requests(), [conditional ? 'GET "ec-2026"' : "GET -"]);
    equal(verifier.keys, [{ kid: "ec-2026", algorithm: "ES256" }]);
  });
  await check("an issuer that is not there", async () => {
    const verifier = createVerifier({ jwksUri: `${issuer}/nothing`, ...options });
    await refused("Status", () => verifier.refresh());
    await refused("NeverFetched", () => verifier.verifyAsync(ES256));
    const gone = createVerifier({ jwksUri: "http://127.0.0.1:1/keys", ...options });
    await refused("NoResponse", () => gone.refresh());
  });
  await check("a fetch that is handed in", async () => {
    const fetch = async () => new Response(JSON.stringify(demo.jwks));
    const verifier = createVerifier({ jwksUri: "https://issuer.example/keys", fetch, ...options });
    equal((await verifier.verifyAsync(ES256)).sub, "user-1");
  });
  return { count, failures };
}
