//! `cargo xtask package aws`: the zip that Lambda's `provided.al2023` takes, the same bytes for the same commit.
//!
//! A plain build of this machine: its glibc may be newer than Lambda's, so a guard reads which symbols the executable
//! really wants, and another keeps the zip small, which is most of a cold start.

use std::fs;

use anyhow::{Context, ensure};

use crate::package_azure::{highest_glibc, output_folder, pack, remapped_paths};
use crate::shell::{cargo, command, output, run};

/// That of Amazon Linux 2023.
const GLIBC: (u32, u32) = (2, 34);
/// Most bytes of the zip.
const MOST_BYTES: usize = 6_000_000;
const EXECUTABLE: &str = "bootstrap";

/// Builds the zip and says where it is.
pub(crate) fn run_chore() -> anyhow::Result<()> {
    let mut build = cargo(&["build", "--locked", "--profile", "dist", "--package", "trailhound-aws-lambda"]);
    build.args(["--bin", EXECUTABLE]).env("RUSTFLAGS", remapped_paths());
    run(build)?;
    let executable = output_folder().join("dist").join(EXECUTABLE);
    let bytes = fs::read(&executable).with_context(|| executable.display().to_string())?;
    let (major, minor) =
        highest_glibc(&bytes).context("the executable names no glibc version: not the build expected")?;
    ensure!(
        (major, minor) <= GLIBC,
        "the executable needs glibc {major}.{minor}; Lambda has {}.{}: build it with `cargo lambda build` and zig",
        GLIBC.0,
        GLIBC.1
    );
    let zip = pack(&[(EXECUTABLE, &bytes, 0o755)])?;
    ensure!(zip.len() <= MOST_BYTES, "the zip has {} bytes; {MOST_BYTES} are the most", zip.len());
    let target = output_folder().join("aws");
    fs::create_dir_all(&target)?;
    let path = target.join("trailhound-aws.zip");
    fs::write(&path, &zip)?;
    println!("{}", path.display());
    println!("{} bytes, executable {} bytes, glibc {major}.{minor} or newer", zip.len(), bytes.len());
    print!("{}", output(command("sha256sum", &[&path.to_string_lossy()]))?);
    Ok(())
}
