//! Write a rule and its tests to begin with.

mod ask;
mod sample;

use std::fs::{self, File};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::Zoned;
use trailhound_detect::proving::{Draft, Drafted, Naming};
use trailhound_detect::rules::{RuleFile, load};

use crate::args::New;
use crate::exit::Exit;
use crate::rule_files;
use ask::Asking;
use sample::of_sample;

pub(super) fn new(arguments: &New) -> anyhow::Result<Exit> {
    let is_asked = arguments.sample.is_none() && arguments.event.is_none();
    if is_asked && !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        bail!(
            "nothing says what the rule is about; give a record with --sample FILE, or an operation with \
             --log aws/cloudtrail --event ssm:StartSession"
        );
    }
    let (draft, naming) = if is_asked {
        let mut asking = Asking { from: std::io::stdin().lock(), to: anstream::stderr().lock() };
        let draft = asking.what(arguments.log.as_deref())?;
        let naming = asking.naming(naming(arguments, &draft))?;
        (draft, naming)
    } else {
        let draft = drafted(arguments)?;
        let naming = naming(arguments, &draft);
        (draft, naming)
    };
    let drafted = draft.write(&naming)?;
    let path = |ending: &str| arguments.folder.join(format!("{}.{ending}", naming.name));
    let (rule, tests) = (path("yml"), path("tests.yml"));
    refuse_what_clashes(&rule, &drafted)?;
    fs::create_dir_all(&arguments.folder)
        .with_context(|| format!("cannot make the folder {}", arguments.folder.display()))?;
    create(&rule, &drafted.rule)?;
    if let Err(error) = create(&tests, &drafted.tests) {
        // One without the other is nothing to begin with.
        let _ = fs::remove_file(&rule);
        return Err(error);
    }
    let mut out = anstream::stdout().lock();
    let (rule, tests) = (rule.display(), tests.display());
    writeln!(out, "wrote {rule} and {tests}")?;
    writeln!(out, "next: trailhound rules test {}", arguments.folder.display())?;
    Ok(Exit::Clean)
}

fn drafted(arguments: &New) -> anyhow::Result<Draft> {
    match (&arguments.sample, &arguments.event, &arguments.log) {
        (Some(sample), event, _) => of_sample(sample, event.as_deref()),
        (None, Some(event), Some(log)) => Ok(Draft::of_event(log, event)?),
        (None, Some(event), None) => {
            bail!("which log has `{event}`? Say so with --log, as --log aws/cloudtrail")
        }
        (None, None, _) => bail!("nothing says what the rule is about"),
    }
}

fn naming(arguments: &New, draft: &Draft) -> Naming {
    Naming {
        name: arguments.name.clone().unwrap_or_else(|| draft.suggested_name()),
        title: arguments.title.clone(),
        id: uuid::Uuid::new_v4().to_string(),
        level: arguments.level.as_str().to_owned(),
        date: Zoned::now().date().to_string(),
    }
}

/// A rule whose name is taken is told before anything is written.
fn refuse_what_clashes(path: &Path, drafted: &Drafted) -> anyhow::Result<()> {
    let file = RuleFile { path: path.display().to_string(), text: drafted.rule.clone() };
    match load(&[file]).errors().next() {
        Some(wrong) => bail!("{}\nchoose another name with --name", rule_files::in_sight(wrong)),
        None => Ok(()),
    }
}

fn create(path: &PathBuf, text: &str) -> anyhow::Result<()> {
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            anyhow::anyhow!("{} is there already; choose another name with --name", path.display())
        }
        _ => anyhow::anyhow!("cannot write {}: {error}", path.display()),
    })?;
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))
}
