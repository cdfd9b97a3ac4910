//! What the application's HTTP client brings.

use core::fmt;

use super::cache_control::{CacheControl, age, delta_seconds};

/// An answer of the endpoint: its status, its body, and those of its fields that count.
///
/// ```
/// use jose_core::HttpResponse;
///
/// let body = br#"{"keys": []}"#;
/// let fields = [("content-type", "application/jwk-set+json"), ("cache-control", "public, max-age=600")];
/// let mut response = HttpResponse::new(200, body);
/// for (name, value) in fields {
///     response = response.field(name, value);
/// }
/// ```
#[derive(Clone, Copy)]
pub struct HttpResponse<'r> {
    pub(super) status: u16,
    pub(super) body: &'r [u8],
    pub(super) cache_control: CacheControl,
    age: Option<u32>,
    pub(super) etag: Option<&'r str>,
    pub(super) retry_after: Option<u32>,
}

/// The longest `ETag` that is kept, in bytes.
const MOST_ETAG: usize = 256;

impl<'r> HttpResponse<'r> {
    /// A response with this status code and this body, content codings removed. The client need not
    /// read more of a body than [`Limits::set_length`](crate::Limits::set_length) and one byte.
    pub fn new<B: AsRef<[u8]> + ?Sized>(status: u16, body: &'r B) -> Self {
        let body = body.as_ref();
        Self {
            status,
            body,
            cache_control: CacheControl::default(),
            age: None,
            etag: None,
            retry_after: None,
        }
    }

    /// Takes note of a field of the header, in the order in which they came. `Cache-Control` and `Age`
    /// (RFC 9111 §5), `ETag` (RFC 9110 §8.8.3) and `Retry-After` in seconds (RFC 9110 §10.2.3) are
    /// read; all others are passed over, so that a client can hand in everything. Values that make no
    /// sense mean nothing, but for `Cache-Control`, where they mean that nothing is to be kept.
    #[must_use]
    pub fn field<V: AsRef<[u8]> + ?Sized>(mut self, name: &str, value: &'r V) -> Self {
        let value = value.as_ref().trim_ascii();
        if name.eq_ignore_ascii_case("cache-control") {
            self.cache_control.read(value);
        } else if name.eq_ignore_ascii_case("age") {
            self.age = self.age.or_else(|| age(value));
        } else if name.eq_ignore_ascii_case("etag") {
            self.etag = entity_tag(value);
        } else if name.eq_ignore_ascii_case("retry-after") {
            self.retry_after = delta_seconds(value);
        }
        self
    }

    /// The seconds since the response was made, in the caches on its way.
    pub(super) fn age(&self) -> u32 {
        self.age.unwrap_or(0)
    }
}

/// Shows no body: a set may hold secrets.
impl fmt::Debug for HttpResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("HttpResponse");
        shown.field("status", &self.status).field("body_len", &self.body.len()).finish_non_exhaustive()
    }
}

/// An entity tag, `"…"` or `W/"…"` (RFC 9110 §8.8.3). It goes into a request, so that nothing but
/// visible ASCII is let through.
fn entity_tag(value: &[u8]) -> Option<&str> {
    let opaque = value.strip_prefix(b"W/").unwrap_or(value).strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let fits = value.len() <= MOST_ETAG && opaque.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'"');
    core::str::from_utf8(value).ok().filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use super::HttpResponse;

    #[test]
    fn entity_tags_that_can_be_sent_back() {
        let long = ["\"", &"x".repeat(254), "\""].concat();
        let longer = ["\"", &"x".repeat(255), "\""].concat();
        let tag = |value| HttpResponse::new(200, b"").field("ETag", value).etag;
        for kept in ["\"abc\"", "W/\"abc\"", "\"\"", &long] {
            assert_eq!(tag(kept), Some(kept));
        }
        for dropped in
            ["", "abc", "\"", "\"abc", "w/\"abc\"", "\"a\"b\"", "\"a b\"", "\"a\r\nb\"", "\"ä\"", &longer]
        {
            assert_eq!(tag(dropped), None, "{dropped:?}");
        }
    }
}
