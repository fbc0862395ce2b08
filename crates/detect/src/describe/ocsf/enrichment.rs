//! What files of the user's say of what a record names: each with the value that was looked up, the file, and its date.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::evidence::Evidence;
use super::resource::Resource;
use super::writer::Writer;
use crate::facts::{Consulted, Geography, Held, Indicated, Role};

#[derive(Serialize)]
pub(super) struct Enrichment {
    /// The path that leads to the value.
    name: String,
    value: String,
    #[serde(rename = "type")]
    kind: &'static str,
    provider: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_time: Option<i64>,
    data: Map<String, Value>,
}

const ADDRESS: &str = "evidences[0].src_endpoint.ip";

/// As many as fit.
pub(super) fn of(writer: &Writer<'_>, evidence: &Evidence, resources: &[Resource]) -> Vec<Enrichment> {
    let Some(known) = &writer.found.facts.known else { return Vec::new() };
    let mut all = Vec::new();
    if let Some(ip) = evidence.src_endpoint.as_ref().and_then(|source| source.ip.as_ref()) {
        all.extend(placed(writer, ip, &known.place));
    }
    all.extend(known.held.iter().map(|held| self::held(writer, held, resources)));
    all.extend(known.indicators.iter().map(|indicated| self::indicated(writer, indicated)));
    writer.note_cut(all.len());
    all.truncate(writer.budget.members);
    all
}

fn made(
    writer: &Writer<'_>,
    (name, value): (String, &str),
    kind: &'static str,
    file: &Consulted,
    data: Vec<(&str, Option<Value>)>,
) -> Enrichment {
    let data = data.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
    let created_time = file.date.map(Timestamp::as_millisecond);
    Enrichment {
        name,
        value: writer.id(value),
        kind,
        provider: writer.text(&file.name, 128),
        created_time,
        data,
    }
}

fn placed(writer: &Writer<'_>, ip: &str, place: &Geography) -> Vec<Enrichment> {
    let text = |text: &Option<String>| writer.optional(text.as_ref(), 128).map(Value::from);
    let Geography { country, city, placed_by, asn, as_name, routed_by } = place;
    let at = || (ADDRESS.to_owned(), ip);
    let located = placed_by.as_ref().map(|file| {
        made(writer, at(), "location", file, vec![("country", text(country)), ("city", text(city))])
    });
    let routed = routed_by.as_ref().map(|file| {
        let data = vec![("number", asn.map(Value::from)), ("name", text(as_name))];
        made(writer, at(), "autonomous_system", file, data)
    });
    located.into_iter().chain(routed).collect()
}

fn held(writer: &Writer<'_>, held: &Held, resources: &[Resource]) -> Enrichment {
    let Held { role, value, asset, file } = held;
    let ends = |resource: &Resource| resource.uid.rsplit('/').next() == value.rsplit('/').next();
    let path = match role {
        Role::Source => ADDRESS.to_owned(),
        Role::Actor => "evidences[0].actor.user".to_owned(),
        Role::Target => match resources.iter().position(ends) {
            Some(at) => format!("resources[{at}].uid"),
            None => "evidences[0].device.hostname".to_owned(),
        },
    };
    let text = |text: &Option<String>| writer.optional(text.as_ref(), 128).map(Value::from);
    let data = vec![
        ("entry", text(&Some(asset.name.clone()))),
        ("owner", text(&asset.owner)),
        ("environment", text(&asset.environment)),
        ("crown_jewel", asset.crown_jewel.map(Value::from)),
        ("known_network", text(&asset.known_network)),
    ];
    made(writer, (path, value), "inventory", file, data)
}

fn indicated(writer: &Writer<'_>, indicated: &Indicated) -> Enrichment {
    let Indicated { value, source, until, file } = indicated;
    let source = Value::from(writer.text(source, 128));
    let data = vec![("source", Some(source)), ("until", Some(Value::from(until.to_string())))];
    made(writer, ("indicator".to_owned(), value), "indicator", file, data)
}
