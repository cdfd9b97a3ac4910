//! The tables, and the document around them.

use std::fmt::Write as _;
use std::process::Command;

use crate::run::{Held, Measured, Run, has_one_token};

/// A time with three digits and its unit.
pub(crate) fn time(ns: f64) -> String {
    let (value, unit) = if ns < 1000.0 { (ns, "ns") } else { (ns / 1000.0, "µs") };
    let decimals = match value {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {unit}")
}

/// The ratios, and the times of every group.
pub(crate) fn tables(run: &Run) -> String {
    let mut text = String::new();
    if !run.ratios.is_empty() {
        text.push_str(
            "| jose-core : what it is held against | ratio | at most | aim | |\n|---|--:|--:|--:|---|\n",
        );
    }
    for held in &run.ratios {
        let Held { work, ratio, must, aim } = held;
        let verdict = match aim {
            _ if held.is_missed() => "missed",
            Some(aim) if ratio > aim => "held",
            Some(_) => "held, and the aim",
            None => "held",
        };
        let aim = aim.map_or(String::new(), |aim| format!("{aim:.2}"));
        let _ = writeln!(text, "| {work} | **{ratio:.2}** | {must:.2} | {aim} | {verdict} |");
    }
    let mut group = "";
    for Measured { group: own, label, token, median, least, most, ratio, .. } in &run.rows {
        if own != group {
            group = own;
            let token = if has_one_token(group) { format!(" ({token}-byte token)") } else { String::new() };
            let _ = writeln!(text, "\n### {group}{token}\n");
            text.push_str("| | median | min – max | jose-core : this |\n|---|--:|--:|--:|\n");
        }
        let ratio = ratio.map_or(String::new(), |ratio| format!("{ratio:.2}"));
        let (median, least, most) = (time(*median), time(*least), time(*most));
        let _ = writeln!(text, "| {label} | {median} | {least} – {most} | {ratio} |");
    }
    text
}

/// All runs, each machine's by itself.
pub(crate) fn document(runs: &[Run]) -> String {
    let mut text = "# jose-core and its peers\n\n\
         Written by `benches/peers/run`; [README.md](README.md) says what is done and how to repeat it.\n\n\
         - rounds are interleaved; a ratio is one of medians, and below 1 jose-core is the faster one\n\
         - a time is that of one whole token: signature, `exp`, `iss`, `aud`, and the claims in a struct;\n  \
         rows that say \"signature alone\" are compared with jose-core's signature alone\n\
         - a machine's figures are of one run on it, and are compared with no other machine's\n\n\
         ![The medians of the crate as it is, as bars](results.svg)\n"
        .to_owned();
    for run in runs {
        let Run { machine, edition, date, versions, rounds, note, .. } = run;
        let edition = edition.as_ref().map_or(String::new(), |edition| format!(": {edition}"));
        let tables = tables(run);
        let _ = write!(
            text,
            "\n## {machine}{edition}\n\n- {date}, {rounds} rounds\n- {versions}\n- {note}\n\n{tables}"
        );
    }
    text
}

pub(crate) fn date() -> String {
    said("date", &["-u", "+%Y-%m-%d"])
}

/// What a program says.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    output.map_or_else(
        |_| format!("{program} unknown"),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

pub(crate) fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("a CPU that does not say its name", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{model} ({cores} cores, {}, {})", std::env::consts::ARCH, std::env::consts::OS)
}

pub(crate) fn versions(other_edition: Option<&str>) -> String {
    const CRATES: [&str; 11] = [
        "jsonwebtoken",
        "jwt-simple",
        "jwt-compact",
        "jose4rs",
        "josekit",
        "aws-lc-rs",
        "ring",
        "graviola",
        "hmac",
        "p256",
        "rsa",
    ];
    let lock = include_str!("../../Cargo.lock");
    let package: serde_json::Value =
        serde_json::from_str(include_str!("../../node/package.json")).unwrap_or_default();
    let mut names = vec![said("rustc", &["--version"]), format!("Node {}", said("node", &["--version"]))];
    const DESCRIBE: [&str; 3] = ["describe", "--always", "--dirty"];
    names.push(format!("jose-core {}", said("git", &DESCRIBE)));
    if let Some(folder) = other_edition {
        let other = said("git", &[&["-C", folder], &DESCRIBE[..]].concat());
        names.push(format!("other edition of jose-core {other}"));
    }
    for name in CRATES {
        // The newest where there are several: the older ones are in the tree of other peers.
        let line = format!("name = \"{name}\"");
        let version = lock.split("[[package]]").filter(|package| package.contains(&line));
        let version = version.filter_map(|package| package.split('"').nth(3)).last();
        names.push(format!("{name} {}", version.unwrap_or("unknown")));
    }
    names.push(format!("npm jose {}", package["dependencies"]["jose"].as_str().unwrap_or("unknown")));
    names.push(said("openssl", &["version"]).split_whitespace().take(2).collect::<Vec<_>>().join(" "));
    names.join(", ")
}
