//! Items of a list of JSON, in a file without a name until the list is written.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};

pub(super) struct Spool {
    file: BufWriter<File>,
    is_empty: bool,
}

impl Spool {
    pub(super) fn begin() -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(tempfile::tempfile()?), is_empty: true })
    }

    pub(super) fn add(&mut self, json: &str) -> io::Result<()> {
        if !std::mem::take(&mut self.is_empty) {
            self.file.write_all(b",")?;
        }
        self.file.write_all(json.as_bytes())
    }

    /// Writes the list.
    pub(super) fn write(self, out: &mut dyn Write) -> io::Result<()> {
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        out.write_all(b"[")?;
        io::copy(&mut file, out)?;
        out.write_all(b"]")
    }
}
