//! English.

use call::api::ProblemCode;
use call::cause::{Cause, Outcome, Side};
use call::line::Trouble;
use call::number::NotANumber;
use call::phone::Refusal;

use super::Words;

pub(super) static ENGLISH: Words = Words {
    tag: "en",
    demo_mode: "Demo mode",
    demo_explained: "Calls go to a stand-in for Telnyx on this computer. Nobody is called.",
    signed_in_as: "Signed in as",
    sign_in: "Sign in",
    sign_in_at_provider: "Sign in with your company account",
    sign_out: "Sign out",
    name: "Name",
    password: "Password",
    loading: "Loading…",
    server_unreachable: "The Tono server does not answer. Trying again…",
    keypad: "Keypad",
    calls: "Calls",
    main_navigation: "Main",
    dialer: "Dialer",
    number: "Number",
    number_hint: "+1 202 555 0100",
    erase: "Erase last digit",
    call: "Call",
    line_off: "Not connected",
    line_registering: "Connecting…",
    line_ready: "Ready",
    line_lost: "Reconnecting to Telnyx…",
    coming_back: "Coming back to the call…",
    line_doubted: "Telnyx has not been heard for a while. Checking…",
    microphone_blocked: "The browser blocks the microphone. Allow it in the address bar.",
    microphone_missing: "There is no microphone. Connect one.",
    missing_calls: "You may be missing calls.",
    sound_blocked: "The browser blocks sound. Click or press a key to hear calls.",
    session_over: "Your session has ended. Sign in again after the call.",
    in_other_tab: "The phone is in another tab.",
    call_in_other_tab: "The sound of this call is in another tab.",
    other_tab_silent: "The tab that has the phone does not answer.",
    other_tab_silent_in_call: "The tab that has the call does not answer. If you close it, the call comes here.",
    use_here: "Use here",
    notify_me: "Notify me of calls",
    calling: "Calling",
    ringing: "Ringing",
    in_call: "In call",
    on_hold: "On hold",
    call_ended: "Call ended",
    ended_word: "Ended",
    hanging_up: "Hanging up…",
    audio_connecting: "Connecting the sound…",
    audio_flows: "Sound connected",
    audio_lost: "The sound is cut off. Waiting for it to come back…",
    nothing_heard: "Nothing is heard from the other end",
    nothing_sent: "Nothing comes from your microphone",
    withheld: "Number withheld",
    telnyx_answered: |time| format!("Telnyx: answered {time}"),
    talk_time: "Talk time",
    mute: "Mute",
    hold: "Hold",
    once_answered: "Possible once the call is answered",
    digits_sent: "Digits sent",
    hang_up: "Hang up",
    add_call: "Add call",
    other_calls: "Other calls",
    switch: "Switch",
    not_held: "Not on hold: they hear silence",
    hold_failed: "Hold did not work. Try again.",
    incoming_call: "Incoming call",
    answer: "Answer",
    answering: "Answering…",
    decline: "Decline",
    answer_holds: "Answering puts the other call on hold.",
    slow_browser: "The browser is not ready to call yet. Does it ask for the microphone?",
    slow_telnyx: "Telnyx has not taken the call yet.",
    answered_only_there: "Telnyx says that the call is answered; this browser has not got the answer. If you hear nobody, hang up and call again.",
    ended_only_there: "Telnyx says that the call is over. Hanging up here…",
    may_be_open: "Ended here; at Telnyx the line may stay open for a while.",
    talked_for: |time| format!("Talked for {time}"),
    rang_for: |time| format!("Rang for {time}"),
    call_again: "Call again",
    done: "Done",
    no_calls: "No calls yet. Dial a number to start.",
    more_calls: "Show more",
    search: "Search",
    search_hint: "Number or note",
    none_found: "Nothing was found.",
    search_failed: "The search did not work. Try again.",
    as_csv: "Download as CSV",
    not_live: "The Tono server does not answer: this list may be out of date. Trying again…",
    recording_expected: "Being recorded",
    recording_paused: "Not recorded now",
    off_record: "Off the record",
    off_record_failed: "The recording could not be changed. Try again.",
    transfer: "Transfer",
    transfer_to: "Transfer to",
    transfer_now: "Transfer now",
    ask_first: "Ask first",
    join_them: "Join them",
    back_to: |far| ["Back to ", far].concat(),
    calling_third: |far, third| ["Calling ", third, ". ", far, " is on hold."].concat(),
    far_waits: |far| [far, " is on hold."].concat(),
    far_left: |far| [far, " has hung up."].concat(),
    transferred: |third| ["Transferred to ", third].concat(),
    not_transferred: |third| ["Not transferred to ", third, ": "].concat(),
    recording_processing: "Recording: processing",
    recording_failed: "There is no recording: something failed on the way",
    recording_missing: "No recording arrived",
    recording_deleted: "Recording deleted",
    no_word: "No word from Telnyx: check the webhook URL",
    incoming: "Incoming:",
    rang: "rang ",
    held: "on hold ",
    never_rang: "did not ring here",
    left_open: "Its page was closed, and Telnyx did not let us end it: it may still be open",
    play_recording: "Play recording",
    pause_recording: "Pause recording",
    position: "Position",
    cannot_play: "This recording cannot be played. Try again later.",
    timeline: "Timeline",
    lanes: ["You", "Browser (SDK)", "Connection", "Sound", "Warnings", "Telnyx", "Server"],
    as_list: "As lists",
    export: "Export",
    no_timeline: "The timeline cannot be shown. Try again later.",
    not_a_number: |why| match why {
        NotANumber::Empty => "Enter a number to call.",
        NotANumber::NotDigits => "A number has digits only. Remove the letters and signs.",
        NotANumber::TooShort => {
            "This number is too short. Emergency and short numbers cannot be called from here."
        }
        NotANumber::TooLong => "This number is too long: at most 15 digits.",
        NotANumber::NoCountry => "Begin with + and the country code, as in +1 202 555 0100.",
    },
    refusal: |why| match why {
        Refusal::NotReady => {
            "Not connected to Telnyx yet. The call can be placed once the line is ready."
        }
        Refusal::ServerUnreachable => {
            "The Tono server does not answer, so nothing was dialled. Try again."
        }
        Refusal::Server(code) => match code {
            ProblemCode::NotANumber => "The server does not take this for a number.",
            ProblemCode::CountryNotAllowed => "Calls to this country are not allowed.",
            ProblemCode::NumberBlocked => "This number may not be called.",
            ProblemCode::TooManyCalls => "Too many calls in a minute. Wait a little.",
            ProblemCode::TooManyAtOnce => "Too many calls at once. End one first.",
            ProblemCode::NotTransferable => "This call cannot be transferred now.",
            ProblemCode::NotSignedIn => "Your session has ended. Sign in again.",
            ProblemCode::TelnyxUnreachable => {
                "Telnyx does not answer, so nothing was dialled. Try again."
            }
            ProblemCode::TelnyxRefused => "Telnyx refused the call.",
            ProblemCode::WrongPassword
            | ProblemCode::TooManyAttempts
            | ProblemCode::NoDemo
            | ProblemCode::AgentAbsent
            | ProblemCode::AgentBusy
            | ProblemCode::NotControlled
            | ProblemCode::NotFound
            | ProblemCode::BadRequest
            | ProblemCode::TooLarge
            | ProblemCode::BadSignature
            | ProblemCode::Internal => "The server could not place the call. Nothing was dialled.",
        },
        Refusal::Sdk => "The browser could not start the call. Reload the page and try again.",
    },
    trouble: |why| match why {
        Trouble::ServerUnreachable => "The Tono server does not answer. Trying again…",
        Trouble::TelnyxUnreachable => "Telnyx does not answer. Trying again…",
        Trouble::TelnyxRefused => "Telnyx refused to sign in this phone. Trying again…",
        Trouble::SignedOff => "Telnyx signed this phone off. Signing in again…",
        Trouble::ServerFailed => "The Tono server could not get a token. Trying again…",
    },
    sign_in_refused: |code| match code {
        ProblemCode::WrongPassword => "Wrong name or password.",
        ProblemCode::TooManyAttempts => "Too many tries. Wait a minute, then try again.",
        ProblemCode::NotSignedIn => "Your session has ended. Sign in again.",
        ProblemCode::NoDemo
        | ProblemCode::NotANumber
        | ProblemCode::CountryNotAllowed
        | ProblemCode::NumberBlocked
        | ProblemCode::TooManyCalls
        | ProblemCode::TooManyAtOnce
        | ProblemCode::AgentAbsent
        | ProblemCode::AgentBusy
        | ProblemCode::NotControlled
        | ProblemCode::NotTransferable
        | ProblemCode::NotFound
        | ProblemCode::BadRequest
        | ProblemCode::TooLarge
        | ProblemCode::TelnyxUnreachable
        | ProblemCode::TelnyxRefused
        | ProblemCode::BadSignature
        | ProblemCode::Internal => "The server could not sign you in. Try again.",
    },
    ended: |outcome, by| match (outcome, by) {
        (Outcome::Answered, Side::Us) => "you hung up",
        (Outcome::Answered, Side::Them) => "they hung up",
        (Outcome::Answered, Side::Network) => "the line was cut",
        (Outcome::Busy, _) => "they are on another call",
        (Outcome::NoAnswer, _) => "nobody answered",
        (Outcome::Rejected, _) => "they declined",
        (Outcome::Cancelled, _) => "you hung up before an answer",
        (Outcome::NoSuchNumber, _) => "that number does not exist",
        (Outcome::NoMicrophone, _) => {
            "your browser blocks the microphone. Allow it in the address bar, then call again"
        }
        (Outcome::Missed, _) => "you did not answer",
        (Outcome::Declined, _) => "you declined",
        (Outcome::Failed, _) => "the call could not be connected",
    },
    ended_because: |cause| match cause {
        Cause::NotStarted => Some("the browser never got the call ready"),
        Cause::NoReply => Some("Telnyx did not reply"),
        Cause::NoSound => Some("no sound came through for a minute"),
        Cause::Lost => Some("the connection to Telnyx was lost for too long"),
        Cause::SignedOff => Some("Telnyx signed this phone off"),
        Cause::Reloaded => Some("the page was reloaded, and the call did not come back"),
        Cause::NoDevice => Some(
            "no microphone could be opened. Connect one, or close what else uses it, then call again",
        ),
        Cause::Untold => Some("Telnyx has not said why yet"),
        Cause::NotAllowed => Some("this call is not allowed"),
        Cause::Silence => Some("Telnyx says it is over; the line never said so"),
        Cause::Normal
        | Cause::Busy
        | Cause::NoAnswer
        | Cause::Rejected
        | Cause::Cancelled
        | Cause::NoSuchNumber
        | Cause::NoAgent
        | Cause::AgentBusy
        | Cause::TimeLimit
        | Cause::NoMicrophone
        | Cause::Other(_) => None,
    },
    outcome: |outcome| match outcome {
        Outcome::Answered => "Answered",
        Outcome::Busy => "Busy",
        Outcome::NoAnswer => "No answer",
        Outcome::Rejected | Outcome::Declined => "Declined",
        Outcome::Cancelled => "Cancelled",
        Outcome::NoSuchNumber => "No such number",
        Outcome::NoMicrophone => "No microphone",
        Outcome::Missed => "Missed",
        Outcome::Failed => "Failed",
    },
};
