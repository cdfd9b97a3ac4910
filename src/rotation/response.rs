//! The response of the application's HTTP client.

use core::fmt;
use core::time::Duration;

use super::cache_control::{CacheControl, age, delta_seconds};
use super::http_date::http_date;

/// A response of the endpoint: its status, body and header fields.
///
/// ```
/// use jose_core::rotation::HttpResponse;
///
/// let body = br#"{"keys": []}"#;
/// let fields = [("content-type", "application/jwk-set+json"), ("cache-control", "public, max-age=600")];
/// let mut response = HttpResponse::new(200, body);
/// for (name, value) in fields {
///     response = response.header(name, value);
/// }
/// ```
#[derive(Clone, Copy)]
pub struct HttpResponse<'r> {
    pub(super) status: u16,
    pub(super) body: &'r [u8],
    cache_control: CacheControl,
    age: Option<u32>,
    date: Option<i64>,
    /// When it expires; a value that is not a date is in the past (RFC 9111 §5.3).
    expires: Option<Option<i64>>,
    pub(super) etag: Option<&'r str>,
    retry_after: Option<RetryAfter>,
}

#[derive(Clone, Copy)]
enum RetryAfter {
    Seconds(u32),
    Date(i64),
}

/// The longest `ETag` that is kept, in bytes.
const MAX_ETAG: usize = 256;

impl<'r> HttpResponse<'r> {
    /// Creates a response with this status code and this body, without content codings. The client need not
    /// read more of a body than [`Limits::set_length`](crate::Limits::set_length) and one byte.
    pub fn new<B: AsRef<[u8]> + ?Sized>(status: u16, body: &'r B) -> Self {
        Self {
            status,
            body: body.as_ref(),
            cache_control: CacheControl::default(),
            age: None,
            date: None,
            expires: None,
            etag: None,
            retry_after: None,
        }
    }

    /// Adds a header field line; call it in the order of the lines. `Cache-Control`, `Expires` and `Age`
    /// (RFC 9111 §5), `Date`, `ETag` and `Retry-After` (RFC 9110 §6.6.1, §8.8.3, §10.2.3) are read; all
    /// others are ignored, so that a client can pass everything. Malformed values are ignored; a malformed
    /// `Cache-Control` is treated as `no-store`, and a malformed `Expires` as a time in the past.
    ///
    /// There is no wall clock here: an `Expires` counts from the response's own `Date`, and without one is
    /// treated as a time in the past. A `Retry-After` that is a date is ignored without `Date`.
    #[must_use]
    pub fn header<V: AsRef<[u8]> + ?Sized>(mut self, name: &str, value: &'r V) -> Self {
        let value = value.as_ref().trim_ascii();
        if name.eq_ignore_ascii_case("cache-control") {
            self.cache_control.read(value);
        } else if name.eq_ignore_ascii_case("expires") {
            // The first counts (RFC 9111 §4.2.1).
            self.expires = self.expires.or_else(|| Some(http_date(value)));
        } else if name.eq_ignore_ascii_case("date") {
            self.date = self.date.or_else(|| http_date(value));
        } else if name.eq_ignore_ascii_case("age") {
            self.age = self.age.or_else(|| age(value));
        } else if name.eq_ignore_ascii_case("etag") {
            self.etag = entity_tag(value);
        } else if name.eq_ignore_ascii_case("retry-after") {
            let date = || http_date(value).map(RetryAfter::Date);
            self.retry_after = delta_seconds(value).map(RetryAfter::Seconds).or_else(date);
        }
        self
    }

    /// Returns the lifetime that the response states, without subtracting its age; `None` if it states none.
    /// `max-age` takes precedence over `Expires` (RFC 9111 §4.2.1).
    pub(super) fn lifetime(&self) -> Option<Duration> {
        let seconds = self.cache_control.lifetime().map(u64::from);
        let expires = || {
            let left = self.expires?.zip(self.date).and_then(|(expires, date)| expires.checked_sub(date));
            // A time in the past leaves nothing.
            Some(left.and_then(|left| u64::try_from(left).ok()).unwrap_or(0))
        };
        seconds.or_else(expires).map(Duration::from_secs)
    }

    /// Returns the time that the response spent in caches.
    pub(super) fn age(&self) -> Duration {
        Duration::from_secs(self.age.unwrap_or(0).into())
    }

    /// Returns the pause that the server asks for.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let seconds = match self.retry_after? {
            RetryAfter::Seconds(seconds) => u64::from(seconds),
            RetryAfter::Date(date) => u64::try_from(date.checked_sub(self.date?)?).ok()?,
        };
        Some(Duration::from_secs(seconds))
    }
}

/// Omits the body: a set may contain secrets.
impl fmt::Debug for HttpResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("HttpResponse");
        shown.field("status", &self.status).field("body_len", &self.body.len()).finish_non_exhaustive()
    }
}

/// Returns an entity tag, `"…"` or `W/"…"` (RFC 9110 §8.8.3). It is sent in a request, so only visible ASCII
/// is accepted.
fn entity_tag(value: &[u8]) -> Option<&str> {
    let opaque = value.strip_prefix(b"W/").unwrap_or(value).strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let fits = value.len() <= MAX_ETAG && opaque.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'"');
    core::str::from_utf8(value).ok().filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use super::HttpResponse;

    #[test]
    fn entity_tags_that_can_be_sent_back() {
        let long = ["\"", &"x".repeat(254), "\""].concat();
        let longer = ["\"", &"x".repeat(255), "\""].concat();
        let tag = |value| HttpResponse::new(200, b"").header("ETag", value).etag;
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
