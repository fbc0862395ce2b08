//! Makes one part.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use super::archive::{self, Entry};
use super::parts::{Kind, Part};
use super::sbom;
use crate::package_azure::{highest_glibc, linker, output_folder, remapped_paths};
use crate::shell::{self, cargo, output, root};
use crate::{package_aws, package_azure, tools};

/// Most bytes of the command; more than a third are the clients of both clouds.
pub(super) const MOST_BYTES: usize = 28_000_000;
/// Debian 10's and RHEL 8's, the oldest that are still about.
const GLIBC: (u32, u32) = (2, 28);
/// The clouds are on in what is released.
const FEATURES: &str = "aws,azure";

/// Makes it, and says where its files are.
pub(super) fn run(part: &Part, files: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let paths: Vec<PathBuf> = part.files().iter().map(|name| files.join(name)).collect();
    match part.kind {
        Kind::Command => write(&paths, &command(part)?)?,
        Kind::Lambda(processor) => {
            package_aws::run_chore(Some(processor))?;
            taken(&output_folder().join("aws"), &paths)?;
        }
        Kind::AzureFunction => {
            package_azure::run_chore()?;
            taken(&output_folder().join("azure"), &paths)?;
        }
        Kind::Module(_) => bail!("{} is made by `finish`: it knows the sums of the packages", part.name),
        Kind::Sbom => write(&paths, sbom::of(FEATURES)?.as_bytes())?,
    }
    Ok(paths)
}

fn write(paths: &[PathBuf], bytes: &[u8]) -> anyhow::Result<()> {
    paths.iter().try_for_each(|path| fs::write(path, bytes).with_context(|| path.display().to_string()))
}

/// Takes files over from where another chore put them.
fn taken(from: &Path, paths: &[PathBuf]) -> anyhow::Result<()> {
    for path in paths {
        let made = from.join(path.file_name().context("a file has a name")?);
        fs::copy(&made, path).with_context(|| made.display().to_string())?;
    }
    Ok(())
}

/// The command's archive for a target.
fn command(part: &Part) -> anyhow::Result<Vec<u8>> {
    let program = program(part)?;
    let bytes = fs::read(&program).with_context(|| program.display().to_string())?;
    checked(part, &bytes)?;
    println!("{}: {} bytes of {MOST_BYTES}", program.display(), bytes.len());
    let name = if part.is_windows() { "trailhound.exe" } else { "trailhound" };
    let mut entries = vec![Entry::program(name, bytes)];
    for file in ["LICENSE", "README.md", "CHANGELOG.md"] {
        entries.push(Entry::text(file, fs::read(root().join(file))?));
    }
    entries.extend(shells(part, &program)?);
    archive::make(part.ending(), &part.folder(), entries)
}

/// Is it small enough, and does it start where it is promised to?
pub(super) fn checked(part: &Part, program: &[u8]) -> anyhow::Result<()> {
    let size = program.len();
    ensure!(size <= MOST_BYTES, "the command for {} has {size} bytes; {MOST_BYTES} are the most", part.name);
    if part.is_linux() {
        let needed =
            highest_glibc(program).context("the command names no glibc version: not the build expected")?;
        ensure!(
            needed <= GLIBC,
            "the command needs glibc {}.{}; it is promised to start with {}.{}",
            needed.0,
            needed.1,
            GLIBC.0,
            GLIBC.1
        );
    }
    Ok(())
}

fn program(part: &Part) -> anyhow::Result<PathBuf> {
    let auditable = tools::auditable();
    if let Err(why) = &auditable {
        ensure!(std::env::var_os("CI").is_none(), "a release carries the list of what is in it: {why:#}");
        eprintln!("built without the list of what is in it: {why:#}");
    }
    let mut words = if auditable.is_ok() { vec!["auditable"] } else { Vec::new() };
    // zig knows old glibcs; elsewhere the system's own linker is the one.
    let versioned = format!("{}.{}.{}", part.name, GLIBC.0, GLIBC.1);
    let (verb, target) =
        if part.is_linux() { ("zigbuild", versioned.as_str()) } else { ("build", part.name) };
    words.push(verb);
    words.extend(["--locked", "--profile", "dist", "--package", "trailhound", "--features", FEATURES]);
    words.extend(["--target", target]);
    let mut build = cargo(&words);
    let mut path: Vec<PathBuf> = auditable.into_iter().collect();
    if part.is_linux() {
        path.push(linker()?);
    }
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    build.env("PATH", std::env::join_paths(path)?).env("RUSTFLAGS", remapped_paths());
    shell::run(build)
        .with_context(|| format!("`rustup target add {}` makes Rust know the target", part.name))?;
    let name = if part.is_windows() { "trailhound.exe" } else { "trailhound" };
    Ok(output_folder().join(part.name).join("dist").join(name))
}

/// Completions and man pages, from the command itself where it runs here, else from one that does.
fn shells(part: &Part, program: &Path) -> anyhow::Result<Vec<Entry>> {
    let ask = |words: &[&str]| {
        if part.why_not_here().is_none() {
            return output(shell::command(program, words));
        }
        let run = ["run", "--quiet", "--locked", "--package", "trailhound", "--"];
        output(cargo(&[&run[..], words].concat()))
    };
    let mut entries = Vec::new();
    for (shell, file) in [
        ("bash", "trailhound.bash"),
        ("zsh", "_trailhound"),
        ("fish", "trailhound.fish"),
        ("powershell", "trailhound.ps1"),
    ] {
        entries.push(Entry::text(format!("completions/{file}"), ask(&["completions", shell])?));
    }
    if !part.is_windows() {
        let folder = output_folder().join("man1");
        if folder.exists() {
            // Pages of commands that are gone.
            fs::remove_dir_all(&folder)?;
        }
        ask(&["man", &folder.to_string_lossy()])?;
        for page in fs::read_dir(&folder)? {
            let page = page?;
            let name = page.file_name().to_string_lossy().into_owned();
            entries.push(Entry::text(format!("man/man1/{name}"), fs::read(page.path())?));
        }
    }
    Ok(entries)
}
