//! What speaks with the proxy. Each of its threads has a machine of its own, with its own keys.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use jose_core::UnixTime;
use jose_core::rotation::{FetchPermit, HttpResponse, Jitter, MonotonicTime, NoResponse};
use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel, MapType};

use crate::answer::Answer;
use crate::config::Config;
use crate::gate::{Gate, Now, Patience, Verdict};

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|id| Box::new(Root { id, shared: Rc::default() }));
}}

/// How long a request waits for a fetch to begin, and how exactly the time of a refresh is met.
const TICK: Duration = Duration::from_millis(100);

/// What the root shares with the requests of its thread. It is never borrowed across a call of the host, which may
/// call back.
#[derive(Default)]
struct Shared {
    gate: Option<Gate>,
    /// The requests that wait for a fetch: their contexts, and what they sent.
    waiting: BTreeMap<u32, Vec<u8>>,
    /// The fetch that is in flight, by the number of its call.
    flight: Option<(u32, FetchPermit)>,
}

struct Root {
    id: u32,
    shared: Rc<RefCell<Shared>>,
}

impl Root {
    /// Fetches belong to the root: one does not end with the request that needed it.
    fn fetch(&self) {
        let (permit, endpoint) = {
            let mut shared = self.shared.borrow_mut();
            let Some(gate) = &mut shared.gate else { return };
            let Some(permit) = gate.fetch_due(MonotonicTime::now()) else { return };
            (permit, gate.config().endpoint.clone())
        };
        let mut fields = vec![
            (":method", "GET"),
            (":scheme", &endpoint.scheme),
            (":authority", &endpoint.authority),
            (":path", &endpoint.path),
            ("accept", "application/jwk-set+json, application/json"),
        ];
        fields.extend(permit.etag().map(|etag| ("if-none-match", etag)));
        match self.dispatch_http_call(&endpoint.cluster, fields, None, Vec::new(), endpoint.timeout) {
            Ok(call) => self.shared.borrow_mut().flight = Some((call, permit)),
            Err(status) => {
                let cause =
                    format!("the proxy refuses the call to cluster {:?}: {status:?}", endpoint.cluster);
                self.complete(permit, Err(NoResponse::because(&cause)));
            }
        }
    }

    fn complete(&self, permit: FetchPermit, fetched: Result<HttpResponse<'_>, NoResponse>) {
        let outcome = permit.receive(fetched);
        let now = MonotonicTime::now();
        let (level, line) = {
            let mut shared = self.shared.borrow_mut();
            let Some(gate) = &mut shared.gate else { return };
            match gate.complete(outcome, now) {
                Ok(_) => (LogLevel::Info, gate.status(now)),
                // The status ends with the error.
                Err(_) => (LogLevel::Warn, gate.status(now)),
            }
        };
        log(level, &line);
        self.wake();
    }

    /// Judges the requests that waited for a fetch. They do not wait for another.
    fn wake(&self) {
        let waiting = std::mem::take(&mut self.shared.borrow_mut().waiting);
        for (request, authorization) in waiting {
            let verdict = judge(&self.shared, Some(&authorization), Patience::HasWaited);
            if hostcalls::set_effective_context(request).is_ok()
                && carry_out(&self.shared, verdict) == Action::Continue
            {
                let _ = hostcalls::resume_http_request();
            }
        }
        let _ = hostcalls::set_effective_context(self.id);
    }
}

impl RootContext for Root {
    fn on_configure(&mut self, _: usize) -> bool {
        let text = self.get_plugin_configuration().unwrap_or_default();
        match Config::parse(&text).and_then(|config| Gate::new(config, Jitter::from_system())) {
            Ok(gate) => {
                self.shared.borrow_mut().gate = Some(gate);
                self.set_tick_period(TICK);
                true
            }
            Err(error) => {
                log(LogLevel::Critical, &format!("the configuration is refused: {error}"));
                false
            }
        }
    }

    fn on_tick(&mut self) {
        self.fetch();
    }

    fn create_http_context(&self, id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Request { id, shared: Rc::clone(&self.shared) }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

impl Context for Root {
    fn on_http_call_response(&mut self, call: u32, fields: usize, body: usize, _: usize) {
        let flight = self.shared.borrow_mut().flight.take_if(|(number, _)| *number == call);
        let Some((_, permit)) = flight else { return };
        // The proxy gives nothing at all when nobody answered in time.
        let fields = if fields == 0 { Vec::new() } else { self.get_http_call_response_headers_bytes() };
        let body = self.get_http_call_response_body(0, body).unwrap_or_default();
        let status = fields.iter().find(|(name, _)| name == ":status");
        let status = status.and_then(|(_, value)| core::str::from_utf8(value).ok()?.parse().ok());
        let fetched = match status {
            None => Err(NoResponse::because(&"no connection, or no response in time")),
            Some(status) => {
                let response = HttpResponse::new(status, &body);
                Ok(fields.iter().fold(response, |response, (name, value)| response.header(name, value)))
            }
        };
        self.complete(permit, fetched);
    }
}

struct Request {
    id: u32,
    shared: Rc<RefCell<Shared>>,
}

impl Context for Request {}

impl HttpContext for Request {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        // Nobody but this filter says who the client is.
        for name in reserved_fields(&self.shared) {
            self.set_http_request_header(&name, None);
        }
        let authorization = self.get_http_request_header_bytes("authorization");
        let mut verdict = judge(&self.shared, authorization.as_deref(), Patience::MayWait);
        if verdict == Verdict::Wait {
            let mut shared = self.shared.borrow_mut();
            let max = shared.gate.as_ref().map_or(0, |gate| gate.config().max_waiting);
            if shared.waiting.len() < max {
                shared.waiting.insert(self.id, authorization.unwrap_or_default());
                return Action::Pause;
            }
            let cause = format!("{max} requests wait for the keys already");
            verdict = Verdict::Refuse(Answer::unavailable(Duration::ZERO), Some(cause));
        }
        carry_out(&self.shared, verdict)
    }
}

/// A client that hangs up waits no longer.
impl Drop for Request {
    fn drop(&mut self) {
        self.shared.borrow_mut().waiting.remove(&self.id);
    }
}

fn judge(shared: &RefCell<Shared>, authorization: Option<&[u8]>, patience: Patience) -> Verdict {
    let mut shared = shared.borrow_mut();
    let (Some(gate), Ok(unix)) = (&mut shared.gate, UnixTime::now()) else {
        let cause = "the proxy's clock is set before 1970".to_owned();
        return Verdict::Refuse(Answer::unavailable(Duration::ZERO), Some(cause));
    };
    gate.judge(authorization, Now { monotonic: MonotonicTime::now(), unix }, patience)
}

/// The header fields that the application believes.
fn reserved_fields(shared: &RefCell<Shared>) -> Vec<String> {
    let shared = shared.borrow();
    let claims = shared.gate.iter().flat_map(|gate| &gate.config().forward_claims);
    claims.map(|(_, header)| header.clone()).collect()
}

/// Does to the request of the effective context what was decided, and says whether it goes on.
fn carry_out(shared: &RefCell<Shared>, verdict: Verdict) -> Action {
    match verdict {
        Verdict::Pass(fields) => {
            for (name, value) in fields {
                let _ = hostcalls::set_map_value(MapType::HttpRequestHeaders, &name, Some(&value));
            }
            let forward_token = shared.borrow().gate.as_ref().is_some_and(|gate| gate.config().forward_token);
            if !forward_token {
                let _ = hostcalls::set_map_value(MapType::HttpRequestHeaders, "authorization", None);
            }
            Action::Continue
        }
        Verdict::Refuse(answer, cause) => {
            if let Some(cause) = cause {
                log(LogLevel::Debug, &format!("answered {}: {cause}", answer.status));
            }
            let (name, value) = &answer.field;
            let _ = hostcalls::send_http_response(answer.status, vec![(name, value)], None);
            Action::Pause
        }
        Verdict::Wait => Action::Pause,
    }
}

fn log(level: LogLevel, line: &str) {
    let _ = hostcalls::log(level, line);
}
