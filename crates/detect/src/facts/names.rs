//! Names that the matches of a record share: one call may have thousands of targets.

use std::ops::Deref;
use std::slice;
use std::sync::Arc;

/// Names in order; a copy costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
