//! What is read is not written over, whatever name it goes by.

use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::Input;

/// What standard input comes from.
const STDIN: &str = "/dev/stdin";

/// Refuses an output, or a file that standard output goes to, that is one of the inputs.
pub(crate) fn refuse_as_output(output: Option<&Path>, inputs: &[Input]) -> anyhow::Result<()> {
    let (meta, written) = match output {
        Some(path) if !path.exists() => return refuse_new(path, inputs),
        Some(path) => (std::fs::metadata(path).ok(), path.display().to_string()),
        None => (standard_output(), "what standard output goes to".to_owned()),
    };
    let Some(meta) = meta.filter(Metadata::is_file) else { return Ok(()) };
    for input in inputs {
        let path = match input {
            Input::File(path) => path,
            Input::Stdin => Path::new(STDIN),
            _ => continue,
        };
        if std::fs::metadata(path).is_ok_and(|other| is_same((&meta, output), (&other, path))) {
            bail!("{written} is an input: {} would be written over; name another file", path.display());
        }
    }
    Ok(())
}

/// The same of a file that is not there yet: two options may be about to make it.
fn refuse_new(output: &Path, inputs: &[Input]) -> anyhow::Result<()> {
    let Some(place) = place_of(output.to_owned()) else { return Ok(()) };
    for input in inputs {
        let Input::File(path) = input else { continue };
        if !path.exists() && place_of(path.clone()).as_ref() == Some(&place) {
            bail!(
                "{} is named twice: {} would be written over; name another file",
                output.display(),
                path.display()
            );
        }
    }
    Ok(())
}

/// Where a file would come to be: its folder by its true name, behind whatever links.
fn place_of(mut path: PathBuf) -> Option<PathBuf> {
    const MOST_LINKS: usize = 40;
    for _ in 0..MOST_LINKS {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = std::fs::canonicalize(folder).ok()?;
        path = folder.join(path.file_name()?);
        match std::fs::read_link(&path) {
            Ok(target) => path = folder.join(target),
            Err(_) => return Some(path),
        }
    }
    None
}

/// Without the file that a shell made for standard output in a folder that is read: it holds nothing yet, and would be
/// read while it is written. One that was named stays, to be refused.
pub(crate) fn without_output(mut inputs: Vec<Input>, named: &[String]) -> Vec<Input> {
    let Some(meta) = standard_output().filter(|meta| meta.is_file() && meta.len() == 0) else {
        return inputs;
    };
    inputs.retain(|input| match input {
        Input::File(path) => {
            named.iter().any(|name| Path::new(name) == path)
                || !std::fs::metadata(path).is_ok_and(|other| is_same((&meta, None), (&other, path)))
        }
        _ => true,
    });
    inputs
}

/// Without a file that the command keeps in a folder that is read. One that was named stays, to be refused.
pub(crate) fn without_own(mut inputs: Vec<Input>, named: &[String], own: &Path) -> Vec<Input> {
    let Ok(meta) = std::fs::metadata(own) else { return inputs };
    inputs.retain(|input| match input {
        Input::File(path) => {
            named.iter().any(|name| Path::new(name) == path)
                || !std::fs::metadata(path).is_ok_and(|other| is_same((&meta, Some(own)), (&other, path)))
        }
        _ => true,
    });
    inputs
}

/// Is this file what standard output goes to?
#[cfg(unix)]
pub(super) fn is_standard_output(meta: &Metadata) -> bool {
    standard_output()
        .filter(Metadata::is_file)
        .is_some_and(|out| is_same((&out, None), (meta, Path::new(""))))
}

#[cfg(not(unix))]
pub(super) fn is_standard_output(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn is_same((one, _): (&Metadata, Option<&Path>), (other, _): (&Metadata, &Path)) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same((_, one): (&Metadata, Option<&Path>), (_, other): (&Metadata, &Path)) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    one.and_then(real).is_some_and(|one| real(other) == Some(one))
}

#[cfg(unix)]
fn standard_output() -> Option<Metadata> {
    use std::os::fd::AsFd;
    File::from(std::io::stdout().as_fd().try_clone_to_owned().ok()?).metadata().ok()
}

#[cfg(not(unix))]
fn standard_output() -> Option<Metadata> {
    None
}
