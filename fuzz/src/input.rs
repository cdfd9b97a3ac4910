//! An input of the fuzzer, taken from front to back. What is missing at its end is zero.

/// What is left of an input.
pub struct Input<'i>(pub &'i [u8]);

impl Input<'_> {
    /// One octet.
    pub fn octet(&mut self) -> u8 {
        let [octet] = self.array();
        octet
    }

    /// So many octets.
    pub fn octets(&mut self, length: usize) -> Vec<u8> {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        let mut octets = taken.to_vec();
        octets.resize(length, 0);
        octets
    }

    /// The same, as an array.
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        self.octets(N).try_into().unwrap()
    }

    /// An octet that says how long, and so many octets.
    pub fn text(&mut self) -> Vec<u8> {
        let length = self.octet();
        self.octets(length.into())
    }

    /// An octet that says how many, up to three, and so many edits of four octets.
    pub fn edits(&mut self) -> Edits {
        let number = self.octet() % 4;
        Edits((0..number).map(|_| self.array()).collect())
    }
}

/// Changes to octets: each a place (two octets, little-endian), what to do there, and an octet for it.
pub struct Edits(Vec<[u8; 4]>);

impl Edits {
    /// None.
    pub const NONE: Self = Self(Vec::new());

    /// Makes the changes, one after the other.
    pub fn make(&self, octets: &mut Vec<u8>) {
        for [low, high, what, octet] in &self.0 {
            let at = usize::from(u16::from_le_bytes([*low, *high])) % octets.len().max(1);
            match what % 6 {
                _ if octets.is_empty() => octets.push(*octet),
                0 => octets[at] ^= 1 << (octet % 8),
                1 => octets[at] = *octet,
                2 => drop(octets.remove(at)),
                3 => octets.insert(at, *octet),
                4 => octets[at..].fill(*octet),
                _ => octets.rotate_left(at),
            }
        }
    }
}

/// The sum of two big-endian numbers of the same length, without what does not fit into it.
pub fn add(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let digits = a.iter().zip(b).rev().map(|(a, b)| {
        let [high, low] = (u16::from(*a) + u16::from(*b) + carry).to_be_bytes();
        carry = high.into();
        low
    });
    let mut sum: Vec<u8> = digits.collect();
    sum.reverse();
    sum
}

/// The first of two big-endian numbers less the second, as [`add`] counts.
pub fn subtract(a: &[u8], b: &[u8]) -> Vec<u8> {
    let complement: Vec<u8> = b.iter().map(|octet| !octet).collect();
    add(a, &add(&complement, &one(b.len())))
}

/// The number one, so many octets long.
pub fn one(length: usize) -> Vec<u8> {
    let mut octets = vec![0; length];
    octets[length - 1] = 1;
    octets
}
