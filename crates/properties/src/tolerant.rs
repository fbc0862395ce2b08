use serde_json::Value;
use serde_json::value::RawValue;
use trailhound_detect::event::{LogType, Reader, Reading};
use trailhound_sigma::json::Node;

use crate::json_document::same;

/// What a record turned out to be.
struct Read {
    is_mended: bool,
    text: Option<String>,
}

/// Any bytes as a member of a record: what strict JSON reads is never mended to something else, whatever is wrong beside
/// it; what is mended is JSON and no longer than what it was made of.
pub fn tolerant(bytes: &[u8]) {
    // As they are, and beside something that wants mending.
    let plain = record(bytes, b"1");
    let beside = record(bytes, b"NaN");
    let strict = std::str::from_utf8(&plain).ok().and_then(|text| serde_json::from_str::<Value>(text).ok());
    for (record, is_beside) in [(&plain, false), (&beside, true)] {
        let Some(Read { is_mended, text }) = read(record) else { continue };
        let Some(text) = text else { continue };
        if let Some(strict) = &strict {
            assert_eq!(is_mended, is_beside, "{}", String::from_utf8_lossy(record));
            let document = trailhound_sigma::json::Document::parse(&text);
            let document = document.unwrap_or_else(|error| panic!("{error}: {text}"));
            // Members behind it that the bytes brought along may be such whose words are read without their margin.
            let value = strict.get("zy").unwrap_or(&Value::Null);
            same(document.root().key("zy").unwrap_or_else(|| panic!("no member: {text}")), value);
        }
        if is_mended {
            let value = serde_json::from_str::<&RawValue>(&text);
            assert!(value.is_ok(), "{value:?}: {text}");
            assert!(text.len() <= 6 * record.len(), "{} bytes of {}", text.len(), record.len());
        }
    }
}

fn record(value: &[u8], beside: &[u8]) -> Vec<u8> {
    // Under a name that no log knows: what is an object there may come as text.
    let opens = br#"{"eventVersion":"1.11","eventSource":"ssm.amazonaws.com","eventName":"StartSession","userIdentity":{},"zy":"#;
    [&opens[..], value, br#","zz":"#, beside, b"}"].concat()
}

/// The record as it was understood, if one was.
fn read(record: &[u8]) -> Option<Read> {
    let mut is_mended = false;
    let mut found = None;
    Reader::default().read_wanted(record, &|_: LogType, _, _: Node<'_>| true, &mut |reading| match reading {
        Reading::Mended => is_mended = true,
        Reading::Event(event) if event.log() == LogType::CloudTrail => {
            let text = event.document().text().to_owned();
            found = Some(Read { is_mended, text: Some(text) });
        }
        _ => {}
    });
    found
}
