//! Starts a process for every row, asks each in turn for a short time, round after round, and says how
//! their medians compare. Whatever slows the machine down for a while slows all of them down alike.

mod chart;
mod report;
mod rows;
mod run;
#[path = "../../../material/tokens.rs"]
mod tokens;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio, exit};

use jose_core_peers::Input;
use serde_json::json;

use crate::rows::{MATERIAL, Material, NOTE, OTHER_EDITION, OTHER_EDITION_VARIABLE, Row, rows};
use crate::run::{Run, Timed};
use crate::tokens::{AUDIENCE, EXPIRES_AT, ISSUED_AT, ISSUER, Key, SCOPE, SUBJECT, tampered};

struct Options {
    rounds: usize,
    /// How long a row runs in a round.
    slice_ns: u64,
    only: Option<String>,
    write: bool,
    /// Writes table and chart of what is recorded, and measures nothing.
    draw: bool,
}

fn options() -> Result<Options, String> {
    let mut options = Options { rounds: 301, slice_ns: 2_000_000, only: None, write: true, draw: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--quick" => options = Options { rounds: 5, write: false, ..options },
            "--rounds" => options.rounds = value()?.parse().map_err(|error| format!("--rounds: {error}"))?,
            "--only" => (options.only, options.write) = (Some(value()?), false),
            "--draw" => options.draw = true,
            _ => return Err(format!("{argument}: the options are --quick, --rounds N, --only TEXT, --draw")),
        }
    }
    Ok(options)
}

/// A process at its row.
struct Peer {
    row: Row,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// The length of its token.
    token: usize,
    /// Verifications in one slice.
    times: u64,
    /// Nanoseconds per verification, one for each round.
    measured: Vec<f64>,
}

impl Peer {
    fn start(row: Row, input: &Input) -> Result<Self, String> {
        let binaries = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = match row.peer {
            "node" => {
                let mut node = Command::new("node");
                node.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("node/peer.mjs"));
                node
            }
            // Where `run` builds it.
            OTHER_EDITION => Command::new(binaries.with_file_name("../other-edition/release/jose-core")),
            own => Command::new(binaries.with_file_name(own)),
        };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", row.peer))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or("no pipes")?;
        let output = BufReader::new(stdout);
        let token = input.token.len();
        let mut peer = Self { row, child, input: stdin, output, token, times: 1, measured: Vec::new() };
        let line = serde_json::to_string(input).map_err(|error| error.to_string())?;
        match peer.ask(&line)?.as_str() {
            "ready" => Ok(peer),
            answer => Err(format!("{}, {}: {answer}", row.peer, row.case)),
        }
    }

    fn ask(&mut self, line: &str) -> Result<String, String> {
        let mut answer = String::new();
        writeln!(self.input, "{line}")
            .and_then(|()| self.output.read_line(&mut answer))
            .map_err(|error| format!("{}: {error}", self.row.peer))?;
        match answer.trim() {
            "" => Err(format!("{} ended", self.row.peer)),
            answer => Ok(answer.to_owned()),
        }
    }

    /// The nanoseconds of so many verifications.
    fn run(&mut self, times: u64) -> Result<u64, String> {
        let answer = self.ask(&times.to_string())?;
        answer.parse().map_err(|_| format!("{}, {}: {answer}", self.row.peer, self.row.label))
    }

    /// Finds how many verifications fill a slice, and warms up.
    fn calibrate(&mut self, slice_ns: u64) -> Result<(), String> {
        loop {
            let elapsed = self.run(self.times)?.max(1);
            if elapsed >= slice_ns / 2 {
                self.times = (self.times * slice_ns / elapsed).max(1);
                return Ok(());
            }
            self.times *= 2;
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It waits for a line; there is nothing that it could lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a peer is sent: the good token, and those that it must refuse.
fn input(row: &Row, material: &Material) -> Input {
    let key = Key::named(material.key);
    let good = (material.claims)();
    let token = key.sign(&good);
    let mut refused = vec![tampered(&token, 1), tampered(&token, 2)];
    if !row.is_primitive() {
        let changes = [
            ("exp", json!(ISSUED_AT + 3600)),
            ("iss", json!("https://other.example")),
            ("aud", json!("other.example")),
        ];
        for (name, value) in changes {
            let mut claims = good.clone();
            claims[name] = value;
            refused.push(key.sign(&claims));
        }
    }
    assert_eq!(good["exp"], EXPIRES_AT);
    Input {
        case: row.case.to_owned(),
        alg: key.alg().to_owned(),
        token,
        refused,
        jwk: key.verifying_jwk(),
        jwks: key.set_of(material.keys),
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        subject: SUBJECT.to_owned(),
        scope: SCOPE.to_owned(),
    }
}

fn measure(options: &Options) -> Result<(), String> {
    let mut peers = Vec::new();
    let other_edition = std::env::var(OTHER_EDITION_VARIABLE).ok();
    for row in rows(other_edition.is_some()) {
        let name = format!("{}: {}", row.group, row.label);
        if options.only.as_ref().is_some_and(|only| !name.contains(only)) {
            continue;
        }
        let material = MATERIAL.iter().find(|material| material.name == row.material);
        let input = input(&row, material.ok_or_else(|| format!("{}: no such material", row.material))?);
        let mut peer = Peer::start(row, &input)?;
        peer.calibrate(options.slice_ns)?;
        peers.push(peer);
    }
    eprintln!(
        "{} rows, each verifies its token and refuses the bad ones; {} rounds",
        peers.len(),
        options.rounds
    );
    let len = peers.len();
    for round in 0..options.rounds {
        for turn in 0..len {
            // Every round starts elsewhere, and every second one goes the other way.
            let place = if round % 2 == 0 { turn + round } else { round + len - turn };
            let peer = &mut peers[place % len];
            let elapsed = peer.run(peer.times)?;
            peer.measured.push(elapsed as f64 / peer.times as f64);
        }
    }
    let timed: Vec<Timed> = peers
        .iter_mut()
        .map(|peer| Timed { row: peer.row, token: peer.token, times: std::mem::take(&mut peer.measured) })
        .collect();
    drop(peers);
    let measured = run::measured(&timed);
    let run = Run {
        machine: report::machine(),
        edition: None,
        date: report::date(),
        versions: report::versions(other_edition.as_deref()),
        rounds: options.rounds,
        note: NOTE.to_owned(),
        ratios: run::ratios(&measured),
        rows: measured,
    };
    println!("{}", report::tables(&run));
    for missed in run.ratios.iter().filter(|held| held.is_missed()) {
        println!("missed: {} is {:.2}, at most {:.2}", missed.work, missed.ratio, missed.must);
    }
    if options.write {
        let runs = run::recorded_with(run, &folder().join("results.json"))?;
        write("results.json", run::record(&runs))?;
        draw(&runs)?;
    }
    Ok(())
}

/// Where the results are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn write(name: &str, text: String) -> Result<(), String> {
    std::fs::write(folder().join(name), text).map_err(|error| format!("{name}: {error}"))
}

fn draw(runs: &[Run]) -> Result<(), String> {
    write("RESULTS.md", report::document(runs))?;
    write("results.svg", chart::svg(runs))
}

fn main() {
    let done = options().and_then(|options| match options.draw {
        true => draw(&run::recorded(&folder().join("results.json"))?),
        false => measure(&options),
    });
    if let Err(error) = done {
        eprintln!("{error}");
        exit(1);
    }
}
