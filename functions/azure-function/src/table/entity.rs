//! Entities of the state table and their JSON.

use azure_core::http::Url;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Row of a claim on a finding.
pub(super) const CLAIM: &str = "claim";
/// Row of an operation's caller.
pub(super) const CALLER: &str = "caller";

/// One entity; a claim has `by` and `until`, a caller has `value`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entity {
    pub(super) key: String,
    pub(super) row: String,
    /// `claimed` or `published`; empty for callers.
    pub(super) state: String,
    pub(super) by: String,
    /// Milliseconds since the epoch.
    pub(super) until: i64,
    pub(super) value: String,
    /// Seconds since the epoch.
    pub(super) expires_at: i64,
}

impl Entity {
    pub(super) fn claim(finding: &str, claimant: &str, until: Timestamp, expires: Timestamp) -> Self {
        Self {
            key: key("finding", finding),
            row: CLAIM.to_owned(),
            state: "claimed".to_owned(),
            by: claimant.to_owned(),
            until: until.as_millisecond(),
            expires_at: expires.as_second(),
            ..Self::default()
        }
    }

    pub(super) fn published(finding: &str, expires: Timestamp) -> Self {
        Self {
            key: key("finding", finding),
            row: CLAIM.to_owned(),
            state: "published".to_owned(),
            expires_at: expires.as_second(),
            ..Self::default()
        }
    }

    pub(super) fn caller(operation: &str, value: &str, expires: Timestamp) -> Self {
        Self {
            key: key("operation", operation),
            row: CALLER.to_owned(),
            value: value.to_owned(),
            expires_at: expires.as_second(),
            ..Self::default()
        }
    }

    /// Until when somebody is publishing it; `None` once it is published.
    pub(super) fn held_until(&self) -> Option<Timestamp> {
        if self.state == "published" {
            return None;
        }
        Some(Timestamp::from_millisecond(self.until).unwrap_or(Timestamp::MIN))
    }

    /// 64-bit numbers travel as strings with their type beside them.
    pub(super) fn to_json(&self) -> String {
        let mut entity = json!({
            "PartitionKey": self.key,
            "RowKey": self.row,
            "expires_at": self.expires_at.to_string(),
            "expires_at@odata.type": "Edm.Int64",
        });
        let mut set = |name: &str, value: &str| {
            if !value.is_empty() {
                entity[name] = Value::from(value);
            }
        };
        set("state", &self.state);
        set("claimed_by", &self.by);
        set("value", &self.value);
        if self.until != 0 {
            set("claimed_until", &self.until.to_string());
            set("claimed_until@odata.type", "Edm.Int64");
        }
        entity.to_string()
    }

    pub(super) fn from_json(body: &[u8]) -> Option<Self> {
        let entity: Value = serde_json::from_slice(body).ok()?;
        let text = |name: &str| entity[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| match &entity[name] {
            Value::String(text) => text.parse().unwrap_or(0),
            value => value.as_i64().unwrap_or(0),
        };
        let key = entity["PartitionKey"].as_str()?.to_owned();
        Some(Self {
            key,
            row: text("RowKey"),
            state: text("state"),
            by: text("claimed_by"),
            until: number("claimed_until"),
            value: text("value"),
            expires_at: number("expires_at"),
        })
    }
}

/// A key that Table Storage takes: names of ours that are not plain are hashed.
fn key(kind: &str, name: &str) -> String {
    let plain = name.len() <= 128 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain {
        return format!("{kind}-{name}");
    }
    format!("{kind}-{}", crate::hex(&Sha256::digest(name)))
}

/// An entity's own address.
pub(super) fn url(table: &Url, key: &str, row: &str) -> Url {
    let mut url = table.clone();
    let path = format!("{}(PartitionKey='{key}',RowKey='{row}')", table.path());
    url.set_path(&path);
    url
}
