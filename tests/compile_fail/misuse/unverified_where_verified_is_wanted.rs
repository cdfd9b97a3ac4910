//! A function that asks for a verified token is not given another.

use jose_core::{UnverifiedJws, VerifiedJws};

fn handle(_: VerifiedJws<'_>) {}

fn skip(jws: UnverifiedJws<'_>) {
    handle(jws)
}

fn main() {}
