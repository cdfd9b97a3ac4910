//! Without jitter, machines that started together fetch together.

use jose_core::rotation::{PolicyError, RotationPolicy};
use jose_core::{AlgorithmSet, rotation::RemoteKeySet};

fn set(allowed: AlgorithmSet) -> Result<RemoteKeySet, PolicyError> {
    RemoteKeySet::new(allowed, RotationPolicy::new())
}

fn main() {}
