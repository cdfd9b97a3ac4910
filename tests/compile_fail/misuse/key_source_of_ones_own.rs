//! How a key is chosen is not for others to say: the trait is sealed.

struct Keys;

impl jose_core::KeySource for Keys {}

fn main() {}
