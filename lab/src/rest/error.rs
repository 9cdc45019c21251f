//! Why a request is refused: every error the REST side answers with, `/calls` included.
//!
//! Codes and wording are those of Telnyx's page "API Error Codes" and of the 422 examples in the `OpenAPI` document.
//! Shapes: `lab/carrier/error.*.json`.

mod body;

/// Why a request is refused. `field` is a parameter as Telnyx spells it, parts joined by dots:
/// `outbound.channel_limit`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("Could not understand the provided credentials.")]
    Unauthorized,
    #[error(
        "You do not have permission to perform the requested action on the specified resource or resources."
    )]
    Forbidden,
    #[error("The requested resource or URL could not be found.")]
    NotFound,
    #[error("The URL is valid, but the method is not allowed.")]
    MethodNotAllowed,
    #[error("You have exceeded the maximum number of allowed requests.")]
    TooManyRequests(Limit),
    #[error("An unexpected error occured.")]
    Internal,
    #[error("Service is unavailable.")]
    Unavailable,

    #[error("The request body could not be read.")]
    Malformed,
    #[error("The '{field}' parameter is required and cannot be blank.")]
    Missing { field: String },
    #[error("The '{field}' parameter must be in E164 format.")]
    NotE164 { field: String },
    #[error("The value must be one of: {allowed}.")]
    BadEnum { field: String, allowed: String },
    #[error("The value is outside of allowed range {min} to {max}")]
    OutOfRange { field: String, min: i64, max: i64 },
    #[error(
        "The string length provided for the indicated field was outside the allowed range. The field must be between {min} and {max} characters long, but was {length}."
    )]
    BadLength { field: String, min: usize, max: usize, length: usize },
    #[error("The parameter must be of type {wanted}, but received type {given}")]
    BadType { field: String, wanted: &'static str, given: &'static str },
    #[error(
        "The URL provided was invalid, malformed, or too long. URLs can be a maximum of 2000 characters."
    )]
    BadUrl { field: String },
    /// A value of the right type that means nothing, such as a time that is none.
    #[error("{problem}")]
    BadValue { field: String, problem: String },
    #[error("Resource is a duplicate.")]
    Duplicate { field: String },
    #[error("The requested parameter is invalid as the associated resource does not exist.")]
    NoAssociate { field: String },
    #[error("The resource can not be removed as it is still in use.")]
    InUse,
    #[error("The request filter filter[{name}] is invalid.")]
    BadFilter { name: String },

    #[error("The value provided for connection_id is not one of your credential connections.")]
    BadConnection,
    #[error("A tag can have at most 1000 credentials.")]
    TagFull,
    /// Has a body of its own, in which `errors` is no list.
    #[error("expired")]
    CredentialExpired,

    /// A dial names something that is no Call Control application, or one whose webhook URL Telnyx would not take.
    #[error(
        "The requested connection_id (Call Control App ID) is either invalid or does not exist. Only Call Control Apps with valid webhook URL are accepted."
    )]
    NotAnApplication,
    #[error("The call_control_id provided was not valid.")]
    UnknownCall,
    #[error("This call is no longer active and can't receive commands.")]
    CallEnded,
    /// Telnyx documents no code for this.
    #[error("This leg is not controlled by a Voice API application.")]
    NotControlled,
    #[error("The 'client_state' parameter must be a valid base64 string.")]
    BadClientState,
    #[error(
        "The '{field}' parameter must be a 'string' made of a combination of either 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, A, B, C, D, w, W, * or #."
    )]
    BadDigits { field: String },
    #[error("Call recording cannot be started until audio has commenced on the call.")]
    RecordingBeforeAudio,
    #[error("This call can't receive this command because it has not been answered yet.")]
    NotAnswered,
    #[error(
        "The limit of simultaneous channels configured to the outbound voice profile associated to this connection has been reached."
    )]
    ProfileChannels,
    #[error(
        "The limit of simultaneous outbound channels configured to this call control connection has been reached."
    )]
    ConnectionChannels,
    #[error("Call answer command cannot be issued for outbound calls.")]
    AnswerOutbound,
    /// Telnyx documents no code for this, and this one for a command that makes no sense where the leg stands.
    #[error("The call has been answered already.")]
    AnsweredAlready,
    #[error("SRTP media encryption is not supported for PSTN calls.")]
    EncryptedToPstn,
}

/// What a 429 says of the limit that was hit, in headers (developer docs, "Rate limiting").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    /// Requests allowed per window (`x-ratelimit-limit`).
    pub(crate) allowed: u32,
    /// Requests left in this window (`x-ratelimit-remaining`).
    pub(crate) left: u32,
    /// Whole seconds until the window is over (`x-ratelimit-reset`).
    pub(crate) reset_secs: u64,
}

impl ApiError {
    /// 10004: a required parameter is missing or blank.
    pub(crate) fn missing(field: impl Into<String>) -> Self {
        Self::Missing { field: field.into() }
    }

    /// 10016: not a number in +E.164 form.
    pub(crate) fn not_e164(field: impl Into<String>) -> Self {
        Self::NotE164 { field: field.into() }
    }

    /// 10032: none of the values there are.
    pub(crate) fn bad_enum(field: impl Into<String>, allowed: &[&str]) -> Self {
        Self::BadEnum { field: field.into(), allowed: allowed.join(", ") }
    }

    /// 10033: a number outside of `min` to `max`, both allowed.
    pub(crate) fn out_of_range(field: impl Into<String>, min: i64, max: i64) -> Self {
        Self::OutOfRange { field: field.into(), min, max }
    }

    /// 10025: a text of a length outside of `min` to `max` characters, both allowed.
    pub(crate) fn bad_length(
        field: impl Into<String>,
        min: usize,
        max: usize,
        length: usize,
    ) -> Self {
        Self::BadLength { field: field.into(), min, max, length }
    }

    /// 10026: JSON of another type.
    pub(crate) fn bad_type(
        field: impl Into<String>,
        wanted: &'static str,
        given: &serde_json::Value,
    ) -> Self {
        Self::BadType { field: field.into(), wanted, given: body::type_name(given) }
    }

    /// 10015: a value of the right type that means nothing.
    pub(crate) fn bad_value(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::BadValue { field: field.into(), problem: problem.into() }
    }

    /// 10015: no date and time.
    pub(crate) fn not_a_time(field: &str) -> Self {
        Self::bad_value(field, format!("The '{field}' parameter must be an ISO 8601 date-time."))
    }
}
