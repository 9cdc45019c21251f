//! Everything the page says, in one table.
//!
//! A language is a value of [`Words`]: a missing sentence does not compile.

use call::api::ProblemCode;
use call::cause::{Cause, Outcome, Side};
use call::line::Trouble;
use call::number::NotANumber;
use call::phone::Refusal;

/// One language.
pub(crate) struct Words {
    /// Its tag (BCP 47), for the document and for dates.
    pub(crate) tag: &'static str,

    pub(crate) demo_mode: &'static str,
    pub(crate) demo_explained: &'static str,
    pub(crate) signed_in_as: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) sign_in_at_provider: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) name: &'static str,
    pub(crate) password: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) server_unreachable: &'static str,

    pub(crate) keypad: &'static str,
    pub(crate) calls: &'static str,
    pub(crate) main_navigation: &'static str,

    pub(crate) dialer: &'static str,
    pub(crate) number: &'static str,
    pub(crate) number_hint: &'static str,
    pub(crate) erase: &'static str,
    pub(crate) call: &'static str,

    pub(crate) line_off: &'static str,
    pub(crate) line_registering: &'static str,
    pub(crate) line_ready: &'static str,
    pub(crate) line_lost: &'static str,
    pub(crate) coming_back: &'static str,
    pub(crate) line_doubted: &'static str,
    pub(crate) microphone_blocked: &'static str,
    pub(crate) microphone_missing: &'static str,
    pub(crate) missing_calls: &'static str,
    pub(crate) sound_blocked: &'static str,
    pub(crate) session_over: &'static str,

    pub(crate) in_other_tab: &'static str,
    pub(crate) call_in_other_tab: &'static str,
    pub(crate) other_tab_silent: &'static str,
    pub(crate) other_tab_silent_in_call: &'static str,
    pub(crate) use_here: &'static str,
    pub(crate) notify_me: &'static str,

    pub(crate) calling: &'static str,
    pub(crate) ringing: &'static str,
    pub(crate) in_call: &'static str,
    pub(crate) on_hold: &'static str,
    pub(crate) call_ended: &'static str,
    pub(crate) ended_word: &'static str,
    pub(crate) hanging_up: &'static str,
    pub(crate) audio_connecting: &'static str,
    pub(crate) audio_flows: &'static str,
    pub(crate) audio_lost: &'static str,
    pub(crate) nothing_heard: &'static str,
    pub(crate) nothing_sent: &'static str,
    pub(crate) withheld: &'static str,
    pub(crate) telnyx_answered: fn(time: &str) -> String,
    pub(crate) talk_time: &'static str,
    pub(crate) mute: &'static str,
    pub(crate) hold: &'static str,
    pub(crate) once_answered: &'static str,
    pub(crate) digits_sent: &'static str,
    pub(crate) hang_up: &'static str,
    pub(crate) add_call: &'static str,
    pub(crate) other_calls: &'static str,
    pub(crate) switch: &'static str,
    pub(crate) not_held: &'static str,
    pub(crate) hold_failed: &'static str,
    pub(crate) incoming_call: &'static str,
    pub(crate) answer: &'static str,
    pub(crate) answering: &'static str,
    pub(crate) decline: &'static str,
    pub(crate) answer_holds: &'static str,
    pub(crate) slow_browser: &'static str,
    pub(crate) slow_telnyx: &'static str,
    pub(crate) answered_only_there: &'static str,
    pub(crate) ended_only_there: &'static str,
    pub(crate) may_be_open: &'static str,
    pub(crate) talked_for: fn(time: &str) -> String,
    pub(crate) rang_for: fn(time: &str) -> String,
    pub(crate) call_again: &'static str,
    pub(crate) done: &'static str,

    pub(crate) no_calls: &'static str,
    pub(crate) more_calls: &'static str,
    pub(crate) search: &'static str,
    pub(crate) search_hint: &'static str,
    pub(crate) none_found: &'static str,
    pub(crate) search_failed: &'static str,
    pub(crate) as_csv: &'static str,
    pub(crate) not_live: &'static str,
    pub(crate) recording_expected: &'static str,
    pub(crate) recording_paused: &'static str,
    pub(crate) off_record: &'static str,
    pub(crate) off_record_failed: &'static str,
    pub(crate) transfer: &'static str,
    pub(crate) transfer_to: &'static str,
    pub(crate) transfer_now: &'static str,
    pub(crate) ask_first: &'static str,
    pub(crate) join_them: &'static str,
    pub(crate) back_to: fn(far: &str) -> String,
    pub(crate) calling_third: fn(far: &str, third: &str) -> String,
    pub(crate) far_waits: fn(far: &str) -> String,
    pub(crate) far_left: fn(far: &str) -> String,
    pub(crate) transferred: fn(third: &str) -> String,
    /// Before why, as [`Words::ended`] says it.
    pub(crate) not_transferred: fn(third: &str) -> String,
    pub(crate) recording_processing: &'static str,
    pub(crate) recording_failed: &'static str,
    pub(crate) recording_missing: &'static str,
    pub(crate) recording_deleted: &'static str,
    pub(crate) no_word: &'static str,
    /// Of a call in the history.
    pub(crate) incoming: &'static str,
    /// Before the time it took, as `held`.
    pub(crate) rang: &'static str,
    pub(crate) held: &'static str,
    pub(crate) never_rang: &'static str,
    pub(crate) left_open: &'static str,
    pub(crate) play_recording: &'static str,
    pub(crate) pause_recording: &'static str,
    pub(crate) position: &'static str,
    pub(crate) cannot_play: &'static str,
    pub(crate) timeline: &'static str,
    /// The lanes of a timeline, in the order in which the server draws them.
    pub(crate) lanes: [&'static str; 7],
    pub(crate) as_list: &'static str,
    pub(crate) export: &'static str,
    pub(crate) no_timeline: &'static str,

    pub(crate) not_a_number: fn(NotANumber) -> &'static str,
    pub(crate) refusal: fn(Refusal) -> &'static str,
    pub(crate) trouble: fn(Trouble) -> &'static str,
    pub(crate) sign_in_refused: fn(ProblemCode) -> &'static str,
    /// How a call ended: the words behind "Ended:".
    pub(crate) ended: fn(Outcome, Side) -> &'static str,
    /// As [`Words::ended`], for what ended a call without either side's doing.
    pub(crate) ended_because: fn(&Cause) -> Option<&'static str>,
    /// How a call went: the word in the history.
    pub(crate) outcome: fn(Outcome) -> &'static str,
}

/// The language a browser that prefers `tag` gets.
pub(crate) fn for_tag(tag: &str) -> &'static Words {
    let language = tag.split('-').next().unwrap_or_default();
    if language.eq_ignore_ascii_case("es") { &SPANISH } else { &ENGLISH }
}

static ENGLISH: Words = Words {
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

static SPANISH: Words = Words {
    tag: "es",
    demo_mode: "Modo de demostración",
    demo_explained: "Las llamadas van a un sustituto de Telnyx en este ordenador. No se llama a nadie.",
    signed_in_as: "Sesión de",
    sign_in: "Entrar",
    sign_in_at_provider: "Entrar con la cuenta de la empresa",
    sign_out: "Salir",
    name: "Nombre",
    password: "Contraseña",
    loading: "Cargando…",
    server_unreachable: "El servidor de Tono no responde. Se intenta de nuevo…",
    keypad: "Teclado",
    calls: "Llamadas",
    main_navigation: "Principal",
    dialer: "Marcador",
    number: "Número",
    number_hint: "+1 202 555 0100",
    erase: "Borrar la última cifra",
    call: "Llamar",
    line_off: "Sin conexión",
    line_registering: "Conectando…",
    line_ready: "Lista",
    line_lost: "Reconectando con Telnyx…",
    coming_back: "Volviendo a la llamada…",
    line_doubted: "Hace rato que no se oye a Telnyx. Comprobando…",
    microphone_blocked: "El navegador bloquea el micrófono. Permítalo en la barra de direcciones.",
    microphone_missing: "No hay micrófono. Conecte uno.",
    missing_calls: "Puede estar perdiendo llamadas.",
    sound_blocked: "El navegador bloquea el sonido. Haga clic o pulse una tecla para oír las llamadas.",
    session_over: "Su sesión ha terminado. Entre de nuevo tras la llamada.",
    in_other_tab: "El teléfono está en otra pestaña.",
    call_in_other_tab: "El sonido de esta llamada está en otra pestaña.",
    other_tab_silent: "La pestaña que tiene el teléfono no responde.",
    other_tab_silent_in_call: "La pestaña que tiene la llamada no responde. Si la cierra, la llamada viene aquí.",
    use_here: "Usar aquí",
    notify_me: "Avisarme de las llamadas",
    calling: "Llamando",
    ringing: "Sonando",
    in_call: "En llamada",
    on_hold: "En espera",
    call_ended: "Llamada terminada",
    ended_word: "Terminada",
    hanging_up: "Colgando…",
    audio_connecting: "Conectando el sonido…",
    audio_flows: "Sonido conectado",
    audio_lost: "El sonido se ha cortado. Se espera a que vuelva…",
    nothing_heard: "No se oye nada del otro lado",
    nothing_sent: "Su micrófono no envía nada",
    withheld: "Número oculto",
    telnyx_answered: |time| format!("Telnyx: contestada a las {time}"),
    talk_time: "Tiempo de conversación",
    mute: "Silenciar",
    hold: "Retener",
    once_answered: "Será posible cuando contesten",
    digits_sent: "Cifras enviadas",
    hang_up: "Colgar",
    add_call: "Otra llamada",
    other_calls: "Otras llamadas",
    switch: "Cambiar",
    not_held: "Sin retener: oyen silencio",
    hold_failed: "No se pudo retener. Inténtelo de nuevo.",
    incoming_call: "Llamada entrante",
    answer: "Contestar",
    answering: "Contestando…",
    decline: "Rechazar",
    answer_holds: "Al contestar, la otra llamada queda en espera.",
    slow_browser: "El navegador aún no puede llamar. ¿Pide permiso para el micrófono?",
    slow_telnyx: "Telnyx aún no ha tomado la llamada.",
    answered_only_there: "Telnyx dice que la llamada está contestada, pero la respuesta no ha llegado a este navegador. Si no oye a nadie, cuelgue y llame de nuevo.",
    ended_only_there: "Telnyx dice que la llamada terminó. Colgando aquí…",
    may_be_open: "Terminada aquí; en Telnyx la línea puede seguir abierta un rato.",
    talked_for: |time| format!("Conversación de {time}"),
    rang_for: |time| format!("Sonó {time}"),
    call_again: "Rellamar",
    done: "Hecho",
    no_calls: "Aún no hay llamadas. Marque un número para empezar.",
    more_calls: "Ver más",
    search: "Buscar",
    search_hint: "Número o nota",
    none_found: "No se encontró nada.",
    search_failed: "La búsqueda no funcionó. Inténtelo de nuevo.",
    as_csv: "Descargar como CSV",
    not_live: "El servidor de Tono no responde: esta lista puede no estar al día. Se intenta de nuevo…",
    recording_expected: "Se está grabando",
    recording_paused: "Ahora no se graba",
    off_record: "No grabar",
    off_record_failed: "No se pudo cambiar la grabación. Inténtelo de nuevo.",
    transfer: "Transferir",
    transfer_to: "Transferir a",
    transfer_now: "Transferir ya",
    ask_first: "Consultar antes",
    join_them: "Unirlos",
    back_to: |far| ["Volver con ", far].concat(),
    calling_third: |far, third| ["Llamando a ", third, ". ", far, " está en espera."].concat(),
    far_waits: |far| [far, " está en espera."].concat(),
    far_left: |far| [far, " ha colgado."].concat(),
    transferred: |third| ["Transferida a ", third].concat(),
    not_transferred: |third| ["No se transfirió a ", third, ": "].concat(),
    recording_processing: "Grabación: en proceso",
    recording_failed: "No hay grabación: algo falló en el camino",
    recording_missing: "No llegó ninguna grabación",
    recording_deleted: "Grabación eliminada",
    no_word: "Sin noticias de Telnyx: revise la URL del webhook",
    incoming: "Entrante:",
    rang: "sonó ",
    held: "en espera ",
    never_rang: "no sonó aquí",
    left_open: "Se cerró su página y Telnyx no dejó terminarla: puede seguir abierta",
    play_recording: "Reproducir grabación",
    pause_recording: "Pausar grabación",
    position: "Posición",
    cannot_play: "Esta grabación no se puede reproducir. Inténtelo más tarde.",
    timeline: "Cronología",
    lanes: ["Usted", "Navegador (SDK)", "Conexión", "Sonido", "Avisos", "Telnyx", "Servidor"],
    as_list: "Como listas",
    export: "Exportar",
    no_timeline: "No se puede mostrar la cronología. Inténtelo más tarde.",
    not_a_number: |why| match why {
        NotANumber::Empty => "Escriba un número para llamar.",
        NotANumber::NotDigits => "Un número solo tiene cifras. Quite las letras y los signos.",
        NotANumber::TooShort => {
            "Este número es demasiado corto. Desde aquí no se puede llamar a emergencias ni a números cortos."
        }
        NotANumber::TooLong => "Este número es demasiado largo: como mucho 15 cifras.",
        NotANumber::NoCountry => "Empiece por + y el prefijo del país, como en +1 202 555 0100.",
    },
    refusal: |why| match why {
        Refusal::NotReady => {
            "Aún no hay conexión con Telnyx. Podrá llamar cuando la línea esté lista."
        }
        Refusal::ServerUnreachable => {
            "El servidor de Tono no responde, así que no se marcó nada. Inténtelo de nuevo."
        }
        Refusal::Server(code) => match code {
            ProblemCode::NotANumber => "El servidor no reconoce esto como un número.",
            ProblemCode::CountryNotAllowed => "No se permiten llamadas a este país.",
            ProblemCode::NumberBlocked => "No se permite llamar a este número.",
            ProblemCode::TooManyCalls => "Demasiadas llamadas en un minuto. Espere un poco.",
            ProblemCode::TooManyAtOnce => "Demasiadas llamadas a la vez. Termine una antes.",
            ProblemCode::NotTransferable => "Esta llamada no se puede transferir ahora.",
            ProblemCode::NotSignedIn => "Su sesión ha terminado. Entre de nuevo.",
            ProblemCode::TelnyxUnreachable => {
                "Telnyx no responde, así que no se marcó nada. Inténtelo de nuevo."
            }
            ProblemCode::TelnyxRefused => "Telnyx rechazó la llamada.",
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
            | ProblemCode::Internal => "El servidor no pudo hacer la llamada. No se marcó nada.",
        },
        Refusal::Sdk => {
            "El navegador no pudo iniciar la llamada. Recargue la página e inténtelo de nuevo."
        }
    },
    trouble: |why| match why {
        Trouble::ServerUnreachable => "El servidor de Tono no responde. Se intenta de nuevo…",
        Trouble::TelnyxUnreachable => "Telnyx no responde. Se intenta de nuevo…",
        Trouble::TelnyxRefused => "Telnyx no dejó entrar a este teléfono. Se intenta de nuevo…",
        Trouble::SignedOff => "Telnyx cerró la sesión de este teléfono. Se entra de nuevo…",
        Trouble::ServerFailed => "El servidor de Tono no consiguió un token. Se intenta de nuevo…",
    },
    sign_in_refused: |code| match code {
        ProblemCode::WrongPassword => "Nombre o contraseña incorrectos.",
        ProblemCode::TooManyAttempts => {
            "Demasiados intentos. Espere un minuto e inténtelo de nuevo."
        }
        ProblemCode::NotSignedIn => "Su sesión ha terminado. Entre de nuevo.",
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
        | ProblemCode::Internal => "El servidor no pudo abrir la sesión. Inténtelo de nuevo.",
    },
    ended: |outcome, by| match (outcome, by) {
        (Outcome::Answered, Side::Us) => "usted colgó",
        (Outcome::Answered, Side::Them) => "colgaron",
        (Outcome::Answered, Side::Network) => "se cortó la línea",
        (Outcome::Busy, _) => "están en otra llamada",
        (Outcome::NoAnswer, _) => "nadie contestó",
        (Outcome::Rejected, _) => "rechazaron la llamada",
        (Outcome::Cancelled, _) => "usted colgó antes de que contestaran",
        (Outcome::NoSuchNumber, _) => "ese número no existe",
        (Outcome::NoMicrophone, _) => {
            "el navegador bloquea el micrófono. Permítalo en la barra de direcciones y llame de nuevo"
        }
        (Outcome::Missed, _) => "usted no contestó",
        (Outcome::Declined, _) => "usted la rechazó",
        (Outcome::Failed, _) => "no se pudo conectar la llamada",
    },
    ended_because: |cause| match cause {
        Cause::NotStarted => Some("el navegador no llegó a preparar la llamada"),
        Cause::NoReply => Some("Telnyx no respondió"),
        Cause::NoSound => Some("no pasó ningún sonido durante un minuto"),
        Cause::Lost => Some("la conexión con Telnyx se perdió demasiado tiempo"),
        Cause::SignedOff => Some("Telnyx cerró la sesión de este teléfono"),
        Cause::Reloaded => Some("se recargó la página y la llamada no volvió"),
        Cause::NoDevice => Some(
            "no se pudo abrir ningún micrófono. Conecte uno, o cierre lo que lo usa, y llame de nuevo",
        ),
        Cause::Untold => Some("Telnyx aún no ha dicho por qué"),
        Cause::NotAllowed => Some("esta llamada no está permitida"),
        Cause::Silence => Some("Telnyx dice que terminó; la línea no lo dijo"),
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
        Outcome::Answered => "Contestada",
        Outcome::Busy => "Ocupado",
        Outcome::NoAnswer => "Sin respuesta",
        Outcome::Rejected | Outcome::Declined => "Rechazada",
        Outcome::Cancelled => "Cancelada",
        Outcome::NoSuchNumber => "No existe el número",
        Outcome::NoMicrophone => "Sin micrófono",
        Outcome::Missed => "Perdida",
        Outcome::Failed => "Fallida",
    },
};

#[cfg(test)]
mod tests {
    use super::for_tag;

    #[test]
    fn a_browser_gets_its_language_and_english_where_we_have_none() {
        assert_eq!(for_tag("es-MX").tag, "es");
        assert_eq!(for_tag("en-GB").tag, "en");
        assert_eq!(for_tag("fr").tag, "en");
        assert_eq!(for_tag("").tag, "en");
    }
}
