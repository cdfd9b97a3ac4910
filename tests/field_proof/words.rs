//! The operations of `words.rs` are those of `machine.rs`, for all words of 8 bits: the text is the same but
//! for the types.

#[allow(dead_code, reason = "not every copy uses all of it")]
mod words {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}

use words::{word32, word32_by_halves, word64};

/// All pairs of words.
fn pairs() -> impl Iterator<Item = (u8, u8)> {
    (0..=255).flat_map(|a| (0..=255).map(move |b| (a, b)))
}

/// `low + 256 * high`, where both are what a word and a carry can be.
fn value(low: u8, high: impl Into<i32>) -> i32 {
    i32::from(low) + 256 * high.into()
}

macro_rules! width {
    ($name:ident) => {
        #[test]
        fn $name() {
            use $name::{borrowing_sub, carrying_add, if_carry, mul_add, overflowing_sub};
            let ends = [0, 1, 2, 15, 16, 127, 128, 129, 253, 254, 255];
            for (a, b) in pairs() {
                let [x, y] = [a, b].map(i32::from);
                for carry in [false, true] {
                    let (low, high) = carrying_add(a, b, carry);
                    assert_eq!(value(low, high), x + y + i32::from(carry), "{a} + {b} + {carry}");
                    let (low, high) = borrowing_sub(a, b, carry);
                    let high = -i32::from(high);
                    assert_eq!(value(low, high), x - y - i32::from(carry), "{a} - {b} - {carry}");
                    assert_eq!(i32::from(if_carry(carry, a)), x * i32::from(carry));
                }
                let (low, high) = overflowing_sub(a, b);
                assert_eq!(value(low, -i32::from(high)), x - y, "{a} - {b}");
                for (c, d) in ends.into_iter().flat_map(|c| ends.map(|d| (c, d))) {
                    let (low, high) = mul_add(a, b, c, d);
                    assert_eq!(
                        value(low, high),
                        x * y + i32::from(c) + i32::from(d),
                        "{a} * {b} + {c} + {d}"
                    );
                }
            }
        }
    };
}

width!(word64);
width!(word32);
width!(word32_by_halves);

#[test]
fn shift() {
    for word in 0..=255 {
        let (low, high) = word64::shift32(word);
        assert_eq!(value(low, high), i32::from(word) << 4);
    }
}
