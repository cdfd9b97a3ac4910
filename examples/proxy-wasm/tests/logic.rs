//! What the filter decides, without a proxy. envoy.mjs has the rest.

use std::collections::BTreeSet;
use std::time::Duration;

use jose_core::UnixTime;
use jose_core::rotation::{HttpResponse, Jitter, MonotonicTime, NoResponse};
use jose_core_proxy_wasm::answer::Answer;
use jose_core_proxy_wasm::config::Config;
use jose_core_proxy_wasm::gate::{Gate, Now, Patience, Verdict};
use serde_json::{Value, json};

fn minimal() -> Value {
    json!({
        "issuer": "https://issuer.example",
        "audiences": ["api.example"],
        "algorithms": ["RS256", "ES256"],
        "jwks": {"cluster": "issuer", "uri": "https://issuer.example/jwks.json"},
    })
}

/// The minimal configuration with one field, `jwks.uri` for example, that is another or, without a value, absent.
fn with(field: &str, value: Option<Value>) -> Value {
    let mut document = minimal();
    let (parent, name) = field.rsplit_once('.').map_or((None, field), |(parent, name)| (Some(parent), name));
    let object = match parent {
        Some(parent) => document.as_object_mut().unwrap().entry(parent).or_insert_with(|| json!({})),
        None => &mut document,
    };
    match value {
        Some(value) => object.as_object_mut().unwrap().insert(name.to_owned(), value),
        None => object.as_object_mut().unwrap().remove(name),
    };
    document
}

fn parse(document: &Value) -> Result<Config, String> {
    Config::parse(document.to_string().as_bytes())
}

#[test]
fn the_readme_has_every_field_and_its_default() {
    let readme = include_str!("../README.md");
    let table = readme.split("## Configuration").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut named = BTreeSet::new();
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [field, _, default] = cells.as_slice() else { panic!("{row}") };
        let field = field.trim_matches('`');
        named.insert(field.to_owned());
        if *default == "required" {
            let error = parse(&with(field, None)).unwrap_err();
            assert!(
                error.contains(&format!("missing field `{}`", field.rsplit('.').next().unwrap())),
                "{error}"
            );
            continue;
        }
        let default: Value = serde_json::from_str(default.trim_matches('`')).unwrap();
        let given = parse(&with(field, Some(default))).unwrap();
        // These three move with others unless they are given, so that giving them is another policy.
        if !["default_lifetime", "max_backoff", "bad_signature_pause"]
            .iter()
            .any(|moving| field.ends_with(moving))
        {
            assert_eq!(given, parse(&minimal()).unwrap(), "{field}");
        }
    }
    let mut known = BTreeSet::new();
    for (unknown, prefix) in [("?", ""), ("jwks.?", "jwks."), ("rotation.?", "rotation.")] {
        let error = parse(&with(unknown, Some(json!(1)))).unwrap_err();
        let (_, list) = error.split_once("expected one of ").unwrap();
        known.extend(list.split('`').skip(1).step_by(2).map(|name| format!("{prefix}{name}")));
    }
    assert!(known.remove("jwks") && known.remove("rotation"));
    assert_eq!(known, named);
}

#[test]
fn what_is_wrong_with_a_configuration() {
    let cases = [
        ("issuer", json!(""), "issuer: expected"),
        ("issuer", json!(1), "invalid type: integer `1`, expected a string"),
        ("audiences", json!([]), "audiences: expected at least one"),
        ("audiences", json!(["api", ""]), "none that is empty"),
        ("algorithms", json!([]), "algorithms: expected at least one"),
        ("algorithms", json!(["HS256"]), "expected \"RS256\" or \"ES256\", found \"HS256\""),
        ("algorithms", json!(["none"]), "found \"none\""),
        ("jwks.cluster", json!(""), "jwks.cluster: expected"),
        ("jwks.uri", json!("issuer.example/jwks.json"), "jwks.uri: expected http"),
        ("jwks.uri", json!("ftp://issuer.example/"), "jwks.uri: expected http"),
        ("jwks.uri", json!("https:///jwks.json"), "jwks.uri: expected http"),
        ("jwks.uri", json!("https://user@issuer.example/"), "jwks.uri: expected http"),
        ("jwks.uri", json!("https://issuer.example/a b"), "jwks.uri: expected http"),
        ("jwks.uri", json!("https://issuer.example/\r\nx: y"), "jwks.uri: expected http"),
        ("jwks.timeout_ms", json!(0), "expected 1 to 60000 milliseconds, found 0"),
        ("forward_claims", json!({"sub": "X-Sub"}), "forward_claims.sub: expected"),
        ("forward_claims", json!({"sub": ":path"}), "forward_claims.sub: expected"),
        ("forward_claims", json!({"sub": "x_sub"}), "forward_claims.sub: expected"),
        ("forward_claims", json!({"sub": "authorization"}), "forward_claims.sub: expected"),
        ("forward_claims", json!({"a": "x", "b": "x"}), "found \"x\" twice"),
        ("leeway", json!(601), "expected at most 600 seconds, found 601"),
        ("leeway", json!(-1), "invalid value"),
        ("rotation.cooldown", json!(0), "expected cooldown between 1s and 3600s, found 0ns"),
        ("rotation.max_lifetime", json!(1), "expected lifetime max between 60s"),
        ("rotation.default_lifetime", json!(4000), "expected default_lifetime between"),
        ("Issuer", json!("x"), "unknown field `Issuer`"),
    ];
    for (field, value, expected) in cases {
        let error = parse(&with(field, Some(value.clone()))).expect_err(field);
        assert!(error.contains(expected), "{field} {value}: {error}");
    }
    assert!(Config::parse(b"").is_err());
    assert!(parse(&with("jwks.uri", Some(json!("http://127.0.0.1:8080")))).is_ok());
}

struct Demo {
    gate: Gate,
    demo: Value,
}

impl Demo {
    fn new() -> Self {
        let demo = serde_json::from_str(include_str!("../../../vectors/demo.json")).unwrap();
        let document =
            with("forward_claims", Some(json!({"sub": "x-sub", "exp": "x-exp", "nobody": "x-nobody"})));
        Self { gate: Gate::new(parse(&document).unwrap(), Jitter::NONE).unwrap(), demo }
    }

    fn text(&self, pointer: &str) -> &str {
        self.demo.pointer(pointer).unwrap().as_str().unwrap()
    }

    fn refusal(&self, what: &str) -> String {
        let refusals = self.demo["refusals"].as_array().unwrap();
        let found = refusals.iter().find(|refusal| refusal["what"] == what).unwrap();
        found["token"].as_str().unwrap().to_owned()
    }

    fn judge(&mut self, token: &str, seconds: u64, patience: Patience) -> Verdict {
        let unix = UnixTime::from_secs(self.demo["now"].as_i64().unwrap());
        let authorization = format!("Bearer {token}");
        self.gate.judge(Some(authorization.as_bytes()), Now { monotonic: at(seconds), unix }, patience)
    }

    /// Whether a fetch began and brought the keys.
    fn fetch(&mut self, seconds: u64) -> bool {
        let jwks = self.demo["jwks"].to_string();
        let Some(permit) = self.gate.fetch_due(at(seconds)) else { return false };
        self.gate.complete(permit.receive(Ok(HttpResponse::new(200, &jwks))), at(seconds)).is_ok()
    }

    fn fail(&mut self, seconds: u64) {
        let permit = self.gate.fetch_due(at(seconds)).unwrap();
        let outcome = permit.receive(Err(NoResponse::because(&"no route to host")));
        assert!(self.gate.complete(outcome, at(seconds)).is_err());
    }
}

fn at(seconds: u64) -> MonotonicTime {
    MonotonicTime::since_origin(Duration::from_secs(seconds))
}

fn status(verdict: &Verdict) -> u32 {
    match verdict {
        Verdict::Refuse(answer, _) => answer.status,
        Verdict::Pass(_) => 200,
        Verdict::Wait => 0,
    }
}

#[test]
fn the_first_request_waits_and_passes_with_its_claims() {
    let mut demo = Demo::new();
    let token = demo.text("/tokens/ES256").to_owned();
    assert_eq!(demo.judge(&token, 0, Patience::MayWait), Verdict::Wait);
    assert!(demo.fetch(0));
    let Verdict::Pass(fields) = demo.judge(&token, 0, Patience::HasWaited) else { panic!() };
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["x-exp", "x-sub"]);
    assert!(fields.iter().all(|(_, value)| !value.is_empty()));
}

#[test]
fn without_keys_and_without_a_fetch_that_is_near_nobody_waits() {
    let mut demo = Demo::new();
    let token = demo.text("/tokens/ES256").to_owned();
    demo.fail(0);
    let verdict = demo.judge(&token, 0, Patience::MayWait);
    let Verdict::Refuse(Answer { status: 503, field: ("retry-after", seconds) }, Some(cause)) = verdict
    else {
        panic!("{verdict:?}")
    };
    assert_eq!(seconds, "1");
    assert!(cause.contains("no route to host"), "{cause}");
    // Whoever waited is told the same, and does not wait again.
    assert_eq!(status(&demo.judge(&token, 5, Patience::HasWaited)), 503);
    assert_eq!(demo.judge(&token, 5, Patience::MayWait), Verdict::Wait);
}

#[test]
fn an_unknown_kid_waits_for_one_fetch_in_a_cooldown() {
    let mut demo = Demo::new();
    let unknown = demo.refusal("unknown kid");
    assert!(demo.fetch(0));
    assert_eq!(status(&demo.judge(&unknown, 1, Patience::MayWait)), 401, "within the cooldown");
    assert_eq!(demo.judge(&unknown, 31, Patience::MayWait), Verdict::Wait);
    // Others join it before it begins, and while it is in flight.
    assert_eq!(demo.judge(&unknown, 31, Patience::MayWait), Verdict::Wait);
    let permit = demo.gate.fetch_due(at(31)).unwrap();
    assert!(demo.gate.fetch_due(at(31)).is_none());
    assert_eq!(demo.judge(&unknown, 32, Patience::MayWait), Verdict::Wait);
    let jwks = demo.demo["jwks"].to_string();
    demo.gate.complete(permit.receive(Ok(HttpResponse::new(200, &jwks))), at(32)).unwrap();
    assert_eq!(status(&demo.judge(&unknown, 32, Patience::HasWaited)), 401);
    assert!(!demo.fetch(33));
}

#[test]
fn what_refuses_a_token_is_told_in_characters_that_the_header_has() {
    let mut demo = Demo::new();
    assert!(demo.fetch(0));
    let mut refusals = demo.demo["refusals"].as_array().unwrap().clone();
    // Of the others it is not these keys and this configuration that refuse them.
    refusals.retain(|refusal| {
        refusal["keys"] == demo.demo["jwks"]
            && ["issuer", "audience"].iter().all(|name| refusal[name] == demo.demo[name])
    });
    assert!(refusals.len() > 6);
    for refusal in refusals {
        let verdict = demo.judge(refusal["token"].as_str().unwrap(), 1, Patience::MayWait);
        let Verdict::Refuse(Answer { status: 401, field: ("www-authenticate", value) }, Some(_)) = verdict
        else {
            panic!("{}: {verdict:?}", refusal["what"])
        };
        // RFC 6750 §3
        let description = value.strip_prefix("Bearer error=\"invalid_token\", error_description=\"").unwrap();
        let description = description.strip_suffix('"').unwrap();
        assert!(
            description.bytes().all(|byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)),
            "{value}"
        );
    }
}

#[test]
fn what_stands_in_authorization() {
    let mut demo = Demo::new();
    assert!(demo.fetch(0));
    let token = demo.text("/tokens/RS256").to_owned();
    let now = Now { monotonic: at(1), unix: UnixTime::from_secs(demo.demo["now"].as_i64().unwrap()) };
    let cases: [(Option<String>, u32); 12] = [
        (None, 401),
        (Some(String::new()), 401),
        (Some(token.clone()), 401),
        (Some("Basic YTpi".to_owned()), 401),
        (Some(format!("Bearer{token}")), 401),
        (Some("Bearer".to_owned()), 400),
        (Some("Bearer  ".to_owned()), 400),
        (Some(format!("Bearer {token},Bearer {token}")), 400),
        (Some(format!("Bearer {token} {token}")), 400),
        (Some("Bearer \u{e4}".to_owned()), 400),
        (Some(format!("bEARER {token}")), 200),
        (Some(format!("Bearer  {token} ")), 200),
    ];
    for (authorization, expected) in cases {
        let verdict = demo.gate.judge(authorization.as_ref().map(String::as_bytes), now, Patience::MayWait);
        assert_eq!(status(&verdict), expected, "{authorization:?}");
    }
}
