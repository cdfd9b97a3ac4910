/** What this build has. Secrets cannot stand beside public keys: `HS256` and its relatives are accepted alone. */
export type Algorithm = ALGORITHMS;

/** A JWK Set or a single JWK, as text or as the object that the text means. */
export type Keys =
  | string
  | { readonly keys: readonly object[]; readonly [member: string]: unknown }
  | { readonly kty: string; readonly [member: string]: unknown };

/**
 * What is accepted. An option may be left out where a `?` stands. One that is `undefined` is refused, and so is one
 * that there is none of: it would be a check that nobody makes.
 */
export interface Policy {
  /** The algorithms that are accepted, one at least. */
  readonly algorithms: readonly Algorithm[];
  /** What `iss` must be: this text, one of these texts, `null` for anything, or `false` if it must be absent. */
  readonly issuer: string | readonly string[] | null | false;
  /** What `aud` must hold: this text, one of these texts, `null` for anything, or `false` if it must be absent. */
  readonly audience: string | readonly string[] | null | false;
  /** Seconds by which clocks may differ: 0 unless given, at most 600. */
  readonly leeway?: number;
  /** Demands an `iat` that is not in the future and at most this many seconds old. */
  readonly maxAge?: number;
  /** Accepts tokens without `exp`. One that is there still counts. */
  readonly allowMissingExp?: boolean;
  /** Accepts tokens that have expired, for a logout say. `exp` must still be there. */
  readonly allowExpired?: boolean;
  /** Demands a `kid` of every token, even where the keys would not need one. */
  readonly requireKid?: boolean;
  /** The `typ` that every token must have, or one of several: `at+jwt`, say. */
  readonly typ?: string | readonly string[];
  /** Names that a token's `crit` may have: extensions that the application processes. */
  readonly understands?: string | readonly string[];
  /** Values of a key's `use` that are accepted beside `sig`. */
  readonly allowUses?: string | readonly string[];
  /** How much is read. Each is 1048576 at most; more counts as that. */
  readonly limits?: {
    /** Bytes of a token: 65536 unless given. */
    readonly maxTokenLength?: number;
    /** Bytes of an encoded header: 16384 unless given. */
    readonly maxHeaderLength?: number;
    /** Bytes of a JWK Set: 524288 unless given. */
    readonly maxSetLength?: number;
    /** Keys of a JWK Set: 1024 unless given. */
    readonly maxKeys?: number;
    /** Members of the JSON objects that are open at one place: 1024 unless given. */
    readonly maxMembers?: number;
  };
}

/** Keys of a document, which never change. */
export interface DocumentOptions extends Policy {
  readonly jwks: Keys;
  readonly jwksUri?: never;
}

/** Keys that an issuer publishes. */
export interface RemoteOptions extends Policy {
  readonly jwks?: never;
  /** The URL of the JWK Set. Redirections are not followed. */
  readonly jwksUri: string | URL;
  /** What fetches it, in place of the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  readonly rotation?: Rotation;
}

/** How long keys are used, and how often the issuer is asked; all in seconds. */
export interface Rotation {
  /** From one fetch to the next at least, whatever the reason: 30 unless given. No sequence of tokens causes more. */
  readonly cooldown?: number;
  /** The least lifetime of a set, whatever its response says: 60 unless given. */
  readonly minLifetime?: number;
  /** The greatest: 3600 unless given. */
  readonly maxLifetime?: number;
  /** The lifetime of a set whose response says nothing: 300 unless given. */
  readonly defaultLifetime?: number;
  /** How long before the end of the lifetime a fetch is due: 30 unless given. */
  readonly earlyRefresh?: number;
  /** How long keys are used beyond their lifetime while fetches fail: a day unless given. */
  readonly maxStale?: number;
  /** The longest pause between scheduled fetches that fail: 900 unless given. */
  readonly maxBackoff?: number;
  /** Between two fetches for signatures that do not verify: 300 unless given. */
  readonly badSignaturePause?: number;
  /** How long a key goes on to verify that a new set no longer has: 0 unless given. */
  readonly grace?: number;
  /** After how long a request is given up: 5 unless given. */
  readonly fetchTimeout?: number;
  /** What becomes of the keys when the issuer publishes none that can be used: `atEndOfLifetime` unless given. */
  readonly withdrawal?: "atEndOfLifetime" | "atOnce" | "keep";
}

export type VerifierOptions = DocumentOptions | RemoteOptions;

/**
 * The claims of a token that was verified. `exp` and `nbf` have their types, and so have `iss` and `aud` where the options
 * state what they must be, or the token was refused; `exp` is there unless `allowMissingExp` is set. No other claim was
 * looked at: check its type where you read it.
 */
export interface Claims {
  exp?: number;
  nbf?: number;
  [name: string]: unknown;
}

/**
 * Verifies tokens with keys that are prepared once. `now` is in seconds since 1970, and the host's time unless given. What
 * is thrown is a `Refusal`.
 *
 * `T` is the application's word for the claims that its issuer writes; nothing checks them against it.
 */
export interface Verifier<T extends object = {}> {
  /** The claims of a token whose signature and claims are accepted. It fetches nothing. */
  verify(token: string, now?: number): Claims & T;
  /**
   * The same, and with `jwksUri` it fetches the set when that is due or when the token needs a key that is not there, as
   * often as the rotation permits.
   */
  verifyAsync(token: string, now?: number): Promise<Claims & T>;
  /**
   * The payload of a token whose signature is good, of whatever kind. **No claim is looked at**: not the issuer, not the
   * audience, not even whether it has expired.
   */
  verifySignatureOnly(token: string): Uint8Array;
  /** Why `verify` refuses a token, and what to change. For people: it decides nothing, and takes longer. */
  diagnose(token: string, now?: number): Diagnosis;
  /** With `jwksUri`: fetches the set if that is due. Rejected if the latest fetch brought no keys. */
  refresh(): Promise<void>;
  /** What became of each key of the set, in order. */
  readonly keys: KeyVerdict[];
  /** With `jwksUri`: the state of the keys, in a line for a log. */
  readonly status: string | undefined;
  /** Gives the memory back, which is done otherwise when the garbage is collected. */
  free(): void;
}

/** Throws a `Refusal` for options that are none, a `jwks` that is no JWK Set, or one without a key that can be used. */
export function createVerifier<T extends object = {}>(options: VerifierOptions): Verifier<T>;

/** The same as the method, and also for a document that is no JWK Set, or one without a key that can be used. */
export function diagnose(options: DocumentOptions, token: string, now?: number): Diagnosis;

/** What became of a key: the algorithm that it is bound to, or why it was set aside. */
export type KeyVerdict = { kid: string | null } & ({ algorithm: Algorithm } | { code: string; message: string });

/** What is thrown. */
export interface Refusal extends Error {
  /** The name of the cause: `Expired`, `KidUnknown`, `NeverFetched`, `InvalidOption`, ... */
  code: string;
  /** What found it. */
  stage: "argument" | "keys" | "parse" | "select" | "signature" | "claims" | "other";
  /** With the code `NoUsableKey` of a document: the verdict on each key. */
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
