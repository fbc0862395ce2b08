//! The project's chores, as `cargo xtask …`.

mod deps;
mod docs;
mod servers;
mod shell;
mod test;
mod tools;

use anyhow::bail;

const HELP: &str = "\
cargo xtask <chore>

  test            install pinned tools into .tools/, start the emulators, run every test, stop them, tell what was skipped
  deps            check licences, sources, bans and the layers of the workspace
  docs            write docs/detections.md from the rules
  docs --check    fail if docs/detections.md is not what the rules say
";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", rest @ ..] => test::run(rest),
        ["deps"] => deps::check(),
        ["docs"] => docs::write(),
        ["docs", "--check"] => docs::check(),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("unknown chore '{}'\n\n{HELP}", other.join(" ")),
    }
}
