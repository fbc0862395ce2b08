//! Blobs in a command that was built without Azure.

use std::io::{self, Read};

use crate::args::Window;

/// There is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Blob {}

pub(super) fn list(_: &str, _: Window) -> Result<Vec<Blob>, String> {
    let how = crate::words::built_with("azure");
    Err(format!(
        "this trailhound reads no blobs; {how}, or copy them: `az storage blob download-batch --pattern …`"
    ))
}

impl Blob {
    pub(super) fn name(&self) -> String {
        match *self {}
    }

    pub(super) fn size(&self) -> u64 {
        match *self {}
    }

    pub(super) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        match *self {}
    }
}
