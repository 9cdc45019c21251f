//! When and where a webhook is tried again. Telnyx says "exponential", "primary, then failover", and no numbers.

use std::time::Duration;

use reqwest::StatusCode;

use crate::exchange::io::Destination;
use crate::switches::Webhook4xx;

/// Pauses between rounds, on the lab's clock, unless the command that made the leg has said others.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
];

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Answered(StatusCode),
    /// No answer in time, or nobody there.
    Silence,
}

/// What is done after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It was taken.
    Done,
    /// Tried again, after a pause.
    Again {
        after: Duration,
    },
    GiveUp,
}

/// The address of attempt number `attempt`, from 0. A round is the primary and then, at once, the failover.
pub(super) fn address(to: &Destination, attempt: usize) -> Option<&str> {
    let addresses: Vec<&str> =
        [&to.url, &to.failover].into_iter().flatten().map(String::as_str).collect();
    // Without a primary, nothing is sent.
    to.url.as_ref()?;
    Some(addresses[attempt % addresses.len()])
}

/// What follows attempt number `attempt`, from 0.
pub(super) fn next(
    to: &Destination,
    attempt: usize,
    outcome: Outcome,
    client_errors: Webhook4xx,
) -> Next {
    let taken = matches!(outcome, Outcome::Answered(status) if status.is_success());
    if taken {
        return Next::Done;
    }
    if is_final(outcome, client_errors) {
        return Next::GiveUp;
    }
    let addresses = if to.failover.is_some() { 2 } else { 1 };
    if !(attempt + 1).is_multiple_of(addresses) {
        return Next::Again { after: Duration::ZERO };
    }
    let pauses = to.retries.as_deref().unwrap_or(&PAUSES);
    match pauses.get(attempt / addresses) {
        Some(pause) => Next::Again { after: *pause },
        None => Next::GiveUp,
    }
}

/// Developer docs, voice webhooks: 408, 429 and 5xx are tried again, other 4xx are final. Its page of fundamentals
/// says that anything but 2xx is tried again; the switch `webhook_4xx` is for that.
fn is_final(outcome: Outcome, client_errors: Webhook4xx) -> bool {
    let status = match outcome {
        Outcome::Silence => return false,
        Outcome::Answered(status) => status,
    };
    let worth_another_try = status.is_server_error()
        || status == StatusCode::REQUEST_TIMEOUT
        || status == StatusCode::TOO_MANY_REQUESTS;
    match client_errors {
        Webhook4xx::Final => !worth_another_try,
        Webhook4xx::Retried => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(failover: Option<&str>) -> Destination {
        Destination {
            url: Some("first".to_owned()),
            failover: failover.map(str::to_owned),
            timeout: Duration::from_secs(2),
            retries: None,
        }
    }

    /// The seconds before each further attempt and its address, of a webhook that is always answered so.
    fn tries(to: &Destination, outcome: Outcome, switch: Webhook4xx) -> Vec<(u64, &str)> {
        let mut tries = Vec::new();
        for attempt in 0.. {
            match next(to, attempt, outcome, switch) {
                Next::Again { after } => {
                    tries.push((after.as_secs(), address(to, attempt + 1).unwrap_or_default()));
                }
                Next::Done | Next::GiveUp => break,
            }
        }
        tries
    }

    #[test]
    fn the_pauses_double_and_there_are_six_attempts() {
        let to = to(None);
        let tries = tries(&to, Outcome::Silence, Webhook4xx::Final);
        assert_eq!(tries, [1, 2, 4, 8, 16].map(|pause| (pause, "first")));
    }

    #[test]
    fn the_failover_is_tried_at_once_in_each_round() {
        let to = to(Some("second"));
        let tries = tries(&to, Outcome::Answered(StatusCode::BAD_GATEWAY), Webhook4xx::Final);
        assert_eq!(tries[..3], [(0, "second"), (1, "first"), (0, "second")]);
        assert_eq!(tries.len(), 11);
    }

    #[test]
    fn a_command_may_say_how_often_and_when() {
        let retries = |seconds: &[u64]| Destination {
            retries: Some(seconds.iter().copied().map(Duration::from_secs).collect()),
            ..to(None)
        };
        let twice = retries(&[3, 50]);
        assert_eq!(
            tries(&twice, Outcome::Silence, Webhook4xx::Final),
            [(3, "first"), (50, "first")]
        );
        assert!(tries(&retries(&[]), Outcome::Silence, Webhook4xx::Final).is_empty());
    }

    #[test]
    fn a_refusal_is_final_unless_the_switch_says_otherwise() {
        let refused = Outcome::Answered(StatusCode::UNAUTHORIZED);
        let once = to(None);
        assert!(tries(&once, refused, Webhook4xx::Final).is_empty());
        assert_eq!(tries(&once, refused, Webhook4xx::Retried).len(), 5);
        let busy = Outcome::Answered(StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(tries(&once, busy, Webhook4xx::Final).len(), 5);
        assert!(tries(&once, Outcome::Answered(StatusCode::OK), Webhook4xx::Retried).is_empty());
    }

    #[test]
    fn without_a_primary_there_is_no_address() {
        assert_eq!(address(&Destination { url: None, ..to(Some("second")) }, 0), None);
    }
}
