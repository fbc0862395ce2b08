use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use trailhound_detect::event::{Facts, LogType, Reader, Reading, classify};
use trailhound_sigma::json::{Document, MAX_DEPTH, Node};

/// A record may be nested so deep that nothing fits around it.
const ROOM: usize = 8;

/// Any bytes as a record: no more is read than they hold, and what is recognised has facts. What a log recognises says
/// the same inside an object, a list, text, Base64 and gzip.
pub fn unwrapper(bytes: &[u8]) {
    let plain = read(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let is_record = Document::parse(text).is_ok_and(|document| classify(&document).is_some());
    if !is_record || depth(bytes) + ROOM > MAX_DEPTH || plain.len() != 1 {
        return;
    }
    for (carrier, bytes) in carried(text) {
        assert_eq!(read(&bytes), plain, "{carrier}: {}", String::from_utf8_lossy(&bytes));
    }
}

/// What was read: logs and facts, and how often nothing could be.
fn read(bytes: &[u8]) -> Vec<Option<(LogType, Facts)>> {
    let mut all = Vec::new();
    let mut count = 0;
    Reader::default().read_wanted(bytes, &|_: LogType, _, _: Node<'_>| true, &mut |reading| match reading {
        Reading::Event(event) => {
            count += 1;
            let mut facts = event.facts().clone();
            assert!(!facts.event_uid.is_empty());
            // What names itself by its bytes is named by other ones.
            if facts.content.take().is_some() || !facts.has_own_id() {
                facts.event_uid.clear();
            }
            all.push(Some((event.log(), facts)));
        }
        Reading::Unreadable(..) => {
            count += 1;
            all.push(None);
        }
        Reading::Notice(_) => count += 1,
        Reading::Mended | Reading::Unwanted(..) => {}
    });
    assert!(count <= 1 + bytes.len() / 2, "{count} of {} bytes", bytes.len());
    all
}

fn carried(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let packed = gzip.write_all(text.as_bytes()).and_then(|()| gzip.finish()).unwrap_or_default();
    let with = |value: Value| json!({ "zz-carried": value }).to_string().into_bytes();
    vec![
        ("an object", format!("{{\"zz-carried\":{text}}}").into_bytes()),
        ("a list", format!("{{\"zz-carried\":[{text}]}}").into_bytes()),
        ("text", with(text.into())),
        ("text in text", with(json!({ "zz-inner": text }).to_string().into())),
        ("Base64", with(STANDARD.encode(text).into())),
        ("gzip in Base64", with(STANDARD.encode(packed).into())),
    ]
}

/// No shallower than it is nested.
fn depth(bytes: &[u8]) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in bytes {
        match byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}
