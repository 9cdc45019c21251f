//! Our server, as the page sees it: one function a request.

use std::pin::Pin;

use call::api::{
    Calls, HangUp, Page, Place, Placed, Problem, ProblemCode, Session, SignIn, Token, TransferTo,
    Witnessed, recording_path,
};
use call::history::Fact;
use call::ids::CallId;
use call::log::Log;
use call::tabs::TabId;
use call::timeline::timeline_path;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use web_sys::{Blob, BlobPropertyBag};

use crate::json;
use crate::shell::now;

/// Why our server gave no answer to go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It cannot be reached, or what came back is not from it.
    Unreachable,
    /// It said no.
    Refused(ProblemCode),
}

impl Failure {
    /// Whether the same may be taken later: when the server can be reached, when somebody has signed in, when what failed
    /// in the server is mended. It will not like what it found wrong any better.
    pub(crate) fn may_pass(self) -> bool {
        matches!(
            self,
            Self::Unreachable | Self::Refused(ProblemCode::NotSignedIn | ProblemCode::Internal)
        )
    }
}

/// Our server.
#[derive(Clone)]
pub(crate) struct Backend {
    client: Client,
    origin: String,
}

impl Backend {
    /// The server that served this page. `origin` has no slash at its end.
    pub(crate) fn new(origin: String) -> Self {
        Self { client: Client::new(), origin }
    }

    /// Who is signed in.
    pub(crate) async fn session(&self) -> Result<Session, Failure> {
        read(self.ask(Method::GET, "/api/session", None).await)
    }

    /// Signs in.
    pub(crate) async fn sign_in(&self, how: &SignIn) -> Result<Session, Failure> {
        read(self.ask(Method::POST, "/api/session", Some(json::text(how))).await)
    }

    /// Signs out.
    pub(crate) async fn sign_out(&self) -> Result<(), Failure> {
        self.ask(Method::DELETE, "/api/session", None).await.map(drop)
    }

    /// A token for the SDK.
    pub(crate) async fn token(&self) -> Result<Token, Failure> {
        read(self.ask(Method::POST, "/api/token", None).await)
    }

    /// An id to dial under.
    pub(crate) async fn place(&self, to: String) -> Result<Placed, Failure> {
        read(self.ask(Method::POST, "/api/calls", Some(json::text(&Place { to }))).await)
    }

    /// Tells what this browser witnessed of a call.
    pub(crate) async fn testify(&self, id: &CallId, facts: Vec<Fact>) -> Result<(), Failure> {
        let path = format!("/api/calls/{id}/facts");
        self.ask(Method::POST, &path, Some(json::text(&Witnessed { facts }))).await.map(drop)
    }

    /// A call's timeline, drawn.
    pub(crate) async fn timeline(
        &self,
        id: &CallId,
        width: i32,
        behind_utc: i32,
    ) -> Result<String, Failure> {
        let (path, width, behind) = (timeline_path(id), width.to_string(), behind_utc.to_string());
        let path = [&path, ".html?width=", &width, "&behind_utc=", &behind].concat();
        self.ask(Method::GET, &path, None).await
    }

    /// Tells a piece of what was written down of a call, and by which clock.
    pub(crate) async fn send_piece(&self, id: &CallId, body: String) -> Result<(), Failure> {
        self.ask(Method::POST, &piece_path(id), Some(body)).await.map(drop)
    }

    /// The same when the document is about to be gone: the browser sends it then, and nobody hears how it went.
    pub(crate) fn leave_piece(&self, id: &CallId, body: &str) {
        let kind = BlobPropertyBag::new();
        kind.set_type("application/json");
        let parts = js_sys::Array::of1(&body.into());
        let path = [&self.origin, &*piece_path(id)].concat();
        let blob = Blob::new_with_str_sequence_and_options(&parts, &kind);
        if let (Some(window), Ok(blob)) = (web_sys::window(), blob) {
            // What it has no room for waits in the tab.
            let _ = window.navigator().send_beacon_with_opt_blob(&path, Some(&blob));
        }
    }

    /// Has the server hang up by `call_control_id`.
    pub(crate) async fn hang_up(&self, id: &CallId) -> Result<HangUp, Failure> {
        read(self.ask(Method::POST, &format!("/api/calls/{id}/hangup"), None).await)
    }

    /// Says which calls this page has.
    pub(crate) async fn claim(&self, page: TabId, calls: Vec<CallId>) -> Result<(), Failure> {
        let body = json::text(&Page { calls, goes: false });
        self.ask(Method::POST, &page_path(page), Some(body)).await.map(drop)
    }

    /// Has the server keep what is said from now on off the record of a call, or on it again.
    pub(crate) async fn off_record(&self, id: &CallId, off: bool) -> Result<(), Failure> {
        let path = [&*recording_path(id), if off { "/pause" } else { "/resume" }].concat();
        self.ask(Method::POST, &path, None).await.map(drop)
    }

    /// Asks for a transfer of a call, or for what `step` names of one.
    pub(crate) async fn transfer(
        &self,
        id: &CallId,
        step: &str,
        to: Option<TransferTo>,
    ) -> Result<(), Failure> {
        let path = ["/api/calls/", id.as_str(), "/transfer", step].concat();
        let body = to.as_ref().map(json::text);
        self.ask(Method::POST, &path, body).await.map(drop)
    }

    /// A page of history; `before` is what the previous one named as its next.
    pub(crate) async fn calls(&self, before: Option<&str>) -> Result<Calls, Failure> {
        let path = match before {
            Some(before) => {
                format!("/api/calls?before={}", js_sys::encode_uri_component(before))
            }
            None => "/api/calls".to_owned(),
        };
        read(self.ask(Method::GET, &path, None).await)
    }

    /// The calls that a question of the log finds, newest first; as many as a page of it has.
    pub(crate) async fn found(&self, query: &str) -> Result<Log, Failure> {
        read(self.ask(Method::GET, &["/api/log?limit=200&", query].concat(), None).await)
    }

    /// Sends a request, with a JSON body where there is one; the answer's text.
    ///
    /// Not generic, and boxed: a request is a call of this, not another copy of how requests are sent.
    fn ask(&self, method: Method, path: &str, body: Option<String>) -> Asking {
        let mut request = self.client.request(method, format!("{}{path}", self.origin));
        if let Some(body) = body {
            let json = HeaderValue::from_static("application/json");
            request = request.header(CONTENT_TYPE, json).body(body);
        }
        Box::pin(answer(request))
    }
}

fn piece_path(id: &CallId) -> String {
    [&timeline_path(id), "?sent_at=", &now().0.to_string()].concat()
}

/// Where a page says which calls it has.
pub(crate) fn page_path(TabId(page): TabId) -> String {
    format!("/api/pages/{page}")
}

/// An answer's text, still to come.
type Asking = Pin<Box<dyn Future<Output = Result<String, Failure>>>>;

async fn answer(request: RequestBuilder) -> Result<String, Failure> {
    let response = request.send().await.map_err(|_| Failure::Unreachable)?;
    let status = response.status();
    let text = response.text().await;
    if status.is_success() {
        return text.map_err(|_| Failure::Unreachable);
    }
    // A proxy in between answers without our problem body: then it is not our server that spoke.
    let gateway = matches!(
        status,
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
    );
    match text.ok().and_then(|text| json::parse(&text).ok()) {
        Some(Problem { code, message: _ }) => Err(Failure::Refused(code)),
        None if gateway => Err(Failure::Unreachable),
        None => Err(Failure::Refused(ProblemCode::Internal)),
    }
}

fn read<T: DeserializeOwned>(answer: Result<String, Failure>) -> Result<T, Failure> {
    json::parse(&answer?).map_err(|_| Failure::Unreachable)
}
