//! Addresses and keys of Azure's services as people write them.

use std::fmt;

use azure_core::http::Url;

/// A topic's shared access key; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey(String);

impl AccessKey {
    /// Takes it in.
    pub fn new(key: String) -> Self {
        Self(key)
    }

    /// The key, for the one header that carries it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey(…)")
    }
}

/// An address without anything that would end up in a request by accident.
pub fn https(value: &str) -> Result<Url, String> {
    let url = Url::parse(value).map_err(|error| format!("is no URL: {error}"))?;
    if url.scheme() != "https" {
        return Err("must begin with https://".to_owned());
    }
    bare(url)
}

fn bare(mut url: Url) -> Result<Url, String> {
    if url.host_str().is_none_or(str::is_empty) {
        return Err("has no host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not carry a user name or password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must end after its path, without ? or #".to_owned());
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Checks the address of a custom topic.
pub fn topic(value: &str, key: Option<&AccessKey>) -> Result<Url, String> {
    let url = Url::parse(value).map_err(|error| format!("is no URL: {error}"))?;
    // An identity's token must never go over a wire in the clear; a test's key on this machine may.
    let is_here = url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
    let url = if is_here && key.is_some() { bare(url)? } else { https(value)? };
    if url.path() != "/api/events" {
        return Err("must end in /api/events".to_owned());
    }
    Ok(url)
}

/// Checks the address of a table.
pub fn table(value: &str) -> Result<Url, String> {
    let url = https(value)?;
    let name = last_segment(&url);
    let good = (3..=63).contains(&name.len())
        && name.as_bytes()[0].is_ascii_alphabetic()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if good { Ok(url) } else { Err(format!("must end in a table's name (letters and digits), not {name:?}")) }
}

/// Checks the address of a container.
pub fn container(value: &str) -> Result<Url, String> {
    let url = https(value)?;
    let name = last_segment(&url);
    let good = (3..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--");
    if good {
        Ok(url)
    } else {
        Err(format!("must end in a container's name (lower-case letters, digits, hyphens), not {name:?}"))
    }
}

fn last_segment(url: &Url) -> String {
    url.path().rsplit('/').next().unwrap_or_default().to_owned()
}
