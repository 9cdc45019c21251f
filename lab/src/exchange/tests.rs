//! What the exchange promises, told as dialogues.

mod calls;
