//! How much is read of untrusted input.

/// The maximum sizes of what is read. They bound the work that untrusted input can cause, which is linear in
/// the lengths. Pass them to [`Verifier::limits`](crate::Verifier::limits),
/// [`Jwks::parse_with_limits`](crate::Jwks::parse_with_limits) or, with `alloc`, `RotationPolicy::limits`.
/// The caller can raise or lower each, up to [`MAX`](Self::MAX); a greater value counts as that.
///
/// | limit | of | default |
/// |---|---|---|
/// | [`max_token_length`](Self::max_token_length) | a token, encoded | 64 KiB |
/// | [`max_header_length`](Self::max_header_length) | a token's header, encoded | 16 KiB |
/// | [`max_set_length`](Self::max_set_length) | a JWK Set | 512 KiB |
/// | [`max_keys`](Self::max_keys) | keys of a JWK Set | 1,024 |
/// | [`max_members`](Self::max_members) | members in total across a JSON object and the objects that enclose it | 1,024 |
///
/// ```
/// use jose_core::Limits;
///
/// // A device whose issuer's tokens are short.
/// const LIMITS: Limits = Limits::new().max_token_length(1024).max_header_length(256);
/// assert_eq!(LIMITS.token_length(), 1024);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    token_length: usize,
    header_length: usize,
    set_length: usize,
    keys: usize,
    members: usize,
}

impl Limits {
    /// The maximum of every limit: 2^20, which is 1 MiB.
    pub const MAX: usize = 1 << 20;

    /// Creates the default limits.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            // Keycloak issues 22 KB for a user with roles at 130 clients, the App Store 18 KB for a
            // notification with two tokens in it.
            token_length: 64 << 10,
            // An `x5c` chain of three certificates takes 4.4 to 7.5 KB.
            header_length: 16 << 10,
            // Room for 1,024 RSA keys of 2048 bits.
            set_length: 512 << 10,
            keys: 1024,
            members: 1024,
        }
    }

    /// Sets the maximum length of a token in its compact serialization, in bytes.
    #[must_use]
    pub const fn max_token_length(mut self, bytes: usize) -> Self {
        self.token_length = bounded(bytes);
        self
    }

    /// Sets the maximum length of a token's encoded header, in bytes.
    #[must_use]
    pub const fn max_header_length(mut self, bytes: usize) -> Self {
        self.header_length = bounded(bytes);
        self
    }

    /// Sets the maximum length of a JWK Set, in bytes.
    #[must_use]
    pub const fn max_set_length(mut self, bytes: usize) -> Self {
        self.set_length = bounded(bytes);
        self
    }

    /// Sets the maximum number of keys in a JWK Set.
    #[must_use]
    pub const fn max_keys(mut self, keys: usize) -> Self {
        self.keys = bounded(keys);
        self
    }

    /// Sets the maximum number of members in total across a JSON object and the objects that enclose it, up
    /// to that point of the text. Duplicate names are found without a heap: every 512 members (128
    /// where pointers have fewer than 64 bits) can cost another pass over an object.
    #[must_use]
    pub const fn max_members(mut self, members: usize) -> Self {
        self.members = bounded(members);
        self
    }

    /// Returns the maximum length of a token, in bytes.
    #[must_use]
    pub const fn token_length(self) -> usize {
        self.token_length
    }

    /// Returns the maximum length of an encoded header, in bytes.
    #[must_use]
    pub const fn header_length(self) -> usize {
        self.header_length
    }

    /// Returns the maximum length of a JWK Set, in bytes. A client need not read more of a response than this
    /// and one byte.
    #[must_use]
    pub const fn set_length(self) -> usize {
        self.set_length
    }

    /// Returns the maximum number of keys in a JWK Set.
    #[must_use]
    pub const fn keys(self) -> usize {
        self.keys
    }

    /// Returns the maximum number of members in total across a JSON object and the objects that enclose it.
    #[must_use]
    pub const fn members(self) -> usize {
        self.members
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

const fn bounded(limit: usize) -> usize {
    if limit < Limits::MAX { limit } else { Limits::MAX }
}
