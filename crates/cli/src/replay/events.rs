//! An archive of records cut into events that a hub takes, in the shape in which diagnostic settings send them.

use std::io::{BufRead as _, BufReader, Read};

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::parked;

/// How large an event grows: less than any tier of Event Hubs takes.
const ENOUGH: usize = 200_000;
/// The most that is read as one line.
const LINE: u64 = 64 << 20;

const OPENS: &[u8] = br#"{"records":["#;
const CLOSES: &[u8] = b"]}";

#[derive(Deserialize)]
struct Enveloped<'a> {
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
}

/// Hands on each event, none longer than `most`; says whether that was all of it. What is no record a line, or one that is
/// too long, cannot be cut up, and nothing behind it is.
pub(super) fn each(
    bytes: impl Read + Send + 'static,
    most: usize,
    send: &mut dyn FnMut(&[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<bool> {
    let mut text = BufReader::new(parked::unpacked(bytes)?);
    let (mut line, mut event) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        let read = text.by_ref().take(LINE).read_until(b'\n', &mut line).context("cannot be read on")?;
        if read == 0 {
            break;
        }
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
        if text.is_empty() {
            continue;
        }
        let Some(records) = std::str::from_utf8(text).ok().and_then(records) else { return Ok(false) };
        for record in records {
            let record = record.get().as_bytes();
            let alone = OPENS.len() + record.len() + CLOSES.len();
            if alone > most {
                return Ok(false);
            }
            if !event.is_empty() && event.len() + record.len() > ENOUGH {
                send_on(&mut event, send)?;
            }
            event.extend_from_slice(if event.is_empty() { OPENS } else { b"," });
            event.extend_from_slice(record);
        }
    }
    if !event.is_empty() {
        send_on(&mut event, send)?;
    }
    Ok(true)
}

fn send_on(event: &mut Vec<u8>, send: &mut dyn FnMut(&[u8]) -> anyhow::Result<()>) -> anyhow::Result<()> {
    event.extend_from_slice(CLOSES);
    let sent = send(event);
    event.clear();
    sent
}

/// The records of a line: those of an envelope, or itself.
fn records(line: &str) -> Option<Vec<&RawValue>> {
    if let Ok(Enveloped { records }) = serde_json::from_str(line) {
        return Some(records);
    }
    let one: &RawValue = serde_json::from_str(line).ok()?;
    one.get().starts_with('{').then(|| vec![one])
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn cut(text: &str, most: usize) -> (Vec<String>, bool) {
        let mut events = Vec::new();
        let is_all = each(Cursor::new(text.to_owned()), most, &mut |event| {
            events.push(String::from_utf8(event.to_vec())?);
            Ok(())
        });
        (events, is_all.unwrap())
    }

    #[test]
    fn every_record_is_in_one_event_as_it_stood() {
        let lines = "\u{feff}{\"a\": 1.0}\r\n\n{\"records\":[{\"b\":2},{\"c\":3}]}\n";
        let one = r#"{"records":[{"a": 1.0},{"b":2},{"c":3}]}"#.to_owned();
        assert_eq!(cut(lines, 1_000), (vec![one], true));
        let long = format!("{{\"a\":\"{}\"}}\n", "x".repeat(ENOUGH / 3));
        let (events, is_all) = cut(&long.repeat(5), 1_000_000);
        assert!(
            is_all && events.iter().all(|event| event.len() <= ENOUGH + CLOSES.len()),
            "{}",
            events.len()
        );
        let count: usize = events.iter().map(|event| event.matches("\"a\"").count()).sum();
        assert_eq!((events.len(), count), (3, 5));
    }

    #[test]
    fn what_cannot_be_cut_up_is_said_to_be_so() {
        for text in ["{\n  \"a\": 1\n}\n", "no JSON", "[1]", "{\"a\":\"0123456789012345678901234567890\"}"] {
            assert_eq!(cut(text, 30), (Vec::new(), false), "{text}");
        }
    }
}
