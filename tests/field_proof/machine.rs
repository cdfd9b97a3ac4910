//! Runs functions of the field on unknown words.
//!
//! The text is read as Rust (`syn`) and run statement by statement. What the field is written in is
//! little: words, carries, arrays and pairs; `let`, calls, `if`. Anything else is an error. An operation
//! on words keeps the exact relation between what goes in and what comes out: its high word or its carry
//! is a new unknown, and its low word is what is left. Every word is below B, every carry 0 or 1.

use std::collections::HashMap;

use num_bigint::BigInt;
use num_traits::{One, ToPrimitive as _};
use syn::{BinOp, Block, Expr, FnArg, Item, ItemFn, Lit, Pat, Stmt, UnOp};

use crate::polynomial::{Polynomial, Unknown};

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Word(Polynomial),
    Carry(Polynomial),
    Array(Vec<Value>),
    Tuple(Vec<Value>),
}

impl Value {
    /// The words of a number, the lowest first.
    pub fn words(&self) -> Vec<Polynomial> {
        match self {
            Self::Word(word) => vec![word.clone()],
            Self::Array(values) | Self::Tuple(values) => values.iter().flat_map(Self::words).collect(),
            Self::Carry(_) => panic!("a carry among words"),
        }
    }

    pub fn carry(&self) -> Polynomial {
        let Self::Carry(carry) = self else { panic!("{self:?} is no carry") };
        carry.clone()
    }
}

/// The functions and constants of a file.
pub struct Text {
    functions: HashMap<String, ItemFn>,
    constants: HashMap<String, Expr>,
}

impl Text {
    pub fn read(text: &str) -> Result<Self, String> {
        let file = syn::parse_file(text).map_err(|error| error.to_string())?;
        let mut read = Self { functions: HashMap::new(), constants: HashMap::new() };
        for item in file.items {
            match item {
                Item::Fn(function) => drop(read.functions.insert(function.sig.ident.to_string(), function)),
                Item::Const(constant) => {
                    drop(read.constants.insert(constant.ident.to_string(), *constant.expr))
                }
                Item::Use(_) | Item::Type(_) => {}
                _ => return Err("an item that is no function, constant, import or type".to_owned()),
            }
        }
        Ok(read)
    }
}

/// A call that was made.
#[derive(Clone)]
pub struct Call {
    pub name: String,
    pub arguments: Vec<Value>,
    pub result: Value,
}

/// What a branch depends on.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    Carry(Polynomial),
    Less(Polynomial, Polynomial),
}

/// What stands for a function that is proved by itself.
pub type Summary = fn(&mut Machine<'_>, &[Value]) -> Value;

type Scope = HashMap<String, Value>;

pub struct Machine<'t> {
    text: &'t Text,
    bits: u32,
    last: Unknown,
    summaries: Vec<(&'static str, Summary)>,
    /// Which way each branch goes, in order; those beyond the last go to the second block.
    ways: Vec<bool>,
    /// The branches that were met, and the way each went.
    pub branches: Vec<(Condition, bool)>,
    /// Operations on words, and calls of what has a summary.
    pub calls: Vec<Call>,
    /// The variables of the function that was run.
    pub scope: Scope,
}

impl<'t> Machine<'t> {
    pub fn new(text: &'t Text, bits: u32, summaries: &[(&'static str, Summary)], ways: &[bool]) -> Self {
        Self {
            text,
            bits,
            last: 0,
            summaries: summaries.to_vec(),
            ways: ways.to_vec(),
            branches: Vec::new(),
            calls: Vec::new(),
            scope: Scope::new(),
        }
    }

    /// The number of values that a word has.
    pub fn base(&self) -> BigInt {
        BigInt::one() << self.bits
    }

    fn unknown(&mut self) -> Polynomial {
        self.last += 1;
        Polynomial::unknown(self.last)
    }

    /// A number of 256 bits, as the text keeps one.
    pub fn limbs(&mut self) -> Value {
        let halves = 0..256 / self.bits / 4;
        Value::Array(
            halves.map(|_| Value::Array((0..4).map(|_| Value::Word(self.unknown())).collect())).collect(),
        )
    }

    /// Runs a function of the text.
    pub fn run(&mut self, name: &str, arguments: Vec<Value>) -> Result<Value, String> {
        let function = self.text.functions.get(name).ok_or_else(|| format!("no function {name}"))?;
        if function.sig.inputs.len() != arguments.len() {
            return Err(format!("{name} takes {} arguments", function.sig.inputs.len()));
        }
        let mut scope = Scope::new();
        for (input, argument) in function.sig.inputs.iter().zip(arguments) {
            let FnArg::Typed(input) = input else { return Err(format!("{name} is a method")) };
            bind(&input.pat, argument, &mut scope)?;
        }
        let result = self.block(&function.block, &mut scope)?;
        self.scope = scope;
        Ok(result)
    }

    fn block(&mut self, block: &Block, scope: &mut Scope) -> Result<Value, String> {
        let (last, statements) = block.stmts.split_last().ok_or("an empty block")?;
        for statement in statements {
            let Stmt::Local(local) = statement else { return Err("a statement that is no let".to_owned()) };
            let init = local.init.as_ref().ok_or("a let without a value")?;
            let value = self.value(&init.expr, scope)?;
            bind(&local.pat, value, scope)?;
        }
        let Stmt::Expr(result, None) = last else { return Err("a block without a value".to_owned()) };
        self.value(result, scope)
    }

    fn value(&mut self, expression: &Expr, scope: &mut Scope) -> Result<Value, String> {
        match expression {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Int(integer) => {
                    let value: u64 = integer.base10_parse().map_err(|error| error.to_string())?;
                    Ok(Value::Word(Polynomial::constant(value)))
                }
                Lit::Bool(value) => Ok(Value::Carry(Polynomial::constant(u8::from(value.value)))),
                _ => Err("a literal that is no word".to_owned()),
            },
            Expr::Path(path) => self.path(&path.path, scope),
            // A number is a value: there is no place that changes.
            Expr::Reference(reference) if reference.mutability.is_none() => {
                self.value(&reference.expr, scope)
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => self.value(&unary.expr, scope),
            Expr::Array(array) => self.values(&array.elems, scope).map(Value::Array),
            Expr::Tuple(tuple) => self.values(&tuple.elems, scope).map(Value::Tuple),
            Expr::Repeat(repeat) => {
                let value = self.value(&repeat.expr, scope)?;
                let Value::Word(length) = self.value(&repeat.len, scope)? else {
                    return Err("a length".to_owned());
                };
                let length =
                    length.value().and_then(|length| length.to_usize()).ok_or("an unknown length")?;
                Ok(Value::Array(vec![value; length]))
            }
            Expr::Binary(binary) if matches!(binary.op, BinOp::Sub(_)) => {
                match (self.value(&binary.left, scope)?, self.value(&binary.right, scope)?) {
                    (Value::Word(left), Value::Word(right)) => match (left.value(), right.value()) {
                        (Some(left), Some(right)) if left >= right => {
                            Ok(Value::Word(Polynomial::constant(left - right)))
                        }
                        _ => Err("a difference that is no constant".to_owned()),
                    },
                    _ => Err("a difference of what are no words".to_owned()),
                }
            }
            Expr::If(branch) => {
                let condition = self.condition(&branch.cond, scope)?;
                let (_, other) = branch.else_branch.as_ref().ok_or("an if without else")?;
                let constant = match &condition {
                    Condition::Carry(carry) => carry.value().map(|value| value.is_one()),
                    Condition::Less(a, b) => a.value().zip(b.value()).map(|(a, b)| a < b),
                };
                let taken = constant.unwrap_or_else(|| {
                    let way = self.ways.get(self.branches.len()).copied().unwrap_or_default();
                    self.branches.push((condition, way));
                    way
                });
                match (taken, &**other) {
                    (true, _) => self.block(&branch.then_branch, &mut scope.clone()),
                    (false, Expr::Block(other)) => self.block(&other.block, &mut scope.clone()),
                    (false, other) => self.value(other, scope),
                }
            }
            Expr::Call(call) => {
                let Expr::Path(name) = &*call.func else {
                    return Err("a call of what has no name".to_owned());
                };
                let name = name.path.get_ident().ok_or("a call of a path")?.to_string();
                let arguments = self.values(&call.args, scope)?;
                self.call(name, arguments)
            }
            _ => Err("an expression that the field does not need".to_owned()),
        }
    }

    fn values<'e>(
        &mut self,
        expressions: impl IntoIterator<Item = &'e Expr>,
        scope: &mut Scope,
    ) -> Result<Vec<Value>, String> {
        expressions.into_iter().map(|expression| self.value(expression, scope)).collect()
    }

    fn path(&mut self, path: &syn::Path, scope: &mut Scope) -> Result<Value, String> {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let own = format!("u{}", self.bits);
        match &names[..] {
            [kind, most] if most == "MAX" && (kind == "Word" || *kind == own) => {
                Ok(Value::Word(Polynomial::constant(self.base() - 1)))
            }
            [name] => match (scope.get(name), self.text.constants.get(name)) {
                (Some(value), _) => Ok(value.clone()),
                (None, Some(constant)) => self.value(constant, &mut Scope::new()),
                (None, None) => Err(format!("no variable {name}")),
            },
            _ => Err(format!("the path {}", names.join("::"))),
        }
    }

    fn condition(&mut self, expression: &Expr, scope: &mut Scope) -> Result<Condition, String> {
        if let Expr::Binary(binary) = expression {
            let sides = (self.value(&binary.left, scope)?, self.value(&binary.right, scope)?);
            let (BinOp::Lt(_), (Value::Word(left), Value::Word(right))) = (&binary.op, sides) else {
                return Err("a comparison that is not of words".to_owned());
            };
            return Ok(Condition::Less(left, right));
        }
        match self.value(expression, scope)? {
            Value::Carry(carry) => Ok(Condition::Carry(carry)),
            _ => Err("a condition that is no carry".to_owned()),
        }
    }

    fn call(&mut self, name: String, arguments: Vec<Value>) -> Result<Value, String> {
        let summary = self.summaries.iter().find(|(known, _)| *known == name).map(|(_, summary)| *summary);
        let result = match summary {
            Some(summary) => summary(self, &arguments),
            None => match self.operation(&name, &arguments)? {
                Some(result) => result,
                None => return self.run(&name, arguments),
            },
        };
        self.calls.push(Call { name, arguments, result: result.clone() });
        Ok(result)
    }

    /// The operations of `words.rs`.
    fn operation(&mut self, name: &str, arguments: &[Value]) -> Result<Option<Value>, String> {
        use Value::{Carry, Word};
        let base = self.base();
        Ok(Some(match (name, arguments) {
            // a + b + carry = low + B * high
            ("carrying_add", [Word(a), Word(b), Carry(carry)]) => {
                let high = self.unknown();
                let low = a.plus(b).plus(carry).minus(&high.scaled(&base));
                Value::Tuple(vec![Word(low), Carry(high)])
            }
            // a - b = low - B * high
            ("overflowing_sub", [Word(a), Word(b)]) => {
                let high = self.unknown();
                Value::Tuple(vec![Word(a.minus(b).plus(&high.scaled(&base))), Carry(high)])
            }
            // a - b - borrow = low - B * high
            ("borrowing_sub", [Word(a), Word(b), Carry(borrow)]) => {
                let high = self.unknown();
                let low = a.minus(b).minus(borrow).plus(&high.scaled(&base));
                Value::Tuple(vec![Word(low), Carry(high)])
            }
            // a * b + c + d = low + B * high
            ("mul_add", [Word(a), Word(b), Word(c), Word(d)]) => {
                let high = self.unknown();
                let low = a.times(b).plus(c).plus(d).minus(&high.scaled(&base));
                Value::Tuple(vec![Word(low), Word(high)])
            }
            // carry * word
            ("if_carry", [Carry(carry), Word(word)]) => Word(carry.times(word)),
            // word * 2^32 = low + B * high
            ("shift32", [Word(word)]) => {
                let high = self.unknown();
                let low = word.scaled(&(BigInt::one() << 32_u32)).minus(&high.scaled(&base));
                Value::Tuple(vec![Word(low), Word(high)])
            }
            (
                "carrying_add" | "overflowing_sub" | "borrowing_sub" | "mul_add" | "if_carry" | "shift32",
                _,
            ) => {
                return Err(format!("{name} of other arguments"));
            }
            _ => return Ok(None),
        }))
    }
}

/// Gives the names of a pattern their values.
fn bind(pattern: &Pat, value: Value, scope: &mut Scope) -> Result<(), String> {
    match (pattern, value) {
        (Pat::Ident(name), value) if name.subpat.is_none() => {
            scope.insert(name.ident.to_string(), value);
        }
        (Pat::Wild(_), _) => {}
        (Pat::Type(typed), value) => bind(&typed.pat, value, scope)?,
        (Pat::Tuple(patterns), Value::Tuple(values)) if patterns.elems.len() == values.len() => {
            for (pattern, value) in patterns.elems.iter().zip(values) {
                bind(pattern, value, scope)?;
            }
        }
        (Pat::Slice(patterns), Value::Array(values)) if patterns.elems.len() == values.len() => {
            for (pattern, value) in patterns.elems.iter().zip(values) {
                bind(pattern, value, scope)?;
            }
        }
        _ => return Err("a pattern that the value does not have".to_owned()),
    }
    Ok(())
}
