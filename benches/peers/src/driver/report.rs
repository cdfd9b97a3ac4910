//! The tables, and the document around them.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::process::Command;

use crate::rows::{At, Of, RATIOS, Row};

/// The times of a row, in nanoseconds.
pub(crate) struct Measured {
    pub(crate) row: Row,
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Measured {
    pub(crate) fn new(row: Row, mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        let (least, most) = (times[0], times[times.len() - 1]);
        Self { row, median: times[times.len() / 2], least, most }
    }
}

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

fn median(measured: &[Measured], (group, label): At) -> Option<f64> {
    measured.iter().find(|one| one.row.group == group && one.row.label == label).map(|one| one.median)
}

fn ratio(measured: &[Measured], of: &Of) -> Option<f64> {
    let at = |at| median(measured, at);
    match of {
        Of::Rows(ours, theirs) => {
            let theirs: Option<Vec<f64>> = theirs.iter().map(|theirs| at(*theirs)).collect();
            Some(at(*ours)? / theirs?.into_iter().min_by(f64::total_cmp)?)
        }
        Of::Slopes([long, short], [their_long, their_short]) => {
            Some((at(*long)? - at(*short)?) / (at(*their_long)? - at(*their_short)?))
        }
    }
}

pub(crate) fn tables(measured: &[Measured], lengths: &HashMap<&'static str, usize>) -> String {
    let mut text = String::new();
    let mut ratios = String::new();
    for wanted in RATIOS {
        let Some(ratio) = ratio(measured, &wanted.of) else { continue };
        let verdict = match wanted.aim {
            _ if ratio > wanted.must => "missed",
            Some(aim) if ratio > aim => "held",
            Some(_) => "held, and the aim",
            None => "held",
        };
        let aim = wanted.aim.map_or(String::new(), |aim| format!("{aim:.2}"));
        let must = wanted.must;
        let _ = writeln!(ratios, "| {} | **{ratio:.2}** | {must:.2} | {aim} | {verdict} |", wanted.work);
    }
    if !ratios.is_empty() {
        text.push_str(
            "| jose-core : what it is held against | ratio | at most | aim | |\n|---|--:|--:|--:|---|\n",
        );
        text.push_str(&ratios);
    }
    let mut group = "";
    for Measured { row, median, least, most } in measured {
        if row.group != group {
            group = row.group;
            let length = lengths.get(group).map_or(String::new(), |length| format!(" ({length}-byte token)"));
            let _ = writeln!(text, "\n### {group}{length}\n");
            text.push_str("| | median | min – max | jose-core : this |\n|---|--:|--:|--:|\n");
        }
        // Like with like, where there is the like.
        let ours = |alike: &dyn Fn(&Row) -> bool| {
            let mut all = measured.iter().filter(|one| one.row.is_ours() && one.row.material == row.material);
            all.find(|one| alike(&one.row)).map(|one| one.median)
        };
        let ours = ours(&|own| own.is_primitive() == row.is_primitive()).or_else(|| ours(&|_| true));
        let ratio = match ours {
            Some(ours) if !row.is_ours() => format!("{:.2}", ours / median),
            _ => String::new(),
        };
        let (median, least, most) = (time(*median), time(*least), time(*most));
        let _ = writeln!(text, "| {} | {median} | {least} – {most} | {ratio} |", row.label);
    }
    text
}

pub(crate) fn document(
    measured: &[Measured],
    lengths: &HashMap<&'static str, usize>,
    rounds: usize,
) -> String {
    format!(
        "# jose-core and its peers\n\n\
         Written by `benches/peers/run`; [README.md](README.md) says what is done and how to repeat it.\n\n\
         - {date}, {machine}\n\
         - {rustc}, Node {node}, {versions}\n\
         - {rounds} interleaved rounds; a ratio is one of medians, and below 1 jose-core is the faster one\n\
         - a time is that of one whole token: signature, `exp`, `iss`, `aud`, and the claims in a struct;\n  \
         rows that say \"signature alone\" are compared with jose-core's signature alone\n\n\
         ![The medians as bars](results.svg)\n\n\
         {tables}",
        date = said("date", &["-u", "+%Y-%m-%d"]),
        machine = machine(),
        rustc = said("rustc", &["--version"]),
        node = said("node", &["--version"]),
        versions = versions(),
        tables = tables(measured, lengths)
    )
}

/// What a program says.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    output.map_or_else(
        |_| format!("{program} unknown"),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("a CPU that does not say its name", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{model} ({cores} cores, {}, {})", std::env::consts::ARCH, std::env::consts::OS)
}

fn versions() -> String {
    const CRATES: [&str; 10] = [
        "jsonwebtoken",
        "jwt-simple",
        "jwt-compact",
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
    let mut names = vec![format!("jose-core {}", said("git", &["describe", "--always", "--dirty"]))];
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
