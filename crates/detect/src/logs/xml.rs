//! Windows events as XML: `System`'s parts and `EventData`'s named values, as one flat JSON object.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};

use super::json::Object;

/// Begins like an XML element?
pub(crate) fn is_xml(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// A whole event; nothing for XML that is none.
pub(crate) fn record(text: &str) -> Option<String> {
    let found = read(text)?;
    found.iter().any(|(name, _)| name == "EventID").then(|| write(&found))
}

/// The named values alone.
pub(super) fn data(text: &str) -> Option<String> {
    read(text).map(|found| write(&found))
}

fn write(found: &[(String, String)]) -> String {
    let mut object = Object::default();
    for (name, value) in found {
        object.text(name, value);
    }
    object.finish()
}

/// Names and values in document order; `System`'s are those that canonical records have at the top.
fn read(text: &str) -> Option<Vec<(String, String)>> {
    let mut reader = Reader::from_str(text);
    let mut found = Vec::new();
    let mut name: Option<String> = None;
    let mut value = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                value.clear();
                name = opened(&start, &mut found);
            }
            Event::Empty(start) => {
                if let Some(name) = opened(&start, &mut found) {
                    found.push((name, String::new()));
                }
            }
            Event::Text(text) => value.push_str(&text),
            Event::CData(text) => value.push_str(&text),
            Event::GeneralRef(reference) => {
                if let Ok(Some(c)) = reference.resolve_char_ref() {
                    value.push(c);
                } else {
                    value.push_str(resolve_predefined_entity(&reference).unwrap_or_default());
                }
            }
            Event::End(_) => {
                if let Some(name) = name.take() {
                    found.push((name, std::mem::take(&mut value)));
                }
            }
            Event::Eof => return Some(found),
            _ => {}
        }
    }
}

/// What an element's text is called; attributes that matter are taken at once.
fn opened(start: &BytesStart<'_>, found: &mut Vec<(String, String)>) -> Option<String> {
    let attribute = |name: &str| {
        let attribute = start.try_get_attribute(name).ok()??;
        unescape(&attribute.value).ok().map(Cow::into_owned)
    };
    let local = start.local_name();
    match local.as_ref() {
        "EventID" => Some("EventID".to_owned()),
        "Channel" => Some("Channel".to_owned()),
        "Computer" => Some("Computer".to_owned()),
        "EventRecordID" => Some("EventRecordID".to_owned()),
        "Data" => attribute("Name"),
        "Provider" => {
            found.extend(attribute("Name").map(|name| ("ProviderName".to_owned(), name)));
            None
        }
        "TimeCreated" => {
            found.extend(attribute("SystemTime").map(|time| ("TimeCreated".to_owned(), time)));
            None
        }
        _ => None,
    }
}
