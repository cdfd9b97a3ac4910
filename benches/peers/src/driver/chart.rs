//! The chart: a block for each machine that measured the crate as it is, and in it a column of bars for each
//! algorithm. Each column has a scale of its own.

use std::fmt::Write as _;

use crate::report::time;
use crate::rows::ALGORITHMS;
use crate::run::{Kind, Measured, Run};

const LABELS: f64 = 224.0;
const COLUMN: f64 = 220.0;
const BAR: f64 = 16.0;
const STEP: f64 = 22.0;
/// What is left to the right of the longest bar, for its time.
const TIMES: f64 = 74.0;

const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-size:16px;font-weight:600}\
.group{font-weight:600}.quiet{fill:#59636e}.label{text-anchor:end}.ours{fill:#0969da}.peer{fill:#8c959f}\
.gap{stroke:#fff;stroke-width:4}@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.quiet{fill:#9198a1}\
.ours{fill:#4493f8}.peer{fill:#656c76}.gap{stroke:#0d1117}}";

/// What the longest bar stands for: the greatest time, or the second if the greatest is far off.
fn longest_shown(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    match times[..] {
        [.., second, longest] if longest > 3.0 * second => second * 1.25,
        [.., longest] => longest,
        [] => 1.0,
    }
}

/// The whole tokens of a group, by the crate as it is and by its peers.
fn bars<'r>(run: &'r Run, group: &'r str) -> impl Iterator<Item = &'r Measured> {
    run.rows.iter().filter(move |one| one.group == group && matches!(one.kind, Kind::Ours | Kind::Peer))
}

/// A bar and its time, `x` to the right.
fn bar(one: &Measured, longest: f64, x: f64, y: f64) -> String {
    let class = if one.kind == Kind::Ours { "ours" } else { "peer" };
    let width = (one.median.min(longest) / longest * (COLUMN - TIMES)).max(1.0);
    // A bar that is cut shows where.
    let gap = if one.median > longest {
        format!(r#"<path class="gap" d="M{:.1} {y}l-6 {BAR}"/>"#, x + width - 14.0)
    } else {
        String::new()
    };
    format!(
        r#"<rect class="{class}" x="{x}" y="{y}" width="{width:.1}" height="{BAR}" rx="2"/>{gap}<text class="quiet" x="{:.1}" y="{}">{}</text>"#,
        x + width + 6.0,
        y + BAR - 3.5,
        time(one.median),
    )
}

pub(crate) fn svg(runs: &[Run]) -> String {
    let mut body = String::new();
    let mut y = 20.0;
    let _ = writeln!(body, r#"<text class="title" x="0" y="{y}">Time to verify one token</text>"#);
    y += 22.0;
    let _ = writeln!(
        body,
        r#"<text class="quiet" x="0" y="{y}">Median; signature, exp, iss, aud, claims into a struct. Shorter is better. The scales differ.</text>"#
    );
    for run in runs.iter().filter(|run| run.edition.is_none()) {
        // The name without what is in parentheses after it.
        let machine = run.machine.rsplit_once(" (").map_or(run.machine.as_str(), |(name, _)| name);
        y += 30.0;
        let _ = writeln!(
            body,
            r#"<text class="group" x="0" y="{y}">{machine} <tspan class="quiet">{}</tspan></text>"#,
            run.date
        );
        let columns: Vec<(f64, &str)> =
            ALGORITHMS.iter().enumerate().map(|(at, group)| (LABELS + at as f64 * COLUMN, *group)).collect();
        let mut labels: Vec<&str> = Vec::new();
        for (x, group) in &columns {
            let _ = writeln!(body, r#"<text class="group" x="{x}" y="{y}">{group}</text>"#);
            for one in bars(run, group) {
                if !labels.contains(&one.label.as_str()) {
                    labels.push(&one.label);
                }
            }
        }
        // Those of the crate first.
        labels.sort_by_key(|label| !label.starts_with("jose-core"));
        y += 10.0;
        for label in labels {
            let (x, line) = (LABELS - 8.0, y + BAR - 3.5);
            let _ = writeln!(body, r#"<text class="label" x="{x}" y="{line}">{label}</text>"#);
            for (x, group) in &columns {
                let longest = longest_shown(bars(run, group).map(|one| one.median).collect());
                if let Some(one) = bars(run, group).find(|one| one.label == label) {
                    let _ = writeln!(body, "{}", bar(one, longest, *x, y));
                }
            }
            y += STEP;
        }
    }
    let (width, height) = (LABELS + COLUMN * ALGORITHMS.len() as f64, y + 8.0);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-label=\"Time to verify one token, jose-core and its peers\">\n<style>{STYLE}</style>\n{body}</svg>\n"
    )
}
