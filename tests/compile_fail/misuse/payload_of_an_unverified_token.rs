//! Anyone may have written it; the one door to it has a name that says so.

use jose_core::UnverifiedJws;

fn read<'t>(jws: &UnverifiedJws<'t>) -> &'t [u8] {
    jws.payload()
}

fn main() {}
