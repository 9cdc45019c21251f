//! Who can be called at the moment.

use super::Exchange;
use super::session::Session;

impl Exchange {
    /// Whether a browser is signed in as this SIP user.
    pub(crate) fn is_registered(&self, sip_username: &str) -> bool {
        self.sessions.values().any(|session| match session {
            Session::Anonymous { .. } => false,
            Session::SignedIn { user, .. } => user == sip_username,
        })
    }
}
