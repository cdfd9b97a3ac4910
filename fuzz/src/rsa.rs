//! RSA keys of many sizes, and signatures whose encoded message is anything that one likes.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::elliptic_curve::bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use p256::elliptic_curve::bigint::{BoxedUint, ConcatenatingMul, NonZero, Odd, Resize};
use serde_json::Value;

/// The primes of `vectors/test-keys.json`, from 512 to 2048 bits.
static PRIMES: LazyLock<Vec<BoxedUint>> = LazyLock::new(|| {
    let keys: Value = serde_json::from_str(include_str!("../../vectors/test-keys.json")).unwrap();
    let prime = |key: &str, name: &str| {
        let octets = Base64UrlUnpadded::decode_vec(keys[key][name].as_str().unwrap()).unwrap();
        BoxedUint::from_be_slice_vartime(&octets)
    };
    let keys = ["rsa-2048", "rsa-2048-b", "rsa-2056", "rsa-3072", "rsa-4096", "rsa-1024"];
    keys.iter().flat_map(|key| [prime(key, "p"), prime(key, "q")]).collect()
});

/// Primes that consist of ones, or of zeros, but for their end: 2^2203 - 1, 2^2281 - 1, 2^2048 - 1557,
/// 2^2047 + 1919 and 2^2048 + 981. As moduli, they let carries run through every limb.
static EVEN_PRIMES: LazyLock<[BoxedUint; 5]> = LazyLock::new(|| {
    let power = |power: u32| BoxedUint::one_with_precision(2304).shl(power);
    let number = |value: u64| BoxedUint::from(value).resize(2304);
    [
        power(2203).wrapping_sub(number(1)),
        power(2281).wrapping_sub(number(1)),
        power(2048).wrapping_sub(number(1557)),
        power(2047).wrapping_add(number(1919)),
        power(2048).wrapping_add(number(981)),
    ]
});

/// Signatures that were made, by what they were made of.
type Known = HashMap<Vec<u8>, Option<Vec<u8>>>;

/// The one or two primes of a modulus.
pub struct Primes(&'static BoxedUint, Option<&'static BoxedUint>);

impl Primes {
    /// Those that an octet chooses: its high and its low four bits one each of the test keys' primes; from
    /// 0xe0 on, a prime by itself that is all ones or zeros.
    pub fn new(choice: u8) -> Self {
        let (high, low) = (usize::from(choice >> 4), usize::from(choice & 15));
        if high >= 14 {
            return Self(&EVEN_PRIMES[low % 5], None);
        }
        let first = high % PRIMES.len();
        let second = low % PRIMES.len();
        let second = if first == second { (second + 1) % PRIMES.len() } else { second };
        Self(&PRIMES[first], Some(&PRIMES[second]))
    }

    /// The modulus, without leading zeros.
    pub fn modulus(&self) -> Vec<u8> {
        self.1
            .map_or_else(|| self.0.clone(), |q| self.0.concatenating_mul(q))
            .to_be_bytes_trimmed_vartime()
            .into()
    }

    /// The signature whose encoded message is `encoded` modulo the modulus; `None` if the exponent has no
    /// inverse. Those that were made are kept: most inputs have that of the input before.
    pub fn sign(&self, exponent: u64, encoded: &[u8]) -> Option<Vec<u8>> {
        static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
        let modulus = self.modulus();
        let of = [&exponent.to_be_bytes(), &*modulus, encoded].concat();
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= 4096 {
            known.clear();
        }
        known.entry(of).or_insert_with(|| self.root(exponent, encoded, modulus.len())).clone()
    }

    fn root(&self, exponent: u64, encoded: &[u8], length: usize) -> Option<Vec<u8>> {
        let message = BoxedUint::from_be_slice_vartime(encoded);
        let p = root_of(&message, exponent, self.0)?;
        let root = match self.1 {
            Some(prime) => combine((self.0, p), (prime, root_of(&message, exponent, prime)?)),
            None => p,
        };
        let octets = root.to_be_bytes_trimmed_vartime();
        let mut signature = vec![0; length - octets.len()];
        signature.extend(octets);
        Some(signature)
    }
}

/// The root modulo one prime.
fn root_of(message: &BoxedUint, exponent: u64, prime: &BoxedUint) -> Option<BoxedUint> {
    let bits = prime.bits_precision();
    let order = NonZero::new(prime.wrapping_sub(BoxedUint::one_with_precision(bits))).unwrap();
    let inverse = BoxedUint::from(exponent).resize(bits).invert_mod(&order).into_option()?;
    let parameters = BoxedMontyParams::new_vartime(Odd::new(prime.clone()).unwrap());
    let message = message.rem_vartime(&NonZero::new(prime.clone()).unwrap());
    Some(BoxedMontyForm::new(message, &parameters).pow(&inverse).retrieve())
}

/// The number with these remainders of two primes (Garner's formula).
fn combine(p: (&BoxedUint, BoxedUint), q: (&BoxedUint, BoxedUint)) -> BoxedUint {
    let bits = p.0.bits_precision() + q.0.bits_precision();
    let [p, at_p, q, at_q] = [p.0, &p.1, q.0, &q.1].map(|number| number.clone().resize(bits));
    let inverse = q.invert_odd_mod_vartime(&Odd::new(p.clone()).unwrap()).unwrap();
    let p = NonZero::new(p).unwrap();
    let difference = at_p.sub_mod(&at_q.rem_vartime(&p), &p);
    at_q.wrapping_add(difference.mul_mod(&inverse, &p).wrapping_mul(&q))
}
