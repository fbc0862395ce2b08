//! All that a table knows of some kinds, for people: a query over it, page by page.

use std::time::Duration;

use azure_core::http::headers::HeaderName;
use azure_core::http::{Method, Url};
use serde::Deserialize;
use serde_json::{Map, Value};
use trailhound_detect::state::{Item, ItemKind, Key, StateError, Version};

use super::{TableStore, entity};

/// How long a page may take; Table Storage gives it five seconds.
const PAGE: Duration = Duration::from_secs(20);
/// Where a page ends, as the answer says it and as the next request does.
const NEXT: [(&str, &str); 2] = [
    ("x-ms-continuation-nextpartitionkey", "NextPartitionKey"),
    ("x-ms-continuation-nextrowkey", "NextRowKey"),
];

#[derive(Deserialize)]
struct EntityPage {
    value: Vec<Map<String, Value>>,
}

impl TableStore {
    /// The items of these kinds, in the order of their keys. Left out are those whose scope does not stand in a key as
    /// it is; the number tells how many.
    pub async fn list(&self, kinds: &[ItemKind]) -> Result<(Vec<(Key, Item)>, usize), StateError> {
        let (mut found, mut untold) = (Vec::new(), 0);
        let mut next = Some(query(&self.table, kinds));
        while let Some(url) = next.take() {
            let mut request = Self::request(Method::Get, url);
            // Only then does an entity say its version.
            request.insert_header(HeaderName::from_static("accept"), "application/json;odata=fullmetadata");
            let reply = self.service.send(&mut request, PAGE).await;
            let reply = reply.map_err(|no_reply| StateError(no_reply.to_string()))?;
            if reply.status != 200 {
                return Err(self.refusal(&reply));
            }
            let page: EntityPage = serde_json::from_slice(&reply.body).map_err(|error| {
                StateError(format!("{}: no page of entities: {error}", self.table.path()))
            })?;
            for entity in &page.value {
                let (key, item) = told(entity)?;
                match key {
                    Some(key) => found.push((key, item)),
                    None => untold += 1,
                }
            }
            let marks = NEXT.map(|(header, parameter)| Some((parameter, reply.header(header)?)));
            if marks[0].is_some() {
                let mut url = query(&self.table, kinds);
                url.query_pairs_mut().extend_pairs(marks.into_iter().flatten());
                next = Some(url);
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok((found, untold))
    }
}

/// Row keys begin with their kind; `.` comes after `-`.
fn query(table: &Url, kinds: &[ItemKind]) -> Url {
    let kinds = kinds.iter().map(|kind| kind.as_str());
    let any: Vec<String> =
        kinds.map(|kind| format!("(RowKey ge '{kind}-' and RowKey lt '{kind}.')")).collect();
    let mut url = table.clone();
    url.set_path(&format!("{}()", table.path()));
    url.set_query(Some(&format!("$filter={}", any.join(" or "))));
    url
}

fn told(entity: &Map<String, Value>) -> Result<(Option<Key>, Item), StateError> {
    let text = |name: &str| entity.get(name).and_then(Value::as_str).unwrap_or_default();
    let (partition, row) = (text("PartitionKey"), text("RowKey"));
    let (value, expires_at) =
        entity::read(entity).ok_or_else(|| StateError(format!("the entity {row} is none of ours")))?;
    let item = Item { value: value.into(), version: Version(text("odata.etag").to_owned()), expires_at };
    Ok((entity::key(partition, row), item))
}
