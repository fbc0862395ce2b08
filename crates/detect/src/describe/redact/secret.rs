//! What a secret stands under, and what providers put in its place; what one looks like, the gate says.

use std::borrow::Cow;

use crate::describe::gate::{clean_prose, tells_secret};

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

/// A caller's free text; nothing of it if it seems to hold a secret.
pub(in crate::describe) fn free_text(text: &str) -> Cow<'_, str> {
    if is_placeholder(text) || tells_secret(text) { Cow::Borrowed("[REDACTED]") } else { Cow::Borrowed(text) }
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
    clean_prose(&out).into_owned()
}
