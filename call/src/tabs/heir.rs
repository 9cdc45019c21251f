//! What becomes of the phone when another tab takes it up.

use crate::call::{Call, Kept};
use crate::line::{Line, Renewal};
use crate::phone::{Dialling, Phone};

impl Phone {
    /// Whether the phone may go to another tab: no call lives, and none is asked for.
    #[must_use]
    pub fn may_change_hands(&self) -> bool {
        !self.has_live_call()
            && !matches!(self.dialling, Dialling::Asked { .. } | Dialling::Granted { .. })
    }

    /// The phone of a tab that is gone, as the next one takes it up, and what is to be taken up of its calls
    /// ([`Event::Resumed`](crate::phone::Event::Resumed)).
    ///
    /// How the last call ended is still to be read, and a call that is over must not come back as a stranger.
    #[must_use]
    pub fn without_its_tab(mut self) -> (Self, Vec<Kept>) {
        let kept = self.kept();
        self.calls.retain(Call::is_over);
        let phone = Self {
            line: Line::Off,
            renewal: Renewal::Fresh,
            out_of_reach: false,
            dialling: Dialling::Idle,
            front: None,
            ..self
        };
        (phone, kept)
    }
}
