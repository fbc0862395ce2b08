//! Every test, with the emulators they talk to.

use std::fs;

use crate::servers::Server;
use crate::shell::{self, cargo, command, root};
use crate::tools;

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
    let tested = shell::run(tests);
    drop(moto);
    let infra = root().join("infra/check");
    let infra = if infra.exists() {
        let mut check = command(infra, &[]);
        check.env("TRAILHOUND_SKIPPED", &skipped);
        shell::run(check)
    } else {
        Ok(())
    };

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
