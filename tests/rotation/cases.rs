//! Situations from public reports, played second by second: what the endpoint answers, a token each second,
//! and what must come of it. Each runs without jitter and with several seeds of it.

use jose_core::rotation::{HttpResponse, Jitter, NoResponse, Refetch, RemoteKeySet, RotationPolicy};
use jose_core::{AlgorithmSet, Verifier};
use serde_json::Value;

use super::needs::{other, set};
use super::support::{algorithms, usual};
use super::{allowed, at, document, token};

/// What the endpoint answers from a second on; status 0 is no response.
struct Answer {
    from: u64,
    status: u16,
    body: String,
    fields: Vec<(String, String)>,
}

struct Case {
    allowed: AlgorithmSet,
    timeline: Vec<Answer>,
    token: Option<String>,
    tokens_from: u64,
    end: u64,
}

/// What came of a case, by the second.
struct Played {
    fetches: Vec<u64>,
    accepted: Vec<u64>,
    refused: Vec<u64>,
    without_keys: Vec<u64>,
}

impl Case {
    /// An application with a background look each second, which verifies a refused token once more after a
    /// fetch.
    fn play(&self, jitter: Jitter) -> Played {
        let mut remote = RemoteKeySet::new(self.allowed, RotationPolicy::new(), jitter).unwrap();
        let mut played = Played {
            fetches: Vec::new(),
            accepted: Vec::new(),
            refused: Vec::new(),
            without_keys: Vec::new(),
        };
        for second in 0..=self.end {
            let now = at(second);
            if let Some(permit) = remote.fetch_due(now) {
                let _ = remote.complete(permit.receive(self.answer(second, &mut played)), now);
            }
            if remote.keys(now).is_err() {
                played.without_keys.push(second);
            }
            let Some(token) = self.token.as_ref().filter(|_| second >= self.tokens_from) else { continue };
            let accepted = (0..2).any(|_| {
                let Ok(keys) = remote.keys(now) else { return false };
                let outcome = Verifier::new(&keys).verify(token, &mut Vec::new()).map(drop);
                let Err(refusal) = outcome else { return true };
                let Some(need) = keys.need(token, &refusal) else { return false };
                if let Refetch::Now(permit) = remote.refetch(need, now) {
                    let _ = remote.complete(permit.receive(self.answer(second, &mut played)), now);
                }
                false
            });
            if accepted { &mut played.accepted } else { &mut played.refused }.push(second);
        }
        played
    }

    fn answer(&self, second: u64, played: &mut Played) -> Result<HttpResponse<'_>, NoResponse> {
        played.fetches.push(second);
        let answer = self.timeline.iter().rfind(|answer| answer.from <= second).unwrap();
        if answer.status == 0 {
            return Err(NoResponse::default());
        }
        let response = HttpResponse::new(answer.status, &answer.body);
        Ok(answer.fields.iter().fold(response, |response, (name, value)| response.header(name, value)))
    }

    /// Plays it, and holds it to expectations of the kinds that `../shared/cases/rotation.jsonl` has.
    #[track_caller]
    fn expect(&self, name: &str, expected: &Value) {
        let mut jitters: Vec<Jitter> = (1..6).map(Jitter::from_seed).collect();
        jitters.push(Jitter::NONE);
        for jitter in jitters {
            let played = self.play(jitter);
            let number = |member: &str| expected.get(member).and_then(Value::as_u64);
            let mut looked_at = usize::from(expected.get("after").is_some());
            if let Some(max) = number("fetches_at_most") {
                looked_at += 1;
                assert!(
                    u64::try_from(played.fetches.len()).unwrap() <= max,
                    "{name}: {} fetches",
                    played.fetches.len()
                );
            }
            if let Some(within) = number("accepted_within") {
                looked_at += 1;
                let after = number("after").unwrap_or(0);
                let first = played.accepted.first().unwrap_or_else(|| panic!("{name}: never accepted"));
                assert!((after..=after + within).contains(first), "{name}: accepted at {first}");
                let last = played.refused.last();
                assert!(last.is_none_or(|last| last < first), "{name}: refused again at {last:?}");
            }
            if let Some(after) = number("refused_after") {
                looked_at += 1;
                let last = *played.accepted.last().unwrap_or_else(|| panic!("{name}: never accepted"));
                assert!(last <= after && played.refused.contains(&(after + 1)), "{name}: accepted at {last}");
            }
            if let Some(from) = number("never_without_keys_from") {
                looked_at += 1;
                let without = played.without_keys.iter().find(|second| **second >= from);
                assert_eq!(without, None, "{name}: no keys");
            }
            assert_eq!(looked_at, expected.as_object().unwrap().len(), "{name}: {expected}");
            // Whatever happens, fetches are a cooldown apart once there are keys.
            let with_keys = |second: &u64| !played.without_keys.contains(second);
            for pair in played.fetches.windows(2) {
                let apart = pair[1] - pair[0];
                assert!(apart >= 30 || !with_keys(&pair[0]), "{name}: fetches at {pair:?}");
            }
        }
    }
}

fn case(timeline: &[(u64, u16, &str, &str)], token: Option<String>, tokens_from: u64, end: u64) -> Case {
    let timeline = timeline.iter().map(|(from, status, body, cache_control)| Answer {
        from: *from,
        status: *status,
        body: (*body).to_owned(),
        fields: vec![("Cache-Control".to_owned(), (*cache_control).to_owned())],
    });
    Case { allowed: allowed(), timeline: timeline.collect(), token, tokens_from, end }
}

const DAY: &str = "max-age=86400";

#[test]
fn no_cache_is_fetched_once_a_minute() {
    for cache_control in ["no-cache", "no-store", "max-age=0", "max-age=60", "ext=a\"b, max-age=900"] {
        let case = case(&[(0, 200, &document(&["a"]), cache_control)], None, 0, 3600);
        case.expect(cache_control, &serde_json::json!({ "fetches_at_most": 61 }));
        // And not much less.
        assert!(case.play(Jitter::NONE).fetches.len() == 61, "{cache_control}");
    }
}

/// The verifier starts before its issuer.
#[test]
fn usable_within_a_cooldown_of_the_start_of_the_issuer() {
    for (start, within) in [(1, 1), (20, 11), (75, 16), (600, 30)] {
        for status in [0, 503, 404] {
            let set = document(&["a"]);
            let case = case(&[(0, status, "", ""), (start, 200, &set, "")], Some(token("a")), 0, start + 200);
            let expected = serde_json::json!({ "accepted_within": within, "after": start });
            case.expect(&format!("start at {start} s, status {status}"), &expected);
        }
    }
}

#[test]
fn usable_within_a_cooldown_of_an_outage_with_a_rotation() {
    for status in [0, 503, 200] {
        let (before, after) = (document(&["a"]), document(&["b"]));
        let body = if status == 200 { "<html>" } else { "" };
        let timeline = [(0, 200, &*before, DAY), (3000, status, body, ""), (4200, 200, &after, DAY)];
        // The first token of the new key comes in the outage.
        let case = case(&timeline, Some(token("b")), 3600, 9000);
        case.expect("outage", &serde_json::json!({ "accepted_within": 30, "after": 4200 }));
    }
}

#[test]
fn same_kid_new_key() {
    let (before, after) = (set(&[(other(), r#""kid":"a""#)]), document(&["a"]));
    let case = case(&[(0, 200, &before, DAY), (100, 200, &after, DAY)], Some(token("a")), 100, 9000);
    case.expect("same kid", &serde_json::json!({ "accepted_within": 60, "after": 100 }));
}

#[test]
fn key_corrected() {
    let usual = usual(algorithms()[0]);
    let before = set(&[(usual, r#""kid":"a","use":"enc""#), (other(), r#""kid":"b""#)]);
    let after = set(&[(usual, r#""kid":"a","use":"sig""#), (other(), r#""kid":"b""#)]);
    let case = case(&[(0, 200, &before, DAY), (100, 200, &after, DAY)], Some(token("a")), 100, 9000);
    case.expect("corrected", &serde_json::json!({ "accepted_within": 60, "after": 100 }));
}

#[test]
fn ambiguous_corrected() {
    let usual = usual(algorithms()[0]);
    let before = set(&[(usual, r#""kid":"1""#), (other(), r#""kid":"1""#)]);
    let after = set(&[(usual, r#""kid":"1""#), (other(), r#""kid":"2""#)]);
    let case = case(&[(0, 200, &before, DAY), (100, 200, &after, DAY)], Some(token("1")), 100, 9000);
    case.expect("ambiguous", &serde_json::json!({ "accepted_within": 60, "after": 100 }));
}

#[test]
fn a_new_key() {
    let (before, after) = (document(&["a"]), document(&["a", "b"]));
    let case = case(&[(0, 200, &before, DAY), (100, 200, &after, DAY)], Some(token("b")), 100, 400);
    case.expect("new key", &serde_json::json!({ "accepted_within": 31, "after": 100 }));
}

#[test]
fn a_removed_key_is_refused_within_the_hour() {
    let (before, after) = (document(&["a", "b"]), document(&["b"]));
    let case = case(&[(0, 200, &before, DAY), (100, 200, &after, DAY)], Some(token("a")), 0, 5000);
    case.expect("removed", &serde_json::json!({ "refused_after": 3700 }));
}

#[test]
fn all_keys_withdrawn() {
    let before = document(&["a"]);
    let case = case(&[(0, 200, &before, DAY), (100, 200, r#"{"keys":[]}"#, DAY)], Some(token("a")), 0, 5000);
    case.expect("withdrawn", &serde_json::json!({ "refused_after": 3600 }));
}

/// A device's wall clock is set by years between its two fetches. Rotation never sees it.
#[test]
fn a_wall_clock_that_is_set() {
    let set = document(&["a"]);
    let timeline = [(0, 200, &*set, "max-age=3600"), (8, 0, "", ""), (70, 200, &set, "")];
    let case = case(&timeline, Some(token("a")), 6, 60);
    case.expect(
        "set clock",
        &serde_json::json!({ "never_without_keys_from": 6, "accepted_within": 0, "after": 6 }),
    );
}

/// The same situations with the reports' own data, where they are.
#[cfg(feature = "es256")]
#[test]
fn shared_cases() {
    let path = super::support::here("../shared/cases/rotation.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("{} is not there", path.display());
        return;
    };
    let text_of = |value: &Value| value.as_str().unwrap().to_owned();
    let number = |value: &Value| value.as_u64().unwrap();
    let mut played = 0;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let case: Value = serde_json::from_str(line).unwrap();
        let timeline = case["timeline"].as_array().unwrap().iter().map(|answer| Answer {
            from: number(&answer["from"]),
            status: answer["status"].as_u64().unwrap().try_into().unwrap(),
            body: text_of(&answer["body"]),
            fields: {
                let fields = answer["fields"].as_array().unwrap().iter();
                fields.map(|field| (text_of(&field[0]), text_of(&field[1]))).collect()
            },
        });
        let parsed = Case {
            allowed: jose_core::Algorithm::Es256.into(),
            timeline: timeline.collect(),
            token: case.get("token").map(text_of),
            tokens_from: number(&case["tokens_from"]),
            end: number(&case["end"]),
        };
        parsed.expect(&text_of(&case["id"]), &case["expect"]);
        played += 1;
    }
    assert!(played >= 9, "{played} cases");
}
