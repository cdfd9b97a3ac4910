//! Polynomials with integer coefficients, and numbers of which a polynomial and a range are known.

use std::collections::BTreeMap;
use std::fmt;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Zero};

/// An unknown: a word, a carry.
pub type Unknown = u32;

/// A product of at most two unknowns, which is all that a multiplication of elements has. The lower is
/// first, and 0 stands for none.
type Product = (Unknown, Unknown);

/// A sum of products, each with its coefficient, of which none is zero: equal polynomials are equal maps.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Polynomial(BTreeMap<Product, BigInt>);

impl Polynomial {
    pub fn constant(value: impl Into<BigInt>) -> Self {
        Self::default().with((0, 0), value.into())
    }

    pub fn unknown(unknown: Unknown) -> Self {
        assert_ne!(unknown, 0);
        Self::default().with((0, unknown), BigInt::one())
    }

    fn with(mut self, product: Product, coefficient: BigInt) -> Self {
        let entry = self.0.entry(product).or_default();
        *entry += coefficient;
        if entry.is_zero() {
            self.0.remove(&product);
        }
        self
    }

    /// The value, where there is no unknown in it.
    pub fn value(&self) -> Option<BigInt> {
        match self.0.iter().next() {
            None => Some(BigInt::zero()),
            Some((&(0, 0), value)) if self.0.len() == 1 => Some(value.clone()),
            Some(_) => None,
        }
    }

    /// The unknown, where it is one alone.
    pub fn as_unknown(&self) -> Option<Unknown> {
        match self.0.iter().next() {
            Some((&(0, unknown), by)) if self.0.len() == 1 && unknown != 0 && by.is_one() => Some(unknown),
            _ => None,
        }
    }

    pub fn plus(&self, other: &Self) -> Self {
        other.0.iter().fold(self.clone(), |sum, (product, by)| sum.with(*product, by.clone()))
    }

    pub fn scaled(&self, by: &BigInt) -> Self {
        self.0.iter().fold(Self::default(), |sum, (product, old)| sum.with(*product, old * by))
    }

    pub fn minus(&self, other: &Self) -> Self {
        self.plus(&other.scaled(&-BigInt::one()))
    }

    pub fn times(&self, other: &Self) -> Self {
        let mut sum = Self::default();
        for (&(a, b), left) in &self.0 {
            for (&(c, d), right) in &other.0 {
                let mut factors = [a, b, c, d];
                factors.sort();
                let [0, 0, low, high] = factors else { panic!("a product of more than two unknowns") };
                sum = sum.with((low, high), left * right);
            }
        }
        sum
    }

    /// The polynomial divided by a number, if that divides every coefficient.
    pub fn divided(&self, by: &BigInt) -> Option<Self> {
        let mut quotient = Self::default();
        for (product, coefficient) in &self.0 {
            let (whole, rest) = coefficient.div_rem(by);
            if !rest.is_zero() {
                return None;
            }
            quotient = quotient.with(*product, whole);
        }
        Some(quotient)
    }

    /// The polynomial where an unknown has this value.
    pub fn at(&self, unknown: Unknown, value: &BigInt) -> Self {
        let mut sum = Self::default();
        for (&(a, b), coefficient) in &self.0 {
            let kept = [a, b].map(|factor| if factor == unknown { 0 } else { factor });
            let power = [a, b].iter().filter(|factor| **factor == unknown).count();
            let product = (kept[0].min(kept[1]), kept[0].max(kept[1]));
            sum = sum.with(product, coefficient * value.pow(power.try_into().unwrap()));
        }
        sum
    }
}

impl fmt::Debug for Polynomial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((a, b), coefficient) in &self.0 {
            write!(f, " + {coefficient:#x}*u{a}*u{b}")?;
        }
        Ok(())
    }
}

/// An integer that is the value of the polynomial, and that lies in the range. Every way to make one keeps
/// both true.
#[derive(Clone, Debug)]
pub struct Number {
    pub polynomial: Polynomial,
    pub least: BigInt,
    pub most: BigInt,
}

impl Number {
    pub fn constant(value: &BigInt) -> Self {
        Self { polynomial: Polynomial::constant(value.clone()), least: value.clone(), most: value.clone() }
    }

    pub fn plus(&self, other: &Self) -> Self {
        Self {
            polynomial: self.polynomial.plus(&other.polynomial),
            least: &self.least + &other.least,
            most: &self.most + &other.most,
        }
    }

    pub fn scaled(&self, by: &BigInt) -> Self {
        let ends = [&self.least * by, &self.most * by];
        let [least, most] = [ends.iter().min().unwrap().clone(), ends.iter().max().unwrap().clone()];
        Self { polynomial: self.polynomial.scaled(by), least, most }
    }

    pub fn minus(&self, other: &Self) -> Self {
        self.plus(&other.scaled(&-BigInt::one()))
    }

    pub fn times(&self, other: &Self) -> Self {
        let ends = [&self.least, &self.most].map(|a| [&other.least, &other.most].map(|b| a * b)).concat();
        Self {
            polynomial: self.polynomial.times(&other.polynomial),
            least: ends.iter().min().unwrap().clone(),
            most: ends.iter().max().unwrap().clone(),
        }
    }

    /// The same number, of which something more is known: it is the value of `other`, too.
    pub fn and(&self, other: &Self) -> Result<Self, String> {
        if self.polynomial != other.polynomial {
            return Err(format!("differs by{:?}", self.polynomial.minus(&other.polynomial)));
        }
        Ok(Self {
            polynomial: self.polynomial.clone(),
            least: (&self.least).max(&other.least).clone(),
            most: (&self.most).min(&other.most).clone(),
        })
    }

    pub fn within(&self, least: &BigInt, most: &BigInt) -> Result<(), String> {
        if &self.least < least || &self.most > most {
            return Err(format!(
                "from {:#x} to {:#x}, expected {least:#x} to {most:#x}",
                self.least, self.most
            ));
        }
        Ok(())
    }

    /// Two numbers are the same if they differ by a multiple of `modulus` alone, and their ranges let them
    /// differ by less: what was carried out, and left, cancels. The result has the range of both.
    pub fn equals_modulo(&self, other: &Self, modulus: &BigInt) -> Result<Self, String> {
        let difference = self.polynomial.minus(&other.polynomial);
        if difference.divided(modulus).is_none() {
            return Err(format!("differs by{difference:?}"));
        }
        if &(&self.most - &other.least) >= modulus || &(&other.most - &self.least) >= modulus {
            return Err(format!("a multiple of {modulus:#x} may be lost"));
        }
        Ok(Self {
            polynomial: other.polynomial.clone(),
            least: (&self.least).max(&other.least).clone(),
            most: (&self.most).min(&other.most).clone(),
        })
    }
}
