//! Reads where a command wants a leg's webhooks to go, and when they are tried again.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::super::error::ApiError;
use super::fields::{Fields, is_url};
use crate::exchange::commands::Webhooks;

/// Bounds of `webhook_retries_policies`.
const MOST_RETRIES: usize = 5;
const LONGEST_RETRYING: Duration = Duration::from_mins(1);

impl Fields {
    /// `webhook_url` and `webhook_urls`. What is sent by GET has no body to sign, so nothing but POST is taken. Of
    /// `webhook_urls` the documents differ: it maps each event to an address, or to a list of them (Telnyx's own
    /// clients). Either is taken, the list with one address.
    pub(super) fn webhooks(&self) -> Result<Webhooks, ApiError> {
        for method in ["webhook_url_method", "webhook_urls_method"] {
            if self.choice(method, &["POST", "GET"])? == Some("GET") {
                return Err(ApiError::bad_value(method, "The lab sends webhooks by POST only."));
            }
        }
        let mut urls = BTreeMap::new();
        match self.raw("webhook_urls") {
            None => {}
            Some(Value::Object(by_event)) => {
                for (event, told) in by_event {
                    urls.insert(event.clone(), url_of(event, told)?);
                }
            }
            Some(other) => return Err(ApiError::bad_type("webhook_urls", "object", other)),
        }
        Ok(Webhooks { url: self.url("webhook_url")?, urls, retries: self.retries()? })
    }

    /// `webhook_retries_policies`: by event, the milliseconds before each retry; at most 5, and 60 s in all, as the
    /// types of Telnyx's own client have it. An event whose policy says nothing is retried as ever.
    fn retries(&self) -> Result<BTreeMap<String, Vec<Duration>>, ApiError> {
        let name = "webhook_retries_policies";
        let mut retries = BTreeMap::new();
        match self.raw(name) {
            None => {}
            Some(Value::Object(policies)) => {
                for (event, policy) in policies {
                    let Some(policy) = policy.as_object() else {
                        return Err(ApiError::bad_type(name, "object", policy));
                    };
                    if let Some(list) = policy.get("retries_ms").filter(|list| !list.is_null()) {
                        let pauses = pauses(list);
                        let pauses = pauses.map_err(|problem| {
                            ApiError::bad_value(name, format!("{event}: {problem}"))
                        })?;
                        retries.insert(event.clone(), pauses);
                    }
                }
            }
            Some(other) => return Err(ApiError::bad_type(name, "object", other)),
        }
        Ok(retries)
    }
}

/// The address that `webhook_urls` has for this event.
fn url_of(event: &str, told: &Value) -> Result<String, ApiError> {
    let field = "webhook_urls";
    let url = match told.as_array().map(Vec::as_slice) {
        Some([url]) => url,
        Some([_, _, ..]) => {
            let problem = format!("The lab tells one address of each {event}.");
            return Err(ApiError::bad_value(field, problem));
        }
        Some([]) | None => told,
    };
    let url = url.as_str().filter(|url| is_url(url)).map(str::to_owned);
    url.ok_or_else(|| ApiError::BadUrl { field: field.to_owned() })
}

/// The pauses of a policy, or what is wrong with them.
fn pauses(list: &Value) -> Result<Vec<Duration>, &'static str> {
    let millis: Option<Vec<u64>> =
        list.as_array().and_then(|list| list.iter().map(Value::as_u64).collect());
    let millis = millis.ok_or("retries_ms is a list of whole milliseconds.")?;
    if millis.len() > MOST_RETRIES {
        return Err("there are at most 5 retries.");
    }
    let pauses: Vec<Duration> = millis.into_iter().map(Duration::from_millis).collect();
    let all = pauses.iter().fold(Duration::ZERO, |sum, pause| sum.saturating_add(*pause));
    if all > LONGEST_RETRYING {
        return Err("the retries take at most 60 seconds in all.");
    }
    Ok(pauses)
}
