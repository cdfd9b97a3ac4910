//! What is proved of each function, and how.
//!
//! A proof compares the number that the words write, as a polynomial in what goes in and what is carried,
//! with the number that is meant. They may differ by multiples of B^k, which is what was carried out and
//! left; and are the same because both are in a range shorter than B^k.

use num_bigint::BigInt;
use num_traits::{One, Zero};

use crate::machine::{Call, Condition, Machine, Summary, Text, Value};
use crate::polynomial::{Number, Polynomial};

type Proof = Result<(), String>;

/// A file of the field, and what it is proved with.
pub struct Field {
    text: Text,
    bits: u32,
    p: BigInt,
}

/// What a proof sees of one path through a function.
struct Path<'t> {
    machine: Machine<'t>,
    arguments: Vec<Value>,
    result: Value,
}

impl Path<'_> {
    fn calls(&self, name: &str) -> Vec<&Call> {
        self.machine.calls.iter().filter(|call| call.name == name).collect()
    }

    /// The one call of a function that has a summary; the path must give back what it gave.
    fn tail_call(&self, name: &str) -> Result<&Call, String> {
        match self.calls(name)[..] {
            [call] if call.result == self.result => Ok(call),
            _ => Err(format!("does not end with its only call of {name}")),
        }
    }

    fn branch(&self) -> Result<&(Condition, bool), String> {
        let [branch] = &self.machine.branches[..] else { return Err("expected one branch".to_owned()) };
        Ok(branch)
    }
}

fn ensure(holds: bool, what: &str) -> Proof {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

impl Field {
    pub fn new(text: &str, bits: u32) -> Result<Self, String> {
        let power = |bit: u32| BigInt::one() << bit;
        let p = power(256) - power(224) + power(192) + power(96) - 1;
        Ok(Self { text: Text::read(text)?, bits, p })
    }

    /// Every proof, by name; the first that fails.
    pub fn prove(&self) -> Result<Vec<&'static str>, String> {
        let mut proofs: Vec<(&str, fn(&Self) -> Proof)> = vec![
            ("minus_p", Self::minus_p),
            ("subtract_p", Self::subtract_p),
            ("reduce_once", Self::reduce_once),
            ("montgomery_reduce", Self::montgomery_reduce),
            ("add", Self::add),
            ("sub", Self::sub),
            ("mul", Self::mul),
            ("square", Self::square),
        ];
        if self.bits == 64 {
            proofs.push(("reduce_word", Self::reduce_word));
        }
        for (name, proof) in &proofs {
            proof(self).map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(proofs.into_iter().map(|(name, _)| name).collect())
    }

    fn base(&self) -> BigInt {
        BigInt::one() << self.bits
    }

    /// R = 2^256
    fn r(&self) -> BigInt {
        BigInt::one() << 256_u32
    }

    /// The number that words write.
    fn number(&self, words: &[Polynomial]) -> Number {
        let mut number = Number::constant(&BigInt::zero());
        for (place, word) in words.iter().enumerate() {
            let word = Number { polynomial: word.clone(), least: BigInt::zero(), most: self.base() - 1 };
            number = number.plus(&word.scaled(&self.base().pow(place.try_into().unwrap())));
        }
        number
    }

    /// The same for one of 256 bits.
    fn limbs(&self, value: &Value) -> Result<Number, String> {
        let words = value.words();
        ensure(words.len() * usize::try_from(self.bits).unwrap() == 256, "not 256 bits")?;
        Ok(self.number(&words))
    }

    fn p(&self) -> Number {
        Number::constant(&self.p)
    }

    /// A number of which a range is supposed.
    fn supposed(&self, number: &Number, least: &BigInt, most: &BigInt) -> Number {
        Number {
            polynomial: number.polynomial.clone(),
            least: least.max(&number.least).clone(),
            most: most.min(&number.most).clone(),
        }
    }

    /// All paths through a function, where others are proved by themselves.
    fn paths(
        &self,
        name: &str,
        summaries: &[(&'static str, Summary)],
        arguments: impl Fn(&mut Machine<'_>) -> Vec<Value>,
    ) -> Result<Vec<Path<'_>>, String> {
        let mut paths = Vec::new();
        let mut ways = Vec::new();
        loop {
            let mut machine = Machine::new(&self.text, self.bits, summaries, &ways);
            let arguments = arguments(&mut machine);
            let result =
                machine.run(name, arguments.clone()).map_err(|error| format!("cannot run: {error}"))?;
            ways = machine.branches.iter().map(|(_, way)| *way).collect();
            paths.push(Path { machine, arguments, result });
            // The next path: the last branch that has another way.
            while ways.last() == Some(&true) {
                ways.pop();
            }
            match ways.last_mut() {
                Some(last) => *last = true,
                None => return Ok(paths),
            }
        }
    }

    /// The only path.
    fn path(
        &self,
        name: &str,
        summaries: &[(&'static str, Summary)],
        arguments: impl Fn(&mut Machine<'_>) -> Vec<Value>,
    ) -> Result<Path<'_>, String> {
        let mut paths = self.paths(name, summaries, arguments)?;
        let path = paths.pop().ok_or("no path")?;
        ensure(paths.is_empty(), "expected no branch")?;
        Ok(path)
    }

    /// Two elements: below p.
    fn elements(&self, path: &Path<'_>) -> Result<[Number; 2], String> {
        let [a, b] = [&path.arguments[0], path.arguments.last().unwrap()];
        let element =
            |value| Ok::<_, String>(self.supposed(&self.limbs(value)?, &BigInt::zero(), &(&self.p - 1)));
        Ok([element(a)?, element(b)?])
    }

    /// For any t of 256 bits: `t - p = d - R * below`, and `d` has 256 bits.
    fn minus_p(&self) -> Proof {
        let path = self.path("minus_p", &[], |machine| vec![machine.limbs()])?;
        let Value::Tuple(result) = &path.result else { return Err("not a pair".to_owned()) };
        let t = self.limbs(&path.arguments[0])?;
        let below = path_unknown(&result[1].carry())?;
        let d = self.limbs(&result[0])?;
        let difference =
            Number { polynomial: Polynomial::unknown(below), least: BigInt::zero(), most: BigInt::one() };
        d.and(&t.minus(&self.p()).plus(&difference.scaled(&self.r()))).map(drop)
    }

    /// For any t of 256 bits, the result is t or t - p, and below p.
    fn subtract_p(&self) -> Proof {
        let paths = self.paths("subtract_p", &[], |machine| vec![machine.limbs()])?;
        ensure(paths.len() == 2, "expected two paths")?;
        for path in &paths {
            let t = self.limbs(&path.arguments[0])?;
            let (Condition::Carry(below), way) = path.branch()? else {
                return Err("expected a branch on a carry".to_owned());
            };
            let below = path_unknown(below)?;
            // d = t - p + R * below, of which the words are those of the last difference.
            let d: Vec<_> = path.machine.calls.iter().map(|call| call.result.clone()).collect();
            let d: Vec<_> = d.iter().map(|pair| low(pair)).collect::<Result<_, _>>()?;
            let d = self.number(&d);
            ensure(d.most < self.r(), "more than 256 bits")?;
            let at = |value: u8| {
                let polynomial = d.polynomial.at(below, &value.into());
                Number { polynomial, ..d.clone() }
            };
            let result = self.limbs(&path.result)?;
            let proved = if *way {
                // t = d + p - R
                ensure(result.polynomial == t.polynomial, "expected t")?;
                at(1).plus(&self.p()).minus(&Number::constant(&self.r())).and(&t)?
            } else {
                ensure(result.polynomial == d.polynomial, "expected t - p")?;
                at(0).and(&t.minus(&self.p()))?
            };
            proved.within(&BigInt::zero(), &(&self.p - 1))?;
        }
        Ok(())
    }

    /// For T = t + R * carry from 0 to 2p - 1, the result is T or T - p, and below p.
    fn reduce_once(&self) -> Proof {
        let summaries: [(&str, Summary); 1] = [("subtract_p", |machine, _| machine.limbs())];
        for carry in [0_u8, 1] {
            let paths = self.paths("reduce_once", &summaries, |machine| {
                vec![machine.limbs(), Value::Carry(Polynomial::constant(carry))]
            })?;
            ensure(paths.len() == 2, "expected two paths")?;
            for path in &paths {
                let carry = Number::constant(&carry.into());
                let number = self.limbs(&path.arguments[0])?.plus(&carry.scaled(&self.r()));
                let number = self.supposed(&number, &BigInt::zero(), &(&self.p * 2 - 1));
                let expected = number.minus(&carry.scaled(&self.p));
                let (Condition::Less(highest, bound), way) = path.branch()? else {
                    return Err("expected a branch on a comparison".to_owned());
                };
                let bound = bound.value().ok_or("expected a constant bound")?;
                let words = if *way { &path.result } else { &path.tail_call("subtract_p")?.arguments[0] };
                let proved = self.limbs(words)?.equals_modulo(&expected, &self.r())?;
                ensure(words.words().last() == Some(highest), "compares another word")?;
                if *way {
                    // Below bound * B^(n-1), with the highest word below the bound.
                    let most = &bound * (self.r() / self.base()) - 1;
                    self.supposed(&proved, &BigInt::zero(), &most).within(&BigInt::zero(), &(&self.p - 1))?;
                }
            }
        }
        Ok(())
    }

    /// For N = low + R * high from 0 to p * R - 1: what is reduced once is below 2p, and times R it is N
    /// plus a multiple of p. So is the result, which is below p.
    fn montgomery_reduce(&self) -> Proof {
        let mut summaries: Vec<(&str, Summary)> = vec![("reduce_once", |machine, _| machine.limbs())];
        if self.bits == 64 {
            summaries.push(("reduce_word", reduced_word));
        }
        let path =
            self.path("montgomery_reduce", &summaries, |machine| vec![machine.limbs(), machine.limbs()])?;
        let call = path.tail_call("reduce_once")?;
        let [low_half, high_half] = [self.limbs(&path.arguments[0])?, self.limbs(&path.arguments[1])?];
        // The multiples of p: what `reduce_word` is given as lowest word, or the variables m0 to m7.
        let multiples: Vec<_> = if self.bits == 64 {
            path.calls("reduce_word").iter().map(|call| call.arguments[0].words().swap_remove(0)).collect()
        } else {
            (0..8)
                .map(|number| match path.machine.scope.get(&format!("m{number}")) {
                    Some(Value::Word(word)) => Ok(word.clone()),
                    _ => Err(format!("no word m{number}")),
                })
                .collect::<Result<_, _>>()?
        };
        let multiple = self.number(&multiples);
        ensure(multiple.most < self.r(), "too many multiples")?;
        // What the high half is added to: S = (low + multiple * p) / R.
        let addends: Vec<_> = path.arguments[1]
            .words()
            .iter()
            .map(|word| {
                let mut to =
                    path.calls("carrying_add").into_iter().filter_map(|call| match &call.arguments[..] {
                        [Value::Word(to), Value::Word(added), _] if added == word => Some(to.clone()),
                        _ => None,
                    });
                to.next().filter(|_| to.next().is_none()).ok_or("expected one sum with each high word")
            })
            .collect::<Result<_, _>>()?;
        let s = self.number(&addends);
        let added = low_half.plus(&multiple.times(&self.p()));
        let square = self.r() * self.r();
        let added = s.scaled(&self.r()).equals_modulo(&added, &square)?;
        // T = S + high, all of it.
        let carry =
            Number { polynomial: call.arguments[1].carry(), least: BigInt::zero(), most: BigInt::one() };
        let t = self.limbs(&call.arguments[0])?.plus(&carry.scaled(&self.r()));
        t.and(&s.plus(&high_half))?;
        // T * R = N + multiple * p.
        let n = low_half.plus(&high_half.scaled(&self.r()));
        let n = self.supposed(&n, &BigInt::zero(), &(&self.p * self.r() - 1));
        let all = n.plus(&multiple.times(&self.p()));
        let all = all.and(&added.plus(&high_half.scaled(&self.r())))?;
        ensure(all.least >= BigInt::zero() && all.most < &self.p * 2 * self.r(), "expected less than 2p")
    }

    /// `result * B = t + t0 * p`, for any t of 256 bits.
    fn reduce_word(&self) -> Proof {
        let path = self.path("reduce_word", &[], |machine| vec![machine.limbs()])?;
        let words = path.arguments[0].words();
        let expected = self.number(&words).plus(&self.number(&words[..1]).times(&self.p()));
        let found = self.limbs(&path.result)?.scaled(&self.base());
        found.equals_modulo(&expected, &(self.r() * self.base())).map(drop)
    }

    fn add(&self) -> Proof {
        let summaries: [(&str, Summary); 1] = [("reduce_once", |machine, _| machine.limbs())];
        let path = self.path("add", &summaries, |machine| vec![machine.limbs(), machine.limbs()])?;
        let [a, b] = self.elements(&path)?;
        let call = path.tail_call("reduce_once")?;
        let carry =
            Number { polynomial: call.arguments[1].carry(), least: BigInt::zero(), most: BigInt::one() };
        let t = self.limbs(&call.arguments[0])?.plus(&carry.scaled(&self.r()));
        t.and(&a.plus(&b))?.within(&BigInt::zero(), &(&self.p * 2 - 1))
    }

    fn sub(&self) -> Proof {
        let path = self.path("sub", &[], |machine| vec![machine.limbs(), machine.limbs()])?;
        let [a, b] = self.elements(&path)?;
        let differences: Vec<_> = path
            .machine
            .calls
            .iter()
            .filter(|call| ["overflowing_sub", "borrowing_sub"].contains(&&*call.name))
            .map(|call| call.result.clone())
            .collect();
        let Some(Value::Tuple(last)) = differences.last() else { return Err("no difference".to_owned()) };
        let borrow = path_unknown(&last[1].carry())?;
        // d = a - b + R * borrow, which has 256 bits.
        let d = self.number(&differences.iter().map(low).collect::<Result<Vec<_>, _>>()?);
        ensure(d.most < self.r(), "more than 256 bits")?;
        for value in [0_u8, 1] {
            let value = BigInt::from(value);
            let d = Number { polynomial: d.polynomial.at(borrow, &value), ..d.clone() };
            let difference = d.minus(&Number::constant(&(self.r() * &value))).and(&a.minus(&b))?;
            // With p added where there was a borrow.
            let expected = difference.plus(&Number::constant(&(&self.p * &value)));
            let result = self.limbs(&path.result)?;
            let result = Number { polynomial: result.polynomial.at(borrow, &value), ..result };
            result.equals_modulo(&expected, &self.r())?.within(&BigInt::zero(), &(&self.p - 1))?;
        }
        Ok(())
    }

    fn mul(&self) -> Proof {
        self.product("mul", |machine| vec![machine.limbs(), machine.limbs()])
    }

    fn square(&self) -> Proof {
        self.product("square", |machine| vec![machine.limbs()])
    }

    /// What is reduced is the product of the first and the last argument.
    fn product(&self, name: &str, arguments: impl Fn(&mut Machine<'_>) -> Vec<Value>) -> Proof {
        let summaries: [(&str, Summary); 1] = [("montgomery_reduce", |machine, _| machine.limbs())];
        let path = self.path(name, &summaries, arguments)?;
        let [a, b] = self.elements(&path)?;
        let call = path.tail_call("montgomery_reduce")?;
        let [low, high] = [self.limbs(&call.arguments[0])?, self.limbs(&call.arguments[1])?];
        let found = low.plus(&high.scaled(&self.r()));
        let found = found.equals_modulo(&a.times(&b), &(self.r() * self.r()))?;
        found.within(&BigInt::zero(), &(&self.p * self.r() - 1))
    }
}

/// The low word of a result.
fn low(pair: &Value) -> Result<Polynomial, String> {
    match pair {
        Value::Tuple(pair) => match &pair[..] {
            [Value::Word(low), _] => Ok(low.clone()),
            _ => Err("a result without a low word".to_owned()),
        },
        _ => Err("a result that is no pair".to_owned()),
    }
}

/// The unknown that a carry is.
fn path_unknown(carry: &Polynomial) -> Result<u32, String> {
    carry.as_unknown().ok_or_else(|| format!("a carry that is computed:{carry:?}"))
}

/// For `reduce_word`: words of which the lowest is what `result * B = t + t0 * p` leaves for it.
fn reduced_word(machine: &mut Machine<'_>, arguments: &[Value]) -> Value {
    let power = |bit: u32| BigInt::one() << bit;
    let p = power(256) - power(224) + power(192) + power(96) - 1;
    let base = machine.base();
    let words = arguments[0].words();
    let mut sum = words[0].scaled(&p);
    for (word, place) in words.iter().zip(0..) {
        sum = sum.plus(&word.scaled(&base.pow(place)));
    }
    let mut lowest = sum.divided(&base).unwrap();
    let mut result = machine.limbs().words();
    for (word, place) in result.iter().zip(0..).skip(1) {
        lowest = lowest.minus(&word.scaled(&base.pow(place)));
    }
    result[0] = lowest;
    Value::Array(vec![Value::Array(result.into_iter().map(Value::Word).collect())])
}
