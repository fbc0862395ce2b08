use trailhound_detect::event::Reader;

/// Any bytes as a record are read or refused; what is read has facts and an id.
pub fn event_read(record: &[u8]) {
    Reader::default().read(record, &mut |event| {
        if let Ok(event) = event {
            assert!(!event.facts().event_uid.is_empty());
            assert!(!event.facts().identity().is_empty());
        }
    });
}
