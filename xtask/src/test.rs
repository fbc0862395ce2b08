//! Every test, with the emulators they talk to.

use std::fs::{self, File};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use anyhow::{Context as _, ensure};

use crate::servers::Server;
use crate::shell::{self, cargo, command, root};
use crate::tools;

/// `infra/check` beside the tests: what it says is shown when it has ended.
struct Infra {
    check: Child,
    said: PathBuf,
}

impl Infra {
    fn begin(skipped: &Path) -> anyhow::Result<Self> {
        let said = root().join(".tools/infra.log");
        let log = File::create(&said)?;
        let mut check = command(root().join("infra/check"), &[]);
        check.env("TRAILHOUND_SKIPPED", skipped).stdin(Stdio::null());
        let check = check.stdout(log.try_clone()?).stderr(log).spawn().context("infra/check")?;
        Ok(Self { check, said })
    }

    fn end(mut self) -> anyhow::Result<()> {
        println!("$ infra/check");
        let status = self.check.wait()?;
        print!("{}", String::from_utf8_lossy(&fs::read(&self.said)?));
        ensure!(status.success(), "infra/check: {status}");
        Ok(())
    }
}

impl Drop for Infra {
    fn drop(&mut self) {
        // Gone already, as a rule.
        _ = self.check.kill();
    }
}

/// Installs, starts, tests, stops, and tells what was skipped. `rest` goes to `cargo test`.
pub(crate) fn run(rest: &[&str]) -> anyhow::Result<()> {
    let skipped = root().join(".tools/skipped");
    fs::create_dir_all(root().join(".tools"))?;
    fs::write(&skipped, "")?;

    let tools = tools::install();
    let moto = tools.python.as_deref().map(Server::moto).transpose()?;
    // Of one build: what the features need are members anyway, so only the command itself is another.
    let whole = ["test", "--workspace", "--no-fail-fast", "--features", "trailhound/aws,trailhound/azure"];
    let mut tests = cargo(&[&whole, rest].concat());
    tests.env("TRAILHOUND_SKIPPED", &skipped);
    // Whoever runs the tests may have settings of his own.
    tests.env("TRAILHOUND_SETTINGS", "");
    if let Some(moto) = &moto {
        tests.env("TRAILHOUND_MOTO_URL", format!("http://127.0.0.1:{}", moto.port));
    }
    if let Some(python) = &tools.python {
        tests.env("TRAILHOUND_PYTHON", python.join("bin/python"));
        tests.env("TRAILHOUND_CARGO_LAMBDA", python.join("bin/cargo-lambda"));
    }
    if let Some(node) = &tools.node {
        tests.env("TRAILHOUND_AZURITE", node.join("azurite"));
    }
    if let Some(browser) = &tools.browser {
        tests.env("TRAILHOUND_BROWSER", browser);
    }
    // Most of the long ones wait for servers, for each other and for time to pass.
    if std::env::var_os("RUST_TEST_THREADS").is_none() {
        let processors = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
        tests.env("RUST_TEST_THREADS", (2 * processors).to_string());
    }
    // Both want what is built, and wait for servers most of their time.
    let build = ["--no-run"];
    let options: Vec<&str> = rest.iter().copied().take_while(|word| *word != "--").collect();
    shell::run(cargo(&[&whole, &options[..], &build].concat()))?;
    let infra = Infra::begin(&skipped)?;
    let tested = shell::run(tests);
    drop(moto);
    let infra = infra.end();

    let mut notes: Vec<String> = tools.missing;
    notes.extend(fs::read_to_string(&skipped)?.lines().map(str::to_owned));
    notes.sort();
    notes.dedup();
    if notes.is_empty() {
        println!("nothing was skipped");
    }
    for note in notes {
        println!("SKIPPED {note}");
    }
    tested.and(infra)
}
