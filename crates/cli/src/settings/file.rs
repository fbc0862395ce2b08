//! The file, in TOML: a key an option.

use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};
use trailhound_detect::describe::visible;

use super::list::{FILE, FoundValue, Kind, SETTINGS, Setting};
use crate::inputs::read_file;

/// What it sets; else all that is wrong with it.
pub(super) fn read(path: &Path, was_named: bool) -> Result<Vec<(&'static str, FoundValue)>, Vec<String>> {
    let name = path.display();
    let text = read_file(path).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
    });
    let text = text.map_err(|error| {
        let remedy = match error.kind() {
            ErrorKind::NotFound if was_named => format!("; {FILE} names it"),
            ErrorKind::InvalidData => "; save it as UTF-8".to_owned(),
            _ => String::new(),
        };
        vec![format!("{name}: the settings cannot be read: {error}{remedy}")]
    })?;
    let place = |span: Range<usize>| {
        let before = &text[..span.start.min(text.len())];
        let line = before.rsplit('\n').next().unwrap_or_default();
        format!("{name}:{}:{}", before.matches('\n').count() + 1, line.chars().count() + 1)
    };
    let table = DeTable::parse(&text).map_err(|error| {
        let at = error.span().map_or_else(|| name.to_string(), place);
        vec![format!("{at}: {}", visible(error.message()))]
    })?;
    let (mut settings, mut wrong) = (Vec::new(), Vec::new());
    for (key, value) in table.get_ref() {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.name == key.get_ref()) else {
            let known: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
            let key_at = place(key.span());
            wrong.push(format!(
                "{key_at}: no setting is called '{}'; there are {}",
                visible(key.get_ref()),
                known.join(", ")
            ));
            continue;
        };
        match values(setting, value.get_ref(), path.parent().unwrap_or(Path::new(""))) {
            Some(values) => settings.push((setting.name, FoundValue { values, place: place(value.span()) })),
            None => wrong.push(format!("{}: {}", place(value.span()), form(setting))),
        }
    }
    if wrong.is_empty() { Ok(settings) } else { Err(wrong) }
}

/// The values as they would be typed.
fn values(setting: &Setting, value: &DeValue<'_>, folder: &Path) -> Option<Vec<std::ffi::OsString>> {
    let path = |text: &str| (!text.is_empty()).then(|| folder.join(text).into_os_string());
    match (setting.kind, value) {
        (Kind::Text, DeValue::String(text)) => Some(vec![text.as_ref().into()]),
        (Kind::Text, DeValue::Integer(number)) => Some(vec![number.as_str().into()]),
        (Kind::Path | Kind::Paths, DeValue::String(text)) => Some(vec![path(text)?]),
        (Kind::Paths, DeValue::Array(texts)) => texts
            .iter()
            .map(|text| match text.get_ref() {
                DeValue::String(text) => path(text),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

fn form(setting: &Setting) -> String {
    let Setting { name, kind, .. } = setting;
    match kind {
        Kind::Text => format!("write {name} = \"value\""),
        Kind::Path => format!("write {name} = \"path\""),
        Kind::Paths => format!("write {name} = [\"path\", \"path\"]"),
    }
}
