//! Any bytes as what the Functions host posts: however they are cut, the same events come of them. Any texts as events in
//! the host's own form come out as they went in.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use trailhound_azure_function::invocation::{Intake, Invocation};

/// Events are apart by this byte, which no text holds.
const APART: u8 = 0xFF;

fuzz_target!(|bytes: &[u8]| {
    let Some((cut, bytes)) = bytes.split_first() else { return };
    let cut = usize::from(*cut).max(1);
    assert_eq!(read(bytes, bytes.len().max(1)), read(bytes, cut), "in chunks of {cut}");

    let texts: Vec<String> = bytes.split(|byte| *byte == APART).map(|text| String::from_utf8_lossy(text).into_owned()).collect();
    let events = serde_json::to_string(&texts).unwrap_or_default();
    let request = json!({"Data": {"events": events}, "Metadata": {}}).to_string();
    let (bodies, invocation) = read(request.as_bytes(), cut);
    assert!(invocation.is_ok(), "{invocation:?}");
    assert_eq!(bodies.len(), texts.len());
    for (body, text) in bodies.iter().zip(&texts) {
        // What is Base64 of a body is taken for it.
        assert!(body == text.as_bytes() || body.len() < text.len(), "{text:?}");
    }
});

fn read(request: &[u8], cut: usize) -> (Vec<Vec<u8>>, Result<Invocation, String>) {
    let mut bodies = Vec::new();
    let mut intake = Intake::default();
    for part in request.chunks(cut) {
        intake.push(part, &mut |body| bodies.push(body));
    }
    let invocation = intake.finish(&mut |body| bodies.push(body));
    (bodies, invocation.map_err(|unread| unread.error.to_string()))
}
