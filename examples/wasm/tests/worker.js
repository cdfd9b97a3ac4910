// The package in a Worker: the cases of every host, and a verifier that requests share.
import * as joseCore from "jose-core";
import { run } from "./host.mjs";

// Nothing is fetched and no random number is asked for here, where Workers allow neither.
let shared;
const early = joseCore.createVerifier({ jwksUri: "https://issuer.example/keys", algorithms: ["ES256"], issuer: null, audience: null });

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const { issuer, demo, token } = await request.json();
    if (pathname === "/run") return Response.json(await run(joseCore, { demo, issuer, conditional: true }));
    if (pathname === "/early") return Response.json({ status: early.status });
    shared ??= joseCore.createVerifier({ jwksUri: `${issuer}/slow`, algorithms: ["ES256"], issuer: demo.issuer, audience: demo.audience, rotation: { cooldown: 1, minLifetime: 1, defaultLifetime: 1 } });
    try {
      return Response.json({ sub: (await shared.verifyAsync(token)).sub });
    } catch ({ code, message }) {
      return Response.json({ code, message });
    }
  },
};
