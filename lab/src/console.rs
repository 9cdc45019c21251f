//! The console: a page at `/` for whoever tries telephony by hand. It is a client of the control API and of REST like
//! any other; what it needs beyond them is here, its own files and where everything is.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, UPGRADE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::config::Config;
use crate::gateway::{self, Address};
use crate::lab::Lab;

/// The page, and what it loads from `/console/`: name, content type, text.
const PAGE: Asset = ("index.html", HTML, include_str!("../console/index.html"));

type Asset = (&'static str, &'static str, &'static str);

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

macro_rules! asset {
    ($kind:expr, $name:literal) => {
        ($name, $kind, include_str!(concat!("../console/", $name)))
    };
}

const ASSETS: [Asset; 26] = [
    asset!(PICTURE, "icon.svg"),
    asset!(STYLE, "tokens.css"),
    asset!(STYLE, "base.css"),
    asset!(STYLE, "page.css"),
    asset!(STYLE, "parts.css"),
    asset!(STYLE, "calls.css"),
    asset!(STYLE, "log.css"),
    asset!(SCRIPT, "main.js"),
    asset!(SCRIPT, "words.js"),
    asset!(SCRIPT, "api.js"),
    asset!(SCRIPT, "watch.js"),
    asset!(SCRIPT, "dom.js"),
    asset!(SCRIPT, "show.js"),
    asset!(SCRIPT, "header.js"),
    asset!(SCRIPT, "announcer.js"),
    asset!(SCRIPT, "meter.js"),
    asset!(SCRIPT, "calls.js"),
    asset!(SCRIPT, "call.js"),
    asset!(SCRIPT, "call-agent.js"),
    asset!(SCRIPT, "actions.js"),
    asset!(SCRIPT, "log.js"),
    asset!(SCRIPT, "story.js"),
    asset!(SCRIPT, "recordings.js"),
    asset!(SCRIPT, "numbers.js"),
    asset!(SCRIPT, "faults.js"),
    asset!(SCRIPT, "connect.js"),
];

/// Everything under `/console`.
pub(crate) fn routes() -> Router<Arc<Lab>> {
    Router::new()
        .route("/environment", get(async |State(lab): State<Arc<Lab>>| environment(&lab.config)))
        .route(
            "/{file}",
            get(async |State(lab): State<Arc<Lab>>, Path(file): Path<String>| {
                match ASSETS.iter().find(|(name, _, _)| *name == file) {
                    Some(asset) => served(asset, &lab.config),
                    None => StatusCode::NOT_FOUND.into_response(),
                }
            }),
        )
}

/// `GET /`: the gateway for who asks to upgrade, well or badly, the console for everyone else.
pub(crate) async fn front(
    lab: State<Arc<Lab>>,
    address: Query<Address>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match upgrade {
        Ok(upgrade) => gateway::connect(lab, address, upgrade).await,
        Err(_) if !headers.contains_key(UPGRADE) => served(&PAGE, &lab.config),
        Err(refused) => refused.into_response(),
    }
}

fn served((_, kind, text): &Asset, config: &Config) -> Response {
    let headers = [
        (CONTENT_TYPE, (*kind).to_owned()),
        // The next build of the lab may have another page at the same address.
        (CACHE_CONTROL, "no-cache".to_owned()),
        (CONTENT_SECURITY_POLICY, policy(config)),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (headers, *text).into_response()
}

/// Nothing but the console's own files and the recordings: numbers and names come from browsers, and whatever they
/// hold, none of it may run.
fn policy(config: &Config) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         media-src {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        config.files_origin(),
    )
}

/// `GET /console/environment`: where everything is, and what a server needs to use it. Unlike the control API's
/// answers it names the API key, so pages of other origins may not read it.
fn environment(config: &Config) -> Json<Value> {
    Json(json!({
        "gateway": config.gateway(),
        "rest": format!("{}/v2", config.origin()),
        "recordings": config.files_origin(),
        "webhook": config.webhook.as_str(),
        "control": format!("{}/lab", config.origin()),
        "key": config.key,
        "exports": crate::greeting::environment(config).lines().collect::<Vec<_>>(),
    }))
}
