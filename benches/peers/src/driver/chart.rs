//! The chart: one group of bars for each algorithm, on a scale of its own.

use std::fmt::Write as _;

use crate::report::{Measured, time};
use crate::rows::ALGORITHMS;

const WIDTH: f64 = 760.0;
const LABELS: f64 = 250.0;
const BAR: f64 = 16.0;
const STEP: f64 = 22.0;
/// What is left to the right of the longest bar, for its time.
const TIMES: f64 = 80.0;

const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-size:16px;font-weight:600}\
.group{font-weight:600}.quiet{fill:#59636e}.label{text-anchor:end}.ours{fill:#0969da}.peer{fill:#8c959f}\
.bare{fill:#d0d7de}.gap{stroke:#fff;stroke-width:4}@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.quiet{fill:#9198a1}.ours{fill:#4493f8}\
.peer{fill:#656c76}.bare{fill:#3d444d}.gap{stroke:#0d1117}}";

/// What the longest bar stands for: the greatest time, or the second if the greatest is far off.
fn longest_shown(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    match times[..] {
        [.., second, longest] if longest > 3.0 * second => second * 1.25,
        [.., longest] => longest,
        [] => 1.0,
    }
}

pub(crate) fn svg(measured: &[Measured]) -> String {
    let mut body = String::new();
    let mut y = 26.0;
    let _ = writeln!(body, r#"<text class="title" x="0" y="{y}">Time to verify one token</text>"#);
    y += 22.0;
    let _ = writeln!(
        body,
        r#"<text class="quiet" x="0" y="{y}">Median; signature, exp, iss, aud, claims into a struct. Shorter is better.</text>"#
    );
    y += 12.0;
    for group in ALGORITHMS {
        let mut bars: Vec<&Measured> = measured.iter().filter(|one| one.row.group == group).collect();
        bars.sort_by(|one, other| {
            let key = |one: &Measured| (one.row.is_primitive(), one.median);
            key(one).partial_cmp(&key(other)).expect("times are numbers")
        });
        let longest = longest_shown(bars.iter().map(|one| one.median).collect());
        y += 26.0;
        let _ = writeln!(body, r#"<text class="group" x="0" y="{y}">{group}</text>"#);
        y += 10.0;
        for one in bars {
            let class = match () {
                () if one.row.is_ours() => "ours",
                () if one.row.is_primitive() => "bare",
                () => "peer",
            };
            let width = (one.median.min(longest) / longest * (WIDTH - LABELS - TIMES)).max(1.0);
            // A bar that is cut shows where.
            let gap = if one.median > longest {
                format!(r#"<path class="gap" d="M{:.1} {y}l-6 {BAR}"/>"#, LABELS + width - 14.0)
            } else {
                String::new()
            };
            let middle = y + BAR - 3.5;
            let label = one.row.label;
            let _ = writeln!(
                body,
                r#"<text class="label" x="{}" y="{middle}">{label}</text><rect class="{class}" x="{LABELS}" y="{y}" width="{width:.1}" height="{BAR}" rx="2"/>{gap}<text class="quiet" x="{:.1}" y="{middle}">{}</text>"#,
                LABELS - 8.0,
                LABELS + width + 6.0,
                time(one.median),
            );
            y += STEP;
        }
    }
    let height = y + 8.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-label=\"Time to verify one token, jose-core and its peers\">\n<style>{STYLE}</style>\n{body}</svg>\n"
    )
}
