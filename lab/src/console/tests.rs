//! The console over HTTP, on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a lab that cannot be asked is a failed test")]

use axum::http::header::{CONNECTION, UPGRADE};
use reqwest::{Client, Response};

use super::*;

async fn lab() -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (lab, _) = Lab::new(Config::read(|_| None).unwrap()).unwrap();
    tokio::spawn(async move { axum::serve(listener, crate::router(&lab)).await });
    origin
}

async fn get(address: String) -> Response {
    Client::builder().no_proxy().build().unwrap().get(address).send().await.unwrap()
}

fn header(response: &Response, name: axum::http::HeaderName) -> String {
    response.headers()[name].to_str().unwrap().to_owned()
}

/// What stands between `before` and the next quotation mark, each time.
fn quoted_after(text: &str, before: &str) -> Vec<String> {
    text.split(before)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_front_is_a_page_for_browsers_and_the_gateway_for_sockets() {
    let origin = lab().await;
    let page = get(format!("{origin}/")).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(header(&page, CONTENT_TYPE), HTML);

    let client = Client::builder().no_proxy().build().unwrap();
    let upgrade = |key: Option<&str>| {
        let request = client
            .get(format!("{origin}/"))
            .header(CONNECTION, "upgrade")
            .header(UPGRADE, "websocket")
            .header("sec-websocket-version", "13");
        match key {
            Some(key) => request.header("sec-websocket-key", key),
            None => request,
        }
    };
    let opened = upgrade(Some("AAAAAAAAAAAAAAAAAAAAAA==")).send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::SWITCHING_PROTOCOLS);
    // Who asks for a socket and gets it wrong is told so, and not shown a page.
    let wrong = upgrade(None).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn everything_the_page_loads_is_there_with_its_type() {
    let origin = lab().await;
    let page = get(format!("{origin}/")).await.text().await.unwrap();
    let mut left: Vec<String> =
        ["src=\"", "href=\""].iter().flat_map(|before| quoted_after(&page, before)).collect();
    assert!(left.contains(&"/console/main.js".to_owned()));
    let mut seen = Vec::new();
    while let Some(path) = left.pop() {
        if seen.contains(&path) {
            continue;
        }
        let response = get(format!("{origin}{path}")).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let wanted = match path.rsplit('.').next() {
            Some("js") => SCRIPT,
            Some("css") => STYLE,
            Some("svg") => PICTURE,
            other => unreachable!("{other:?}"),
        };
        assert_eq!(header(&response, CONTENT_TYPE), wanted, "{path}");
        assert_eq!(header(&response, CACHE_CONTROL), "no-cache", "{path}");
        if wanted == SCRIPT {
            let imports = quoted_after(&response.text().await.unwrap(), "from \"./");
            left.extend(imports.iter().map(|name| format!("/console/{name}")));
        }
        seen.push(path);
    }
    // The other way round: nothing is carried along that no page loads.
    assert_eq!(seen.len(), ASSETS.len(), "{seen:?}");
    assert_eq!(get(format!("{origin}/console/nothing.js")).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nothing_may_run_that_is_not_a_file_of_the_console() {
    let page = get(format!("{}/", lab().await)).await;
    let policy = header(&page, CONTENT_SECURITY_POLICY);
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(policy.contains("media-src http://127.0.0.1:7801;"), "{policy}");
    let text = page.text().await.unwrap();
    assert!(!text.contains("<style") && !text.contains("style=") && !text.contains("onclick"));
}

#[tokio::test]
async fn the_environment_is_the_one_the_command_prints_and_stays_on_this_origin() {
    let response = get(format!("{}/console/environment", lab().await)).await;
    assert!(!response.headers().contains_key("access-control-allow-origin"));
    let environment: Value = response.json().await.unwrap();
    let lines: Vec<_> =
        environment["exports"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(lines.join("\n"), crate::greeting::environment(&Config::read(|_| None).unwrap()));
    assert_eq!(environment["key"], "KEY-lab");
}

#[test]
fn every_switch_and_each_of_its_values_has_words() {
    let words = include_str!("../../console/words.js");
    let switches = serde_json::to_value(crate::switches::Switches::default()).unwrap();
    for name in switches.as_object().unwrap().keys() {
        let (_, rest) = words.split_once(&format!("\n    {name}: {{")).unwrap_or_default();
        assert!(rest.contains("question:"), "{name}");
        let own = rest.split("question:").nth(1).unwrap();
        for value in crate::readme::values_of(name) {
            assert!(own.contains(&format!("{value}: \"")), "{name}: {value}");
        }
    }
}
