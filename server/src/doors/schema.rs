//! What goes in and out at the doors: JSON schemas made from the very types that are read and written.

use call::api::{
    Calls, HangUp, Page, Place, Placed, Problem, Session, SignIn, Token, TransferTo, Witnessed,
};
use call::history::Row;
use call::log::{Edit, Entry, Log, Totals};
use call::timeline::{Batch, Export as Timeline};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::agent::{Brought, Person};
use crate::app::Health;
use crate::erase::{Erased, Export};
use crate::{calls, live, log, timeline};

/// Where an `OpenAPI` document has its schemas.
const PLACE: &str = "/components/schemas";

type Make = fn(&mut SchemaGenerator) -> Schema;

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Every body that a door takes or gives, by the name it has there.
const BODIES: &[(&str, Make)] = &[
    ("Batch", of::<Batch>),
    ("Calls", of::<Calls>),
    ("Edit", of::<Edit>),
    ("Entry", of::<Entry>),
    ("Erased", of::<Erased>),
    (
        "Event",
        |_| json_schema!({ "type": "object", "description": "A webhook of Telnyx's, API version 2.", "required": ["data"] }),
    ),
    ("Export", of::<Export>),
    ("HangUp", of::<HangUp>),
    ("Health", of::<Health>),
    ("Lanes", of::<timeline::Lanes>),
    ("Log", of::<Log>),
    ("Page", of::<Page>),
    ("People", of::<Vec<Person>>),
    ("Place", of::<Place>),
    ("Placed", of::<Placed>),
    ("Problem", of::<Problem>),
    ("Row", of::<Row>),
    ("Session", of::<Session>),
    ("SignIn", of::<SignIn>),
    ("Timeline", of::<Timeline>),
    ("Token", of::<Token>),
    ("Totals", of::<Totals>),
    ("TransferTo", of::<TransferTo>),
    ("Witnessed", of::<Witnessed>),
];

/// What an address may be asked behind its question mark.
const QUERIES: &[(&str, &str, Make)] = &[
    ("GET", "/api/hand-over", Brought::json_schema),
    ("GET", "/api/calls", calls::Which::json_schema),
    ("GET", "/api/live", live::From::json_schema),
    ("GET", "/api/log", log::Asked::json_schema),
    ("GET", "/api/log.csv", log::Asked::json_schema),
    ("GET", "/api/log/totals", log::Asked::json_schema),
    ("POST", "/api/calls/{id}/timeline", timeline::Sent::json_schema),
    ("GET", "/api/calls/{id}/timeline.html", timeline::Room::json_schema),
];

/// The schemas, as answers have them: what may be left out of a body that is sent has to be looked up at its type.
pub(super) fn components() -> Map<String, Value> {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.definitions_path = PLACE.into();
    let mut generator = settings.into_generator();
    let made: Vec<(&str, Schema)> =
        BODIES.iter().map(|(name, make)| (*name, make(&mut generator))).collect();
    let mut all = generator.take_definitions(true);
    for (name, schema) in made {
        all.entry(name).or_insert_with(|| schema.to_value());
    }
    all
}

/// Where the schema of that name is.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#{PLACE}/{name}") })
}

/// The parameters in the query of an address.
pub(super) fn queried(method: &str, path: &str) -> Vec<Value> {
    let mut settings = SchemaSettings::draft2020_12().for_deserialize();
    settings.definitions_path = PLACE.into();
    let mut generator = settings.into_generator();
    let asked = QUERIES.iter().filter(|(of, at, _)| *of == method && *at == path);
    let schemas = asked.map(|(.., make)| make(&mut generator).to_value());
    schemas.flat_map(|schema| parameters(&schema)).collect()
}

fn parameters(schema: &Value) -> Vec<Value> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let Some(fields) = schema["properties"].as_object() else { return Vec::new() };
    fields
        .iter()
        .map(|(name, schema)| {
            let needed = required.iter().any(|one| one == name);
            json!({ "name": name, "in": "query", "required": needed, "schema": schema })
        })
        .collect()
}
