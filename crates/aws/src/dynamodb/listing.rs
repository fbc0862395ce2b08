//! All that a table knows of some kinds, for people: a scan, which reads whatever else is there, too.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use trailhound_detect::state::{Item, ItemKind, Key, StateError};

use super::item::{self, LAYOUT, of_partition};
use super::{DynamoStore, in_words};

/// Items that are read at once, so that a page comes in time over any line.
const PAGE: i32 = 1_000;

impl DynamoStore {
    /// The items of these kinds, in the order of their keys. Left out are those whose scope is too long to stand in a
    /// key; the number tells how many.
    pub async fn list(&self, kinds: &[ItemKind]) -> Result<(Vec<(Key, Item)>, usize), StateError> {
        let (filter, values) = filter(kinds);
        let request = self.client.scan().table_name(&self.table).consistent_read(true).limit(PAGE);
        let request = request.filter_expression(filter).set_expression_attribute_values(Some(values));
        let mut pages = request.into_paginator().send();
        let (mut found, mut untold) = (Vec::new(), 0);
        while let Some(page) = pages.next().await {
            for attributes in page.map_err(|error| StateError(in_words(&error)))?.items() {
                let (pk, item) = item::parse(attributes)?;
                match of_partition(&pk) {
                    Some(key) => found.push((key, item)),
                    None => untold += 1,
                }
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok((found, untold))
    }
}

/// `sk = :layout AND (begins_with(pk, :k0) OR …)`, and its values.
fn filter(kinds: &[ItemKind]) -> (String, HashMap<String, AttributeValue>) {
    let mut values = HashMap::from([(":layout".to_owned(), item::text(LAYOUT))]);
    let mut any = Vec::new();
    for (n, kind) in kinds.iter().enumerate() {
        any.push(format!("begins_with(pk, :k{n})"));
        values.insert(format!(":k{n}"), item::text(format!("{}#", kind.as_str())));
    }
    (format!("sk = :layout AND ({})", any.join(" OR ")), values)
}
