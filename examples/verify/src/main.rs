//! Verifies a token, or says why it is refused.
//!
//! Without arguments it shows the repository's own vectors: one token per algorithm, and refusals.
//! With arguments: claims as JSON on stdout and exit 0; the reason on stderr and exit 1; bad usage
//! exits 2. With `--explain`, a report on stdout instead of either. `--help` lists all options.

use core::time::Duration;

use std::fs;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jose_core::diagnose::{diagnose_jwk, diagnose_set};
use jose_core::{
    AlgorithmSet, AnyOf, ClaimsPolicy, Expect, Jwk, Jwks, KeySet, KeySource, UnixTime, Verifier,
};
use serde_json::Value;

const USAGE: &str = "\
usage: verify --jwks FILE|- | --jwk FILE|- | --secret FILE|-   --alg RS256[,ES256]
              [--issuer I]... [--audience A]... [--now SECONDS] [--leeway S] [--accept-missing-exp]
              [--require-kid] [--typ T] [--explain] (--token T | --token-file FILE | -)
       verify [--explain]     shows the vectors of this repository

- is standard input. Of several issuers or audiences one must be met; without any, whatever the token says is
accepted. A secret is every octet of its file, a line end included.";

/// What the command line asks for.
#[derive(Default)]
struct Job {
    jwks: Option<Vec<u8>>,
    jwk: Option<Vec<u8>>,
    algorithms: Option<AlgorithmSet>,
    issuers: Vec<String>,
    audiences: Vec<String>,
    now: Option<UnixTime>,
    leeway: Duration,
    accept_missing_exp: bool,
    require_kid: bool,
    typ: Option<String>,
    explain: bool,
    /// Not necessarily UTF-8: what is not is refused or explained like any other fault.
    token: Option<Vec<u8>>,
}

/// What ends the program early.
enum Stop {
    Usage(String),
    Refused(String),
    /// Refused, and the report has been printed.
    Explained,
}

fn refused(reason: impl ToString) -> Stop {
    Stop::Refused(reason.to_string())
}

fn main() -> ExitCode {
    let arguments: Vec<_> =
        std::env::args_os().skip(1).map(|argument| argument.into_encoded_bytes()).collect();
    let done = match arguments.as_slice() {
        [] => demonstrate(false),
        [only] if only == b"--explain" => demonstrate(true),
        _ if arguments.iter().any(|argument| argument == b"--help") => {
            print(&USAGE);
            Ok(())
        }
        _ => read_job(arguments).and_then(run),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Usage(what)) => {
            eprintln!("{what}\n{USAGE}");
            ExitCode::from(2)
        }
        Err(Stop::Refused(reason)) => {
            eprintln!("refused: {reason}");
            ExitCode::FAILURE
        }
        Err(Stop::Explained) => ExitCode::FAILURE,
    }
}

fn read_job(arguments: Vec<Vec<u8>>) -> Result<Job, Stop> {
    let mut job = Job::default();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let argument = text(argument)?;
        let mut octets = || arguments.next().ok_or_else(|| Stop::Usage(format!("{argument} needs a value")));
        let mut value = || text(octets()?);
        match argument.as_str() {
            "--jwks" => job.jwks = Some(read(&value()?)?),
            "--jwk" => job.jwk = Some(read(&value()?)?),
            "--secret" => {
                let k = Base64UrlUnpadded::encode_string(&read(&value()?)?);
                job.jwk = Some(format!(r#"{{"kty":"oct","k":"{k}"}}"#).into());
            }
            "--alg" => job.algorithms = Some(algorithms(&value()?)?),
            "--issuer" => job.issuers.push(value()?),
            "--audience" => job.audiences.push(value()?),
            "--now" => job.now = Some(UnixTime::from_secs(number(&value()?)?)),
            "--leeway" => {
                let leeway = u64::try_from(number(&value()?)?).ok().map(Duration::from_secs);
                let leeway = leeway.filter(|leeway| *leeway <= ClaimsPolicy::MAX_LEEWAY);
                job.leeway = leeway.ok_or_else(|| Stop::Usage("--leeway takes 0 to 600 seconds".into()))?;
            }
            "--accept-missing-exp" => job.accept_missing_exp = true,
            "--require-kid" => job.require_kid = true,
            "--typ" => job.typ = Some(value()?),
            "--explain" => job.explain = true,
            "--token" => job.token = Some(octets()?),
            "--token-file" => job.token = Some(read(&value()?)?),
            "-" => job.token = Some(read("-")?),
            other => return Err(Stop::Usage(format!("unknown argument {other:?}"))),
        }
    }
    Ok(job)
}

fn text(octets: Vec<u8>) -> Result<String, Stop> {
    String::from_utf8(octets).map_err(|error| Stop::Usage(error.to_string()))
}

fn number(text: &str) -> Result<i64, Stop> {
    text.parse().map_err(|_| Stop::Usage(format!("{text:?} is not a number of seconds")))
}

fn algorithms(names: &str) -> Result<AlgorithmSet, Stop> {
    AlgorithmSet::from_names(names.split(',')).map_err(|error| Stop::Usage(error.to_string()))
}

/// Returns the bytes of a file, or of standard input for `-`.
fn read(path: &str) -> Result<Vec<u8>, Stop> {
    let mut octets = Vec::new();
    let outcome = match path {
        "-" => io::stdin().read_to_end(&mut octets).map(|_| octets),
        path => fs::read(path),
    };
    outcome.map_err(|error| Stop::Usage(format!("{path}: {error}")))
}

/// Verifies the user's token with the user's keys.
fn run(job: Job) -> Result<(), Stop> {
    let missing = |what: &str| Stop::Usage(format!("{what} is missing"));
    let algorithms = job.algorithms.ok_or_else(|| missing("--alg"))?;
    let mut token = job.token.as_deref().ok_or_else(|| missing("the token"))?;
    while let [rest @ .., b'\r' | b'\n'] = token {
        token = rest;
    }
    match (&job.jwks, &job.jwk) {
        (Some(text), None) => match Jwks::parse(text) {
            Ok(jwks) => match KeySet::from_jwks(&jwks, algorithms) {
                Ok(keys) => verify(&job, Verifier::new(&keys), token),
                // The report says why each key cannot be used.
                Err(_) if job.explain => verify(&job, Verifier::new(jwks.keys(algorithms)), token),
                Err(error) => Err(refused(error)),
            },
            Err(_) if job.explain => {
                print(&diagnose_set(text));
                Err(Stop::Explained)
            }
            Err(error) => Err(refused(error)),
        },
        (None, Some(text)) => match Jwk::parse(text).and_then(|jwk| jwk.verifying_key(algorithms)) {
            Ok(key) => verify(&job, Verifier::new(&key), token),
            Err(_) if job.explain => {
                print(&diagnose_jwk(text, algorithms));
                Err(Stop::Explained)
            }
            Err(error) => Err(refused(error)),
        },
        _ => Err(missing("one of --jwks, --jwk and --secret")),
    }
}

fn verify<K: KeySource>(job: &Job, mut verifier: Verifier<'_, K>, token: &[u8]) -> Result<(), Stop> {
    if job.require_kid {
        verifier = verifier.require_kid();
    }
    let verifier = match &job.typ {
        Some(typ) => verifier.require_typ(typ),
        None => verifier,
    };
    let one_of = |texts: &[String]| AnyOf::owned(texts.to_vec()).map_or(Expect::Anything, Expect::AnyOf);
    let mut policy = ClaimsPolicy::new(one_of(&job.issuers), one_of(&job.audiences)).leeway(job.leeway);
    if job.accept_missing_exp {
        policy = policy.allow_missing_exp();
    }
    let now = job.now.map_or_else(UnixTime::now, Ok).map_err(refused)?;
    let mut scratch = Vec::new();
    if job.explain {
        let diagnosis = verifier.diagnose(token, &mut scratch, &policy, now);
        print(&diagnosis);
        return diagnosis.refusal().map_or(Ok(()), |_| Err(Stop::Explained));
    }
    let verified = verifier.verify(token, &mut scratch).map_err(refused)?;
    verified.claims(&policy, now).map_err(refused)?;
    print(&shown(&String::from_utf8_lossy(verified.payload())));
    Ok(())
}

/// Returns the text with control characters escaped: signed text may still control a terminal.
fn shown(text: &str) -> String {
    let escape = |character: char| match character.is_control() {
        true => character.escape_unicode().to_string(),
        false => character.to_string(),
    };
    text.chars().map(escape).collect()
}

fn print(text: &dyn core::fmt::Display) {
    // A closed pipe is the reader's choice, not a failure.
    let _ = writeln!(io::stdout(), "{text}");
}

/// Verifies the repository's vectors, which show what is accepted and what is refused.
fn demonstrate(explain: bool) -> Result<(), Stop> {
    let demo = read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/demo.json"))?;
    let demo: Value = serde_json::from_slice(&demo).map_err(refused)?;
    // A case has its own settings, or uses those of the file.
    let job = |case: &Value, token: &Value, algorithms: &str| -> Result<Job, Stop> {
        let text = |name: &str| case[name].as_str().or(demo[name].as_str()).map(String::from);
        Ok(Job {
            algorithms: Some(self::algorithms(algorithms)?),
            issuers: Vec::from_iter(text("issuer")),
            audiences: Vec::from_iter(text("audience")),
            now: demo["now"].as_i64().map(UnixTime::from_secs),
            require_kid: case["require_kid"] == true,
            token: token.as_str().map(Into::into),
            ..Job::default()
        })
    };

    print(&"accepted, each with its claims:");
    for algorithm in ["RS256", "ES256"] {
        let token = &demo["tokens"][algorithm];
        print(&format_args!("  {algorithm}:"));
        run(Job { jwks: Some(demo["jwks"].to_string().into()), ..job(&demo, token, "RS256,ES256")? })?;
    }
    print(&"  HS256:");
    run(Job {
        jwk: Some(demo["secret"].to_string().into()),
        ..job(&demo, &demo["tokens"]["HS256"], "HS256")?
    })?;

    print(&"refused, each with its reason:");
    for case in demo["refusals"].as_array().into_iter().flatten() {
        let names = case["algorithms"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let job = job(case, &case["token"], &names.collect::<Vec<_>>().join(","))?;
        let what = case["what"].as_str().unwrap_or_default();
        if explain {
            print(&format_args!("\n{what}:"));
        }
        match run(Job { jwks: Some(case["keys"].to_string().into()), explain, ..job }) {
            Err(Stop::Refused(reason)) => print(&format_args!("  {what}:\n      {reason}")),
            Err(Stop::Explained) => {}
            _ => return Err(refused(format!("{what}: this was to be refused"))),
        }
    }
    Ok(())
}
