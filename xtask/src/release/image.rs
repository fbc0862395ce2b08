//! What the container's image is built from: the command of each processor, out of the archives that are released.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use flate2::read::GzDecoder;

use super::parts::Part;

/// Docker's names of processors.
const PROCESSORS: [(&str, &str); 2] =
    [("amd64", "x86_64-unknown-linux-gnu"), ("arm64", "aarch64-unknown-linux-gnu")];

/// Lays out `amd64/trailhound` and `arm64/trailhound`.
pub(super) fn lay_out(files: &Path, image: &Path) -> anyhow::Result<()> {
    for (processor, target) in PROCESSORS {
        let part = Part::named(target)?;
        let archive = files.join(format!("{}.{}", part.folder(), part.ending()));
        let bytes = fs::read(&archive).with_context(|| archive.display().to_string())?;
        let program = file_of(&bytes, &format!("{}/trailhound", part.folder()))
            .with_context(|| archive.display().to_string())?;
        let folder = image.join(processor);
        fs::create_dir_all(&folder)?;
        let path = folder.join("trailhound");
        fs::write(&path, program)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        }
        println!("{}", path.display());
    }
    Ok(())
}

/// A file of a tar.gz.
pub(super) fn file_of(archive: &[u8], name: &str) -> anyhow::Result<Vec<u8>> {
    let mut tar = tar::Archive::new(GzDecoder::new(archive));
    for entry in tar.entries()? {
        let mut entry = entry?;
        if entry.path()?.to_str() == Some(name) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
    }
    bail!("it holds no {name}")
}
