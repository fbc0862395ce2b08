//! Tables of clouds that this command was built without: none can be named, so none is ever asked.

use std::fmt;
use std::marker::PhantomData;

use trailhound_detect::remember::Entry;
use trailhound_detect::state::{Item, Key};

use crate::words::built_with;

#[cfg(not(feature = "aws"))]
pub(crate) type DynamoDb = Absent<Aws>;
#[cfg(not(feature = "azure"))]
pub(crate) type TableStorage = Absent<Azure>;

#[cfg(not(feature = "aws"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Aws {}

#[cfg(not(feature = "azure"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Azure {}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Never {}

/// A table that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Absent<Cloud>(Never, PhantomData<Cloud>);

#[cfg(not(feature = "aws"))]
impl Absent<Aws> {
    pub(super) fn named(_: &str) -> Result<Self, String> {
        Err(format!("this trailhound knows no DynamoDB; {}", built_with("aws")))
    }
}

#[cfg(not(feature = "azure"))]
impl Absent<Azure> {
    pub(super) fn at(_: &str) -> Result<Self, String> {
        Err(format!("this trailhound knows no Table Storage; {}", built_with("azure")))
    }
}

impl<Cloud> Absent<Cloud> {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        match self.0 {}
    }

    pub(super) fn add(&self, _: &[Entry]) -> anyhow::Result<()> {
        match self.0 {}
    }

    pub(super) fn items(&self) -> anyhow::Result<Vec<(Key, Item)>> {
        match self.0 {}
    }
}

impl<Cloud> fmt::Display for Absent<Cloud> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}
