//! From the paths on the command line to the inputs they name, in a fixed order.

#[cfg(feature = "azure")]
mod blob;
#[cfg(not(feature = "azure"))]
#[path = "inputs/no_blob.rs"]
mod blob;
mod delivered;
mod named;
mod pipe;
#[cfg(not(feature = "aws"))]
#[path = "inputs/no_s3.rs"]
mod s3;
#[cfg(feature = "aws")]
mod s3;
mod same;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use trailhound_detect::describe::visible;

use crate::args::Window;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
pub(crate) use delivered::{DeliverySpan, delivered};
pub(crate) use named::{open_file, read_file, read_file_within};
use pipe::Pipe;
pub(crate) use same::{refuse_as_output, without_output, without_own};

/// One input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// An object in S3.
    Object(s3::Object),
    /// A blob in Azure.
    Blob(blob::Blob),
    /// What was written as an argument.
    Given(String),
}

impl Input {
    /// An object of S3 that a notice names.
    #[cfg(feature = "aws")]
    pub(crate) fn of_object(object: trailhound_courier::ports::ObjectRef) -> Self {
        Self::Object(s3::Object::of(object))
    }

    /// The object of S3 that it is.
    #[cfg(feature = "aws")]
    pub(crate) fn as_object(&self) -> Option<&trailhound_courier::ports::ObjectRef> {
        if let Self::Object(object) = self { Some(object.reference()) } else { None }
    }

    /// How findings and messages name it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdin => "stdin".to_owned(),
            Self::File(path) => path.to_string_lossy().into_owned(),
            Self::Object(object) => object.name(),
            Self::Blob(blob) => blob.name(),
            Self::Given(_) => "argument".to_owned(),
        }
    }

    /// How large it is, where that can be known.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Stdin => 0,
            Self::Given(text) => text.len() as u64,
            Self::File(path) => fs::metadata(path).map_or(0, |meta| meta.len()),
            Self::Object(object) => object.size(),
            Self::Blob(blob) => blob.size(),
        }
    }

    /// Does it say the same when it is read again?
    pub(crate) fn is_read_again(&self) -> bool {
        match self {
            Self::Stdin => false,
            Self::File(path) => fs::metadata(path).is_ok_and(|meta| meta.is_file()),
            Self::Object(_) | Self::Blob(_) | Self::Given(_) => true,
        }
    }

    /// Opens it.
    pub(crate) fn open(&self, interrupt: &Interrupt) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Stdin => Box::new(Pipe::read(|| Ok(io::stdin()), interrupt)),
            Self::File(path) if fs::metadata(path)?.is_file() => Box::new(File::open(path)?),
            Self::File(path) => {
                let path = path.clone();
                Box::new(Pipe::read(|| File::open(path), interrupt))
            }
            Self::Object(object) => object.open()?,
            Self::Blob(blob) => blob.open()?,
            Self::Given(text) => Box::new(io::Cursor::new(text.clone().into_bytes())),
        })
    }
}

/// Something that was named but cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}", visible(path), visible(problem))]
pub(crate) struct Unreadable {
    path: String,
    problem: String,
    /// Nobody asked for it by name.
    left_out: bool,
}

/// Tells what cannot be read: wrong usage, unless nobody asked for it by name.
pub(crate) fn tell(unreadable: &[Unreadable]) -> Exit {
    for error in unreadable {
        anstream::eprintln!("trailhound: {error}");
    }
    if unreadable.iter().all(Unreadable::is_left_out) { Exit::Clean } else { Exit::Usage }
}

impl Unreadable {
    pub(crate) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into(), left_out: false }
    }

    /// Was it found in a folder and is no file, so that it is told and harms nothing?
    pub(crate) fn is_left_out(&self) -> bool {
        self.left_out
    }

    fn io(path: &Path, error: &io::Error) -> Self {
        Self::new(path.to_string_lossy(), explain(error))
    }
}

/// An I/O error in words that say what to do.
pub(crate) fn explain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to read it; check its mode and owner".to_owned(),
        _ => error.to_string(),
    }
}

/// All inputs the paths name, and what is wrong with the others.
pub(crate) fn expand(paths: &[String]) -> (Vec<Input>, Vec<Unreadable>) {
    expand_within(paths, Window::default())
}

/// The same, where of an archive by hours only what was delivered within a window is looked at.
pub(crate) fn expand_within(paths: &[String], window: Window) -> (Vec<Input>, Vec<Unreadable>) {
    let (mut inputs, mut unreadable) = (Vec::new(), Vec::new());
    for path in paths {
        if path == "-" {
            inputs.push(Input::Stdin);
        } else if path.starts_with("s3://") {
            match s3::list(path) {
                Ok(objects) => inputs.extend(objects.into_iter().map(Input::Object)),
                Err(problem) => unreadable.push(Unreadable::new(path, problem)),
            }
        } else if path.starts_with("https://") {
            match blob::list(path, window) {
                Ok(blobs) => inputs.extend(blobs.into_iter().map(Input::Blob)),
                Err(problem) => unreadable.push(Unreadable::new(path, problem)),
            }
        } else if Path::new(path).symlink_metadata().is_ok() || !path.contains(['*', '?', '[']) {
            let found = walk(Path::new(path));
            if found.is_empty() {
                unreadable.push(Unreadable::new(path, "no file in this folder"));
            }
            add(found, &mut inputs, &mut unreadable);
        } else {
            add(matching(path), &mut inputs, &mut unreadable);
        }
    }
    (inputs, unreadable)
}

fn add(found: Vec<Result<PathBuf, Unreadable>>, inputs: &mut Vec<Input>, unreadable: &mut Vec<Unreadable>) {
    for file in found {
        match file {
            Ok(file) => inputs.push(Input::File(file)),
            Err(error) => unreadable.push(error),
        }
    }
}

fn matching(pattern: &str) -> Vec<Result<PathBuf, Unreadable>> {
    let found = match glob::glob(pattern) {
        Ok(found) => found,
        Err(error) => return vec![Err(Unreadable::new(pattern, format!("not a pattern: {error}")))],
    };
    let mut files = Vec::new();
    for path in found {
        match path {
            Ok(path) => files.extend(walk(&path)),
            Err(error) => files.push(Err(Unreadable::io(error.path(), error.error()))),
        }
    }
    if files.is_empty() {
        files.push(Err(Unreadable::new(pattern, "nothing matches this pattern")));
    }
    files
}

/// The files at or below a path in name order. Links are followed, each folder entered once.
pub(crate) fn walk(path: &Path) -> Vec<Result<PathBuf, Unreadable>> {
    let mut files = Vec::new();
    visit(path, true, &mut HashSet::new(), &mut files);
    files
}

/// A pipe, a socket or a device may never end, so it is read only where it was `named`.
fn visit(
    path: &Path,
    named: bool,
    entered: &mut HashSet<PathBuf>,
    files: &mut Vec<Result<PathBuf, Unreadable>>,
) {
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) => return files.push(Err(Unreadable::io(path, &error))),
    };
    if !meta.is_dir() && !meta.is_file() && !named {
        let problem = "no file but a pipe, a socket or a device; left out";
        return files
            .push(Err(Unreadable { left_out: true, ..Unreadable::new(path.to_string_lossy(), problem) }));
    }
    if !meta.is_dir() {
        return files.push(Ok(path.to_owned()));
    }
    match fs::canonicalize(path) {
        Ok(real) => {
            if !entered.insert(real) {
                return;
            }
        }
        Err(error) => return files.push(Err(Unreadable::io(path, &error))),
    }
    let mut entries = match fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => return files.push(Err(Unreadable::io(path, &error))),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        visit(&entry.path(), false, entered, files);
    }
}

#[cfg(test)]
mod tests;
