//! The chart: a column of bars for each machine, a group of bars for each algorithm. Each group of a machine
//! has a scale of its own.

use std::fmt::Write as _;

use crate::report::time;
use crate::rows::ALGORITHMS;
use crate::run::{Kind, Measured, Run};

const LABELS: f64 = 240.0;
const COLUMN: f64 = 330.0;
const BAR: f64 = 16.0;
const STEP: f64 = 22.0;
/// What is left to the right of the longest bar, for its time.
const TIMES: f64 = 80.0;

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

/// The labels of a group: those of the first run by their times, then what only other runs have.
fn labels<'r>(runs: &'r [Run], group: &'r str) -> Vec<&'r str> {
    let mut labels = Vec::new();
    for run in runs {
        let mut bars: Vec<&Measured> = bars(run, group).collect();
        bars.sort_by(|one, other| one.median.total_cmp(&other.median));
        for bar in bars {
            if !labels.contains(&bar.label.as_str()) {
                labels.push(&bar.label);
            }
        }
    }
    labels
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
    let columns: Vec<(f64, &Run)> =
        runs.iter().enumerate().map(|(place, run)| (LABELS + place as f64 * COLUMN, run)).collect();
    let mut body = String::new();
    let mut y = 26.0;
    let _ = writeln!(body, r#"<text class="title" x="0" y="{y}">Time to verify one token</text>"#);
    y += 22.0;
    let _ = writeln!(
        body,
        r#"<text class="quiet" x="0" y="{y}">Median; signature, exp, iss, aud, claims into a struct. Shorter is better. The scales differ.</text>"#
    );
    y += 28.0;
    for (x, run) in &columns {
        // The name without what is in parentheses after it.
        let machine = run.machine.rsplit_once(" (").map_or(run.machine.as_str(), |(name, _)| name);
        let edition = run.edition.as_deref().unwrap_or(&run.date);
        let _ = writeln!(body, r#"<text class="group" x="{x}" y="{y}">{machine}</text>"#);
        let _ = writeln!(body, r#"<text class="quiet" x="{x}" y="{}">{edition}</text>"#, y + 17.0);
    }
    y += 10.0;
    for group in ALGORITHMS {
        y += 26.0;
        let _ = writeln!(body, r#"<text class="group" x="0" y="{y}">{group}</text>"#);
        y += 10.0;
        for label in labels(runs, group) {
            let _ = writeln!(
                body,
                r#"<text class="label" x="{}" y="{}">{label}</text>"#,
                LABELS - 8.0,
                y + BAR - 3.5
            );
            for (x, run) in &columns {
                let longest = longest_shown(bars(run, group).map(|one| one.median).collect());
                if let Some(one) = bars(run, group).find(|one| one.label == label) {
                    let _ = writeln!(body, "{}", bar(one, longest, *x, y));
                }
            }
            y += STEP;
        }
    }
    let (width, height) = (LABELS + COLUMN * columns.len() as f64, y + 8.0);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-label=\"Time to verify one token, jose-core and its peers\">\n<style>{STYLE}</style>\n{body}</svg>\n"
    )
}
