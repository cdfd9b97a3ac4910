//! The set that is fetched, and when to fetch it.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use super::error::{FetchError, KeysUnavailable};
use super::jitter::Jitter;
use super::monotonic::MonotonicTime;
use super::need::{Kind, Need, Needs};
use super::permit::{
    Content, Document, FetchOutcome, FetchPermit, Fields, PermitIdentity, Recipe, address_of,
};
use super::policy::{PolicyError, RotationPolicy, Withdrawal};
use super::published::{Handle, Latest, Published, RemoteKeys, Withdrawn};
use super::response::HttpResponse;
use super::status::{KeysStatus, RemoteStatus};
use crate::algorithm::AlgorithmSet;
use crate::json::JsonString;
use crate::key_set::KeySet;

/// The maximum number of replaced sets that are kept for the grace of their keys. If an issuer withdraws keys
/// more often within one grace, the oldest set is dropped early.
const MAX_WITHDRAWN: usize = 4;

/// The keys of an issuer that publishes them as a JWK Set (RFC 7517 §5) at a URL, kept current: see the
/// [module's page](super).
#[derive(Debug)]
pub struct RemoteKeySet {
    policy: RotationPolicy,
    jitter: Jitter,
    published: Published,
    /// What belongs to the latest set and is not read to verify.
    record: Option<Record>,
    /// The latest time that was passed in.
    now: MonotonicTime,
    needs: Needs,
    /// The allocation whose address permits store; made with the first permit.
    identity: Option<Box<u8>>,
    in_flight: Option<InFlight>,
    /// How many permits were issued.
    permits: u64,
    /// The number of the latest permit that yielded or confirmed keys.
    succeeded: u64,
    /// No fetch is permitted before this.
    permitted_at: MonotonicTime,
    /// No fetch is scheduled before this.
    scheduled_at: MonotonicTime,
    /// A signature that does not verify is not worth a fetch before this.
    signature_at: MonotonicTime,
    /// The operator asked for a fetch, and none has been permitted since.
    requested: bool,
    failures: u32,
}

#[derive(Debug)]
struct Record {
    digest: [u8; 32],
    etag: Option<Box<str>>,
    declared: Option<Duration>,
    confirmed_at: MonotonicTime,
    /// When the next fetch is due.
    refresh_at: MonotonicTime,
}

#[derive(Clone, Copy, Debug)]
struct InFlight {
    /// The address of the permit's own allocation.
    permit: usize,
    issued_at: MonotonicTime,
}

/// What a successful fetch changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refreshed {
    /// A new set is in use.
    Replaced,
    /// The set in use is still current, because of a 304 or the same document. Its lifetime is extended, and
    /// its keys do not change.
    Unchanged,
}

/// Whether fetching the set again can help a refused token. Exhaustive on purpose: handle every variant.
#[derive(Debug)]
#[must_use = "it may hold a permit"]
pub enum Refetch<P = FetchPermit> {
    /// Fetch now, complete, and verify again.
    Now(P),
    /// The set has changed since the token was verified: verify again.
    VerifyAgain,
    /// A fetch is in flight: verify again when it has been completed, or refuse the token.
    InFlight,
    /// No fetch is permitted yet. Refuse the token until then; a valid token will succeed on a later retry.
    Later {
        /// The time from now.
        wait: Duration,
    },
    /// The set was fetched after this need first occurred, and does not meet it: refuse the token.
    AlreadyFetched,
}

impl RemoteKeySet {
    /// Creates a set that has not been fetched, for tokens of the `allowed` algorithms.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] for a value outside its bounds.
    pub fn new(
        allowed: impl Into<AlgorithmSet>,
        policy: RotationPolicy,
        jitter: Jitter,
    ) -> Result<Self, PolicyError> {
        policy.check()?;
        let published = Published {
            latest: None,
            withdrawn: Vec::new(),
            fixed: None,
            recipe: Recipe { allowed: allowed.into(), uses: &[], limits: policy.limits },
            revision: 0,
            max_stale: policy.max_stale,
            last_error: None,
        };
        Ok(Self {
            policy,
            jitter,
            published,
            record: None,
            now: MonotonicTime::START,
            needs: Needs::new(),
            identity: None,
            in_flight: None,
            permits: 0,
            succeeded: 0,
            permitted_at: MonotonicTime::START,
            scheduled_at: MonotonicTime::START,
            signature_at: MonotonicTime::START,
            requested: false,
            failures: 0,
        })
    }

    /// Also accepts keys with one of these values of `use`, in every set fetched from now on: see
    /// [`Jwk::allow_uses`](crate::Jwk::allow_uses).
    #[must_use]
    pub const fn allow_uses(mut self, uses: &'static [&'static str]) -> Self {
        self.published.recipe.uses = uses;
        self
    }

    /// Adds keys that never change, for tokens whose `kid` is not in the sets of the issuer. They also verify
    /// before the first fetch and when the fetched keys no longer do.
    #[must_use]
    pub fn fixed_keys(mut self, keys: KeySet) -> Self {
        self.published.fixed = Some(Handle::new(keys));
        self
    }

    /// Starts with a set that was saved `age` ago, in flash or in a store shared by workers. This does not
    /// count as a fetch; the next fetch is due when the remaining lifetime nears its end. Header fields that
    /// were saved with the body may be passed with it.
    ///
    /// # Errors
    ///
    /// [`FetchError::KeysPresent`] if there is a set already; [`FetchError::Set`] or
    /// [`FetchError::NoUsableKey`].
    pub fn seed(
        &mut self,
        saved: &HttpResponse<'_>,
        age: Duration,
        now: MonotonicTime,
    ) -> Result<(), FetchError> {
        let at = self.advance(now);
        if self.published.latest.is_some() {
            return Err(FetchError::KeysPresent);
        }
        let document = Document::read(saved, self.published.recipe)?;
        self.replace(document, at);
        self.extend(Fields::of(saved), at.before(age), at.before(age));
        Ok(())
    }

    /// Returns the keys to verify with at `now`. This is cheap: call it for every token.
    ///
    /// # Errors
    ///
    /// [`KeysUnavailable`] before the first keys, more than [`RotationPolicy::max_stale`] after the end of
    /// their lifetime, and once [`Withdrawal`] ends keys that the issuer withdrew; never with
    /// [`fixed_keys`](Self::fixed_keys).
    pub fn keys(&self, now: MonotonicTime) -> Result<RemoteKeys<'_>, KeysUnavailable> {
        self.published.keys(self.at(now))
    }

    /// Returns whether [`fetch_due`](Self::fetch_due) would return a permit.
    #[must_use]
    pub fn is_fetch_due(&self, now: MonotonicTime) -> bool {
        let at = self.at(now);
        self.due_at() <= at
    }

    /// Returns a permit if a fetch is due: there are no usable keys, the end of their lifetime is near, or
    /// the operator asked for it. Call it regularly, or for every token.
    #[must_use = "no other fetch is permitted until this one is completed or lost"]
    pub fn fetch_due(&mut self, now: MonotonicTime) -> Option<FetchPermit> {
        let at = self.advance(now);
        if self.due_at() <= at { self.permit(at) } else { None }
    }

    /// Decides whether the need of a refused token is worth a fetch: see [`RemoteKeys::need`].
    ///
    /// Anyone can make up a kid or a signature. All needs within a cooldown share one permit, and bad
    /// signatures share one per [`RotationPolicy::bad_signature_pause`]. The last 32 needs are remembered, to
    /// tell one that a later fetch did not meet ([`Refetch::AlreadyFetched`]) from one not looked up yet
    /// ([`Refetch::Later`]).
    pub fn refetch(&mut self, need: Need, now: MonotonicTime) -> Refetch {
        let at = self.advance(now);
        if need.revision != self.published.revision {
            return Refetch::VerifyAgain;
        }
        let first_seen = self.needs.note(&need, self.permits);
        let may_fetch_at = match need.kind {
            Kind::Selection => self.next_permit_at(),
            Kind::Signature => self.next_permit_at().max(self.signature_at),
        };
        if self.is_in_flight(at) {
            return Refetch::InFlight;
        }
        if may_fetch_at <= at
            && let Some(permit) = self.permit(at)
        {
            if need.kind == Kind::Signature {
                self.signature_at = at.after(self.policy.signature_pause());
            }
            return Refetch::Now(permit);
        }
        if self.succeeded > first_seen {
            Refetch::AlreadyFetched
        } else {
            Refetch::Later { wait: may_fetch_at.since(at) }
        }
    }

    /// Asks for a fetch that no token caused: the operator knows that the keys changed. If the cooldown does
    /// not permit it now, it is due when the cooldown is over, and [`fetch_due`](Self::fetch_due) will say
    /// so; a fetch that is in flight does not count as this one.
    pub fn request_fetch(&mut self, now: MonotonicTime) -> Refetch {
        let at = self.advance(now);
        if let Some(permit) = self.permit(at) {
            return Refetch::Now(permit);
        }
        self.requested = true;
        if self.is_in_flight(at) {
            Refetch::InFlight
        } else {
            Refetch::Later { wait: self.next_permit_at().since(at) }
        }
    }

    /// Takes the outcome of a fetch, at the time after the exchange. This is cheap: the keys are already
    /// built.
    ///
    /// The lifetime counts from the time at which the permit was issued, because the response may have been
    /// under way since then (RFC 9111 §4.2.3).
    ///
    /// # Errors
    ///
    /// [`FetchError`]; the previous keys stay in use, unless the policy says otherwise for
    /// [`NoUsableKey`](FetchError::NoUsableKey).
    pub fn complete(&mut self, outcome: FetchOutcome, now: MonotonicTime) -> Result<Refreshed, FetchError> {
        let at = self.advance(now);
        let FetchOutcome { permit, retry_after, content } = outcome;
        if self.identity.as_deref().map(address_of) != Some(permit.identity.set) {
            return Err(FetchError::ForeignPermit);
        }
        match self.in_flight {
            None => return Err(FetchError::PermitLapsed),
            // A permit of a dropped set may store the address of this set, but none of this set's permits can
            // have the address of its allocation, which still exists.
            Some(in_flight) if in_flight.permit != permit.identity.address() => {
                return Err(FetchError::PermitLapsed);
            }
            Some(_) => self.in_flight = None,
        }
        let refreshed = match content {
            Err(error) => {
                self.fail(&error, retry_after, at);
                return Err(error);
            }
            Ok(Content::NotModified(fields)) => {
                // A permit has an ETag only if there is a set, which only its own response replaces.
                debug_assert!(self.record.is_some(), "confirmed nothing");
                let fields = match &mut self.record {
                    Some(record) => fields.or(&mut record.etag, record.declared),
                    None => fields,
                };
                self.extend(fields, permit.issued_at, at);
                Refreshed::Unchanged
            }
            Ok(Content::Same(fields)) => {
                self.extend(fields, permit.issued_at, at);
                Refreshed::Unchanged
            }
            Ok(Content::New(document, fields)) => {
                self.replace(document, at);
                self.extend(fields, permit.issued_at, at);
                Refreshed::Replaced
            }
        };
        self.failures = 0;
        self.published.last_error = None;
        self.succeeded = permit.number;
        self.scheduled_at = MonotonicTime::START;
        Ok(refreshed)
    }

    /// Returns the state at `now`.
    #[must_use]
    pub fn status(&self, now: MonotonicTime) -> RemoteStatus {
        let at = self.at(now);
        let keys = self.published.latest.as_ref().zip(self.record.as_ref()).map(|(latest, record)| {
            let bound = latest.keys.verdicts().filter(|verdict| verdict.outcome.is_ok()).count();
            KeysStatus {
                bound,
                set_aside: latest.keys.verdicts().filter(|verdict| verdict.outcome.is_err()).count(),
                age: at.since(record.confirmed_at),
                fresh_for: latest.fresh_until.since(at),
                stale_for: at.since(latest.fresh_until),
                usable: latest.is_usable(at),
                withdrawn: latest.is_withdrawn,
            }
        });
        RemoteStatus {
            keys,
            in_flight: self.is_in_flight(at),
            due_in: self.due_at().since(at),
            permitted_in: self.next_permit_at().since(at),
            failures: self.failures,
            last_error: self.published.last_error.clone(),
            needs: self.needs.len(),
        }
    }

    /// Returns what is read to verify, to be published after each change.
    #[cfg(feature = "std")]
    pub(super) const fn published(&self) -> &Published {
        &self.published
    }

    /// Returns the number of the permit in flight, unless it has lapsed.
    #[cfg(feature = "std")]
    pub(super) fn flight(&self, now: MonotonicTime) -> Option<u64> {
        Some(self.permits).filter(|_| self.is_in_flight(self.at(now)))
    }

    fn at(&self, now: MonotonicTime) -> MonotonicTime {
        self.now.max(now)
    }

    /// Advances the time, and removes what has ended by then.
    fn advance(&mut self, now: MonotonicTime) -> MonotonicTime {
        let at = self.at(now);
        self.now = at;
        self.published.withdrawn.retain(|withdrawn| withdrawn.until > at);
        at
    }

    /// Returns when a fetch is due and permitted.
    fn due_at(&self) -> MonotonicTime {
        let wanted = match (&self.published.latest, &self.record) {
            (Some(latest), Some(record)) if !self.requested => {
                // Without usable keys there is no backoff.
                let usable_until = latest.usable_until.unwrap_or(MonotonicTime::START);
                record.refresh_at.max(self.scheduled_at).min(usable_until)
            }
            _ => MonotonicTime::START,
        };
        wanted.max(self.next_permit_at())
    }

    /// Returns when the next fetch is permitted. A permit in flight blocks it until it is considered lost.
    fn next_permit_at(&self) -> MonotonicTime {
        match self.in_flight {
            Some(in_flight) => in_flight.issued_at.after(self.policy.lapse()),
            None => self.permitted_at,
        }
    }

    fn is_in_flight(&self, at: MonotonicTime) -> bool {
        self.in_flight.is_some() && self.next_permit_at() > at
    }

    /// Issues a permit, if one is permitted. Nothing else issues permits.
    fn permit(&mut self, at: MonotonicTime) -> Option<FetchPermit> {
        if self.next_permit_at() > at {
            return None;
        }
        if self.in_flight.is_some() {
            self.published.last_error = Some(FetchError::PermitLapsed);
        }
        let identity = PermitIdentity::new(address_of(self.identity.get_or_insert_with(|| Box::new(0))));
        self.in_flight = Some(InFlight { permit: identity.address(), issued_at: at });
        self.permitted_at = at.after(self.policy.cooldown);
        self.permits = self.permits.wrapping_add(1);
        self.requested = false;
        Some(FetchPermit {
            identity,
            number: self.permits,
            issued_at: at,
            etag: self.record.as_ref().and_then(|record| record.etag.clone()),
            digest: self.record.as_ref().map(|record| record.digest),
            recipe: self.published.recipe,
        })
    }

    /// Records a failed fetch, and postpones further ones.
    fn fail(&mut self, error: &FetchError, retry_after: Option<Duration>, at: MonotonicTime) {
        self.failures = self.failures.saturating_add(1);
        self.published.last_error = Some(error.clone());
        if matches!(error, FetchError::NoUsableKey(_)) {
            self.withdraw();
        }
        // A server may ask for a longer pause, but for no more than the cooldown while no key is usable.
        let usable = self.published.is_usable(at);
        let max = if usable { self.policy.longest_pause() } else { self.policy.cooldown };
        let asked = at.after(retry_after.unwrap_or(Duration::ZERO).min(max));
        if self.published.latest.is_none() {
            self.permitted_at = at.after(self.policy.startup_pause(self.failures));
        }
        self.permitted_at = self.permitted_at.max(asked);
        let backoff = self.policy.backoff(self.failures, &mut self.jitter);
        self.scheduled_at = at.after(backoff).max(asked);
    }

    /// Applies [`RotationPolicy::withdrawal`] to the keys in use.
    fn withdraw(&mut self) {
        let Some(latest) = &mut self.published.latest else { return };
        latest.is_withdrawn = true;
        latest.usable_until = match self.policy.withdrawal {
            Withdrawal::Keep => latest.usable_until,
            Withdrawal::AtEndOfLifetime => latest.usable_until.map(|until| until.min(latest.fresh_until)),
            Withdrawal::AtOnce => None,
        };
    }

    /// Starts the lifetime that the fields state, at the time of the request.
    fn extend(&mut self, fields: Fields, requested_at: MonotonicTime, confirmed_at: MonotonicTime) {
        let lifetime = self.policy.lifetime_of(fields.declared, fields.age);
        let fresh_until = requested_at.after(lifetime);
        let refresh_at = requested_at.after(self.policy.refresh_after(lifetime, &mut self.jitter));
        debug_assert!(self.record.is_some(), "there is a set");
        if let (Some(latest), Some(record)) = (&mut self.published.latest, &mut self.record) {
            latest.fresh_until = fresh_until;
            latest.usable_until = Some(fresh_until.after(self.policy.max_stale));
            latest.is_withdrawn = false;
            record.etag = fields.etag;
            record.declared = fields.declared;
            record.confirmed_at = confirmed_at;
            record.refresh_at = refresh_at;
        }
    }

    /// Replaces the set, and keeps the previous one for the grace of the keys that are gone. A set that was
    /// no longer usable does not become usable again. [`extend`](Self::extend) sets the lifetime.
    fn replace(&mut self, document: Document, at: MonotonicTime) {
        let before = self.published.latest.take().filter(|latest| {
            !self.policy.grace.is_zero()
                && latest.is_usable(at)
                && has_key_beyond(&latest.keys, &document.keys)
        });
        if let Some(before) = before {
            let withdrawn = Withdrawn { keys: before.keys, until: at.after(self.policy.grace) };
            self.published.withdrawn.insert(0, withdrawn);
            self.published.withdrawn.truncate(MAX_WITHDRAWN);
        }
        self.published.revision = self.published.revision.wrapping_add(1);
        self.published.latest = Some(Latest {
            keys: Handle::new(document.keys),
            fresh_until: at,
            usable_until: None,
            is_withdrawn: false,
        });
        self.record = Some(Record {
            digest: document.digest,
            etag: None,
            declared: None,
            confirmed_at: at,
            refresh_at: at,
        });
    }
}

/// Returns whether a key of a set has a `kid` that no member of the other has.
fn has_key_beyond(keys: &KeySet, other: &KeySet) -> bool {
    let mut bound = keys.verdicts().filter(|verdict| verdict.outcome.is_ok());
    let gone = |kid: &str| other.keys_of(JsonString::new(kid, false)).next().is_none();
    bound.any(|verdict| verdict.kid.is_some_and(gone))
}
