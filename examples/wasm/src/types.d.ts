/** What is implemented. `HS256` cannot stand beside the others: a secret has no place among public keys. */
export type Algorithm = "HS256" | "ES256" | "RS256";

/** A JWK Set or a single JWK, as text or as the object that the text means. */
export type Keys = string | { readonly keys: readonly object[] } | { readonly kty: string };

export interface VerifierOptions {
  /** The algorithms that are accepted, one at least. */
  readonly algorithms: readonly Algorithm[];
  /** What `iss` must be: this text, one of these texts, or `null` for any issuer and none. */
  readonly issuer: string | readonly string[] | null;
  /** What `aud` must hold: this text, one of these texts, or `null` for any audience and none. */
  readonly audience: string | readonly string[] | null;
  /** Seconds by which clocks may differ: 0 unless given, at most 600. */
  readonly leeway?: number;
  /** Whether every token must name its key. */
  readonly requireKid?: boolean;
  /** The `typ` that every token must have: `at+jwt`, say. */
  readonly typ?: string;
}

/** The claims of a token that was verified. Those named here have their types, or the token was refused. */
export interface Claims {
  iss?: string;
  sub?: string;
  aud?: string | string[];
  exp: number;
  nbf?: number;
  iat?: number;
  jti?: string;
  [name: string]: unknown;
}

/** What became of a key: the algorithm that it is bound to, or why it was set aside. */
export type KeyVerdict = { kid: string | null } & ({ algorithm: Algorithm } | { code: string; message: string });

/** What is thrown: an `Error` with the name of the cause. */
export interface Refusal extends Error {
  /** The name of the cause: `Expired`, `KidUnknown`, ... */
  code: string;
  /** With the code `NoUsableKey`: why each key was set aside. */
  keys?: KeyVerdict[];
}
