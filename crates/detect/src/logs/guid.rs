//! GUIDs in the one spelling that keys use: lower-case, without dashes. Azure writes the same object id with dashes
//! in a claim and without in the authorization evidence.

/// The GUID normalised; other text as it is, lower-case.
pub(super) fn normal(text: &str) -> String {
    let bare: String = text.trim().chars().filter(|c| !matches!(c, '-' | '{' | '}')).collect();
    if bare.len() == 32 && bare.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        bare.to_ascii_lowercase()
    } else {
        text.trim().to_ascii_lowercase()
    }
}

/// Thirty-two hex digits, with or without dashes?
pub(super) fn is_guid(text: &str) -> bool {
    let digits = text.bytes().filter(|byte| *byte != b'-');
    digits.clone().count() == 32 && digits.clone().all(|byte| byte.is_ascii_hexdigit())
}
