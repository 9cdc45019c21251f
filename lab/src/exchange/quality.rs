//! `call_quality_stats` of `call.hangup`: all values are texts, as Telnyx writes them.

use serde_json::{Value, json};

use super::io::Heard;
use super::leg::Leg;

/// What is known of a browser's leg that was heard; null for every other, as live traffic has it. Telnyx's fields about
/// jitter are left out: nothing here measures it in its units.
pub(super) fn stats(leg: &Leg, partner: Option<&Leg>) -> Value {
    if leg.browser().is_none() || leg.heard.packets == 0 {
        return Value::Null;
    }
    let passed_on = partner.map_or(0, |partner| partner.heard.packets);
    json!({
        "inbound": {
            "mos": format!("{:.2}", mos(&leg.heard)),
            "packet_count": leg.heard.packets.to_string(),
            "skip_packet_count": leg.heard.late.to_string(),
        },
        "outbound": { "packet_count": passed_on.to_string(), "skip_packet_count": "0" },
    })
}

/// The mean opinion score of G.711 that loses what came late, 1 to 4.41 (ITU-T G.107, annex B; G.113, appendix I).
fn mos(heard: &Heard) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a call has fewer packets than 2^52")]
    let loss = 100.0 * heard.late as f64 / heard.packets.max(1) as f64;
    let rating = 93.2 - 95.0 * loss / (loss + 4.3);
    // The formula dips below the scale at the bottom.
    (1.0 + 0.035 * rating + rating * (rating - 60.0) * (100.0 - rating) * 7e-6).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_that_of_g711_and_falls_with_what_comes_late() {
        let score = |late| mos(&Heard { packets: 1000, late, ..Heard::default() });
        assert_eq!(format!("{:.2}", score(0)), "4.41");
        assert!(score(0) > score(10) && score(10) > score(100));
        assert_eq!(format!("{:.2}", score(1000)), "1.00");
    }
}
