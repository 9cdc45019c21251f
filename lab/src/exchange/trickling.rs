//! The gateway's addresses, one by one: `telnyx_rtc.candidate` (trickle ICE, RFC 8838).

use super::Exchange;
use super::leg::Leg;
use super::signalling;
use super::turn::Turn;
use crate::switches::GatewayCandidates;

impl Exchange {
    /// Sends a browser the message with the far end's SDP, which is to have these addresses; or to have none, and they
    /// follow it, to a browser that trickles where the gateway does too.
    pub(super) fn send_sdp(
        &self,
        key: &str,
        sdp: &str,
        message: impl FnOnce(&Leg, &str) -> serde_json::Value,
        turn: &mut Turn,
    ) {
        let Some(leg) = self.leg(key) else { return };
        let trickles = leg.browser().is_some_and(|browser| browser.trickles);
        match self.switches.gateway_candidates {
            GatewayCandidates::Trickled if trickles => {
                let (bare, candidates) = parted(sdp);
                turn.send(leg, message(leg, &bare));
                for candidate in candidates {
                    turn.send(leg, signalling::candidate(leg, candidate, media_id(sdp)));
                }
            }
            GatewayCandidates::Trickled | GatewayCandidates::InSdp => {
                turn.send(leg, message(leg, sdp));
            }
        }
    }
}

/// The SDP without its candidates, and these, as `candidate:…` (RFC 8839, section 5.1). The lab has one media section.
fn parted(sdp: &str) -> (String, Vec<&str>) {
    let of_ice =
        |line: &str| line.starts_with("a=candidate:") || line.starts_with("a=end-of-candidates");
    let bare = sdp.split_inclusive('\n').filter(|line| !of_ice(line)).collect();
    let candidates = sdp.lines().filter_map(|line| line.strip_prefix("a="));
    (bare, candidates.filter(|line| line.starts_with("candidate:")).collect())
}

/// The name of the media section (`a=mid:`).
fn media_id(sdp: &str) -> &str {
    sdp.lines().find_map(|line| line.strip_prefix("a=mid:")).unwrap_or("0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sdp_is_parted_from_its_candidates() {
        let sdp = "v=0\r\na=mid:x\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\na=end-of-candidates\r\na=sendrecv\r\n";
        let (bare, candidates) = parted(sdp);
        assert_eq!(bare, "v=0\r\na=mid:x\r\na=sendrecv\r\n");
        assert_eq!(candidates, ["candidate:1 1 udp 1 127.0.0.1 9 typ host"]);
        assert_eq!(media_id(sdp), "x");
    }
}
