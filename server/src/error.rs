//! What goes wrong on the way to an answer, and the [`Problem`] it becomes.
//!
//! - A handler returns [`ApiError`] and uses `?` throughout.
//! - Our own failures are logged here, once, and shown to nobody.
//! - Everything else is the caller's to know and is not logged.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use call::api::{Problem, ProblemCode};
use call::number::NotANumber;

use crate::agent::password::PasswordError;
use crate::carrier::CarrierError;
use crate::control::NotNow;
use crate::policy::NotAllowed;
use crate::recording::{CopiesError, RemovalError};
use crate::store::StoreError;
use crate::webhook::verify::Unverified;

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("nobody is signed in")]
    NotSignedIn,
    #[error("no program this server knows has shown its token")]
    NoToken,
    #[error("wrong name or password")]
    WrongPassword,
    #[error("too many wrong passwords: wait a minute")]
    TooManyAttempts,
    #[error("this server talks to a real Telnyx account: sign in with a name and a password")]
    NoDemo,
    #[error("{0}")]
    NotANumber(#[from] NotANumber),
    #[error("{0}")]
    CallNotAllowed(#[from] NotAllowed),
    #[error("the agent is not signed in, or their page does not answer")]
    AgentAbsent,
    #[error("the agent is on another call")]
    AgentBusy,
    #[error("this server does not put calls through: TONO_MODE=controlled makes it")]
    NotControlled,
    #[error("there is no number to show: set TONO_CALLER_ID, or buy a number")]
    NoCallerId,
    #[error("nobody this server knows was signed in elsewhere")]
    NotHandedOver,
    #[error("the provider of sign-ins cannot be asked: {0}")]
    Provider(String),
    #[error("this is for others to do or see")]
    NotAllowed,
    #[error("there is nothing here")]
    NotFound,
    #[error("this has been deleted")]
    Gone,
    #[error("nothing is being recorded that this server could pause")]
    NotPausable,
    #[error("{0}")]
    NotTransferable(#[from] NotNow),
    #[error("{0}")]
    BadRequest(String),
    #[error("this address does not take this method")]
    WrongMethod,
    #[error("the request comes from another site")]
    CrossSite,
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    #[error("{0}")]
    Carrier(#[from] CarrierError),
    #[error("{0}")]
    BadSignature(#[from] Unverified),
    #[error("the server took too long")]
    TimedOut,
    #[error("the database: {0}")]
    Store(#[from] StoreError),
    #[error("a copy of a recording: {0}")]
    Copies(#[from] CopiesError),
    #[error("a file: {0}")]
    File(#[from] std::io::Error),
    #[error("{0}")]
    Password(#[from] PasswordError),
    #[error("no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

impl ApiError {
    fn status_and_code(&self) -> (StatusCode, ProblemCode) {
        match self {
            Self::NotSignedIn | Self::NoToken => {
                (StatusCode::UNAUTHORIZED, ProblemCode::NotSignedIn)
            }
            Self::WrongPassword | Self::NotHandedOver => {
                (StatusCode::UNAUTHORIZED, ProblemCode::WrongPassword)
            }
            Self::TooManyAttempts => (StatusCode::TOO_MANY_REQUESTS, ProblemCode::TooManyAttempts),
            Self::NoDemo => (StatusCode::FORBIDDEN, ProblemCode::NoDemo),
            Self::NotANumber(_) => (StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::NotANumber),
            Self::CallNotAllowed(why) => match why {
                NotAllowed::Country => (StatusCode::FORBIDDEN, ProblemCode::CountryNotAllowed),
                NotAllowed::Blocked => (StatusCode::FORBIDDEN, ProblemCode::NumberBlocked),
                NotAllowed::TooOften => (StatusCode::TOO_MANY_REQUESTS, ProblemCode::TooManyCalls),
                NotAllowed::TooManyAtOnce => {
                    (StatusCode::TOO_MANY_REQUESTS, ProblemCode::TooManyAtOnce)
                }
            },
            Self::AgentAbsent => (StatusCode::CONFLICT, ProblemCode::AgentAbsent),
            Self::AgentBusy => (StatusCode::CONFLICT, ProblemCode::AgentBusy),
            Self::NotControlled => (StatusCode::CONFLICT, ProblemCode::NotControlled),
            Self::NotFound => (StatusCode::NOT_FOUND, ProblemCode::NotFound),
            Self::Gone => (StatusCode::GONE, ProblemCode::NotFound),
            Self::NotPausable => (StatusCode::CONFLICT, ProblemCode::BadRequest),
            Self::NotTransferable(_) => (StatusCode::CONFLICT, ProblemCode::NotTransferable),
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, ProblemCode::BadRequest),
            Self::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, ProblemCode::BadRequest),
            Self::CrossSite | Self::NotAllowed => (StatusCode::FORBIDDEN, ProblemCode::BadRequest),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, ProblemCode::TooLarge),
            Self::Carrier(CarrierError::Unreachable(_) | CarrierError::Undecodable(_)) => {
                (StatusCode::BAD_GATEWAY, ProblemCode::TelnyxUnreachable)
            }
            Self::Carrier(CarrierError::Refused { .. }) => {
                (StatusCode::BAD_GATEWAY, ProblemCode::TelnyxRefused)
            }
            Self::BadSignature(_) => (StatusCode::UNAUTHORIZED, ProblemCode::BadSignature),
            Self::Provider(_) => (StatusCode::BAD_GATEWAY, ProblemCode::Internal),
            Self::NoCallerId | Self::TimedOut => {
                (StatusCode::SERVICE_UNAVAILABLE, ProblemCode::Internal)
            }
            Self::Store(_)
            | Self::File(_)
            | Self::Copies(_)
            | Self::Password(_)
            | Self::Random(_) => (StatusCode::INTERNAL_SERVER_ERROR, ProblemCode::Internal),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        let message = if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!("{self}");
            "something failed in the server; its log says more".to_owned()
        } else {
            self.to_string()
        };
        (status, axum::Json(Problem { code, message })).into_response()
    }
}

impl From<RemovalError> for ApiError {
    fn from(error: RemovalError) -> Self {
        match error {
            RemovalError::Carrier(error) => error.into(),
            RemovalError::Copies(error) => error.into(),
            RemovalError::Store(error) => error.into(),
        }
    }
}
