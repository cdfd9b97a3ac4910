//! A set of none would be a question that nobody answered.

use jose_core::AlgorithmSet;

const NOTHING: AlgorithmSet = AlgorithmSet(0);

fn main() {}
