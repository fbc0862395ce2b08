//! A file that appears whole or not at all, and that nobody else can put something in the way of.
//!
//! What is written goes into a file without a name, which is gone with the process whatever ends it. At the end it is
//! copied into one with a name nobody can guess, opened for it alone, which takes the place of the old one. It is for its
//! owner only, unless a file that was there had another mode.

use std::fs::{self, File, Metadata};
use std::io::{self, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tempfile::NamedTempFile;
use trailhound_detect::describe::visible;

/// Where a file is to appear, and what is written so far.
pub(crate) struct Whole {
    path: PathBuf,
    there: Option<Metadata>,
    written: File,
}

impl Whole {
    /// Begins a file. A link is followed, and told; what is no file is refused.
    pub(crate) fn begin(path: &Path) -> anyhow::Result<(Self, File)> {
        let cannot = || format!("cannot write {}", path.display());
        let is_link = path.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
        let target = if is_link {
            let target = fs::canonicalize(path).with_context(|| {
                format!("{} is a link that leads nowhere; name its target", path.display())
            })?;
            let told = format!("{} is a link; {} is written", path.display(), target.display());
            anstream::eprintln!("{}", visible(&told));
            target
        } else {
            path.to_owned()
        };
        let there = match fs::metadata(&target) {
            Ok(meta) if meta.is_file() => Some(meta),
            Ok(_) => {
                bail!("{} is no file, so it is not replaced; redirect standard output to it", path.display())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(cannot),
        };
        let written = tempfile::tempfile_in(folder_of(&target)).with_context(cannot)?;
        let writer = written.try_clone().with_context(cannot)?;
        Ok((Self { path: target, there, written }, writer))
    }

    /// Puts it in its place.
    pub(crate) fn keep(mut self) -> anyhow::Result<()> {
        let cannot = || format!("cannot write {}", self.path.display());
        self.written.seek(SeekFrom::Start(0)).with_context(cannot)?;
        let mut named = NamedTempFile::new_in(folder_of(&self.path)).with_context(cannot)?;
        io::copy(&mut self.written, &mut named).with_context(cannot)?;
        if let Some(there) = &self.there {
            named.as_file().set_permissions(there.permissions()).with_context(cannot)?;
        }
        named.persist(&self.path).map_err(|error| error.error).with_context(cannot)?;
        Ok(())
    }
}

/// Writes a file of a name that nobody chose, for all to read. A link of that name is replaced, not followed.
pub(crate) fn put(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    let mut named = NamedTempFile::new_in(folder_of(path)).with_context(cannot)?;
    named.write_all(content).with_context(cannot)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        named.as_file().set_permissions(fs::Permissions::from_mode(0o644)).with_context(cannot)?;
    }
    named.persist(path).map_err(|error| error.error).with_context(cannot)?;
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
