//! Our server, as the page sees it: one function a request.

use call::api::{
    Calls, HangUp, Place, Placed, Problem, ProblemCode, Session, SignIn, Token, Witnessed,
};
use call::history::Fact;
use call::ids::CallId;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;

/// Why our server gave no answer to go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It cannot be reached, or what came back is not from it.
    Unreachable,
    /// It said no.
    Refused(ProblemCode),
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
        read(self.request(Method::GET, "/api/session")).await
    }

    /// Signs in.
    pub(crate) async fn sign_in(&self, how: &SignIn) -> Result<Session, Failure> {
        read(self.request(Method::POST, "/api/session").json(how)).await
    }

    /// Signs out.
    pub(crate) async fn sign_out(&self) -> Result<(), Failure> {
        accept(self.request(Method::DELETE, "/api/session")).await.map(drop)
    }

    /// A token for the SDK.
    pub(crate) async fn token(&self) -> Result<Token, Failure> {
        read(self.request(Method::POST, "/api/token")).await
    }

    /// An id to dial under.
    pub(crate) async fn place(&self, to: String) -> Result<Placed, Failure> {
        read(self.request(Method::POST, "/api/calls").json(&Place { to })).await
    }

    /// Tells what this browser witnessed of a call.
    pub(crate) async fn testify(&self, id: &CallId, facts: Vec<Fact>) -> Result<(), Failure> {
        let path = format!("/api/calls/{id}/facts");
        accept(self.request(Method::POST, &path).json(&Witnessed { facts })).await.map(drop)
    }

    /// Has the server hang up by `call_control_id`.
    pub(crate) async fn hang_up(&self, id: &CallId) -> Result<HangUp, Failure> {
        read(self.request(Method::POST, &format!("/api/calls/{id}/hangup"))).await
    }

    /// A page of history; `before` is what the previous one named as its next.
    pub(crate) async fn calls(&self, before: Option<&str>) -> Result<Calls, Failure> {
        let path = match before {
            Some(before) => {
                format!("/api/calls?before={}", js_sys::encode_uri_component(before))
            }
            None => "/api/calls".to_owned(),
        };
        read(self.request(Method::GET, &path)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.origin))
    }
}

async fn accept(request: RequestBuilder) -> Result<Response, Failure> {
    let response = request.send().await.map_err(|_| Failure::Unreachable)?;
    if response.status().is_success() {
        return Ok(response);
    }
    // A proxy in between answers without our problem body: then it is not our server that spoke.
    let gateway = matches!(
        response.status(),
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
    );
    match response.json::<Problem>().await {
        Ok(problem) => Err(Failure::Refused(problem.code)),
        Err(_) if gateway => Err(Failure::Unreachable),
        Err(_) => Err(Failure::Refused(ProblemCode::Internal)),
    }
}

async fn read<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failure> {
    accept(request).await?.json().await.map_err(|_| Failure::Unreachable)
}
