//! What is timed, and what is compared with what. A new case is one row here, and one arm in the peer
//! that runs it.

use serde_json::Value;

use crate::tokens::{claims, claims_of_token};

/// A thing to verify.
pub(crate) struct Material {
    pub(crate) name: &'static str,
    /// Of `vectors/test-keys.json`.
    pub(crate) key: &'static str,
    pub(crate) claims: fn() -> Value,
    /// The number of keys in the set.
    pub(crate) keys: usize,
}

const fn material(name: &'static str, key: &'static str, claims: fn() -> Value, keys: usize) -> Material {
    Material { name, key, claims, keys }
}

pub(crate) const MATERIAL: &[Material] = &[
    material("HS256", "hmac-32", claims, 1),
    material("ES256", "p256", claims, 1),
    material("RS256", "rsa-2048", claims, 1),
    material("PS256", "rsa-2048/PS256", claims, 1),
    material("ES384", "p384", claims, 1),
    material("EdDSA", "ed25519", claims, 1),
    material("HS256 among 1000", "hmac-32", claims, 1000),
    material("ES256 among 1000", "p256", claims, 1000),
    material("RS256 among 1000", "rsa-2048", claims, 1000),
    material("HS256 1 KiB", "hmac-32", || claims_of_token(1024), 1),
    material("HS256 4 KiB", "hmac-32", || claims_of_token(4096), 1),
    material("HS256 16 KiB", "hmac-32", || claims_of_token(16384), 1),
];

/// One thing that is timed: a peer at a case.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) group: &'static str,
    pub(crate) label: &'static str,
    /// The binary, `node`, or [`OTHER_EDITION`].
    pub(crate) peer: &'static str,
    pub(crate) case: &'static str,
    pub(crate) material: &'static str,
}

impl Row {
    pub(crate) fn is_ours(&self) -> bool {
        self.peer == "jose-core"
    }

    /// Whether only a signature is verified: no token, no claims.
    pub(crate) fn is_primitive(&self) -> bool {
        self.case.starts_with("primitive")
    }
}

const fn row(
    group: &'static str,
    label: &'static str,
    peer: &'static str,
    case: &'static str,
    material: &'static str,
) -> Row {
    Row { group, label, peer, case, material }
}

/// What is done with each of the three tokens. The first is the one that the others are compared with.
const WHOLE: &[(&str, &str, &str)] = &[
    (OURS, "jose-core", "accessors"),
    (OURS_BORROWED, "jose-core", "borrowed"),
    (OURS_OWNED, "jose-core", "owned"),
    (JSONWEBTOKEN_AWS, "jsonwebtoken-aws-lc-rs", "token"),
    (JSONWEBTOKEN_RUST, "jsonwebtoken-rust-crypto", "token"),
    ("jwt-simple (pure-rust)", "jwt-simple", "token"),
    ("jwt-compact", "jwt-compact", "token"),
    ("jose4rs (aws-lc)", "jose4rs", "token"),
    ("josekit (OpenSSL)", "josekit", "token"),
    ("npm jose (Node)", "node", "token"),
    (OTHERS, OTHER_EDITION, "accessors"),
    (OURS_ALONE, "jose-core", "primitive"),
    (BARE_RUST, "bare-rustcrypto", "primitive"),
    (AWS_ALONE, "bare-aws-lc-rs", "primitive"),
    ("signature alone: ring", "bare-ring", "primitive"),
    ("signature alone: graviola", "bare-graviola", "primitive"),
];

const OURS: &str = "jose-core, accessors (no heap)";
const OURS_BORROWED: &str = "jose-core, serde, borrowed";
const OURS_OWNED: &str = "jose-core, serde, owned strings";
const JSONWEBTOKEN_AWS: &str = "jsonwebtoken (aws-lc-rs)";
const JSONWEBTOKEN_RUST: &str = "jsonwebtoken (rust_crypto)";
const BARE_RUST: &str = "signature alone: RustCrypto";

/// The groups that the chart shows.
pub(crate) const ALGORITHMS: [&str; 3] = ["HS256", "RS256", "ES256"];

/// Algorithms of which fewer peers have rows: `EdDSA` is the name of Ed25519 that all of them know.
const FURTHER: [&str; 3] = ["PS256", "ES384", "EdDSA"];
const OF_FURTHER: &[(&str, &str, &str)] = &[
    (OURS, "jose-core", "accessors"),
    (JSONWEBTOKEN_AWS, "jsonwebtoken-aws-lc-rs", "token"),
    (JSONWEBTOKEN_RUST, "jsonwebtoken-rust-crypto", "token"),
    ("npm jose (Node)", "node", "token"),
    (OURS_ALONE, "jose-core", "primitive"),
    (AWS_ALONE, "bare-aws-lc-rs", "primitive"),
];
const OURS_ALONE: &str = "signature alone: jose-core";
const AWS_ALONE: &str = "signature alone: aws-lc-rs";

/// A key that is no member of a set: for ES256, one that is not prepared.
const NOT_PREPARED: &str = "jose-core, key not prepared";
const PRIMITIVE_NOT_PREPARED: &str = "signature alone: jose-core, key not prepared";

/// jose-core at another commit, which runs where [`OTHER_EDITION_VARIABLE`] says that there is one.
pub(crate) const OTHER_EDITION: &str = "other edition";
pub(crate) const OTHER_EDITION_VARIABLE: &str = "JOSE_CORE_OTHER_EDITION";
const OTHERS: &str = "jose-core, other edition";

const SETS: &str = "jose-core, among 1,000 keys";
const ES256_BEYOND: &str = "ES256, beyond the prepared keys";
const SIZES: &str = "HS256 by size";

/// Everything else. What is of a group above is put there.
const MORE: &[Row] = &[
    row("ES256", NOT_PREPARED, "jose-core", "key not prepared", "ES256"),
    row("ES256", PRIMITIVE_NOT_PREPARED, "jose-core", "primitive not prepared", "ES256"),
    row(SETS, "HS256", "jose-core", "accessors", "HS256 among 1000"),
    row(SETS, "RS256", "jose-core", "accessors", "RS256 among 1000"),
    row(SETS, ES256_BEYOND, "jose-core", "accessors", "ES256 among 1000"),
    row(SETS, "HS256, no set but the key", "jose-core", "key not prepared", "HS256"),
    row(SIZES, "jose-core, 1 KiB", "jose-core", "accessors", "HS256 1 KiB"),
    row(SIZES, "jose-core, 4 KiB", "jose-core", "accessors", "HS256 4 KiB"),
    row(SIZES, "jose-core, 16 KiB", "jose-core", "accessors", "HS256 16 KiB"),
    row(SIZES, "hmac alone, 1 KiB", "bare-rustcrypto", "primitive", "HS256 1 KiB"),
    row(SIZES, "hmac alone, 4 KiB", "bare-rustcrypto", "primitive", "HS256 4 KiB"),
    row(SIZES, "hmac alone, 16 KiB", "bare-rustcrypto", "primitive", "HS256 16 KiB"),
];

/// What the labels leave out.
pub(crate) const NOTE: &str = "an ES256 key of jose-core is prepared, as a `KeySet` does by itself, unless the row says \
\"not prepared\" or \"beyond the prepared keys\"";

/// All rows; those of another edition only where there is one.
pub(crate) fn rows(other_edition: bool) -> Vec<Row> {
    let whole = |group| WHOLE.iter().map(move |(label, peer, case)| row(group, label, peer, case, group));
    let further =
        |group| OF_FURTHER.iter().map(move |(label, peer, case)| row(group, label, peer, case, group));
    let further = FURTHER.into_iter().flat_map(further);
    let mut rows: Vec<Row> =
        ALGORITHMS.into_iter().flat_map(whole).chain(further).chain(MORE.iter().copied()).collect();
    rows.retain(|row| other_edition || row.peer != OTHER_EDITION);
    rows.sort_by_key(|row| match ALGORITHMS.iter().position(|group| *group == row.group) {
        // Our own tokens first, then those of others, then signatures alone.
        Some(place) => (place, usize::from(!row.is_ours()) + 2 * usize::from(row.is_primitive())),
        None => (ALGORITHMS.len(), 0),
    });
    rows
}

/// A row by its group and label.
pub(crate) type At = (&'static str, &'static str);

/// What one ratio is taken of.
pub(crate) enum Of {
    /// The median of a row and the least median of several.
    Rows(At, &'static [At]),
    /// The differences of two rows' medians: the cost of what the first has more than the second.
    Slopes([At; 2], [At; 2]),
}

/// A ratio that the crate holds itself to.
pub(crate) struct Ratio {
    pub(crate) work: &'static str,
    pub(crate) of: Of,
    pub(crate) must: f64,
    pub(crate) aim: Option<f64>,
}

const fn ratio(work: &'static str, of: Of, must: f64, aim: Option<f64>) -> Ratio {
    Ratio { work, of, must, aim }
}

pub(crate) const RATIOS: &[Ratio] = &[
    ratio(
        "HS256, whole token, accessors : the faster jsonwebtoken",
        Of::Rows(("HS256", OURS), &[("HS256", JSONWEBTOKEN_AWS), ("HS256", JSONWEBTOKEN_RUST)]),
        0.33,
        Some(0.25),
    ),
    ratio(
        "HS256, whole token, serde, borrowed : the faster jsonwebtoken",
        Of::Rows(("HS256", OURS_BORROWED), &[("HS256", JSONWEBTOKEN_AWS), ("HS256", JSONWEBTOKEN_RUST)]),
        0.33,
        Some(0.25),
    ),
    ratio(
        "HS256, whole token, serde, owned : the faster jsonwebtoken",
        Of::Rows(("HS256", OURS_OWNED), &[("HS256", JSONWEBTOKEN_AWS), ("HS256", JSONWEBTOKEN_RUST)]),
        0.33,
        Some(0.25),
    ),
    ratio(
        "HS256, whole token, accessors : one bare HMAC",
        Of::Rows(("HS256", OURS), &[("HS256", BARE_RUST)]),
        2.6,
        Some(2.0),
    ),
    ratio(
        "RS256-2048, whole token : jsonwebtoken (aws-lc-rs)",
        Of::Rows(("RS256", OURS), &[("RS256", JSONWEBTOKEN_AWS)]),
        1.3,
        Some(1.0),
    ),
    ratio(
        "RS256-2048, whole token : the other edition",
        Of::Rows(("RS256", OURS), &[("RS256", OTHERS)]),
        0.82,
        Some(0.65),
    ),
    ratio(
        "RS256-2048, whole token : jsonwebtoken (rust_crypto)",
        Of::Rows(("RS256", OURS), &[("RS256", JSONWEBTOKEN_RUST)]),
        0.20,
        None,
    ),
    ratio(
        "ES256, key not prepared, whole token : jsonwebtoken (aws-lc-rs)",
        Of::Rows(("ES256", NOT_PREPARED), &[("ES256", JSONWEBTOKEN_AWS)]),
        1.5,
        Some(1.1),
    ),
    ratio(
        "ES256, prepared key, whole token : jsonwebtoken (aws-lc-rs)",
        Of::Rows(("ES256", OURS), &[("ES256", JSONWEBTOKEN_AWS)]),
        0.6,
        Some(0.45),
    ),
    ratio(
        "ES256, key not prepared, whole token : p256's verification",
        Of::Rows(("ES256", NOT_PREPARED), &[("ES256", BARE_RUST)]),
        0.32,
        Some(0.25),
    ),
    ratio("HS256, 1,000 keys : one key", Of::Rows((SETS, "HS256"), &[("HS256", OURS)]), 1.05, None),
    ratio("RS256, 1,000 keys : one key", Of::Rows((SETS, "RS256"), &[("RS256", OURS)]), 1.05, None),
    ratio(
        "ES256, 1,000 keys, key not prepared : one key",
        Of::Rows((SETS, ES256_BEYOND), &[("ES256", NOT_PREPARED)]),
        1.05,
        None,
    ),
    ratio(
        "HS256, slope from 0.3 to 16 KiB : that of bare HMAC",
        Of::Slopes(
            [(SIZES, "jose-core, 16 KiB"), ("HS256", OURS)],
            [(SIZES, "hmac alone, 16 KiB"), ("HS256", BARE_RUST)],
        ),
        3.5,
        Some(2.5),
    ),
];
