//! What a secret looks like, by the key it stands under and by its own text.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// What providers write in place of a value they hid.
pub(super) fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.starts_with("hidden_due_to_security")
        || lower.starts_with("value hidden due to security")
        || lower.starts_with("<sensitivedataremoved")
        || lower.starts_with("sensitivedataremoved")
        || lower == "****"
        || lower == "{pii removed}"
}

/// Does a key name a secret? `tokenType`, `keyName` and `credentialKeyId` do not.
pub(super) fn is_secret_key(key: &str) -> bool {
    const WORDS: [&str; 14] = [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "credential",
        "protectedsettings",
        "protectedparameters",
        "connectionstring",
        "privatekey",
        "keymaterial",
        "accesskey",
        "signature",
        "streamurl",
    ];
    let name: String =
        key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if ["type", "policy", "id", "ids"].iter().any(|ending| name.ends_with(ending)) {
        return false;
    }
    name.ends_with("key")
        || name == "pwd"
        || name == "userdata"
        || WORDS.iter().any(|word| name.contains(word))
}

/// Does any part of a path name a secret?
pub(super) fn is_secret_path(path: &str) -> bool {
    path.split('.').any(is_secret_key)
}

/// Does a text hold something that opens doors? Errs on the side of yes.
pub(super) fn looks_secret(text: &str) -> bool {
    static PATTERNS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i:-----BEGIN [A-Z ]+-----)",
            r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
            r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
            r"|(?i:[?&;]s(?:ig|e|v)=[^&\s]{6,})",
            r"|(?i:(?:password|passwd|pwd|secret|token|apikey|api_key|accountkey|sharedaccesskey|client_secret)\s*[=:]\s*\S)",
            r"|(?i:--?(?:password|passwd|secret|token)\s+\S)",
            r"|(?i:\b(?:bearer|basic)\s+[A-Za-z0-9+/=._-]{12,})",
            r"|\bgh[pousr]_[A-Za-z0-9]{30,}",
            r"|\bxox[abprs]-[A-Za-z0-9-]{10,}",
        ))
        .expect("the pattern is a constant that a test compiles")
    });
    PATTERNS.is_match(text) || has_secret_run(text)
}

/// Forty characters of Base64 of all three kinds: what an AWS secret access key looks like. Hex digests are not.
fn has_secret_run(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '/' || c == '+')).any(|run| {
        run.len() == 40
            && run.bytes().any(|b| b.is_ascii_lowercase())
            && run.bytes().any(|b| b.is_ascii_uppercase())
            && run.bytes().any(|b| b.is_ascii_digit())
    })
}

/// A caller's free text; nothing of it if it seems to hold a secret.
pub(in crate::describe) fn free_text(text: &str) -> Cow<'_, str> {
    if is_placeholder(text) || looks_secret(text) { Cow::Borrowed("[REDACTED]") } else { Cow::Borrowed(text) }
}

/// An error's words without encoded blobs.
pub(in crate::describe) fn error_message(text: &str) -> String {
    /// Longer than ARNs and resource ids; no word of a sentence.
    const LONGEST_WORD: usize = 400;
    let mut out = String::with_capacity(text.len().min(512));
    let head = text.char_indices().nth(4_096).map_or(text, |(at, _)| &text[..at]);
    let (head, encoded) = match head.to_ascii_lowercase().find("encoded authorization failure message") {
        Some(at) => (head[..at].trim_end(), true),
        None => (head, false),
    };
    for word in head.split(' ') {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(if word.chars().count() > LONGEST_WORD { "[cut]" } else { word });
    }
    if encoded {
        out.push_str(" [encoded message cut]");
    }
    if looks_secret(&out) { "[REDACTED]".to_owned() } else { out }
}
