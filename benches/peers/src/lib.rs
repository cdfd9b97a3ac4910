//! One peer: a process that answers the driver's lines on stdin with lines on stdout.
//!
//! - `{"case": …, "token": …, …}` ([`Input`]): the peer builds its key, verifies the token, refuses every
//!   token of `refused`, and answers `ready`, or why not.
//! - a number: the peer verifies the token of the last input so many times and answers with the
//!   nanoseconds that it took.

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead as _, Write as _};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a peer verifies, and with what.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Input {
    /// What the peer is to do: `token`, `primitive`, or a way of its own.
    pub case: String,
    pub alg: String,
    pub token: String,
    /// Tokens that must be refused: tampered with, and (unless the case is only the primitive)
    /// expired, from another issuer, for another audience.
    pub refused: Vec<String>,
    /// The key, with `kid` and `alg`.
    pub jwk: Value,
    /// A JWK Set with the key in it.
    pub jwks: String,
    pub issuer: String,
    pub audience: String,
    /// The claims that must be found.
    pub subject: String,
    pub scope: String,
}

impl Input {
    /// A member of the JWK, as it is written there.
    pub fn text(&self, member: &str) -> &str {
        self.jwk[member].as_str().unwrap_or_else(|| panic!("no {member} in the key"))
    }

    /// A member of the JWK, decoded.
    pub fn octets(&self, member: &str) -> Vec<u8> {
        decode(self.text(member))
    }

    /// The point of an EC key in SEC1 form, uncompressed.
    pub fn point(&self) -> Vec<u8> {
        [vec![4], self.octets("x"), self.octets("y")].concat()
    }

    /// The RSA key as the DER of a PKCS#1 RSAPublicKey.
    pub fn pkcs1(&self) -> Vec<u8> {
        fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
            let length = content.len();
            let head = match length {
                ..0x80 => vec![tag, length as u8],
                0x80..0x100 => vec![tag, 0x81, length as u8],
                _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
            };
            [head, content.to_vec()].concat()
        }
        let integer = |octets: Vec<u8>| match octets[0] {
            0x80.. => tlv(2, &[vec![0], octets].concat()),
            _ => tlv(2, &octets),
        };
        tlv(0x30, &[integer(self.octets("n")), integer(self.octets("e"))].concat())
    }
}

/// The claims as a type of the application's own, the same for every peer.
#[derive(Debug, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub sub: String,
    pub aud: String,
    pub exp: i64,
    pub iat: i64,
    pub scope: String,
}

impl Claims {
    /// Whether these are the claims that `input` tells of.
    pub fn are_those_of(&self, input: &Input) -> bool {
        black_box(self).sub == input.subject && self.scope == input.scope
    }
}

fn decode(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The signing input and the decoded signature.
fn split(token: &str) -> (&[u8], Vec<u8>) {
    let (input, signature) = token.rsplit_once('.').expect("a token has dots");
    (input.as_bytes(), decode(signature))
}

/// A prepared case: the time that it takes to verify a token so many times, or `None` if it is refused.
/// Each is a loop of its own, so that nothing is called through a pointer while it is timed.
pub struct Case(Box<Timed>);

type Timed = dyn FnMut(&str, u64) -> Option<Duration>;

/// A case that takes the whole token.
pub fn whole(mut accepts: impl FnMut(&str) -> bool + 'static) -> Case {
    Case(Box::new(move |token, times| repeat(times, || accepts(black_box(token)))))
}

/// A case that takes a signing input and a signature, both as octets.
pub fn primitive(mut holds: impl FnMut(&[u8], &[u8]) -> bool + 'static) -> Case {
    Case(Box::new(move |token, times| {
        let (input, signature) = split(token);
        repeat(times, || holds(black_box(input), black_box(&signature)))
    }))
}

fn repeat(times: u64, mut once: impl FnMut() -> bool) -> Option<Duration> {
    let mut all = true;
    let start = Instant::now();
    for _ in 0..times {
        all &= once();
    }
    let elapsed = start.elapsed();
    all.then_some(elapsed)
}

/// Answers the driver until it closes stdin. `prepare` makes the case of an input.
pub fn serve(prepare: impl Fn(&'static Input) -> Result<Case, Box<dyn Error>>) {
    let mut current: Option<(&'static Input, Case)> = None;
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("stdin can be read");
        let answer = match (line.parse::<u64>(), &mut current) {
            (Ok(times), Some((input, case))) => match case.0(&input.token, times) {
                Some(elapsed) => elapsed.as_nanos().to_string(),
                None => "a good token was refused while it was timed".to_owned(),
            },
            (Ok(_), None) => "no input yet".to_owned(),
            (Err(_), _) => match checked(&line, &prepare) {
                Ok(ready) => {
                    current = Some(ready);
                    "ready".to_owned()
                }
                Err(error) => error.to_string().replace('\n', " "),
            },
        };
        println!("{answer}");
        std::io::stdout().flush().expect("stdout can be written");
    }
}

fn checked(
    line: &str,
    prepare: impl Fn(&'static Input) -> Result<Case, Box<dyn Error>>,
) -> Result<(&'static Input, Case), Box<dyn Error>> {
    // There are a few dozen inputs in the life of a peer.
    let input: &'static Input = Box::leak(Box::new(serde_json::from_str(line)?));
    let mut case = prepare(input)?;
    let mut accepts = |token: &str| case.0(token, 1).is_some();
    if !accepts(&input.token) {
        return Err("the good token is refused".into());
    }
    match input.refused.iter().position(|token| accepts(token)) {
        Some(number) => Err(format!("bad token {number} is accepted").into()),
        None => Ok((input, case)),
    }
}

/// The answer to an input that this peer has nothing for.
pub fn unsupported(input: &Input) -> Result<Case, Box<dyn Error>> {
    Err(format!("no case {} for {}", input.case, input.alg).into())
}
