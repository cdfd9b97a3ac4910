//! All of jose-core in one module, which imports nothing: `check` reads that in the binary.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(not(feature = "std"))]
mod bare;
mod parts;

/// Returns how many parts of the API did what they must.
///
/// A name that the host can call is an attribute that the compiler counts as unsafe: another function of this
/// name would take its place.
#[unsafe(no_mangle)]
pub extern "C" fn parts_that_hold() -> usize {
    #[cfg(feature = "planted_fault")]
    planted_fault();
    parts::PARTS.iter().filter(|part| part().is_some()).count()
}

/// Returns how many parts there are.
#[unsafe(no_mangle)]
pub extern "C" fn parts() -> usize {
    parts::PARTS.len()
}

/// The clock of another host, which is what modules of other libraries import.
#[cfg(feature = "planted_fault")]
fn planted_fault() {
    #[link(wasm_import_module = "env")]
    unsafe extern "C" {
        safe fn now() -> f64;
    }
    core::hint::black_box(now());
}
