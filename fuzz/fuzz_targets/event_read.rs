//! Any bytes as a record: reading never panics, and events that are read have facts and an id.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trailhound_detect::event::Reader;

fuzz_target!(|record: &[u8]| {
    Reader::default().read(record, &mut |event| {
        if let Ok(event) = event {
            assert!(!event.facts().event_uid.is_empty());
            let _ = event.facts().identity();
        }
    });
});
