//! Levels as people type them.

use trailhound_detect::matched::Level;

/// A level by its name, as it is printed too.
pub(super) fn level(text: &str) -> Result<Level, String> {
    let word = text.to_ascii_lowercase();
    let word = if word == "info" { "informational" } else { &word };
    word.parse().map_err(|_| "write informational (or info), low, medium, high or critical".to_owned())
}
