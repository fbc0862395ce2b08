//! Times, numbers and remedies as people read them.

use jiff::Timestamp;

/// A time as tables and pages show it, in UTC.
pub(crate) fn clock(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "time unknown".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// `1,204,551`
pub(crate) fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What is written to a summary line: `2 files`, `1 file`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(count), if count == 1 { one } else { many })
}

/// How to get a command that has a feature this one was built without.
#[cfg(not(all(feature = "aws", feature = "azure")))]
pub(crate) fn built_with(feature: &str) -> String {
    format!("`cargo install --path crates/cli --features {feature}` builds one that does")
}

/// Does a text have a name in it, whole and in any case?
pub(crate) fn names(text: &str, name: &str) -> bool {
    let (text, name) = (text.as_bytes(), name.as_bytes());
    // What is beyond ASCII is part of a word.
    let is_word =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
    !name.is_empty()
        && text.windows(name.len()).enumerate().any(|(at, window)| {
            window.eq_ignore_ascii_case(name)
                && !is_word(at.checked_sub(1).and_then(|before| text.get(before)))
                && !is_word(text.get(at + name.len()))
        })
}
