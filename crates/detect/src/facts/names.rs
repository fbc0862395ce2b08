//! Names that the matches of a record share: one call may have thousands of targets.

use std::ops::Deref;
use std::slice;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Names in order; a copy costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Names(Arc<Vec<String>>);

impl Names {
    /// These names alone, to be changed.
    pub(crate) fn to_mut(&mut self) -> &mut Vec<String> {
        Arc::make_mut(&mut self.0)
    }
}

impl Deref for Names {
    type Target = Vec<String>;

    fn deref(&self) -> &Vec<String> {
        &self.0
    }
}

impl From<Vec<String>> for Names {
    fn from(names: Vec<String>) -> Self {
        Self(Arc::new(names))
    }
}

impl From<Names> for Vec<String> {
    fn from(names: Names) -> Self {
        Arc::unwrap_or_clone(names.0)
    }
}

impl FromIterator<String> for Names {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        names.into_iter().collect::<Vec<_>>().into()
    }
}

impl<'n> IntoIterator for &'n Names {
    type Item = &'n String;
    type IntoIter = slice::Iter<'n, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<Name, const N: usize> PartialEq<[Name; N]> for Names
where
    String: PartialEq<Name>,
{
    fn eq(&self, other: &[Name; N]) -> bool {
        ***self == *other
    }
}
