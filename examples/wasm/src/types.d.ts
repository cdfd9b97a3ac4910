/** What is implemented. `HS256` cannot stand beside the others: a secret has no place among public keys. */
export type Algorithm = "HS256" | "ES256" | "RS256";

/** A JWK Set or a single JWK, as text or as the object that the text means. */
export type Keys =
  | string
  | { readonly keys: readonly object[]; readonly [member: string]: unknown }
  | { readonly kty: string; readonly [member: string]: unknown };

/** An option may be left out where a `?` stands. One that is `undefined` is refused: a check that comes to nothing by a misspelt name. */
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

/**
 * The claims of a token that was verified. `exp` and `nbf` have their types, and so have `iss` and `aud` where the options
 * state what they must be, or the token was refused. No other claim was looked at: check its type where you read it.
 */
export interface Claims {
  exp: number;
  nbf?: number;
  [name: string]: unknown;
}

/** What became of a key: the algorithm that it is bound to, or why it was set aside. */
export type KeyVerdict = { kid: string | null } & ({ algorithm: Algorithm } | { code: string; message: string });

/** What is thrown. */
export interface Refusal extends Error {
  /** The name of the cause: `Expired`, `KidUnknown`, `InvalidOption`, ... */
  code: string;
  /** What found it. */
  stage: "argument" | "keys" | "parse" | "select" | "signature" | "claims" | "other";
  /** With the code `NoUsableKey`: the verdict on each key. */
  keys?: KeyVerdict[];
}

/** Why a token is refused. Texts of a token are cut where they are long, and have nothing but printable ASCII in them. */
export interface Diagnosis {
  /** Whether `verify` would accept it. */
  accepted: boolean;
  /** All that is wrong or remarkable, in the order of the pipeline. */
  problems: Problem[];
  stages: { stage: Stage; outcome: "holds" | "fails" | "not reached" }[];
  /** What the header says, if it can be read. Anyone may have written it. */
  unverifiedHeader?: { alg: string; kid: string | null; typ: string | null; thumbprint: string | null };
  /** Every key of the set, if the header can be read. */
  keys: Candidate[];
  /** Absent if there was no key to hold it against. */
  signatureHolds?: boolean;
  /** The claims that are looked at. They are the issuer's only if the signature holds. */
  claims: ClaimCheck[];
}

export type Stage = "token" | "header" | "keys" | "signature" | "claims";

export interface Problem {
  stage: Stage;
  /** One of the closed list of causes: `SignedWithSecret`, `IssuerTrailingSlash`, ... */
  cause: string;
  /** What to change. */
  advice: string;
  /** The code and the message of the error; absent from what refuses no token. */
  code?: string;
  message?: string;
}

export interface Candidate {
  kid: string | null;
  /** `fits`: it would, and was not chosen, since several do or the header is not accepted. */
  standing: "chosen" | "fits" | "other algorithm" | "other kid" | "kid is thumbprint" | "kid in other case" | "kid in other encoding" | "set aside" | "other";
  /** What it is bound to, where that was looked at. */
  algorithm?: Algorithm;
  /** Why it was set aside. */
  code?: string;
  message?: string;
}

export interface ClaimCheck {
  name: string;
  /** Texts in quotes, or seconds since 1970; absent if the token has no such claim of its type. */
  found?: string | number;
  /** Of a time: negative in the past. */
  secondsFromNow?: number;
  /** Why it is not accepted. */
  code?: string;
  message?: string;
}
