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
    /// The binary, or `node`.
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
        self.case == "primitive"
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
    ("josekit (OpenSSL)", "josekit", "token"),
    ("npm jose (Node)", "node", "token"),
    ("signature alone: jose-core", "jose-core", "primitive"),
    (BARE_RUST, "bare-rustcrypto", "primitive"),
    ("signature alone: aws-lc-rs", "bare-aws-lc-rs", "primitive"),
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

/// The size of a key's table, and of that which all keys share.
const WINDOWS_5_4: &str = "jose-core, tables of 33 + 53 KB";
const WINDOWS_6_6: &str = "jose-core, tables of 88 + 88 KB";
const WINDOWS_9_6: &str = "jose-core, tables of 88 + 475 KB";
const WINDOWS_9_9: &str = "jose-core, tables of 475 + 475 KB";

const SETS: &str = "jose-core, among 1,000 keys";
const SIZES: &str = "HS256 by size";

/// Everything else. What is of a group above is put there.
const MORE: &[Row] = &[
    row("ES256", WINDOWS_5_4, "jose-core", "windows 5 4", "ES256"),
    row("ES256", WINDOWS_6_6, "jose-core", "windows 6 6", "ES256"),
    row("ES256", WINDOWS_9_6, "jose-core", "windows 9 6", "ES256"),
    row("ES256", WINDOWS_9_9, "jose-core", "windows 9 9", "ES256"),
    row(SETS, "HS256", "jose-core", "accessors", "HS256 among 1000"),
    row(SETS, "RS256", "jose-core", "accessors", "RS256 among 1000"),
    row(SETS, "ES256", "jose-core", "accessors", "ES256 among 1000"),
    row(SETS, "HS256, no set but the key", "jose-core", "one key", "HS256"),
    row(SIZES, "jose-core, 1 KiB", "jose-core", "accessors", "HS256 1 KiB"),
    row(SIZES, "jose-core, 4 KiB", "jose-core", "accessors", "HS256 4 KiB"),
    row(SIZES, "jose-core, 16 KiB", "jose-core", "accessors", "HS256 16 KiB"),
    row(SIZES, "hmac alone, 1 KiB", "bare-rustcrypto", "primitive", "HS256 1 KiB"),
    row(SIZES, "hmac alone, 4 KiB", "bare-rustcrypto", "primitive", "HS256 4 KiB"),
    row(SIZES, "hmac alone, 16 KiB", "bare-rustcrypto", "primitive", "HS256 16 KiB"),
];

pub(crate) fn rows() -> Vec<Row> {
    let whole = |group| WHOLE.iter().map(move |(label, peer, case)| row(group, label, peer, case, group));
    let mut rows: Vec<Row> = ALGORITHMS.into_iter().flat_map(whole).chain(MORE.iter().copied()).collect();
    rows.sort_by_key(|row| match ALGORITHMS.iter().position(|group| *group == row.group) {
        // Our own tokens first.
        Some(place) => (place, !row.is_ours() || row.is_primitive()),
        None => (ALGORITHMS.len(), false),
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
        1.25,
        Some(1.0),
    ),
    ratio(
        "RS256-2048, whole token : jsonwebtoken (rust_crypto)",
        Of::Rows(("RS256", OURS), &[("RS256", JSONWEBTOKEN_RUST)]),
        0.20,
        None,
    ),
    ratio(
        "ES256, key prepared in 88 KB, whole token : jsonwebtoken (aws-lc-rs)",
        Of::Rows(("ES256", WINDOWS_6_6), &[("ES256", JSONWEBTOKEN_AWS)]),
        0.70,
        Some(0.55),
    ),
    ratio(
        "ES256, key prepared in 475 KB, whole token : jsonwebtoken (aws-lc-rs)",
        Of::Rows(("ES256", WINDOWS_9_9), &[("ES256", JSONWEBTOKEN_AWS)]),
        0.55,
        Some(0.40),
    ),
    ratio(
        "ES256, key not prepared, whole token : p256's verification",
        Of::Rows(("ES256", OURS), &[("ES256", BARE_RUST)]),
        1.03,
        None,
    ),
    ratio("HS256, 1,000 keys : one key", Of::Rows((SETS, "HS256"), &[("HS256", OURS)]), 1.05, None),
    ratio("RS256, 1,000 keys : one key", Of::Rows((SETS, "RS256"), &[("RS256", OURS)]), 1.05, None),
    ratio("ES256, 1,000 keys : one key", Of::Rows((SETS, "ES256"), &[("ES256", OURS)]), 1.05, None),
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
