//! One remote set for many threads and tasks, which needs no lock of the application.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock};

use super::error::{FetchError, KeysUnavailable, NoResponse};
use super::monotonic::MonotonicTime;
use super::need::Need;
use super::permit::FetchPermit;
use super::published::{Published, RemoteKeys};
use super::remote::{Refetch, Refreshed, RemoteKeySet};
use super::response::HttpResponse;
use super::status::RemoteStatus;
use crate::algorithm::AlgorithmSet;
use crate::error::Error;
use crate::key::VerifyingKey;
use crate::key_set::KeySet;
use crate::reference::Reference;
use crate::select::{Cursor, Member, Query, sealed::Find};

/// A [`RemoteKeySet`] shared by threads and tasks, with a clock. Cloning is cheap, and all clones are the
/// same set.
///
/// Reading the keys clones an [`Arc`]. Nothing is parsed or built while a lock is held, and no lock is held
/// while the application verifies or fetches.
#[derive(Clone)]
pub struct SharedKeySet(Arc<Inner>);

struct Inner {
    clock: Box<dyn Fn() -> MonotonicTime + Send + Sync>,
    published: RwLock<Arc<Published>>,
    state: Mutex<State>,
    /// Notified when a fetch ends.
    ended: Condvar,
}

struct State {
    remote: RemoteKeySet,
    /// Tasks that wait for a fetch to end, by number.
    wakers: BTreeMap<u64, Waker>,
    /// The number of tasks that have waited.
    waits: u64,
}

impl SharedKeySet {
    /// Shares a set, with [`MonotonicTime::now`] as its clock. A set that was given times with another origin
    /// needs [`with_clock`](Self::with_clock). This function does not exist on `wasm32-unknown-unknown`.
    #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
    #[must_use]
    pub fn new(remote: RemoteKeySet) -> Self {
        Self::with_clock(remote, MonotonicTime::now)
    }

    /// Shares a set with a custom clock.
    #[must_use]
    pub fn with_clock(
        remote: RemoteKeySet,
        clock: impl Fn() -> MonotonicTime + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            clock: Box::new(clock),
            published: RwLock::new(Arc::new(remote.published().clone())),
            state: Mutex::new(State { remote, wakers: BTreeMap::new(), waits: 0 }),
            ended: Condvar::new(),
        }))
    }

    /// Returns the keys to verify with now: see [`RemoteKeySet::keys`]. Call it for every token: keys that
    /// were returned do not change.
    ///
    /// # Errors
    ///
    /// [`KeysUnavailable`], as [`RemoteKeySet::keys`].
    pub fn keys(&self) -> Result<CurrentKeys, KeysUnavailable> {
        let at = (self.0.clock)();
        let published = self.0.published.read().unwrap_or_else(PoisonError::into_inner).clone();
        published.keys(at)?;
        Ok(CurrentKeys { published, at })
    }

    /// Returns a permit if a fetch is due: see [`RemoteKeySet::fetch_due`]. Call it every second or so in a
    /// dedicated thread or task.
    pub fn fetch_due(&self) -> Option<Fetch> {
        let now = (self.0.clock)();
        // Most calls find nothing due; the lock decides which of the others gets the permit.
        let permit = self.0.lock().remote.fetch_due(now);
        permit.map(|permit| self.fetch(permit))
    }

    /// Decides whether the need of a refused token is worth a fetch: see [`RemoteKeySet::refetch`].
    pub fn refetch(&self, need: Need) -> Refetch<Fetch> {
        let now = (self.0.clock)();
        let next = self.0.lock().remote.refetch(need, now);
        self.with_fetch(next)
    }

    /// Asks for a fetch because the operator knows that the keys changed: see
    /// [`RemoteKeySet::request_fetch`].
    pub fn request_fetch(&self) -> Refetch<Fetch> {
        let now = (self.0.clock)();
        let next = self.0.lock().remote.request_fetch(now);
        self.with_fetch(next)
    }

    /// Returns the current state.
    #[must_use]
    pub fn status(&self) -> RemoteStatus {
        let now = (self.0.clock)();
        self.0.lock().remote.status(now)
    }

    /// Waits until the fetch in flight has ended, for asynchronous code and any runtime. It is ready at once
    /// if there is none. Wrap it in the runtime's timeout.
    #[must_use = "futures do nothing unless they are awaited"]
    pub fn fetched(&self) -> Fetched {
        let flight = self.0.flight();
        Fetched { shared: Arc::clone(&self.0), flight, number: None }
    }

    /// Waits on this thread until the fetch in flight has ended, at most this long. Returns whether no fetch
    /// is in flight any more.
    pub fn wait(&self, timeout: Duration) -> bool {
        let Some(flight) = self.0.flight() else { return true };
        let state = self.0.lock();
        let is_out = |state: &mut State| state.remote.flight((self.0.clock)()) == Some(flight);
        let waited = self.0.ended.wait_timeout_while(state, timeout, is_out);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    fn fetch(&self, permit: FetchPermit) -> Fetch {
        // Those who waited for a permit that lapsed see a new flight.
        self.0.publish(self.0.lock());
        Fetch { shared: Arc::clone(&self.0), permit: Some(permit) }
    }

    fn with_fetch(&self, next: Refetch) -> Refetch<Fetch> {
        match next {
            Refetch::Now(permit) => Refetch::Now(self.fetch(permit)),
            Refetch::VerifyAgain => Refetch::VerifyAgain,
            Refetch::InFlight => Refetch::InFlight,
            Refetch::Later { wait } => Refetch::Later { wait },
            Refetch::AlreadyFetched => Refetch::AlreadyFetched,
        }
    }
}

/// Only the caller's clock and wakers can panic under a lock. They leave nothing half done, so poison is
/// ignored.
impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the number of the fetch in flight.
    fn flight(&self) -> Option<u64> {
        let now = (self.clock)();
        self.lock().remote.flight(now)
    }

    /// Publishes changes to readers, and wakes those who wait.
    fn publish(&self, mut state: MutexGuard<'_, State>) {
        let published = Arc::new(state.remote.published().clone());
        let before = {
            let mut place = self.published.write().unwrap_or_else(PoisonError::into_inner);
            core::mem::replace(&mut *place, published)
        };
        let wakers = core::mem::take(&mut state.wakers);
        drop(state);
        self.ended.notify_all();
        wakers.into_values().for_each(Waker::wake);
        // Keys that are no longer used are freed here, outside the locks.
        drop(before);
    }

    fn complete(
        &self,
        permit: FetchPermit,
        fetched: Result<HttpResponse<'_>, NoResponse>,
    ) -> Result<Refreshed, FetchError> {
        let outcome = permit.receive(fetched);
        let now = (self.clock)();
        let mut state = self.lock();
        let refreshed = state.remote.complete(outcome, now);
        self.publish(state);
        refreshed
    }
}

impl fmt::Debug for SharedKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedKeySet").field("remote", &self.0.lock().remote).finish_non_exhaustive()
    }
}

/// The permission to fetch a [`SharedKeySet`] once. When dropped, it counts as a fetch without a response,
/// and ends the wait for it.
#[must_use = "whoever is given this fetches the set"]
pub struct Fetch {
    shared: Arc<Inner>,
    /// Until it is completed.
    permit: Option<FetchPermit>,
}

impl Fetch {
    /// Returns the `ETag` for the request's `If-None-Match`: see [`FetchPermit::etag`].
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.permit.as_ref().and_then(FetchPermit::etag)
    }

    /// Reads the response, builds the keys, and publishes them. Meanwhile the current keys continue to
    /// verify. This can take some milliseconds for a large set: in asynchronous code, call it where blocking
    /// is allowed.
    ///
    /// # Errors
    ///
    /// [`FetchError`], as [`RemoteKeySet::complete`].
    pub fn complete(
        mut self,
        fetched: Result<HttpResponse<'_>, NoResponse>,
    ) -> Result<Refreshed, FetchError> {
        match self.permit.take() {
            Some(permit) => self.shared.complete(permit, fetched),
            // The permit is taken only here or in `drop`, and both consume this.
            None => Err(FetchError::PermitLapsed),
        }
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            let none = NoResponse::because(&"the fetch was cancelled before it was completed");
            // The status contains the error.
            let _ = self.shared.complete(permit, Err(none));
        }
    }
}

impl fmt::Debug for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetch").field("permit", &self.permit).finish_non_exhaustive()
    }
}

/// A future that is ready when the fetch that was in flight has ended: see [`SharedKeySet::fetched`].
pub struct Fetched {
    shared: Arc<Inner>,
    flight: Option<u64>,
    /// The number under which its waker is kept.
    number: Option<u64>,
}

impl Future for Fetched {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let shared = Arc::clone(&self.shared);
        let now = (shared.clock)();
        let mut state = shared.lock();
        if self.flight.is_none() || state.remote.flight(now) != self.flight {
            return Poll::Ready(());
        }
        let number = *self.number.get_or_insert_with(|| {
            state.waits = state.waits.wrapping_add(1);
            state.waits
        });
        state.wakers.insert(number, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Fetched {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let waker = self.shared.lock().wakers.remove(&number);
            drop(waker);
        }
    }
}

impl fmt::Debug for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetched").field("flight", &self.flight).finish_non_exhaustive()
    }
}

/// The keys of a [`SharedKeySet`] at one time, to verify with.
#[derive(Clone, Debug)]
pub struct CurrentKeys {
    published: Arc<Published>,
    at: MonotonicTime,
}

impl CurrentKeys {
    /// Returns the latest set: see [`RemoteKeys::latest`].
    #[must_use]
    pub fn latest(&self) -> Option<&KeySet> {
        self.as_remote().latest()
    }

    fn as_remote(&self) -> RemoteKeys<'_> {
        self.published.view(self.at)
    }

    /// Returns the need of a token that was refused with these keys: see [`RemoteKeys::need`].
    pub fn need<T: AsRef<[u8]> + ?Sized>(&self, token: &T, refusal: &Error) -> Option<Need> {
        self.as_remote().need(token, refusal)
    }
}

impl Find for CurrentKeys {
    fn with_key(
        &self,
        query: &Query<'_>,
        act: &mut dyn FnMut(&VerifyingKey) -> Result<(), Error>,
    ) -> Result<(), Error> {
        act(self.as_remote().find_here(query)?)
    }

    fn algorithms(&self) -> AlgorithmSet {
        self.as_remote().algorithms_here()
    }

    fn member<'m>(&'m self, reference: Reference<'m>, cursor: &mut Cursor<'m>) -> Option<Member<'m>> {
        self.as_remote().member_here(reference, cursor)
    }
}
