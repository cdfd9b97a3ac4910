//! The server as a process of its own, and a provider whose keys change, both on 127.0.0.1.
//!
//! It is one story, because each part needs the keys that the one before left. A `main` tells it, so
//! that no filter passes it by.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{scope, sleep, spawn};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};

const ISSUER: &str = "https://issuer.example";
/// A little more than the cooldown of three seconds, which the server is started with.
const COOLDOWN: Duration = Duration::from_millis(3200);

/// What the provider publishes, and how often it was asked. With status 503, it is down.
struct Provider {
    status: u16,
    keys: Vec<u8>,
    asked: u32,
}

fn main() {
    let provider = Arc::new(Mutex::new(Provider { status: 200, keys: vec![1], asked: 0 }));
    let jwks_uri = publish(Arc::clone(&provider));
    let publish = |status: u16, keys: &[u8]| {
        let mut provider = provider.lock().unwrap();
        (provider.status, provider.keys) = (status, keys.to_vec());
    };
    let asked = || provider.lock().unwrap().asked;
    let server = Server::start(&jwks_uri, 3);
    let good = |key| token(key, ISSUER, "api.example", 600);

    assert_eq!(asked(), 1, "fetches before the first request");
    server.accepts(&good(1));
    let spaces = server.get(Some(&format!("Bearer   {}", good(1))));
    assert_eq!(spaces, (200, String::new(), "user-1".into()), "more than one space");

    // What is wrong with each is told to the log alone.
    server.refuses(&token(1, ISSUER, "web.example", 600), "'aud'");
    server.refuses(&token(1, "https://other.example", "api.example", 600), "'iss'");
    server.refuses(&token(1, ISSUER, "api.example", -1), "'exp'");
    let forged = good(1).rsplit_once('.').unwrap().0.to_owned() + "." + good(2).rsplit_once('.').unwrap().1;
    server.refuses(&forged, "signature");
    server.refuses("nonsense", "part");
    server.refuses(&sign(1, &claims("", ISSUER, "api.example", 600)), "`sub`");
    assert_eq!(server.get(None), (401, "Bearer".into(), String::new()));
    assert_eq!(server.get(Some("Basic dXNlcjpwYXNz")), (401, "Bearer".into(), String::new()));
    assert_eq!(asked(), 1, "fetches for tokens that no fetch can help");

    // A new key: eight requests at once, one fetch for all of them, and none is refused.
    publish(200, &[1, 2]);
    sleep(COOLDOWN);
    scope(|threads| (0..8).for_each(|_| drop(threads.spawn(|| server.accepts(&good(2))))));
    assert_eq!(asked(), 2, "one fetch for the new key");
    server.accepts(&good(1));

    // A kid that there never was: one fetch, and none for the next such token.
    sleep(COOLDOWN);
    server.refuses(&good(9), "'kid'");
    server.refuses(&good(9), "'kid'");
    assert_eq!(asked(), 3, "one fetch for an unknown kid");

    // The provider is down: the keys that there are go on to verify.
    publish(503, &[2, 3]);
    sleep(COOLDOWN);
    server.refuses(&good(3), "'kid'");
    assert_eq!(asked(), 4, "one fetch that fails");
    assert!(server.log().contains("fetch: JWK Set: expected status 200, found 503"), "{}", server.log());
    server.accepts(&good(1));
    server.accepts(&good(2));

    // It is back, without the first key. The pause after one failure is two cooldowns at most.
    publish(200, &[2, 3]);
    sleep(2 * COOLDOWN);
    server.accepts(&good(3));
    assert_eq!(asked(), 5, "one fetch that succeeds again");
    server.refuses(&good(1), "'kid'");

    // Before any key was fetched, no token can be judged.
    publish(503, &[1]);
    let server = Server::start(&jwks_uri, 3);
    let (status, retry_after, body) = server.get(Some(&format!("Bearer {}", good(1))));
    assert_eq!((status, &*body), (503, ""));
    assert!((1..=3).contains(&retry_after.parse::<u64>().unwrap()), "Retry-After: {retry_after}");
    // It is usable soon after its provider is.
    publish(200, &[1]);
    sleep(COOLDOWN);
    server.accepts(&good(1));

    flood(&server);
    drop(server);
    load(&jwks_uri, &provider);
    println!("the server accepted and refused as it must; {} fetches", asked());
}

/// An attacker cannot flood the log: a few lines a second, and how many were left out.
fn flood(server: &Server) {
    let before = server.log().len();
    for _ in 0..500 {
        assert_eq!(server.get(Some("Bearer nonsense")).0, 401);
    }
    sleep(Duration::from_millis(2500));
    let log = server.log()[before..].to_owned();
    let left_out: u64 = log
        .lines()
        .filter_map(|line| {
            line.strip_prefix("refused: ")?.strip_suffix(" more in this second")?.parse::<u64>().ok()
        })
        .sum();
    let lines =
        log.lines().filter(|line| line.starts_with("refused: ") && !line.ends_with("this second")).count();
    assert_eq!(u64::try_from(lines).unwrap() + left_out, 500, "{log}");
    assert!(left_out > 0 && lines < 200, "{lines} lines");
}

/// Two clients, while the keys change every second: no good token is refused, and no fetch is one too many. It
/// lasts as many seconds as `LOAD_SECONDS` says, or five.
fn load(jwks_uri: &str, provider: &Mutex<Provider>) {
    let seconds = std::env::var("LOAD_SECONDS").map_or(5, |seconds| seconds.parse::<u8>().unwrap());
    let rotate = |newest: u8| {
        let mut provider = provider.lock().unwrap();
        (provider.status, provider.keys) = (200, (newest.max(3) - 2..=newest.max(3)).collect());
    };
    rotate(3);
    let asked_before = provider.lock().unwrap().asked;
    let server = Server::start(jwks_uri, 1);
    let tokens: Vec<String> =
        (0..=seconds + 3).map(|key| token(key.max(1), ISSUER, "api.example", 600)).collect();
    let (newest, over) = (AtomicU8::new(3), AtomicBool::new(false));
    let start = std::time::Instant::now();
    let requests: u64 = scope(|threads| {
        let clients: Vec<_> = (0..2)
            .map(|_| {
                threads.spawn(|| {
                    let config = ureq::Agent::config_builder().http_status_as_error(false);
                    let client: ureq::Agent = config.build().into();
                    let mut requests = 0;
                    while !over.load(Ordering::SeqCst) {
                        let key = newest.load(Ordering::SeqCst);
                        let bearer = format!("Bearer {}", tokens[usize::from(key)]);
                        let mut response =
                            client.get(&server.url).header("Authorization", &bearer).call().unwrap();
                        let body = response.body_mut().read_to_string().unwrap();
                        assert_eq!((response.status().as_u16(), &*body), (200, "user-1"), "{}", server.log());
                        requests += 1;
                    }
                    requests
                })
            })
            .collect();
        for key in 4..=seconds + 3 {
            sleep(Duration::from_secs(1));
            rotate(key);
            newest.store(key, Ordering::SeqCst);
        }
        over.store(true, Ordering::SeqCst);
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    let (elapsed, asked) = (start.elapsed().as_secs(), provider.lock().unwrap().asked - asked_before);
    println!("{requests} requests in {elapsed} s with {seconds} rotations: {asked} fetches");
    assert!(u64::from(asked) <= elapsed + 2, "{asked} fetches in {elapsed} s");
    assert!(u32::from(seconds) <= asked + 2, "{asked} fetches for {seconds} rotations");
    assert!(requests > 100 * u64::from(seconds), "{requests} requests");
}

/// The server under test. It is stopped when this is dropped.
struct Server {
    process: Child,
    url: String,
    log: Arc<Mutex<String>>,
}

impl Server {
    fn start(jwks_uri: &str, cooldown: u64) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_jose-core-server"))
            .args(["127.0.0.1:0", ISSUER, "api.example", jwks_uri, &cooldown.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (mut address, errors) = (String::new(), process.stderr.take().unwrap());
        let lines = Arc::clone(&log);
        spawn(move || {
            for line in BufReader::new(errors).lines() {
                lines.lock().unwrap().push_str(&(line.unwrap() + "\n"));
            }
        });
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { process, url: format!("http://{}/whoami", address.trim_end()), log }
    }

    /// Status, challenge (or `Retry-After`) and body of the answer.
    fn get(&self, authorization: Option<&str>) -> (u16, String, String) {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let client: ureq::Agent = config.timeout_global(Some(Duration::from_secs(20))).build().into();
        let mut request = client.get(&self.url);
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        let mut response = request.call().unwrap();
        let challenge =
            ["WWW-Authenticate", "Retry-After"].iter().find_map(|name| response.headers().get(*name));
        let challenge = challenge.map(|value| value.to_str().unwrap());
        let challenge = challenge.unwrap_or_default().to_owned();
        (response.status().as_u16(), challenge, response.body_mut().read_to_string().unwrap())
    }

    #[track_caller]
    fn accepts(&self, token: &str) {
        assert_eq!(self.get(Some(&format!("bearer {token}"))), (200, String::new(), "user-1".into()));
    }

    /// The answer has the challenge and nothing else, and a line of the log names the `cause`.
    #[track_caller]
    fn refuses(&self, token: &str, cause: &str) {
        let before = self.log().len();
        let answer = self.get(Some(&format!("Bearer {token}")));
        assert_eq!(answer, (401, r#"Bearer error="invalid_token""#.into(), String::new()));
        for _ in 0..100 {
            if self.log()[before..].lines().any(|line| line.starts_with("refused: ") && line.contains(cause))
            {
                return;
            }
            sleep(Duration::from_millis(20));
        }
        panic!("no line of the log names {cause}: {}", &self.log()[before..]);
    }

    fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves the provider's keys, and says where.
fn publish(provider: Arc<Mutex<Provider>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    spawn(move || listener.incoming().for_each(|stream| answer(stream.unwrap(), &provider)));
    url
}

fn answer(mut stream: TcpStream, provider: &Mutex<Provider>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        request.extend(byte);
    }
    // Long enough for other requests to come while it is asked.
    sleep(Duration::from_millis(100));
    let mut provider = provider.lock().unwrap();
    provider.asked += 1;
    let keys: Vec<String> = provider.keys.iter().map(|number| jwk(*number)).collect();
    let body = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
    let fields = format!("Cache-Control: max-age=600\r\nContent-Length: {}\r\nConnection: close", body.len());
    write!(stream, "HTTP/1.1 {} -\r\n{fields}\r\n\r\n{body}", provider.status).unwrap();
}

fn signing_key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).unwrap()
}

fn jwk(number: u8) -> String {
    let point = signing_key(number).verifying_key().to_sec1_point(false);
    let [x, y] = [point.x(), point.y()].map(|half| Base64UrlUnpadded::encode_string(half.unwrap()));
    format!(r#"{{"kty":"EC","crv":"P-256","kid":"{number}","x":"{x}","y":"{y}"}}"#)
}

/// A token of this key that expires so many seconds from now.
fn token(key: u8, issuer: &str, audience: &str, seconds: i64) -> String {
    sign(key, &claims(r#""sub":"user-1","#, issuer, audience, seconds))
}

fn claims(subject: &str, issuer: &str, audience: &str, seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let exp = now.checked_add_signed(seconds).unwrap();
    format!(r#"{{{subject}"iss":"{issuer}","aud":"{audience}","exp":{exp}}}"#)
}

fn sign(key: u8, claims: &str) -> String {
    let header = format!(r#"{{"alg":"ES256","kid":"{key}"}}"#);
    let [header, claims] = [&*header, claims].map(|part| Base64UrlUnpadded::encode_string(part.as_bytes()));
    let signature: Signature = signing_key(key).sign(format!("{header}.{claims}").as_bytes());
    format!("{header}.{claims}.{}", Base64UrlUnpadded::encode_string(&signature.to_bytes()))
}
