//! Spanish.

use call::api::ProblemCode;
use call::cause::{Cause, Outcome, Side};
use call::line::Trouble;
use call::number::NotANumber;
use call::phone::Refusal;

use super::Words;

pub(super) static SPANISH: Words = Words {
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
