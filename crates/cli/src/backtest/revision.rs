//! Rules as a revision of git has them, read through git itself and kept in a folder of our own while they are needed.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use trailhound_detect::rules::FileKind;

/// Rules of a revision.
pub(super) struct Revision {
    folder: tempfile::TempDir,
}

impl Revision {
    /// Reads what stands at a path in a revision of the repository that the path is in.
    pub(super) fn read(revision: &str, path: &Path) -> anyhow::Result<Self> {
        ensure!(
            !revision.is_empty() && !revision.starts_with('-'),
            "`{revision}` is no revision; name a branch, a tag or a commit"
        );
        let is_folder = path.is_dir();
        let inside = if is_folder { Some(path) } else { path.parent() };
        let inside = inside.filter(|inside| !inside.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let wanted = if is_folder { OsStr::new(".") } else { path.file_name().unwrap_or_default() };
        let git = |arguments: &[&OsStr]| {
            let output = Command::new("git").arg("-C").arg(inside).args(arguments).output();
            let output = output.context("cannot run git, which --against-revision needs")?;
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr);
                bail!("git does not give {} as {revision} has it: {}", path.display(), said.trim());
            }
            Ok(output.stdout)
        };
        let [list, recursive, names, zeros, end] =
            ["ls-tree", "-r", "--name-only", "-z", "--"].map(OsStr::new);
        let listed = git(&[list, recursive, names, zeros, OsStr::new(revision), end, wanted])?;
        let listed = String::from_utf8(listed).context("git names a file that is not in UTF-8")?;
        let folder = tempfile::tempdir().context("cannot make a folder for the rules of a revision")?;
        let mut count = 0;
        for name in listed.split('\0').filter(|name| FileKind::of(name).is_some()) {
            let text = git(&[OsStr::new("show"), OsStr::new(&format!("{revision}:./{name}"))])?;
            let file = folder.path().join(name);
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
            count += 1;
        }
        ensure!(count > 0, "{revision} has no rule (*.yml, *.yaml) at {}", path.display());
        Ok(Self { folder })
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}
