//! What a run measured, and the record of the runs: the last one of every machine.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::rows::{ALGORITHMS, At, OTHER_EDITION, Of, RATIOS, Row};

/// One run of the driver.
#[derive(Deserialize, Serialize)]
pub(crate) struct Run {
    pub(crate) machine: String,
    /// Of what this is the record, if not of the crate as it is here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) edition: Option<String>,
    pub(crate) date: String,
    /// The versions of everything that ran.
    pub(crate) versions: String,
    pub(crate) rounds: usize,
    /// What must be known to read the rows.
    pub(crate) note: String,
    pub(crate) ratios: Vec<Held>,
    pub(crate) rows: Vec<Measured>,
}

/// A ratio that the crate holds itself to, as it came out.
#[derive(Deserialize, Serialize)]
pub(crate) struct Held {
    pub(crate) work: String,
    pub(crate) ratio: f64,
    pub(crate) must: f64,
    pub(crate) aim: Option<f64>,
}

impl Held {
    pub(crate) fn is_missed(&self) -> bool {
        self.ratio > self.must
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// jose-core and a whole token.
    Ours,
    /// A peer and a whole token.
    Peer,
    /// jose-core at another commit, and a whole token.
    Edition,
    /// A signature alone.
    Bare,
}

/// The times of a row, in nanoseconds.
#[derive(Deserialize, Serialize)]
pub(crate) struct Measured {
    pub(crate) group: String,
    pub(crate) label: String,
    pub(crate) kind: Kind,
    /// Bytes of the token.
    pub(crate) token: usize,
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
    /// The median of jose-core at the same work over this one, for the rows of others.
    pub(crate) ratio: Option<f64>,
}

/// A row and what was measured in each round.
pub(crate) struct Timed {
    pub(crate) row: Row,
    pub(crate) token: usize,
    pub(crate) times: Vec<f64>,
}

/// The value with so many decimals, as the record has it.
fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

fn median(timed: &Timed) -> f64 {
    let mut times = timed.times.clone();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// What the table says of each row.
pub(crate) fn measured(all: &[Timed]) -> Vec<Measured> {
    let medians: Vec<(Row, f64)> = all.iter().map(|timed| (timed.row, median(timed))).collect();
    all.iter()
        .zip(&medians)
        .map(|(Timed { row, token, times }, (_, median))| {
            // Like with like, where there is the like.
            let ours = |alike: &dyn Fn(&Row) -> bool| {
                let mut own = medians.iter().filter(|(own, _)| own.is_ours() && own.material == row.material);
                own.find(|(own, _)| alike(own)).map(|(_, median)| *median)
            };
            let ours = ours(&|own| own.is_primitive() == row.is_primitive()).or_else(|| ours(&|_| true));
            Measured {
                group: row.group.to_owned(),
                label: row.label.to_owned(),
                kind: match () {
                    () if row.is_primitive() => Kind::Bare,
                    () if row.is_ours() => Kind::Ours,
                    () if row.peer == OTHER_EDITION => Kind::Edition,
                    () => Kind::Peer,
                },
                token: *token,
                median: rounded(*median, 1),
                least: rounded(times.iter().copied().fold(f64::INFINITY, f64::min), 1),
                most: rounded(times.iter().copied().fold(0.0, f64::max), 1),
                ratio: ours.filter(|_| !row.is_ours()).map(|ours| rounded(ours / median, 4)),
            }
        })
        .collect()
}

/// The ratios whose rows ran.
pub(crate) fn ratios(measured: &[Measured]) -> Vec<Held> {
    let medians: HashMap<(&str, &str), f64> =
        measured.iter().map(|one| ((one.group.as_str(), one.label.as_str()), one.median)).collect();
    let at = |at: At| medians.get(&at).copied();
    let ratio = |of: &Of| match of {
        Of::Rows(ours, theirs) => {
            let theirs: Option<Vec<f64>> = theirs.iter().map(|theirs| at(*theirs)).collect();
            Some(at(*ours)? / theirs?.into_iter().min_by(f64::total_cmp)?)
        }
        Of::Slopes([long, short], [their_long, their_short]) => {
            Some((at(*long)? - at(*short)?) / (at(*their_long)? - at(*their_short)?))
        }
    };
    let held = |wanted: &crate::rows::Ratio| {
        let (work, ratio) = (wanted.work.to_owned(), rounded(ratio(&wanted.of)?, 4));
        Some(Held { work, ratio, must: wanted.must, aim: wanted.aim })
    };
    RATIOS.iter().filter_map(held).collect()
}

/// Whether the heading of a group says how long its token is: those of the algorithms have one.
pub(crate) fn has_one_token(group: &str) -> bool {
    ALGORITHMS.contains(&group)
}

/// The recorded runs, the one just made in the place of an earlier one on the same machine.
pub(crate) fn recorded_with(run: Run, path: &Path) -> Result<Vec<Run>, String> {
    let mut runs = recorded(path)?;
    runs.retain(|earlier| earlier.machine != run.machine);
    runs.insert(0, run);
    Ok(runs)
}

pub(crate) fn recorded(path: &Path) -> Result<Vec<Run>, String> {
    let named = |error: String| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| named(error.to_string()))
}

/// The record as text: a line for every row, so that a difference can be read.
pub(crate) fn record(runs: &[Run]) -> String {
    let lines = |values: Vec<String>| values.join(",\n  ");
    let run = |run: &Run| {
        let mut head = json!(run);
        for list in ["ratios", "rows"] {
            head.as_object_mut().and_then(|head| head.remove(list));
        }
        let head = head.to_string();
        let ratios = run.ratios.iter().map(|one| json!(one).to_string()).collect();
        let rows = run.rows.iter().map(|one| json!(one).to_string()).collect();
        let head = head.trim_end_matches('}');
        format!("{head},\n \"ratios\": [\n  {}],\n \"rows\": [\n  {}]}}", lines(ratios), lines(rows))
    };
    format!("[{}]\n", runs.iter().map(run).collect::<Vec<_>>().join(",\n"))
}
