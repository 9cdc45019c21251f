//! Every address of the API, who may call it, and what for.
//!
//! The table in `docs/endpoints.md` and the `OpenAPI` document are made from this one, with the schemas of the types
//! themselves; tests hold it against the routes there are, and against what each role sends and is answered.

mod schema;

use serde_json::{Map, Value, json};

/// Who may call an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anybody at all.
    Anybody,
    /// Anybody, where a provider of sign-ins is set up.
    Visitor,
    /// Whoever has Telnyx's signing key.
    Telnyx,
    /// A frame whose site has its key (`TONO_HANDOVER_KEY`), where there is one.
    Embedding,
    /// A program that shows its token (`tono program add`).
    Program,
    /// Whoever is signed in; an agent gets the own calls only, others everybody's.
    Everybody,
    /// Whoever is signed in, for the own calls.
    Owner,
    /// A supervisor or an admin.
    Supervisor,
    /// An admin.
    Admin,
}

impl Who {
    /// In the words of the table.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Anybody => "anybody",
            Self::Visitor => "anybody, where OpenID Connect is set up",
            Self::Telnyx => "Telnyx, by its signature",
            Self::Embedding => {
                "anybody with a token of the site that frames the page, where there is one"
            }
            Self::Program => "a program, by its token",
            Self::Everybody => "agent: own; supervisor, admin: everybody's",
            Self::Owner => "whoever is signed in: own",
            Self::Supervisor => "supervisor, admin",
            Self::Admin => "admin",
        }
    }
}

/// One method of one address.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    /// The method, in capitals.
    pub method: &'static str,
    /// The address, its parameters in braces.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
    /// What it does.
    pub does: &'static str,
    /// The type of the body it takes, as `call` names it; a dash for none.
    pub takes: &'static str,
    /// The type of its answer, or the media type where it is no JSON; a dash for none.
    pub gives: &'static str,
}

const fn door(
    method: &'static str,
    path: &'static str,
    who: Who,
    takes: &'static str,
    gives: &'static str,
    does: &'static str,
) -> Door {
    Door { method, path, who, does, takes, gives }
}

/// Every door there is.
pub const DOORS: &[Door] = &[
    door("GET", "/api/health", Who::Anybody, "-", "Health", "says that the server runs"),
    door(
        "GET",
        "/api/openapi.json",
        Who::Anybody,
        "-",
        "application/json",
        "this table for programs",
    ),
    door("GET", "/api/session", Who::Anybody, "-", "Session", "says who is signed in"),
    door("POST", "/api/session", Who::Anybody, "SignIn", "Session", "signs in and sets the cookie"),
    door("DELETE", "/api/session", Who::Anybody, "-", "-", "signs out here"),
    door("DELETE", "/api/sessions", Who::Owner, "-", "-", "signs out everywhere"),
    door(
        "GET",
        "/api/hand-over",
        Who::Embedding,
        "-",
        "-",
        "signs in whom the site says, by its token, and sends the frame to the page",
    ),
    door(
        "GET",
        "/api/oidc/start",
        Who::Visitor,
        "-",
        "-",
        "sends the browser to the provider of sign-ins",
    ),
    door("GET", "/api/oidc/back", Who::Visitor, "-", "-", "takes it back, signed in"),
    door("GET", "/api/agents", Who::Everybody, "-", "People", "lists who there is"),
    door(
        "POST",
        "/api/agents/{agent}/calls",
        Who::Program,
        "Place",
        "Placed",
        "has an agent call a number, whose page answers by itself; 409 if they are not there or on a call",
    ),
    door(
        "GET",
        "/api/agents/{agent}/calls/{id}",
        Who::Program,
        "-",
        "Row",
        "says what became of it",
    ),
    door(
        "POST",
        "/api/agents/{agent}/calls/{id}/hangup",
        Who::Program,
        "-",
        "HangUp",
        "hangs it up",
    ),
    door("POST", "/api/token", Who::Owner, "-", "Token", "gives Telnyx's token for the SDK"),
    door("GET", "/api/calls", Who::Owner, "-", "Calls", "lists the history, newest first"),
    door("POST", "/api/calls", Who::Owner, "Place", "Placed", "gives out a call to be dialled"),
    door(
        "PATCH",
        "/api/calls/{id}",
        Who::Everybody,
        "Edit",
        "Entry",
        "writes notes, tags and a disposition beside a call",
    ),
    door(
        "POST",
        "/api/calls/{id}/facts",
        Who::Owner,
        "Witnessed",
        "-",
        "takes what the browser heard",
    ),
    door("POST", "/api/calls/{id}/hangup", Who::Owner, "-", "HangUp", "hangs a call up at Telnyx"),
    door(
        "GET",
        "/api/calls/{id}/recording",
        Who::Everybody,
        "-",
        "audio/*",
        "plays our copy of a recording, in parts if asked",
    ),
    door(
        "POST",
        "/api/calls/{id}/timeline",
        Who::Owner,
        "Batch",
        "-",
        "takes what a page wrote down of a call; `sent_at` is the page's clock",
    ),
    door(
        "GET",
        "/api/calls/{id}/timeline",
        Who::Everybody,
        "-",
        "Lanes",
        "says what every witness said of a call, in lanes on one time axis",
    ),
    door(
        "GET",
        "/api/calls/{id}/timeline.html",
        Who::Everybody,
        "-",
        "text/html",
        "the same drawn for the page, a line a lane and one for the axis, `width` pixels wide",
    ),
    door(
        "GET",
        "/api/calls/{id}/timeline.json",
        Who::Everybody,
        "-",
        "Timeline",
        "everything said of a call as a file, numbers masked: docs/timeline.md",
    ),
    door(
        "POST",
        "/api/pages/{page}",
        Who::Owner,
        "Page",
        "-",
        "says which calls a page has, or that it goes",
    ),
    door(
        "GET",
        "/api/calls/{id}/waveform",
        Who::Everybody,
        "-",
        "image/svg+xml",
        "draws a recording, a lane for each channel",
    ),
    door(
        "POST",
        "/api/calls/{id}/recording/pause",
        Who::Owner,
        "-",
        "-",
        "keeps what is said from now on off the record, in a call this server puts through",
    ),
    door("POST", "/api/calls/{id}/recording/resume", Who::Owner, "-", "-", "goes on recording"),
    door(
        "DELETE",
        "/api/calls/{id}/recording",
        Who::Supervisor,
        "-",
        "-",
        "deletes a recording, here and at Telnyx",
    ),
    door(
        "POST",
        "/api/calls/{id}/transfer",
        Who::Owner,
        "TransferTo",
        "-",
        "hands the far end on to another number: `how` is `blind`, or `attended` to speak with them first; in controlled \
         mode, while both sides talk",
    ),
    door(
        "POST",
        "/api/calls/{id}/transfer/join",
        Who::Owner,
        "-",
        "-",
        "joins the far end with whom the agent speaks with, and lets the agent go",
    ),
    door(
        "POST",
        "/api/calls/{id}/transfer/cancel",
        Who::Owner,
        "-",
        "-",
        "ends that leg and gives the far end back to the agent",
    ),
    door("GET", "/api/live", Who::Owner, "-", "text/event-stream", "tells rows as they change"),
    door("GET", "/api/log", Who::Everybody, "-", "Log", "finds calls"),
    door("GET", "/api/log.csv", Who::Everybody, "-", "text/csv", "the same as a file"),
    door("GET", "/api/log/totals", Who::Everybody, "-", "Totals", "counts the calls of each day"),
    door(
        "GET",
        "/api/numbers/{number}",
        Who::Admin,
        "-",
        "Export",
        "says everything known of a number",
    ),
    door(
        "DELETE",
        "/api/numbers/{number}",
        Who::Admin,
        "-",
        "Erased",
        "erases everything known of a number",
    ),
    door("POST", "/webhooks/telnyx", Who::Telnyx, "Event", "-", "takes an event"),
];

/// The table as `docs/endpoints.md` has it.
#[must_use]
pub fn table() -> String {
    let mut text = String::from(
        "# Every address and who may call it\n\n\
         Made from `server/src/doors.rs`; a test calls each as nobody, as another agent, as the agent, as a supervisor and as \
         an admin.\nWhoever may not is answered 401 without a session, 403 with one, or 404 where the call is somebody \
         else's.\n\n\
         | address | who | takes | gives | does |\n| --- | --- | --- | --- | --- |\n",
    );
    for Door { method, path, who, does, takes, gives } in DOORS {
        let who = who.words();
        let line = format!("| `{method} {path}` | {who} | {takes} | {gives} | {does} |\n");
        text.push_str(&line);
    }
    text
}

/// The table as an `OpenAPI` 3.1 document.
#[must_use]
pub fn openapi() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for door in DOORS {
        let path = paths.entry(door.path).or_insert_with(|| json!({}));
        path[door.method.to_ascii_lowercase()] = operation(door);
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Tono", "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
        "components": {
            "schemas": schema::components(),
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "tono_session",
                    "description": "Where TONO_FRAME_ANCESTORS is set, tono_framed_session."
                },
                "telnyx": { "type": "apiKey", "in": "header", "name": "telnyx-signature-ed25519" },
                "program": { "type": "http", "scheme": "bearer" },
            },
        },
    })
}

fn operation(door: &Door) -> Value {
    let named = door
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let parameters: Vec<Value> = named.chain(schema::queried(door.method, door.path)).collect();
    let content = |what: &str| match what {
        "-" => None,
        media if media.contains('/') => Some(json!({ media: {} })),
        name => Some(json!({ "application/json": { "schema": schema::reference(name) } })),
    };
    let mut good = json!({ "description": door.does });
    if let Some(content) = content(door.gives) {
        good["content"] = content;
    }
    let problem = json!({ "description": "a problem", "content": content("Problem") });
    let mut operation = json!({
        "summary": door.does,
        "description": door.who.words(),
        "parameters": parameters,
        "responses": { "2XX": good, "default": problem },
        "security": match door.who {
            Who::Anybody | Who::Visitor | Who::Embedding => json!([]),
            Who::Telnyx => json!([{ "telnyx": [] }]),
            Who::Program => json!([{ "program": [] }]),
            Who::Everybody | Who::Owner | Who::Supervisor | Who::Admin => json!([{ "session": [] }]),
        },
    });
    if let Some(content) = content(door.takes) {
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    operation
}
