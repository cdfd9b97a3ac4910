//! What the types promise: they cross threads, show no secret, stay small, and say what to do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod support;

use core::fmt::Debug;

use jose_core::{
    Algorithm, AlgorithmSet, AnyOf, Claims, ClaimsPolicy, Error, Expect, Header, Jwk, Jwks, Limits, UnixTime,
    UnverifiedJws, VerifiedJws, Verifier, VerifyingKey,
    error::{
        AlgorithmNameError, Base64Error, ClaimsError, EmptyList, Excerpt, JsonError, KeyError, ParseError,
        SelectError, SetError, SignatureError,
    },
    json,
    keys::JwksKeys,
};
use support::b64;

#[test]
fn every_type_crosses_threads() {
    fn crosses<T: Send + Sync + Unpin + Debug>() {}
    crosses::<(Algorithm, AlgorithmSet, UnixTime, Excerpt)>();
    crosses::<(VerifyingKey, Jwk<'_>, Jwks<'_>, Header<'_>, UnverifiedJws<'_>, VerifiedJws<'_>)>();
    crosses::<(Claims<'_>, ClaimsPolicy<'_>, Expect<'_>)>();
    crosses::<(Verifier<'_, VerifyingKey>, Verifier<'_, JwksKeys<'_>>, Verifier<'_, &[(&str, VerifyingKey)]>)>(
    );
    crosses::<jose_core::diagnose::Diagnosis<'_, VerifyingKey>>();
    crosses::<(json::Value<'_>, json::Array<'_>, json::Object<'_>, json::JsonString<'_>)>();
    #[cfg(feature = "alloc")]
    crosses::<(
        jose_core::KeySet,
        jose_core::keys::NoUsableKey,
        jose_core::keys::Verdict<'_>,
        Verifier<'_, jose_core::KeySet>,
    )>();
}

/// Collections are iterated by borrow, and their iterators are types that a structure can name and debug
/// output can contain.
#[test]
fn collections_and_their_iterators() {
    fn by_borrow<'c, C, I: Iterator<Item: Debug> + Clone + Debug + Send + Sync>(
        collection: &'c C,
        mut own: I,
    ) -> Vec<String>
    where
        &'c C: IntoIterator<IntoIter = I, Item = I::Item>,
    {
        let shown = |item| format!("{item:?}");
        let items: Vec<_> = own.clone().map(shown).collect();
        assert_eq!(collection.into_iter().map(shown).collect::<Vec<_>>(), items);
        assert!(!format!("{own:?}").contains("hidden"));
        // The end stays the end.
        assert_eq!(own.by_ref().count(), items.len());
        assert!(own.next().is_none() && own.next().is_none());
        items
    }
    let set = Algorithm::Rs256 | Algorithm::Es256;
    assert_eq!(by_borrow(&set, set.iter()), ["Es256", "Rs256"]);
    let texts = AnyOf::new(&["api", "web"]);
    assert_eq!(by_borrow(&texts, texts.iter()), ["\"api\"", "\"web\""]);

    let object = json::Value::parse(r#"{"a": ["hidden", 2], "b": null}"#).unwrap().as_object().unwrap();
    assert_eq!(by_borrow(&object, object.iter()).len(), 2);
    assert!(object.into_iter().map(|(name, _)| name).eq(["a", "b"]));
    let array = object.get("a").and_then(json::Value::as_array);
    assert_eq!(by_borrow(&array.unwrap(), array.unwrap().iter()).len(), 2);
    assert!(array.into_iter().flatten().map(|value| value.as_i64()).eq([None, Some(2)]));

    let (empty, none) = (json::Value::parse("[ ]").unwrap(), json::Value::parse("{ }").unwrap());
    assert!(by_borrow(&empty.as_array().unwrap(), empty.as_array().unwrap().iter()).is_empty());
    assert!(by_borrow(&none.as_object().unwrap(), none.as_object().unwrap().iter()).is_empty());

    let no_keys = Jwks::parse(r#"{"keys": [], "x": 1}"#).unwrap();
    assert!(by_borrow(&no_keys, no_keys.iter()).is_empty());
    let jwks = Jwks::parse(r#"{"keys": [{"kid": "hidden"}, 1]}"#).unwrap();
    assert_eq!(by_borrow(&jwks, jwks.iter()).len(), 2);
    let jwk = jwks.iter().next().unwrap().unwrap();
    assert_eq!(by_borrow(&jwk, jwk.iter()).len(), 1);
    let mut scratch = [0; 256];
    let token = format!("{}.e30.AA", b64(br#"{"alg":"none","hidden":1}"#));
    let header = *UnverifiedJws::parse(&token, &mut scratch, Limits::new()).unwrap().header();
    assert_eq!(by_borrow(&header, header.iter()).len(), 2);

    let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
    let audiences = |claims: &[u8]| {
        let claims = Claims::dangerous_from_octets(claims, &policy, UnixTime::from_secs(0)).unwrap();
        assert_eq!(by_borrow(&claims, claims.iter()).len(), claims.iter().count());
        let audiences: jose_core::iter::Audiences<'_> = claims.audiences().unwrap();
        assert!(!format!("{audiences:?}").contains("hidden"));
        let mut polled = audiences.clone();
        assert!(polled.by_ref().count() < 3 && polled.next().is_none() && polled.next().is_none());
        audiences.map(|audience| audience.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(audiences(br#"{"aud": ["hidden", "api"], "sub": "hidden"}"#), ["hidden", "api"]);
    assert_eq!(audiences(br#"{"aud": "api"}"#), ["api"]);
    assert!(audiences(b"{}").is_empty() && audiences(br#"{"aud": []}"#).is_empty());
}

/// Errors are values: they are copied and compared, they outlive what they speak of, and they are small
/// enough to be returned from every function of the pipeline.
#[test]
fn errors_are_small_values() {
    fn size<T: Copy + Eq + Send + Sync + core::error::Error + 'static>(most: usize) {
        let (name, size) = (core::any::type_name::<T>(), size_of::<T>());
        assert!(size <= most, "{name} has {size} bytes, and {most} are the most");
    }
    // Below the 128 from which on Clippy calls an error too large to be returned.
    size::<Error>(120);
    size::<ParseError>(32);
    size::<SelectError>(112);
    size::<SignatureError>(24);
    size::<ClaimsError>(112);
    size::<KeyError>(if cfg!(feature = "alloc") { 72 } else { 56 });
    size::<SetError>(24);
    size::<Base64Error>(24);
    size::<JsonError>(16);
    // The costs of handing results about.
    assert!(size_of::<Result<VerifiedJws<'_>, Error>>() <= 136);
    assert!(size_of::<Excerpt>() == if cfg!(feature = "alloc") { 50 } else { 32 });
}

#[test]
fn algorithms_and_sets_of_them() {
    let table: Vec<_> =
        Algorithm::ALL.iter().map(|a| (a.name(), a.kty(), a.crv(), a.is_asymmetric())).collect();
    let expected = [
        ("HS256", "oct", None, false),
        ("HS384", "oct", None, false),
        ("HS512", "oct", None, false),
        ("ES256", "EC", Some("P-256"), true),
        ("ES384", "EC", Some("P-384"), true),
        ("RS256", "RSA", None, true),
        ("RS384", "RSA", None, true),
        ("RS512", "RSA", None, true),
        ("PS256", "RSA", None, true),
        ("PS384", "RSA", None, true),
        ("PS512", "RSA", None, true),
        ("Ed25519", "OKP", Some("Ed25519"), true),
    ];
    assert_eq!(table, expected);
    for &algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        assert_eq!(algorithm.to_string(), algorithm.name());
        assert_eq!(algorithm.is_enabled(), support::enabled(algorithm));
        assert_eq!(AlgorithmSet::from(algorithm), AlgorithmSet::only(algorithm).or(algorithm));
    }
    assert_eq!(Algorithm::from_name("EdDSA"), Some(Algorithm::Ed25519));
    for name in ["", "none", "hs256", "HS256 ", "HS25", "HS2566", "ES512", "ES256K", "eddsa", "Ed448"] {
        assert_eq!(Algorithm::from_name(name), None, "{name:?}");
    }
    let texts: Vec<_> = support::allow_lists().iter().map(|set| format!("{set}; {set:?}")).collect();
    assert_eq!(texts[..2], ["HS256; {Hs256}", "HS384; {Hs384}"]);
    assert!(texts.contains(&"ES256 or RS256; {Es256, Rs256}".to_owned()));
    assert_eq!(
        texts[78].split(';').next().unwrap(),
        "HS256 or HS384 or HS512 or ES256 or ES384 or RS256 or RS384 or RS512 or PS256 or PS384 or PS512 or Ed25519"
    );
    for set in support::allow_lists() {
        let members: Vec<_> = set.iter().collect();
        assert!(!members.is_empty());
        assert!(Algorithm::ALL.iter().all(|a| set.contains(*a) == members.contains(a)));
        let backwards = members.iter().rev().map(|a| AlgorithmSet::only(*a));
        let backwards = backwards.reduce(|set, one| set.or(one.iter().next().unwrap()));
        assert_eq!(backwards, Some(set), "the order in which a set is made counts for nothing");
    }
}

/// Sources of every kind through `dyn`: each chooses, and lists for a diagnosis, what it does by itself.
#[cfg(feature = "hs256")]
#[test]
fn sources_of_several_kinds() {
    use jose_core::KeySource;

    fn same<K: KeySource>(keys: &K, token: &str, outcomes: &mut Vec<String>) {
        let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
        let judge = |source: &dyn KeySource| {
            let (mut scratch, mut other) = ([0; 256], [0; 256]);
            let verifier = Verifier::new(source);
            let outcome = verifier.verify(token, &mut scratch).map(|verified| verified.algorithm());
            let diagnosis = verifier.diagnose(token, &mut other, &policy, UnixTime::from_secs(0));
            format!("{outcome:?}\n{diagnosis}")
        };
        let mut scratch = [0; 256];
        let verifier = Verifier::new(keys);
        let outcome = verifier.verify(token, &mut scratch).map(|verified| verified.algorithm());
        let diagnosis = verifier.diagnose(token, &mut scratch, &policy, UnixTime::from_secs(0));
        let expected = format!("{outcome:?}\n{diagnosis}");
        assert_eq!(judge(keys), expected);
        let source: &dyn KeySource = keys;
        assert_eq!(judge(&source), expected);
        outcomes.push(expected);
    }
    let name = support::usual(Algorithm::Hs256);
    let key = support::key(name);
    let text = format!(r#"{{"keys":[{}]}}"#, support::jwk(name, r#""kid":"a""#));
    let jwks = Jwks::parse(&text).unwrap();
    for kid in ["a", "b"] {
        let token = support::signer(name).token(format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#), "{}");
        let mut outcomes = Vec::new();
        same(&[("a", key.clone())], &token, &mut outcomes);
        same(&jwks.keys(Algorithm::Hs256), &token, &mut outcomes);
        #[cfg(feature = "alloc")]
        {
            let set = jose_core::KeySet::from_jwks(&jwks, Algorithm::Hs256).unwrap();
            same(&set, &token, &mut outcomes);
            same(&Box::new(set.clone()), &token, &mut outcomes);
            let boxed: Box<dyn KeySource + Send + Sync> = Box::new(vec![("a".to_owned(), key.clone())]);
            same(&boxed, &token, &mut outcomes);
        }
        assert!(outcomes.windows(2).all(|two| two[0] == two[1]), "{outcomes:?}");
        assert_eq!(outcomes[0].starts_with("Ok"), kid == "a", "{outcomes:?}");
        assert!(outcomes[0].contains(r#"kid "a": "#), "{outcomes:?}");
    }
}

/// Verifier, keys and policy in one value without a lifetime, in another thread.
#[cfg(all(feature = "alloc", feature = "hs256"))]
#[test]
fn what_is_configured_can_be_stored() {
    struct Service<K: jose_core::KeySource> {
        verifier: Verifier<'static, K>,
        policy: ClaimsPolicy<'static>,
    }
    fn holds<K: jose_core::KeySource + Send + 'static>(keys: K, token: &str) {
        let audiences: Vec<String> = ["web", "api"].map(str::to_owned).into();
        let policy = ClaimsPolicy::new(
            Expect::from("https://a".to_owned()),
            Expect::AnyOf(AnyOf::owned(audiences).unwrap()),
        );
        let verifier = Verifier::new(keys).require_typ(AnyOf::owned(vec!["at+jwt".to_owned()]).unwrap());
        let service = Service { verifier, policy: policy.allow_missing_exp() };
        let token = token.to_owned();
        let thread = std::thread::spawn(move || {
            let verified = service.verifier.verify_owned(&token).unwrap();
            let claims = verified.as_jws().claims(&service.policy, UnixTime::from_secs(0)).unwrap();
            assert_eq!(claims.issuer().unwrap().unwrap(), "https://a");
            assert_eq!(verified.as_jws().header().kid().unwrap(), "a");
            let other = ClaimsPolicy::new(Expect::Anything, Expect::AnyOf(AnyOf::owned(["x"]).unwrap()));
            let refused = verified.as_jws().claims(&other.allow_missing_exp(), UnixTime::from_secs(0));
            assert!(matches!(refused, Err(ClaimsError::AudienceMismatch { .. })));
        });
        thread.join().unwrap();
    }
    let signer = support::signer(support::usual(Algorithm::Hs256));
    let token =
        signer.token(r#"{"alg":"HS256","kid":"a","typ":"at+jwt"}"#, r#"{"iss":"https://a","aud":"api"}"#);
    let key = support::key(support::usual(Algorithm::Hs256));
    let set = jose_core::KeySet::from_keys([("a", key.clone())]).unwrap();
    holds(key.clone(), &token);
    holds(vec![("a".to_owned(), key.clone())], &token);
    holds([("b", key.clone()), ("a", key)], &token);
    holds(std::sync::Arc::new(set.clone()), &token);
    holds(Box::new(set), &token);
}

/// A verifier accepts the algorithms of its keys, or those that it is told, which widen nothing.
#[cfg(all(feature = "hs256", feature = "es256"))]
#[test]
fn the_keys_say_which_algorithms_are_accepted() {
    let key = |algorithm| support::key(support::usual(algorithm));
    let (secret, public) = (key(Algorithm::Hs256), key(Algorithm::Es256));
    let [hs, es] = [Algorithm::Hs256, Algorithm::Es256].map(|algorithm| support::token(algorithm, "{}"));
    let refusal = |keys: &dyn Fn(&str) -> Result<(), Error>, token: &str| keys(token).err();
    let not_allowed = |alg, allowed| Some(SelectError::AlgorithmNotAllowed { alg, allowed }.into());
    let of_one = |token: &str| Verifier::new(&public).verify(token, &mut [0; 512]).map(drop);
    assert_eq!(refusal(&of_one, &es), None);
    assert_eq!(refusal(&of_one, &hs), not_allowed(Algorithm::Hs256, Algorithm::Es256.into()));
    let pairs = [("a", secret), ("b", public.clone())];
    let of_both = |token: &str| Verifier::new(&pairs).verify(token, &mut [0; 512]).map(drop);
    assert_eq!((refusal(&of_both, &es), refusal(&of_both, &hs)), (None, None));
    let narrowed = |token: &str| {
        Verifier::new(&pairs).algorithms(Algorithm::Es256).verify(token, &mut [0; 512]).map(drop)
    };
    assert_eq!(refusal(&narrowed, &es), None);
    assert_eq!(refusal(&narrowed, &hs), not_allowed(Algorithm::Hs256, Algorithm::Es256.into()));
    let both = Algorithm::Es256 | Algorithm::Hs256;
    let widened = Verifier::new(&public).algorithms(both).verify(&hs, &mut [0; 512]).map(drop);
    let mismatch = SelectError::AlgorithmMismatch { header: Algorithm::Hs256, key: Algorithm::Es256 };
    assert_eq!(widened, Err(mismatch.into()));
    let none: [(&str, VerifyingKey); 0] = [];
    assert!(matches!(Verifier::new(&none).verify(&hs, &mut [0; 512]), Err(Error::Select(_))));
}

/// A set of keys is what a JWK Set of them is: one key for a kid and an algorithm, or a refusal.
#[cfg(all(feature = "alloc", feature = "hs256", feature = "es256"))]
#[test]
fn sets_of_keys() {
    use jose_core::KeySet;
    let key = |name| support::key(name);
    let (secret, public) = (key(support::usual(Algorithm::Hs256)), key(support::usual(Algorithm::Es256)));
    assert!(KeySet::from_keys::<&str>([]).is_err());
    let one = KeySet::from_keys([("a", secret.clone()), ("b", secret.clone())]).unwrap();
    let other = KeySet::from_keys(vec![("a".to_owned(), public.clone())]).unwrap();
    assert_eq!(one.algorithms(), Algorithm::Hs256.into());
    let merged = one.merge(&other).merge(&one);
    assert_eq!((merged.len(), merged.algorithms()), (5, Algorithm::Hs256 | Algorithm::Es256));
    assert!((&merged).into_iter().map(|(kid, _)| kid.unwrap()).eq(["a", "b", "a", "a", "b"]));
    // The same key once more is no other key; one of another algorithm is told apart.
    assert_eq!(merged.key("a", Algorithm::Hs256).unwrap().algorithm(), Algorithm::Hs256);
    assert_eq!(merged.key("a", Algorithm::Es256).unwrap().algorithm(), Algorithm::Es256);
    let mismatch = SelectError::AlgorithmMismatch { header: Algorithm::Es256, key: Algorithm::Hs256 };
    assert_eq!(merged.key("b", Algorithm::Es256).unwrap_err(), mismatch);
    assert!(matches!(merged.key("A", Algorithm::Es256), Err(SelectError::KidUnknown { .. })));
    let others = VerifyingKey::hs256(b"another secret of at least thirty-two octets").unwrap();
    let ambiguous = one.merge(&KeySet::from_keys([("a", others)]).unwrap());
    assert!(matches!(ambiguous.key("a", Algorithm::Hs256), Err(SelectError::KeyAmbiguous { .. })));

    let jwk = support::jwk(support::usual(Algorithm::Es256), r#""kid":"e""#);
    let jwk = Jwk::parse(&jwk).unwrap();
    assert!(KeySet::from_jwk(&jwk, Algorithm::Es256).unwrap().key("e", Algorithm::Es256).is_ok());
    let none = KeySet::from_jwk(&jwk, Algorithm::Hs256).unwrap_err();
    assert_eq!(none.verdicts().count(), 1);
}

#[test]
fn algorithms_by_name() {
    for algorithm in Algorithm::ALL {
        assert_eq!(algorithm.name().parse(), Ok(*algorithm));
        for wrong in [algorithm.name().to_lowercase(), format!("{algorithm} "), format!("{algorithm}\0")] {
            let error = wrong.parse::<Algorithm>().unwrap_err();
            assert!(matches!(error, AlgorithmNameError::UnknownAlgorithm { .. }), "{wrong}");
            assert!(Algorithm::ALL.iter().all(|known| error.to_string().contains(known.name())), "{error}");
        }
    }
    let names = || Algorithm::ALL.iter().map(|algorithm| algorithm.name());
    assert!(AlgorithmSet::from_names(names()).unwrap().iter().eq(Algorithm::ALL.iter().copied()));
    assert_eq!(AlgorithmSet::from_names(["ES256", "ES256"]), Ok(Algorithm::Es256.into()));
    assert!(AlgorithmSet::from_names(names().chain([""])).is_err());
    assert_eq!(AlgorithmSet::from_names("".split_whitespace()), Err(AlgorithmNameError::NoAlgorithm));
}

/// A token is taken apart in memory that grows as in memory that does not.
#[cfg(feature = "alloc")]
#[test]
fn unverified_tokens_in_a_vec() {
    let token = format!("{}.{}.{}", b64(r#"{"alg":"ES256"}"#), b64("a payload"), b64([7; 64]));
    let (mut scratch, mut signature, mut payload) = (Vec::new(), Vec::new(), vec![1; 100]);
    let jws = UnverifiedJws::parse(&token, &mut scratch, Limits::new()).unwrap();
    assert_eq!(jws.signature(&mut signature), Ok(&[7; 64][..]));
    assert_eq!(jws.dangerous_payload_without_verification(&mut payload), Ok(&b"a payload"[..]));
    let too_small = ParseError::ScratchTooSmall { needed: 64, given: 63 };
    assert_eq!(jws.signature(&mut [0; 63]), Err(too_small));
    assert_eq!(scratch.len(), r#"{"alg":"ES256"}"#.len());
}

#[test]
fn lists_of_accepted_texts_are_never_empty() {
    assert_eq!(AnyOf::try_from(&[][..]), Err(EmptyList));
    assert_eq!(AnyOf::try_from(&["a"][..]), Ok("a".into()));
    #[cfg(feature = "alloc")]
    {
        assert_eq!(AnyOf::owned(Vec::<String>::new()), Err(EmptyList));
        assert_eq!(AnyOf::owned(["a", "b"]), Ok(AnyOf::new(&["a", "b"])));
        assert_ne!(AnyOf::owned(["a", "b"]), Ok(AnyOf::new(&["b", "a"])));
        assert_eq!(AnyOf::from("a".to_owned()), AnyOf::from("a"));
    }
}

#[test]
fn time() {
    assert!(UnixTime::from_secs(-1) < UnixTime::from_secs(0));
    // Later than the day on which this was written, and not in milliseconds.
    #[cfg(feature = "std")]
    assert!((1_700_000_000..20_000_000_000).contains(&UnixTime::now().unwrap().as_secs()));
}

/// The excerpt of a text: the header's `alg` is the shortest way to one.
fn excerpt(json: &str) -> Excerpt {
    let token = format!("{}..", b64(format!(r#"{{"alg":"{json}"}}"#)));
    let mut scratch = [0; 4096];
    UnverifiedJws::parse(&token, &mut scratch, Limits::new()).unwrap().header().algorithm().unwrap_err()
}

/// Quotes, and nothing but printable ASCII between them; cut at a character, with a mark outside the quotes.
#[test]
fn excerpts_are_cut_and_fit_to_be_shown() {
    let most = if cfg!(feature = "alloc") { 46 } else { 28 };
    let texts = [
        ("", r#""""#.into()),
        ("a", r#""a""#.into()),
        (&*"b".repeat(most), format!(r#""{}""#, "b".repeat(most))),
        (&*"b".repeat(most + 1), format!(r#""{}"..."#, "b".repeat(most))),
        (&*"b".repeat(2000), format!(r#""{}"..."#, "b".repeat(most))),
    ];
    #[cfg(feature = "alloc")]
    let beyond_ascii = [
        ("M\u{fc}ller", r#""M\u{fc}ller""#.into()),
        ("M\u{f6}ller", r#""M\u{f6}ller""#.into()),
        ("\u{20ac}\u{1f511}\u{7f}", r#""\u{20ac}\u{1f511}\u{7f}""#.into()),
        // Cyrillic, with a soft hyphen, a space that is none, one of no width, a byte order mark.
        ("\u{430}\u{ad}\u{a0}\u{200b}\u{feff}", r#""\u{430}\u{ad}\u{a0}\u{200b}\u{feff}""#.into()),
        (
            r"\u0000\n\u001b[31m\u202e\ud83d\udd11~ \u0041\/\\\u0022",
            r#""\u{0}\u{a}\u{1b}[31m\u{202e}\u{1f511}~ A/\\\"""#.into(),
        ),
        (&*r"\u20ac".repeat(32), format!(r#""{}"..."#, r"\u{20ac}".repeat(most / 3))),
    ];
    // A device shows that something else stands there.
    #[cfg(not(feature = "alloc"))]
    let beyond_ascii = [
        ("M\u{fc}ller", r#""M?ller""#.into()),
        (r"\u0000\n\u001b[31m\u202e~ \u0041", r#""\u{0}\u{a}\u{1b}[31m?~ A""#.into()),
        (&*r"\u20ac".repeat(32), format!(r#""{}"..."#, "?".repeat(most))),
    ];
    for (json, expected) in texts.into_iter().chain(beyond_ascii) {
        let excerpt = excerpt(json);
        assert_eq!(excerpt.to_string(), expected);
        assert_eq!(format!("{excerpt:?}"), expected);
        assert_eq!(format!("{excerpt:#}"), without_quotes(&expected));
    }
}

fn without_quotes(shown: &str) -> String {
    let (text, mark) = shown.strip_suffix("...").map_or((shown, ""), |text| (text, "..."));
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap();
    format!("{text}{mark}")
}

/// No four octets of a secret stand behind one another in any Debug text, as characters, as hexadecimal
/// or decimal numbers, or in base64.
#[test]
fn debug_shows_no_secret() {
    // Letters, so that the text itself would be seen too.
    let secret = b"correct horse battery staple, and more";
    let set = format!(r#"{{"keys":[{{"kid":"a","kty":"oct","k":"{}"}}]}}"#, b64(secret));
    let jwks = Jwks::parse(&set).unwrap();
    let jwk = jwks.iter().next().unwrap().unwrap();
    let hides = |what: &str, shown: &dyn Debug| assert_hides(what, &format!("{shown:?} {shown:#?}"), secret);
    hides("Jwk", &jwk);
    assert!(format!("{jwk:?}").starts_with("Jwk { kid: Some("), "{jwk:?}");
    let allowed = AlgorithmSet::only(Algorithm::Hs256);
    if let Ok(key) = jwk.verifying_key(allowed) {
        assert_eq!(format!("{key:?}"), "VerifyingKey(HS256, ..)");
        hides("VerifyingKey", &key);
        hides("Verifier", &Verifier::new(&key).algorithms(allowed));
        hides("pairs", &Verifier::new([("a", key.clone())].as_slice()).algorithms(allowed));
    }
    #[cfg(feature = "alloc")]
    match jose_core::KeySet::from_jwks(&jwks, allowed) {
        Ok(keys) => hides("KeySet", &(&keys, keys.verdicts().collect::<Vec<_>>(), keys.clone())),
        Err(none) => hides("NoUsableKey", &none),
    }
    hides("KeyError", &jwk.verifying_key(Algorithm::Rs256).map(|_| ()));
    hides("Jwks", &jwks);
    assert_eq!(format!("{jwks:?}"), "Jwks { len: 1, .. }");
    hides("Verifier of Jwks", &Verifier::new(jwks.keys(allowed)));
    let (token, mut scratch) = (format!("{}.{}.", b64(r#"{"alg":"HS256"}"#), b64(secret)), [0; 64]);
    let token = UnverifiedJws::parse(&token, &mut scratch, Limits::new()).unwrap();
    hides("UnverifiedJws", &token);
    assert!(format!("{token:?}").starts_with("UnverifiedJws { header: Header {"), "{token:?}");
}

#[track_caller]
fn assert_hides(what: &str, shown: &str, secret: &[u8]) {
    let plain: String = shown.split_whitespace().collect();
    let low = plain.to_ascii_lowercase();
    for octets in secret.windows(4) {
        let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        let decimal: Vec<String> = octets.iter().map(u8::to_string).collect();
        let text: String = octets.iter().map(|octet| char::from(*octet)).filter(|c| *c != ' ').collect();
        assert!(!low.contains(&hex), "{what} shows {hex}: {shown}");
        assert!(!plain.contains(&decimal.join(",")), "{what} shows {decimal:?}: {shown}");
        assert!(text.len() < 4 || !plain.contains(&text), "{what} shows {text}: {shown}");
    }
    for part in b64(secret).as_bytes().windows(8) {
        let part = core::str::from_utf8(part).unwrap();
        assert!(!plain.contains(part), "{what} shows {part}: {shown}");
    }
}

/// `assert_hides` finds what it looks for.
#[test]
#[should_panic(expected = "shows")]
fn debug_of_an_open_secret_is_seen() {
    assert_hides("octets", &format!("{:#?}", b"correct horse"), b"correct horse");
}

/// The message of a set without a usable key shows eight verdicts, and no more of a kid than fits.
#[cfg(feature = "alloc")]
#[test]
fn a_set_cannot_make_its_message_long() {
    let member = |number: usize| format!(r#"{{"kid":"{number}-{}"}}"#, "k".repeat(1000));
    let shown = |count: usize| {
        let members: Vec<_> = (0..count).map(member).collect();
        let text = format!(r#"{{"keys":[{}]}}"#, members.join(","));
        let allowed = AlgorithmSet::only(Algorithm::Es256);
        jose_core::KeySet::from_jwks(&Jwks::parse(&text).unwrap(), allowed).unwrap_err().to_string()
    };
    let verdict = |number: usize| {
        format!(
            "; kid \"{number}-{}\"...: set aside: key 'kty': expected a value, found none",
            "k".repeat(44)
        )
    };
    let verdicts = |count: usize| (0..count).map(verdict).collect::<String>();
    assert_eq!(shown(0), "JWK Set: expected a key that can be used, found none among 0");
    assert_eq!(
        shown(8),
        format!("JWK Set: expected a key that can be used, found none among 8{}", verdicts(8))
    );
    assert_eq!(
        shown(9),
        format!("JWK Set: expected a key that can be used, found none among 9{}; and 1 more", verdicts(8))
    );
}

/// The codes are the names of the variants, and all of them are in the table of `Error::code`.
#[test]
fn codes() {
    let table = include_str!("../src/error/codes.md");
    let row = |name: &str| {
        let row = table.lines().find(|row| row.contains(&format!("[`{name}`]"))).unwrap();
        let (_, codes) = row.split_once(&format!("crate::error::{name}) |")).unwrap();
        codes.split(", ").map(|code| code.trim_matches([' ', '|', '`']).to_owned()).collect::<Vec<_>>()
    };
    for name in ["ParseError", "SelectError", "SignatureError", "ClaimsError", "KeyError", "SetError"] {
        assert_eq!(row(name), support::variants(name), "{name}");
    }
}
