//! One rule: which requests, how many of them, and what happens to them.

use axum::http::Method;
use serde::{Deserialize, Serialize};

use crate::rest::error::{ApiError, Limit};

/// What a request meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fault {
    /// Answered with this instead.
    Status(Status),
    /// Answered so many milliseconds late, on the lab's clock.
    DelayMs(u64),
    /// The connection is closed without an answer.
    Close,
    /// What is asked for is done, and then the connection is closed without an answer.
    CloseAfter,
    /// What is asked for is done, and then answered with this.
    StatusAfter(Status),
}

/// A status that Telnyx answers with when something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub(super) enum Status {
    Unauthorized,
    Forbidden,
    NotFound,
    TooMany(Limit),
    Internal,
    Unavailable,
}

/// A status that cannot be asked for.
#[derive(Debug, thiserror::Error)]
#[error("{0} is none of 401, 403, 404, 429, 500, 503")]
pub(super) struct NoSuchStatus(u16);

impl TryFrom<u16> for Status {
    type Error = NoSuchStatus;

    fn try_from(status: u16) -> Result<Self, NoSuchStatus> {
        Ok(match status {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            // Telnyx publishes no numbers; these are the ones in its page on rate limits.
            429 => Self::TooMany(Limit { allowed: 600, left: 0, reset_secs: 1 }),
            500 => Self::Internal,
            503 => Self::Unavailable,
            other => return Err(NoSuchStatus(other)),
        })
    }
}

impl From<Status> for u16 {
    fn from(status: Status) -> Self {
        match status {
            Status::Unauthorized => 401,
            Status::Forbidden => 403,
            Status::NotFound => 404,
            Status::TooMany(_) => 429,
            Status::Internal => 500,
            Status::Unavailable => 503,
        }
    }
}

impl Status {
    /// The limit was hit.
    pub(super) fn over(limit: Limit) -> Self {
        Self::TooMany(limit)
    }

    /// What it is answered with.
    pub(super) fn error(self) -> ApiError {
        match self {
            Self::Unauthorized => ApiError::Unauthorized,
            Self::Forbidden => ApiError::Forbidden,
            Self::NotFound => ApiError::NotFound,
            Self::TooMany(limit) => ApiError::TooManyRequests(limit),
            Self::Internal => ApiError::Internal,
            Self::Unavailable => ApiError::Unavailable,
        }
    }
}

/// One rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// Any, if not given.
    #[serde(default)]
    method: Option<String>,
    /// With or without `/v2` before it; a `*` at the end stands for any rest. Any, if not given.
    #[serde(default)]
    path: Option<String>,
    /// How many requests it is still for.
    #[serde(default = "once")]
    times: u32,
    fault: Fault,
}

fn once() -> u32 {
    1
}

impl Rule {
    /// Whether it is for this request. `path` is what follows `/v2`.
    pub(super) fn matches(&self, method: &Method, path: &str) -> bool {
        let of_method =
            self.method.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(method.as_str()));
        self.times > 0 && of_method && self.path.as_ref().is_none_or(|own| covers(own, path))
    }

    /// One request less to go.
    pub(super) fn used(&mut self) -> Fault {
        self.times = self.times.saturating_sub(1);
        self.fault
    }
}

fn covers(pattern: &str, path: &str) -> bool {
    let pattern = pattern.strip_prefix("/v2").unwrap_or(pattern);
    let path = path.strip_prefix("/v2").unwrap_or(path);
    match pattern.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path == pattern,
    }
}
