#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trailhound_properties::state_items(bytes));
