//! From where somebody asks.

use std::net::IpAddr;

use axum::http::HeaderMap;

/// The address somebody asks from: the connection's, or, where that is a proxy of ours, the last one that its
/// `X-Forwarded-For` names and that is none. What stands before it, anybody may have written.
pub(super) fn asked_from(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    if !proxies.contains(&peer) {
        return peer;
    }
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    let mut last = peer;
    for named in lines.iter().flat_map(|line| line.split(',')).rev() {
        let Ok(address) = named.trim().parse() else { break };
        last = address;
        if !proxies.contains(&address) {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use axum::http::{HeaderMap, HeaderValue};

    use super::asked_from;

    #[test]
    fn only_what_a_proxy_of_ours_wrote_is_believed() {
        let proxies = ["127.0.0.1", "10.0.0.2"].map(|text| text.parse::<IpAddr>().ok());
        let proxies: Vec<IpAddr> = proxies.into_iter().flatten().collect();
        let from = |peer: &str, lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", HeaderValue::from_static(line));
            }
            peer.parse().map(|peer| asked_from(peer, &headers, &proxies).to_string())
        };
        for (peer, lines, expected) in [
            ("192.0.2.7", &["203.0.113.1"][..], "192.0.2.7"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.1"], "203.0.113.1"),
            ("127.0.0.1", &["198.51.100.9, 203.0.113.1"], "203.0.113.1"),
            ("127.0.0.1", &["198.51.100.9", "203.0.113.1"], "203.0.113.1"),
            ("127.0.0.1", &["203.0.113.1, 10.0.0.2"], "203.0.113.1"),
            ("127.0.0.1", &["203.0.113.1, nonsense"], "127.0.0.1"),
            ("127.0.0.1", &["2001:db8::1"], "2001:db8::1"),
        ] {
            assert_eq!(from(peer, lines).as_deref(), Ok(expected), "{peer} {lines:?}");
        }
    }
}
