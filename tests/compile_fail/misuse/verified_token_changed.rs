//! What was verified cannot be replaced afterwards.

use jose_core::VerifiedJws;

fn forge<'t>(jws: &mut VerifiedJws<'t>, payload: &'t [u8]) {
    jws.payload = payload;
}

fn main() {}
