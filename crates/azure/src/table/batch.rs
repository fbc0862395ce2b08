//! Entity group transactions: several writes to one partition in one request, all done or none.
//!
//! A multipart body of whole HTTP requests, answered by one of whole HTTP responses: one for each write, or a single
//! one for all of them that says what was wrong.

use std::fmt::Write as _;

use azure_core::http::Url;
use trailhound_detect::state::Write;

use super::entity;

/// Between the parts of a body. Nothing in JSON can begin a line like it.
const BATCH: &str = "batch_of_trailhound";
const CHANGES: &str = "changes_of_trailhound";

/// The content type of a request.
pub(super) fn content_type() -> String {
    format!("multipart/mixed; boundary={BATCH}")
}

/// Where requests go for a table.
pub(super) fn url(table: &Url) -> Url {
    let mut url = table.clone();
    let account = table.path().rsplit_once('/').map_or("", |(account, _)| account);
    url.set_path(&format!("{account}/$batch"));
    url
}

/// The body of a request.
pub(super) fn body(table: &Url, writes: &[&Write]) -> String {
    let mut parts = String::new();
    for write in writes {
        let (method, url, condition) = match &write.replaces {
            None => ("POST", table.clone(), String::new()),
            Some(version) => ("PUT", entity::url(table, &write.key), format!("If-Match: {}\r\n", version.0)),
        };
        // A string takes all that is written to it.
        let _ = write!(
            parts,
            "--{CHANGES}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n\
             {method} {url} HTTP/1.1\r\nContent-Type: application/json\r\n\
             Accept: application/json;odata=nometadata\r\nPrefer: return-no-content\r\n\
             DataServiceVersion: 3.0;NetFx\r\n{condition}\r\n{}\r\n",
            entity::of(write)
        );
    }
    format!(
        "--{BATCH}\r\nContent-Type: multipart/mixed; boundary={CHANGES}\r\n\r\n{parts}--{CHANGES}--\r\n--{BATCH}--\r\n"
    )
}

/// One of the responses in an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// HTTP status.
    pub(super) status: u16,
    /// The entity's version now.
    pub(super) etag: Option<String>,
    /// The body, which says what is wrong.
    pub(super) body: String,
}

/// The responses in an answer.
pub(super) fn parts(answer: &[u8]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut in_body = false;
    for line in String::from_utf8_lossy(answer).lines() {
        if let Some(status) = line.strip_prefix("HTTP/1.1 ") {
            let status = status.get(..3).and_then(|status| status.parse().ok()).unwrap_or_default();
            parts.push(Part { status, ..Part::default() });
            in_body = false;
        } else if line.starts_with("--") {
            in_body = false;
        } else if let Some(part) = parts.last_mut() {
            match line.split_once(':') {
                _ if in_body => part.body.push_str(line),
                _ if line.is_empty() => in_body = true,
                Some((name, value)) if name.eq_ignore_ascii_case("etag") => {
                    part.etag = Some(value.trim().to_owned());
                }
                _ => {}
            }
        }
    }
    parts
}
