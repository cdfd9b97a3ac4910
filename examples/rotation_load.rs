//! Measures what rotation costs verifying threads: tokens per second on two threads while the set is replaced every
//! ten milliseconds, compared with the same key outside a set.
//!
//! The two take turns in short slices, so that other load on the machine affects both.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use std::sync::Arc;
use std::thread::{scope, sleep};
use std::time::Instant;

use jose_core::rotation::{HttpResponse, Jitter, MonotonicTime, Refetch, RotationPolicy, SharedKeySet};
use jose_core::{Algorithm, Jwks, KeySet, Verifier, rotation::RemoteKeySet};

/// The key of RFC 7515 §A.3, and how often it is in the set under other kids.
const MEMBER: &str = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const SLICES: u32 = 20;
const SLICE: Duration = Duration::from_millis(500);

fn document(round: u64) -> String {
    format!(r#"{{"keys":[{{"kid":"{round}",{MEMBER}]}}"#)
}

/// Runs `verify` on two threads for a slice, and `beside` on this one. Returns tokens per second.
fn rate(verify: impl Fn(&mut Vec<u8>) -> bool + Sync, mut beside: impl FnMut()) -> f64 {
    let (over, count) = (AtomicBool::new(false), AtomicU64::new(0));
    let start = Instant::now();
    scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                let (mut scratch, mut verified) = (Vec::new(), 0_u64);
                while !over.load(Ordering::Relaxed) {
                    assert!(verify(&mut scratch), "a good token was refused");
                    verified = verified.saturating_add(1);
                }
                count.fetch_add(verified, Ordering::Relaxed);
            });
        }
        while start.elapsed() < SLICE {
            beside();
            sleep(Duration::from_millis(10));
        }
        over.store(true, Ordering::Relaxed);
    });
    f64::from(u32::try_from(count.into_inner()).unwrap_or(u32::MAX)) / start.elapsed().as_secs_f64()
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let allowed = Algorithm::Es256;
    let fixed = KeySet::from_jwks(&Jwks::parse(&document(0))?, allowed)?;
    // A clock on which the cooldown passes at each replacement.
    let clock = Arc::new(AtomicU64::new(0));
    let read = Arc::clone(&clock);
    let remote = RemoteKeySet::new(allowed, RotationPolicy::new(), Jitter::NONE)?;
    let set = SharedKeySet::with_clock(remote, move || {
        MonotonicTime::since_origin(Duration::from_secs(read.load(Ordering::Relaxed)))
    });
    let mut round = 0_u64;
    let mut replace = || {
        clock.fetch_add(30, Ordering::Relaxed);
        if let Refetch::Now(fetch) = set.request_fetch() {
            round = round.saturating_add(1);
            assert!(fetch.complete(Ok(HttpResponse::new(200, &document(round)))).is_ok());
        }
    };
    replace();

    let with_fixed = |scratch: &mut Vec<u8>| Verifier::new(&fixed).verify(TOKEN, scratch).is_ok();
    let with_remote = |scratch: &mut Vec<u8>| {
        set.keys().is_ok_and(|keys| Verifier::new(&keys).verify(TOKEN, scratch).is_ok())
    };
    let (mut fixed_rates, mut remote_rates) = (Vec::new(), Vec::new());
    for _ in 0..SLICES {
        fixed_rates.push(rate(with_fixed, || {}));
        remote_rates.push(rate(with_remote, &mut replace));
    }
    let median = |rates: &mut Vec<f64>| {
        rates.sort_by(f64::total_cmp);
        rates.get(rates.len() / 2).copied().unwrap_or(0.0)
    };
    let (fixed, remote) = (median(&mut fixed_rates), median(&mut remote_rates));
    println!("fixed {fixed:.0}/s, replaced {remote:.0}/s ({round} sets), ratio {:.3}", remote / fixed);
    Ok(())
}
