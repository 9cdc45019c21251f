//! Whether packets come in. The SDK measures that only where the gateway asks for reports, and never takes
//! back what it warned of; the connection itself stays `connected` without a single packet.

use wasm_bindgen::prelude::*;
use web_sys::{RtcPeerConnection, RtcRtpReceiver};

/// How often it is looked, in milliseconds. A hidden page looks less often, and so says it later.
pub(super) const LOOK_MS: u32 = 1_000;
/// After how many looks without a packet nothing is heard, and after how many more that is said again.
const SILENT_LOOKS: u32 = 5;
/// What was seen of a connection's packets.
#[derive(Default)]
pub(super) struct Pulse {
    /// When the newest one came, by the browser's clock.
    newest: Option<f64>,
    /// How often in a row there was none since.
    missed: u32,
}

/// What the last look means.
pub(super) enum Beat {
    /// Nothing new.
    Same,
    /// No packet has come for some seconds.
    Stopped,
    /// They come again.
    Back,
}

impl Pulse {
    pub(super) fn look(&mut self, peer: &RtcPeerConnection) -> Beat {
        let newest = newest_packet(peer);
        if newest.is_some() && newest != self.newest {
            self.newest = newest;
            return if std::mem::take(&mut self.missed) > 1 { Beat::Back } else { Beat::Same };
        }
        self.missed += 1;
        if self.missed.is_multiple_of(SILENT_LOOKS) { Beat::Stopped } else { Beat::Same }
    }
}

/// When the newest packet of any receiver came; nothing for ten seconds without one (W3C WebRTC 5.3).
fn newest_packet(peer: &RtcPeerConnection) -> Option<f64> {
    let timestamp = JsValue::from_str("timestamp");
    peer.get_receivers()
        .iter()
        .flat_map(|receiver| {
            receiver.unchecked_into::<RtcRtpReceiver>().get_synchronization_sources().to_vec()
        })
        .filter_map(|source| js_sys::Reflect::get(&source, &timestamp).ok()?.as_f64())
        .reduce(f64::max)
}
