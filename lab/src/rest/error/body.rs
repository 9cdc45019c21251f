//! An error as it goes over the wire: status, headers, JSON.

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::ApiError;

/// What an error says besides its detail.
struct Parts {
    status: StatusCode,
    code: &'static str,
    title: String,
    /// The parameter that is wrong.
    field: Option<String>,
}

impl ApiError {
    fn parts(&self) -> Parts {
        let of = |status, code, title: &str| Parts {
            status,
            code,
            title: title.to_owned(),
            field: None,
        };
        let refused = |code, title: &str| of(StatusCode::UNPROCESSABLE_ENTITY, code, title);
        let wrong = |code, title: &str, field: &str| Parts {
            field: Some(field.to_owned()),
            ..of(StatusCode::UNPROCESSABLE_ENTITY, code, title)
        };
        match self {
            Self::Unauthorized => of(StatusCode::UNAUTHORIZED, "10009", "Authentication failed"),
            Self::Forbidden => of(StatusCode::FORBIDDEN, "10010", "Authorization failed"),
            Self::NotFound => of(StatusCode::NOT_FOUND, "10005", "Resource not found"),
            Self::MethodNotAllowed => {
                of(StatusCode::METHOD_NOT_ALLOWED, "10030", "Method not allowed")
            }
            Self::TooManyRequests(_) => {
                of(StatusCode::TOO_MANY_REQUESTS, "10011", "Too many requests")
            }
            Self::Internal => of(StatusCode::INTERNAL_SERVER_ERROR, "10007", "Unexpected error"),
            Self::Unavailable => {
                of(StatusCode::SERVICE_UNAVAILABLE, "10037", "Service unavailable")
            }
            Self::Malformed => of(StatusCode::BAD_REQUEST, "10015", "Bad Request"),
            Self::Missing { field } => wrong("10004", "Missing required parameter", field),
            Self::NotE164 { field } => {
                wrong("10016", "Phone number must be in +E164 format", field)
            }
            Self::BadEnum { field, .. } => wrong("10032", "Invalid enumerated value", field),
            Self::OutOfRange { field, .. } => wrong("10033", "Value outside of range", field),
            Self::BadLength { field, .. } => wrong("10025", "String length out of range", field),
            Self::BadType { field, .. } => wrong("10026", "Invalid parameter type", field),
            Self::BadUrl { field } => wrong("10003", "Invalid URL", field),
            Self::BadValue { field, .. } => {
                wrong("10015", &format!("Invalid value for {field}"), field)
            }
            Self::Duplicate { field } => wrong("10012", "Duplicate resource", field),
            Self::NoAssociate { field } => {
                wrong("10017", "Associated resource does not exist", field)
            }
            Self::InUse => refused("10021", "Resource in use"),
            Self::BadFilter { name } => {
                wrong("10031", "Invalid request filter", &format!("filter[{name}]"))
            }
            Self::BadConnection => {
                wrong("10015", "Invalid value for connection_id", "connection_id")
            }
            Self::TagFull => wrong("10027", "Unprocessable Entity", "tag"),
            Self::CredentialExpired => refused("10027", "Unprocessable Entity"),
            Self::NotAnApplication => wrong(
                "10015",
                "Invalid value for connection_id (Call Control App ID)",
                "connection_id",
            ),
            Self::UnknownCall | Self::NotControlled => {
                wrong("90015", "Invalid Call Control ID", "call_control_id")
            }
            Self::CallEnded => refused("90018", "Call has already ended"),
            Self::BadClientState => {
                wrong("90017", "Invalid value for client_state", "client_state")
            }
            Self::BadDigits { field } => wrong("90014", "Invalid value for digits", field),
            Self::RecordingBeforeAudio => {
                refused("90020", "Call recording triggered before audio started")
            }
            Self::NotAnswered => refused("90034", "Call not answered yet"),
            Self::ProfileChannels => {
                refused("90042", "Outbound voice profile channels limit exceeded")
            }
            Self::ConnectionChannels => {
                refused("90043", "Connection outbound channels limit exceeded")
            }
            Self::AnswerOutbound | Self::AnsweredAlready => refused("90102", "Command is invalid"),
            Self::EncryptedToPstn => {
                wrong("10011", "Media encryption not supported for PSTN calls", "media_encryption")
            }
        }
    }

    /// The body of the response.
    pub(crate) fn body(&self) -> Value {
        if *self == Self::CredentialExpired {
            // Developer docs, "Telephony credentials": an object here, where all else has a list.
            return json!({ "errors": { "status": self.to_string() } });
        }
        let Parts { code, title, field, .. } = self.parts();
        let mut error = json!({
            "code": code,
            "title": title,
            "detail": self.to_string(),
            "meta": { "url": format!("https://developers.telnyx.com/docs/overview/errors/{code}") },
        });
        if let Some(field) = field {
            // What came in the query is a parameter, what came in the body has a place in it.
            error["source"] = if field.contains('[') || field == "sort" {
                json!({ "parameter": field })
            } else {
                json!({ "pointer": format!("/{}", field.replace('.', "/")) })
            };
        }
        json!({ "errors": [error] })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.parts().status, Json(self.body())).into_response();
        if let Self::TooManyRequests(limit) = self {
            let headers = response.headers_mut();
            headers.insert("x-ratelimit-limit", limit.allowed.into());
            headers.insert("x-ratelimit-remaining", limit.left.into());
            headers.insert("x-ratelimit-reset", HeaderValue::from(limit.reset_secs));
        }
        response
    }
}

/// JSON's name for what this is.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
