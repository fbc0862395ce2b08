//! The gravest findings, of equals the first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::row::Row;

/// So many stand in the page for whoever runs no script.
const MOST: usize = 200;

type Rank = (Reverse<usize>, bool, Option<i64>, usize);

#[derive(Default)]
pub(super) struct Gravest(BTreeMap<Rank, Row>);

impl Gravest {
    pub(super) fn add(&mut self, at: usize, row: Row) {
        self.0.insert((Reverse(row.grade), row.seconds.is_none(), row.seconds, at), row);
        if self.0.len() > MOST {
            self.0.pop_last();
        }
    }

    pub(super) fn rows(self) -> Vec<Row> {
        self.0.into_values().collect()
    }
}
