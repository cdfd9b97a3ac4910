//! A list of accepted values without a value would accept nothing.

use jose_core::{AnyOf, Expect};

const AUDIENCES: Expect<'_> = Expect::any_of(&[]);
const TYPES: AnyOf<'_> = AnyOf::new(&[]);

fn main() {
    let _ = (AUDIENCES, TYPES);
}
