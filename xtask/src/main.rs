//! The project's chores, as `cargo xtask …`.

mod api;
mod azure_invoke;
mod costs;
mod deps;
mod docs;
mod ground;
mod house;
mod noise;
mod package_aws;
mod package_azure;
mod release;
mod servers;
mod shell;
mod site;
mod test;
mod tools;
mod workflows;

use anyhow::bail;

const HELP: &str = "\
cargo xtask <chore>

  test            install pinned tools into .tools/, start the emulators, run every test, stop them, tell what was skipped
  deps            check licences, sources, bans and the layers of the workspace, and crates/sigma as a crate
  api             write crates/sigma/api.txt, the list of what the crate offers
  house           check the house itself: no circles, rooms in one direction, lengths, promises and their tests
  docs            write docs/costs.md, docs/detections.md and docs/shapes.md from the rules and the tests
  noise           play a made-up company's week and write docs/noise.md; takes some minutes
  ground [FOLDER] prove what is said of every operation and write docs/ground.md; with botocore's models, find new ones
  ground --check  fail if an operation has no verdict, a rule does not fire on it, or docs/ground.md is stale
  package aws     build the AWS Lambda's zip, reproducible, for provided.al2023; --architecture arm64|x86_64 for another
                  processor than this machine's
  package azure   build the Azure Function's zip, reproducible, for the oldest glibc of the Functions host
  release --dry-run
                  build what this machine can of a release, twice; check names, sums, sizes and glibc; tell the rest
  release build P build parts of a release; finish TAG puts all parts together; image-context lays out the container's
  workflows       check the workflows with actionlint
  azure invoke F  post a sample file to a handler on this machine as the Functions host would
  site            build the documentation site into target/site/out; no dead link, and a place for every name
  site --check    the same, and look at every page in Chromium where there is one
  docs --check    fail if they are not what the rules and the tests say
";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", rest @ ..] => test::run(rest),
        ["deps"] => deps::check().and_then(|()| api::check()),
        ["api"] => api::write(),
        ["house"] => house::check(),
        ["noise"] => noise::write(),
        ["docs"] => docs::write(),
        ["docs", "--check"] => docs::check(),
        ["site"] => site::build(),
        ["site", "--check"] => site::check(),
        ["ground", "--check"] => ground::check(),
        ["ground"] => ground::write(None),
        ["ground", models] => ground::write(Some(models)),
        ["package", "aws"] => package_aws::run_chore(None),
        ["package", "aws", "--architecture", name] => package_aws::run_chore(Some(name)),
        ["package", "azure"] => package_azure::run_chore(),
        ["release", words @ ..] => release::run_chore(words),
        ["workflows"] => workflows::check(),
        ["azure", "invoke", file] => azure_invoke::run_chore(file),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("unknown chore '{}'\n\n{HELP}", other.join(" ")),
    }
}
