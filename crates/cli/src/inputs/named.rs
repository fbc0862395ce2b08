//! Files that an option names, to be read whole: neither what may never end nor what is being written, nor more than
//! anybody writes by hand.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use super::same::is_standard_output;

/// The most that such a file may hold.
const MOST: u64 = 16 << 20;

/// Opens what is a file; a pipe, a socket or a device may never end, and a folder holds nothing itself.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    let meta = fs::metadata(path)?;
    if meta.is_dir() {
        return Err(io::Error::other("it is a folder; name a file in it"));
    }
    if !meta.is_file() {
        return Err(io::Error::other(
            "it is a pipe, a socket or a device, which may never end; write it to a file and name that",
        ));
    }
    if is_standard_output(&meta) {
        return Err(io::Error::other(
            "it is what standard output goes to, and would be written over; name another file",
        ));
    }
    File::open(path)
}

/// Reads such a file whole.
pub(crate) fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    read_file_within(path, MOST)
}

/// The same for what holds more than anybody writes by hand.
pub(crate) fn read_file_within(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let told = format!("it holds more than {} MiB; is it the file that was meant?", most >> 20);
        return Err(io::Error::other(told));
    }
    Ok(bytes)
}
