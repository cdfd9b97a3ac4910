//! Detects a secret that is the text or DER of a key, in various encodings.
//!
//! A verifier whose secret is the public key of an RS256 issuer accepts signatures that anyone can make. The
//! structure of keys is public and fixed: the tags and object identifiers of their DER, the frames of PEM,
//! the member `kty` of a JWK, the names in an SSH key, the equation of a curve. They are searched for at
//! every position of the secret as it is and, if it is text, of what it decodes to from base64 (at the four
//! positions of a character in its group) and from hexadecimal (at two). One level is decoded. Text is
//! searched without white space, quotes, backslashes and zero octets, so that neither the quoting of names
//! nor UTF-16 makes a difference.
//!
//! Material without structure is not detected: a modulus, a compressed point, the 32 octets of an Ed25519
//! key, with nothing around them.
//!
//! Secret here: the octets, and all that is computed from them. Only these decisions are made openly:
//!
//! 1. whether at most an eighth of the octets are outside ASCII. The format of a secret says as much; 32
//!    random octets are taken for text once in 100,000 times.
//! 2. whether 65, 97 or 133 octets are encoded, the first of which is 4. For a random secret of such a length
//!    this reveals with probability 2^-8 that it begins with 4, and leaves 512 bits or more unknown.
//! 3. whether the secret is refused, and as which form.

use super::encoding::{BASE64, Encoding, HEXADECIMAL, Mask, PLAIN, within};
use super::point::is_point;
use crate::error::KeyForm;

/// The number of octets of a secret that are searched. Keys are shorter, and more positions make a match by
/// chance more likely: see the tests.
const SEEN: usize = 8192;

/// Eight consecutive octets, of which the bits in the mask are compared. The mask never has the top bit.
#[derive(Clone, Copy)]
struct Pattern {
    octets: u64,
    mask: u64,
}

const fn pattern(octets: u64, mask: u64) -> Pattern {
    Pattern { octets: octets & mask & u64::MAX >> 1, mask: mask & u64::MAX >> 1 }
}

/// Creates a pattern of up to eight ASCII characters.
const fn text(characters: &[u8]) -> Pattern {
    let (mut octets, mut mask, mut rest) = (0, 0, characters);
    while let [first, after @ ..] = rest {
        #[expect(clippy::as_conversions, reason = "`u64::from` is not const")]
        let first = *first as u64;
        octets = octets << 8 | first;
        mask = mask << 8 | 0xff;
        rest = after;
    }
    pattern(octets, mask)
}

/// DER of keys and certificates (X.690).
const DER: [Pattern; 9] = [
    // An object identifier below 1.2.840.113549 (RSA) or 1.2.840.10040, 1.2.840.10045 (DSA, ECDSA): in every
    // SubjectPublicKeyInfo, PKCS #8 key and certificate for one of these (RFC 5280 §4.1, RFC 5208).
    pattern(0x06_00_2a_86_48_86_f7_0d, 0xff_f0_ff_ff_ff_ff_ff_ff),
    pattern(0x06_00_2a_86_48_ce_38_00, 0xff_f0_ff_ff_ff_ff_f8_f8),
    // An AlgorithmIdentifier below 1.3.101: X25519 to Ed448, which share the upper bits of the last number
    // (RFC 8410 §3).
    pattern(0x30_05_06_03_2b_65_60, 0xff_ff_ff_ff_ff_ff_e0),
    // An object identifier below 2.16.840.1.101.3 (ML-DSA, RFC 9881 §2).
    pattern(0x06_09_60_86_48_01_65_03, u64::MAX),
    // RSAPublicKey of 1024 or 1536 bits (RFC 8017 §A.1.1). For larger ones: `rsa_public_key`.
    pattern(0x30_81_80_02_81_81_00, 0xff_ff_b0_ff_ff_bf_ff),
    // RSAPrivateKey, DSAPrivateKey: a SEQUENCE of a version and an INTEGER (RFC 8017 §A.1.2).
    pattern(0x30_82_00_00_02_01_00_02, 0xff_ff_f0_00_ff_ff_fe_ff),
    // ECPrivateKey: a SEQUENCE of the version 1 and an OCTET STRING of 32 or 48, or 66 octets (RFC 5915 §3);
    // then the same with a length of two octets.
    pattern(0x30_00_02_01_01_04_20, 0xff_80_ff_ff_ff_ff_ef),
    pattern(0x30_00_02_01_01_04_42, 0xff_80_ff_ff_ff_ff_ff),
    pattern(0x30_81_00_02_01_01_04_00, 0xff_ff_00_ff_ff_ff_ff_8d),
];

/// SSH keys: the length of a name, and how it begins (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4). The last is
/// for hardware keys.
const SSH: [Pattern; 3] = [
    pattern(0x00_00_00_03_00_00_00_00 | 0x73_73_68_2d, 0xff_ff_ff_f3_ff_ff_ff_ff),
    pattern(0x00_00_00_13_00_00_00_00 | 0x65_63_64_73, u64::MAX),
    pattern(0x00_00_00_00_73_6b_2d_00, 0xff_ff_ff_c0_ff_ff_ff_80),
];

/// The same in base64, inside text that is itself encoded.
const SSH_BASE64: [Pattern; 3] = [text(b"AAAAB3Nz"), text(b"AAAAC3Nz"), text(b"AAAAE2Vj")];

/// The start of PEM (RFC 7468), OpenPGP and SSH2 (RFC 4716) text, without the space.
const PEM: [Pattern; 1] = [text(b"----BEGI")];

/// The member `kty` and its values (RFC 7518 §6.1, RFC 8037, RFC 9964), without quotes and spaces. A value of
/// two letters is too short, so that what follows is included: a comma, or the brace that closes the object.
const JWK: [Pattern; 6] = [
    text(b"kty:RSA"),
    text(b"kty:EC,"),
    text(b"kty:EC\x7d"),
    text(b"kty:OKP"),
    text(b"kty:oct"),
    text(b"kty:AKP"),
];

/// The patterns of one form that are searched for in the same octets.
struct Group {
    form: KeyForm,
    /// Whether they are searched for in what counts as text.
    in_text: bool,
    patterns: &'static [Pattern],
}

/// The outer form comes first: the text of a JWK may contain certificates, and PEM is base64 of DER.
const GROUPS: [Group; 5] = [
    Group { form: KeyForm::Pem, in_text: true, patterns: &PEM },
    Group { form: KeyForm::Jwk, in_text: true, patterns: &JWK },
    Group { form: KeyForm::Ssh, in_text: true, patterns: &SSH_BASE64 },
    Group { form: KeyForm::Ssh, in_text: false, patterns: &SSH },
    Group { form: KeyForm::Der, in_text: false, patterns: &DER },
];

/// Sets the top bit if the octets match one of the patterns.
fn any(octets: u64, patterns: &[Pattern]) -> u64 {
    patterns.iter().fold(0, |any, pattern| any | top_if_zero(octets & pattern.mask ^ pattern.octets))
}

/// Sets the top bit for zero, and for no other number below 2^63. The other bits have no meaning.
fn top_if_zero(number: u64) -> u64 {
    number.wrapping_sub(1)
}

/// Sets the top bit for the head of an RSAPublicKey (RFC 8017 §A.1.1): a SEQUENCE and an INTEGER with lengths
/// of three octets, which differ by the head of the INTEGER (4) and another INTEGER of one to eight octets.
/// The modulus has 256 to 4095 octets.
fn rsa_public_key(octets: u64) -> u64 {
    let (sequence, integer) = (octets >> 32, octets & 0xffff_ffff);
    let beyond = sequence.wrapping_sub(integer).wrapping_sub(0x3082_0000 - 0x0282_0000 + 7);
    top_if_zero((integer & 0xffff_f000 ^ 0x0282_0000) | beyond & (u64::MAX >> 1 & !7))
}

/// The last octets read, and the last that count as text.
struct Window {
    octets: u64,
    text: u64,
}

impl Window {
    /// Appends an octet if the mask is set.
    fn push(&mut self, octet: u32, there: Mask) {
        fn append(window: &mut u64, octet: u32, there: Mask) {
            let there = 0_u64.wrapping_sub(u64::from(there & 1));
            *window ^= (*window ^ (*window << 8 | u64::from(octet))) & there;
        }
        // Zero octets, white space, quotes and other characters before the comma.
        let (plus, backslash) = (0x2b, 0x5c);
        let passed_over = within(octet, 0, plus) | within(octet, backslash, backslash);
        append(&mut self.octets, octet, there);
        append(&mut self.text, octet, there & !passed_over);
    }
}

/// For each group, the top bit says whether a pattern was found.
type Found = [u64; GROUPS.len()];

/// Searches for the patterns in what a text encodes.
#[inline(never)]
fn search(text: &[u8], encoding: &Encoding, found: &mut Found) {
    for phase in encoding.phases {
        // No pattern has an octet of all ones, so that only eight octets that were read can match.
        let mut window = Window { octets: u64::MAX, text: u64::MAX };
        for (octet, there) in encoding.octets(text, *phase) {
            window.push(octet, there);
            for (found, group) in found.iter_mut().zip(&GROUPS) {
                *found |= any(if group.in_text { window.text } else { window.octets }, group.patterns);
            }
            let [.., der] = found;
            *der |= rsa_public_key(window.octets);
        }
    }
}

/// Returns the form of the key that the secret is, if it is one.
#[inline(never)]
pub(super) fn form(secret: &[u8]) -> Option<KeyForm> {
    let (secret, _) = secret.split_at(secret.len().min(SEEN));
    let mut found = Found::default();
    search(secret, &PLAIN, &mut found);
    let mut point = is_point(secret, &PLAIN);
    let outside_ascii: usize = secret.iter().map(|octet| usize::from(octet >> 7)).sum();
    if outside_ascii <= secret.len() / 8 {
        for encoding in [&BASE64, &HEXADECIMAL] {
            search(secret, encoding, &mut found);
            point |= is_point(secret, encoding);
        }
    }
    if found.iter().fold(0, |any, found| any | found) >> 63 == 0 && !point {
        return None;
    }
    let forms = found.iter().zip(&GROUPS).filter(|(found, _)| *found >> 63 != 0).map(|(_, group)| group.form);
    forms.chain([KeyForm::Point]).next()
}

#[cfg(all(test, feature = "std"))]
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a test")]
mod tests {
    use std::{println, vec, vec::Vec};

    use super::{DER, Encoding, GROUPS, JWK, PEM, Pattern, SEEN, SSH, SSH_BASE64};
    use crate::key::hmac::encoding::{BASE64, HEXADECIMAL, PLAIN};

    /// Returns how many bits a digit has, and how likely each value is in a text of equally likely
    /// characters, of which those outside the encoding are skipped.
    fn digits(alphabet: &[u8], encoding: &Encoding) -> (u32, Vec<f64>) {
        let mut counts = vec![0.0; 256];
        for character in alphabet {
            let (value, known) = encoding.digit(*character);
            counts[value as usize] += f64::from(known & 1);
        }
        let all: f64 = counts.iter().sum();
        (encoding.bits(), counts.into_iter().map(|count| if all > 0.0 { count / all } else { 0.0 }).collect())
    }

    /// Returns how likely eight octets that begin `phase` bits into a digit match a pattern.
    fn chance((bits, digits): &(u32, Vec<f64>), phase: u32, pattern: &Pattern) -> f64 {
        let mut chance = 1.0;
        let mut at = -i64::from(phase);
        while at < 64 {
            let bit =
                |word: u64, place: i64| if (0..64).contains(&place) { word >> (63 - place) & 1 } else { 0 };
            let part = |word| (0..i64::from(*bits)).fold(0, |part, place| part << 1 | bit(word, at + place));
            let (octets, mask) = (part(pattern.octets), part(pattern.mask));
            chance *= match u64::MAX >> (64 - bits) == mask {
                true => digits[octets as usize],
                false => digits
                    .iter()
                    .zip(0..1 << bits)
                    .filter(|(_, value)| value & mask == octets)
                    .map(|(chance, _)| chance)
                    .sum(),
            };
            at += i64::from(*bits);
        }
        chance
    }

    /// Returns every head that `rsa_public_key` accepts.
    fn rsa_public_keys() -> impl Iterator<Item = Pattern> {
        let heads = (0..4096_u64).flat_map(|modulus| (7..15).map(move |more| (modulus, modulus + more)));
        heads.map(|(modulus, both)| Pattern {
            octets: 0x3082_0000_0282_0000 | both << 32 | modulus,
            mask: u64::MAX,
        })
    }

    /// The sum of all chances, at all positions that are searched: a random secret, as octets or encoded as
    /// text, is refused less than once in 2^30.
    #[test]
    fn chance_is_below_one_in_two_to_the_30() {
        let range = |first, last| (first..=last).collect::<Vec<u8>>();
        let letters = [range(b'A', b'Z'), range(b'a', b'z'), range(b'0', b'9')].concat();
        let text = [&PLAIN, &BASE64, &HEXADECIMAL];
        let kinds: [(&str, Vec<u8>, &[&Encoding]); 7] = [
            ("octets", range(0, 255), &text[..1]),
            ("base64", [&letters[..], b"+/"].concat(), &text),
            ("base64url", [&letters[..], b"-_"].concat(), &text),
            ("letters and digits", letters, &text),
            ("hexadecimal", [range(b'0', b'9'), range(b'a', b'f')].concat(), &text),
            ("hexadecimal, upper case", [range(b'0', b'9'), range(b'A', b'F')].concat(), &text),
            ("printable", range(0x20, 0x7e), &text),
        ];
        assert_eq!(GROUPS.iter().map(|group| group.patterns.len()).sum::<usize>(), 22);
        let patterns = [&PEM[..], &JWK, &SSH_BASE64, &SSH, &DER].concat();
        for (kind, alphabet, encodings) in kinds {
            let mut sum = 0.0;
            for encoding in encodings {
                let digits = digits(&alphabet, encoding);
                // An octet begins in a digit at the offsets in `phases`, counted from the start of the digit.
                let starts = (0..digits.0).filter(|start| encoding.phases.contains(start));
                for start in starts {
                    let patterns = patterns.iter().copied().chain(rsa_public_keys());
                    sum += patterns.map(|pattern| chance(&digits, start, &pattern)).sum::<f64>();
                }
            }
            let chance = (sum * SEEN as f64).log2();
            println!("{kind}: 2^{chance:.1}");
            assert!(chance < -30.0, "{kind}: 2^{chance:.1}");
        }
    }
}
