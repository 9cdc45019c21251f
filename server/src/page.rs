//! The page's files: read from `target/page` while developing, inside the binary in a release.

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, RETRY_AFTER, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use axum::response::IntoResponse as _;
use rust_embed::RustEmbed;

use crate::app::App;
use crate::config::Config;
use crate::error::ApiError;

#[derive(RustEmbed)]
#[cfg_attr(debug_assertions, folder = "$CARGO_MANIFEST_DIR/../target/page")]
#[cfg_attr(not(debug_assertions), folder = "$CARGO_MANIFEST_DIR/../dist")]
#[allow_missing = true]
struct Files;

/// One file of the page.
#[derive(Clone)]
struct File {
    content: Cow<'static, [u8]>,
    /// The content's SHA-256.
    digest: [u8; 32],
}

/// Where the SDK signals when `TONO_GATEWAY` says nothing.
const TELNYXS_GATEWAYS: &str =
    "wss://rtc.telnyx.com wss://*.rtc.telnyx.com https://rtc.telnyx.com https://*.rtc.telnyx.com";

/// Answers what no other route does.
pub(crate) async fn serve(
    State(app): State<App>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") || path.starts_with("webhooks/") {
        return Err(ApiError::NotFound);
    }
    if method != Method::GET && method != Method::HEAD {
        return Err(ApiError::WrongMethod);
    }
    let find = |name: &str| {
        let file = Files::get(name)?;
        Some(File { digest: file.metadata.sha256_hash(), content: file.data })
    };
    Ok(answer(find, path, &headers, &app.policy))
}

/// What the page's HTML may load and where it may connect. It has no inline script and no inline style.
pub(crate) fn policy(config: &Config) -> String {
    let gateway = config
        .gateway
        .as_ref()
        .map_or_else(|| TELNYXS_GATEWAYS.to_owned(), |url| url.origin().ascii_serialization());
    let ancestors = config.frame_ancestors.as_deref().unwrap_or("'none'");
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' {gateway}; \
         media-src 'self' blob: mediastream:; img-src 'self' data:; object-src 'none'; frame-ancestors {ancestors}; \
         base-uri 'none'; form-action 'self'"
    )
}

/// Finds the file for a path and says it as the client can take it.
fn answer(
    find: impl Fn(&str) -> Option<File>,
    path: &str,
    headers: &HeaderMap,
    policy: &str,
) -> Response<Body> {
    // The page has addresses of its own; they have no extension.
    let is_view = path.is_empty() || !last_segment(path).contains('.');
    let name = if is_view { "index.html" } else { path };
    let Some(plain) = find(name) else { return missing(is_view) };

    let packed = if takes_brotli(headers) { find(&format!("{name}.br")) } else { None };
    let is_packed = packed.is_some();
    let file = packed.unwrap_or(plain);
    let tag = tag(&file);

    let mut answer = if names(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match file.content {
            // A release answers out of the binary itself.
            Cow::Borrowed(content) => Bytes::from_static(content),
            Cow::Owned(content) => Bytes::from(content),
        }
        .into_response()
    };
    let kept = if is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let head = answer.headers_mut();
    head.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    head.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    head.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        head.insert(ETAG, tag);
    }
    if is_packed {
        head.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    if is_view && let Ok(policy) = HeaderValue::from_str(policy) {
        head.insert(CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// Without an `index.html` there is no page at all; without anything else there is only no such file.
fn missing(is_view: bool) -> Response<Body> {
    let text = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
    if is_view {
        let advice = "The page has not been built. Run `make run` and reload.\n";
        return (StatusCode::SERVICE_UNAVAILABLE, text, [(RETRY_AFTER, "5")], advice)
            .into_response();
    }
    (StatusCode::NOT_FOUND, text, "There is no such file.\n").into_response()
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Whether the name changes with the content: a dash and at least eight hexadecimal digits before the extension.
fn is_hashed(name: &str) -> bool {
    let stem = last_segment(name).split('.').next().unwrap_or_default().trim_end_matches("_bg");
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts.next() == Some("br")
                && !parts.any(|weight| {
                    weight.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0)
                })
        })
}

/// The content's own digest; each encoding has another.
fn tag(file: &File) -> String {
    use std::fmt::Write as _;
    let mut tag = String::from("\"");
    for byte in &file.digest[..16] {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag + "\""
}

fn names(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| part.trim().trim_start_matches("W/") == tag)
}

/// What a file is, by its extension. `nosniff` makes browsers believe it.
fn content_type(name: &str) -> &'static str {
    match last_segment(name).rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
