use std::sync::OnceLock;

use jiff::Timestamp;
use trailhound_detect::matched::{Level, Match};
use trailhound_detect::settle::{Suppressions, settle};

use crate::parts::{events, matches, pipeline};

/// As many matches of the shipped rules' tests are settled with what was read.
const SETTLED: usize = 24;

/// Any text as a suppression file is read whole or refused with its name; what is read keeps no critical match back, and
/// is told wherever it acts.
pub fn suppressions(bytes: &[u8]) {
    static FOUND: OnceLock<Vec<Match>> = OnceLock::new();
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let now = Timestamp::UNIX_EPOCH;
    let rules = pipeline().rules();
    let read = match Suppressions::load("any.yml", text, rules, now) {
        Ok(read) => read,
        Err(wrong) => {
            assert!(wrong.to_string().contains("any.yml"), "{wrong}");
            return;
        }
    };
    for entry in read.active().iter().chain(&read.expired) {
        assert!(!entry.id.is_empty() && !entry.reason.is_empty() && !entry.owner.is_empty());
    }
    let found = FOUND.get_or_init(|| {
        let all = events().iter().flat_map(|event| matches(event.to_string().as_bytes()));
        all.step_by(7).take(SETTLED).collect()
    });
    for found in found {
        let named: Vec<&str> = read.naming(found, now).collect();
        for level in [Level::Critical, Level::High, Level::Low] {
            let mut verdict = found.verdict.clone();
            verdict.level = level;
            let kept_back = settle(found, &mut verdict, &read, Level::Informational, now);
            assert!(kept_back.is_none() || level < Level::Critical, "{text}");
            assert!(kept_back.is_none_or(|id| named.contains(&&*id)), "{text}");
            assert!(verdict.suppressions.len() == named.len() && verdict.level <= level, "{text}");
        }
    }
}
