//! How much is read of what strangers send.

/// The greatest sizes of what is read. They bound the work that a stranger can cause, which is linear in
/// them, and each is the caller's to raise or lower, up to [`MAX`](Self::MAX): more counts as that.
///
/// | limit | of | default |
/// |---|---|---|
/// | [`max_token_length`](Self::max_token_length) | a token, encoded | 64 KiB |
/// | [`max_header_length`](Self::max_header_length) | a token's header, encoded | 16 KiB |
/// | [`max_set_length`](Self::max_set_length) | a JWK Set | 512 KiB |
/// | [`max_keys`](Self::max_keys) | members of a JWK Set's `keys` | 1,024 |
/// | [`max_members`](Self::max_members) | members in the JSON objects that are open at one place | 1,024 |
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
    /// The greatest value of every limit: 2^20, which is 1 MiB.
    pub const MAX: usize = 1 << 20;

    /// The limits of the table's last column.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            // Keycloak writes 22 KB for a user with roles at 130 clients, the App Store 18 KB for a
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

    /// Sets the greatest length of a token in its compact serialization, in bytes.
    #[must_use]
    pub const fn max_token_length(mut self, bytes: usize) -> Self {
        self.token_length = bounded(bytes);
        self
    }

    /// Sets the greatest length of a token's header, as it is encoded in the token, in bytes.
    #[must_use]
    pub const fn max_header_length(mut self, bytes: usize) -> Self {
        self.header_length = bounded(bytes);
        self
    }

    /// Sets the greatest length of a JWK Set, in bytes.
    #[must_use]
    pub const fn max_set_length(mut self, bytes: usize) -> Self {
        self.set_length = bounded(bytes);
        self
    }

    /// Sets the greatest number of members of a JWK Set's `keys`.
    #[must_use]
    pub const fn max_keys(mut self, keys: usize) -> Self {
        self.keys = bounded(keys);
        self
    }

    /// Sets the greatest number of members in all JSON objects that are open at one place of a text: in an
    /// object, and in the objects around it up to there. Names are told apart without a heap: each 128
    /// members more can cost one more pass over an object.
    #[must_use]
    pub const fn max_members(mut self, members: usize) -> Self {
        self.members = bounded(members);
        self
    }

    /// The greatest length of a token, in bytes.
    #[must_use]
    pub const fn token_length(self) -> usize {
        self.token_length
    }

    /// The greatest length of an encoded header, in bytes.
    #[must_use]
    pub const fn header_length(self) -> usize {
        self.header_length
    }

    /// The greatest length of a JWK Set, in bytes. A client need not read more of a response than this and
    /// one byte.
    #[must_use]
    pub const fn set_length(self) -> usize {
        self.set_length
    }

    /// The greatest number of members of a JWK Set's `keys`.
    #[must_use]
    pub const fn keys(self) -> usize {
        self.keys
    }

    /// The greatest number of members in JSON objects that are open at one place.
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
