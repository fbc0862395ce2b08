//! Every test, with the emulators they talk to.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use crate::servers::Server;
use crate::shell::{self, cargo, command, output, root};
use crate::tools;

/// What runs beside the tests: what it says is shown when it has ended.
struct Beside {
    runs: Child,
    shown: String,
    said: PathBuf,
}

impl Beside {
    fn begin(mut command: Command, name: &str) -> anyhow::Result<Self> {
        let said = root().join(".tools").join(name).with_extension("log");
        let log = File::create(&said)?;
        let shown = shell::shown(&command);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let runs = command.spawn().with_context(|| format!("cannot start: {shown}"))?;
        Ok(Self { runs, shown, said })
    }

    fn end(mut self) -> anyhow::Result<()> {
        println!("$ {}", self.shown);
        let status = self.runs.wait()?;
        print!("{}", String::from_utf8_lossy(&fs::read(&self.said)?));
        ensure!(status.success(), "{}: {status}", self.shown);
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Gone already, as a rule.
        _ = self.runs.kill();
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
    let tests = |which: &[&str]| {
        let mut tests = cargo(&[&whole, which].concat());
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
        tests
    };
    // All of them want what is built.
    let options: Vec<&str> = rest.iter().copied().take_while(|word| *word != "--").collect();
    shell::run(cargo(&[&whole, &options[..], &["--no-run"]].concat()))?;
    let mut check = command(root().join("infra/check"), &[]);
    check.env("TRAILHOUND_SKIPPED", &skipped);
    let mut beside = vec![Beside::begin(check, "infra")?];
    let tested = if rest.is_empty() {
        let suites = Suites::of_the_workspace()?;
        beside.push(Beside::begin(tests(&arguments(&suites.waiting)), "waiting")?);
        let counting = [&["--lib", "--bins"], &arguments(&suites.counting)[..]].concat();
        shell::run(tests(&counting)).and(shell::run(tests(&["--doc"])))
    } else {
        shell::run(tests(rest))
    };
    let tested = beside.into_iter().map(Beside::end).fold(tested, anyhow::Result::and);
    drop(moto);

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
    tested
}

/// Files of tests, apart by what their time goes into.
struct Suites {
    /// For servers and their answers, for others and for time to pass.
    waiting: Vec<String>,
    counting: Vec<String>,
}

impl Suites {
    /// Whose names begin so.
    const WAITING: &[&str] = &["aws", "azure", "end_to_end", "faults", "production", "storage", "troubled"];

    fn of_the_workspace() -> anyhow::Result<Self> {
        let metadata = output(cargo(&["metadata", "--format-version", "1", "--locked", "--no-deps"]))?;
        let Workspace { packages } = serde_json::from_str(&metadata)?;
        let targets = packages.into_iter().flat_map(|package| package.targets);
        let names = targets.filter(|target| target.kind.iter().any(|kind| kind == "test"));
        let names: BTreeSet<String> = names.map(|target| target.name).collect();
        let waits = |name: &String| Self::WAITING.iter().any(|begin| name.starts_with(begin));
        let (waiting, counting) = names.into_iter().partition(waits);
        Ok(Self { waiting, counting })
    }
}

#[derive(Deserialize)]
struct Workspace {
    packages: Vec<Member>,
}

#[derive(Deserialize)]
struct Member {
    targets: Vec<MemberTarget>,
}

#[derive(Deserialize)]
struct MemberTarget {
    name: String,
    kind: Vec<String>,
}

fn arguments(suites: &[String]) -> Vec<&str> {
    suites.iter().flat_map(|name| ["--test", name]).collect()
}
