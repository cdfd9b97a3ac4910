//! The set that threads and tasks share.

use core::future::Future as _;
use core::pin::pin;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::Arc;
use std::task::Wake;
use std::thread::{scope, sleep};
use std::time::Instant;

use jose_core::rotation::{
    CurrentKeys, Fetch, FetchError, HttpResponse, Jitter, KeysUnavailable, MonotonicTime, NoResponse,
    Refetch, Refreshed, RemoteKeySet, RotationPolicy, SharedKeySet,
};
use jose_core::{Error, Verifier};

use super::{allowed, document, seconds, token};

/// A set whose clock the test turns, in seconds.
fn shared(policy: RotationPolicy) -> (SharedKeySet, Arc<AtomicU64>) {
    let clock = Arc::new(AtomicU64::new(0));
    let remote = RemoteKeySet::new(allowed(), policy, Jitter::NONE).unwrap();
    let read = Arc::clone(&clock);
    let now = move || MonotonicTime::since_origin(seconds(read.load(Ordering::SeqCst)));
    (SharedKeySet::with_clock(remote, now), clock)
}

fn verify(keys: &CurrentKeys, kid: &str) -> Result<(), Error> {
    Verifier::new(keys).verify(&token(kid), &mut Vec::new()).map(drop)
}

fn bring(fetch: Fetch, kids: &[&str]) -> Result<Refreshed, FetchError> {
    fetch.complete(Ok(HttpResponse::new(200, &document(kids))))
}

/// What a token that is refused gets.
fn refetch(set: &SharedKeySet, kid: &str) -> Refetch<Fetch> {
    let keys = set.keys().unwrap();
    let refusal = verify(&keys, kid).unwrap_err();
    set.refetch(keys.need(&token(kid), &refusal).unwrap())
}

#[test]
fn keys_are_published() {
    let (set, clock) = shared(RotationPolicy::new());
    assert!(matches!(set.keys(), Err(KeysUnavailable::NeverFetched { last_error: None })));
    assert_eq!(bring(set.fetch_due().unwrap(), &["a"]), Ok(Refreshed::Replaced));
    assert!(set.fetch_due().is_none());
    let old = set.keys().unwrap();
    verify(&old, "a").unwrap();
    clock.store(100, Ordering::SeqCst);
    let Refetch::Now(fetch) = refetch(&set, "b") else { panic!("no permit") };
    assert!(matches!(refetch(&set, "c"), Refetch::InFlight));
    // Another clone is the same set.
    let other = set.clone();
    assert_eq!(bring(fetch, &["b"]), Ok(Refreshed::Replaced));
    verify(&other.keys().unwrap(), "b").unwrap();
    let kids = |keys: &CurrentKeys| {
        keys.latest().unwrap().iter().map(|(kid, _)| kid.unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((kids(&old), kids(&other.keys().unwrap())), (vec!["a".to_owned()], vec!["b".to_owned()]));
    // Whoever verified with the old keys is told so.
    let refusal = verify(&old, "b").unwrap_err();
    let need = old.need(&token("b"), &refusal).unwrap();
    assert!(matches!(set.refetch(need), Refetch::VerifyAgain));
    // An error is in what readers are told.
    clock.store(400 + 86_401, Ordering::SeqCst);
    let fetch = set.fetch_due().unwrap();
    fetch.complete(Err(NoResponse::because(&"no route"))).unwrap_err();
    let error = set.keys().unwrap_err().to_string();
    assert!(error.contains("no route"), "{error}");
    clock.store(500 + 86_401, Ordering::SeqCst);
    assert!(matches!(set.request_fetch(), Refetch::Now(_)));
    assert!(format!("{set:?}").starts_with("SharedKeySet"));
}

/// A request that is cancelled takes its permit along: whoever waits is not left waiting.
#[test]
fn a_fetch_that_is_dropped_has_failed() {
    let (set, clock) = shared(RotationPolicy::new());
    drop(set.fetch_due().unwrap());
    let status = set.status();
    assert_eq!((status.failures, status.in_flight), (1, false));
    assert!(status.to_string().contains("cancelled"), "{status}");
    clock.store(1, Ordering::SeqCst);
    assert!(bring(set.fetch_due().unwrap(), &["a"]).is_ok());
}

/// Threads that are told that a fetch is in flight wait for it, and no longer.
#[test]
fn threads_wait_for_a_fetch() {
    let (set, _) = shared(RotationPolicy::new());
    assert!(set.wait(Duration::ZERO), "there is nothing to wait for");
    let fetch = set.fetch_due().unwrap();
    let start = Instant::now();
    assert!(!set.wait(Duration::from_millis(50)));
    assert!(start.elapsed() >= Duration::from_millis(50));
    let woken = AtomicU32::new(0);
    scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                assert!(set.wait(Duration::from_secs(60)));
                verify(&set.keys().unwrap(), "a").unwrap();
                woken.fetch_add(1, Ordering::SeqCst);
            });
        }
        sleep(Duration::from_millis(50));
        assert_eq!(woken.load(Ordering::SeqCst), 0);
        bring(fetch, &["a"]).unwrap();
    });
    assert_eq!(woken.load(Ordering::SeqCst), 4);
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Tasks do, too, whatever polls them.
#[test]
fn tasks_wait_for_a_fetch() {
    let (set, clock) = shared(RotationPolicy::new());
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut context = Context::from_waker(&waker);
    assert_eq!(pin!(set.fetched()).poll(&mut context), Poll::Ready(()), "nothing is in flight");

    let fetch = set.fetch_due().unwrap();
    let mut waiting = pin!(set.fetched());
    let mut cancelled = Box::pin(set.fetched());
    assert_eq!(waiting.as_mut().poll(&mut context), Poll::Pending);
    assert_eq!(cancelled.as_mut().poll(&mut context), Poll::Pending);
    drop(cancelled);
    assert!(!woken.0.load(Ordering::SeqCst));
    // It ends between the question and the next poll.
    let mut late = pin!(set.fetched());
    bring(fetch, &["a"]).unwrap();
    assert!(woken.0.load(Ordering::SeqCst));
    assert_eq!(waiting.as_mut().poll(&mut context), Poll::Ready(()));
    assert_eq!(late.as_mut().poll(&mut context), Poll::Ready(()));

    // A permit that is replaced wakes whoever waited for it.
    clock.store(300, Ordering::SeqCst);
    let lost = set.fetch_due().unwrap();
    woken.0.store(false, Ordering::SeqCst);
    let mut waiting = pin!(set.fetched());
    assert_eq!(waiting.as_mut().poll(&mut context), Poll::Pending);
    clock.store(400, Ordering::SeqCst);
    let next = set.fetch_due().unwrap();
    assert!(woken.0.load(Ordering::SeqCst));
    assert_eq!(waiting.as_mut().poll(&mut context), Poll::Ready(()));
    assert_eq!(bring(lost, &["late"]), Err(FetchError::PermitLapsed));
    assert_eq!(bring(next, &["a"]), Ok(Refreshed::Unchanged));
}

/// Threads verify while sets are replaced: each token holds at all times, and fetches keep to the cooldown.
#[test]
fn threads_verify_during_rotations() {
    let (set, clock) = shared(RotationPolicy::new());
    bring(set.fetch_due().unwrap(), &["a", "0"]).unwrap();
    let (over, verified) = (AtomicBool::new(false), AtomicU32::new(0));
    scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    verify(&set.keys().unwrap(), "a").unwrap();
                    verified.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for round in 1..200 {
            clock.fetch_add(30, Ordering::SeqCst);
            let number = round.to_string();
            let Refetch::Now(fetch) = refetch(&set, &number) else { panic!("no permit in round {round}") };
            assert_eq!(bring(fetch, &["a", &number]), Ok(Refreshed::Replaced));
            verify(&set.keys().unwrap(), &number).unwrap();
        }
        while verified.load(Ordering::SeqCst) < 100 {
            sleep(Duration::from_millis(1));
        }
        over.store(true, Ordering::SeqCst);
    });
}

#[test]
fn shared_types_cross_threads() {
    fn crosses<T: Send + Sync + Unpin + core::fmt::Debug>() {}
    crosses::<(SharedKeySet, CurrentKeys, Fetch, jose_core::rotation::Fetched, Refetch<Fetch>)>();
    // The process's own clock goes on.
    let remote = RemoteKeySet::new(allowed(), RotationPolicy::new(), Jitter::from_system()).unwrap();
    let set = SharedKeySet::new(remote);
    bring(set.fetch_due().unwrap(), &["a"]).unwrap();
    sleep(Duration::from_millis(5));
    assert!(set.status().keys.unwrap().age >= Duration::from_millis(5));
}
