//! The page as a browser asks for it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sha2::{Digest as _, Sha256};

use super::{File, answer, content_type, is_hashed, policy};
use crate::config::Config;

const POLICY: &str = "default-src 'self'";

fn find(name: &str) -> Option<File> {
    let content: &'static [u8] = match name {
        "index.html" => b"<!doctype html>",
        "softphone-0123456789abcdef_bg.wasm" => b"plain wasm",
        "softphone-0123456789abcdef_bg.wasm.br" => b"packed wasm",
        "favicon.svg" => b"<svg/>",
        _ => return None,
    };
    Some(File { content: content.into(), digest: Sha256::digest(content).into() })
}

fn get(path: &str, headers: &[(header::HeaderName, &'static str)]) -> Response<Body> {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
        .collect();
    answer(find, path, &headers, POLICY)
}

fn head(answer: &Response<Body>, name: header::HeaderName) -> &str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[test]
fn every_address_of_the_page_is_its_html_with_the_policy() {
    for path in ["", "calls", "calls/0198f3d2"] {
        let answer = get(path, &[]);
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(head(&answer, header::CONTENT_TYPE), "text/html; charset=utf-8");
        assert_eq!(head(&answer, header::CONTENT_SECURITY_POLICY), POLICY);
        assert_eq!(head(&answer, header::CACHE_CONTROL), "no-cache");
    }
}

#[test]
fn a_file_that_is_not_there_is_not_the_html() {
    assert_eq!(get("nothing.js", &[]).status(), StatusCode::NOT_FOUND);
}

#[test]
fn a_page_that_was_not_built_says_what_to_do() {
    let answer = answer(|_| None, "", &HeaderMap::new(), POLICY);
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(head(&answer, header::CONTENT_TYPE), "text/plain; charset=utf-8");
}

#[test]
fn who_takes_brotli_gets_the_packed_file_under_the_plain_files_type() {
    let wasm = "softphone-0123456789abcdef_bg.wasm";
    for (accept, coding) in
        [("gzip, br", "br"), ("br;q=1.0", "br"), ("gzip", ""), ("br;q=0", ""), ("brotli", "")]
    {
        let answer = get(wasm, &[(header::ACCEPT_ENCODING, accept)]);
        assert_eq!(head(&answer, header::CONTENT_ENCODING), coding, "{accept}");
        assert_eq!(head(&answer, header::CONTENT_TYPE), "application/wasm");
        assert_eq!(head(&answer, header::VARY), "accept-encoding");
        assert_eq!(head(&answer, header::CACHE_CONTROL), "public, max-age=31536000, immutable");
    }
}

#[test]
fn a_browser_that_has_the_file_gets_nothing_again() {
    let first = get("favicon.svg", &[]);
    let tag = head(&first, header::ETAG).to_owned();
    let mut headers = HeaderMap::new();
    headers.extend(
        HeaderValue::from_str(&format!("W/\"x\", {tag}")).map(|tag| (header::IF_NONE_MATCH, tag)),
    );
    assert_eq!(answer(find, "favicon.svg", &headers, POLICY).status(), StatusCode::NOT_MODIFIED);
    assert_eq!(
        get("favicon.svg", &[(header::IF_NONE_MATCH, "\"other\"")]).status(),
        StatusCode::OK
    );
}

#[test]
fn only_a_name_with_a_digest_is_kept_for_ever() {
    assert!(is_hashed("softphone-0123456789abcdef.js"));
    assert!(is_hashed("sdk/telnyx-89abcdef.mjs"));
    assert!(!is_hashed("index.html"));
    assert!(!is_hashed("service-worker.js"));
    assert_eq!(content_type("a.b/c.mjs"), "text/javascript; charset=utf-8");
}

#[test]
fn the_policy_allows_wasm_the_gateway_and_the_frames_of_named_sites_and_no_inline_code() {
    let with = |name: &'static str, value: &'static str| {
        let config = Config::read(|asked| {
            let value = match asked {
                "TONO_TELNYX_API" => "http://127.0.0.1:7801/v2",
                "TONO_TELNYX_KEY" => "KEY123",
                "TONO_PUBLIC_KEY" => "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
                "TONO_CONNECTION_ID" => "1494404757140276705",
                asked if asked == name => value,
                _ => return None,
            };
            Some(value.to_owned())
        });
        config.map(|config| policy(&config)).unwrap_or_default()
    };
    let has =
        |policy: &str, directive: &str| policy.split(';').any(|part| part.trim() == directive);
    let alone = with("TONO_GATEWAY", "ws://127.0.0.1:7801/gateway");
    for directive in [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "connect-src 'self' ws://127.0.0.1:7801",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(has(&alone, directive), "{directive} in {alone}");
    }
    assert!(!alone.contains("unsafe-inline") && !alone.contains("'unsafe-eval'"), "{alone}");
    let framed = with("TONO_FRAME_ANCESTORS", "https://crm.example.com");
    assert!(has(&framed, "frame-ancestors https://crm.example.com"), "{framed}");
}
