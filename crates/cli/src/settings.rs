//! What stays the same from run to run, set once: in a file of the user's own, or in variables.
//!
//! What is typed wins, then a variable, then the file. The folder at hand is never looked into for a file: logs of
//! somebody else's must not bring suppressions along.

mod file;
mod list;
#[cfg(test)]
mod tests;

use std::env;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Arg, Command};
use trailhound_detect::describe::visible;

use list::{BY_RULES, FILE, FoundValue, Kind, SETTINGS, Setting};

/// Everything that is set.
#[derive(Default)]
pub(crate) struct Settings {
    found: Vec<(&'static Setting, FoundValue)>,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
    /// All that is wrong, a line each.
    pub(crate) wrong: Vec<String>,
}

impl Settings {
    /// Those of the environment and of the file, their values tried on the command's own options.
    pub(crate) fn of(command: &Command) -> Self {
        let mut settings = Self::default();
        let filed = settings.read_file();
        for setting in &SETTINGS {
            let filed = filed.iter().find(|(name, _)| *name == setting.name).map(|(_, found)| found.clone());
            let Some(found) = of_environment(setting).or(filed) else { continue };
            if found.values.is_empty() {
                continue;
            }
            match tried(command, setting, &found) {
                Ok(()) => settings.found.push((setting, found)),
                Err(problem) => settings.wrong.push(problem),
            }
        }
        settings
    }

    fn read_file(&mut self) -> Vec<(&'static str, FoundValue)> {
        let (path, was_named) = match env::var_os(FILE) {
            Some(named) if named.is_empty() => return Vec::new(),
            Some(named) => (PathBuf::from(named), true),
            None => match usual_file() {
                Some(path) => (path, false),
                None => return Vec::new(),
            },
        };
        if !was_named && !path.exists() {
            return Vec::new();
        }
        self.file = Some(path.clone());
        file::read(&path, was_named).unwrap_or_else(|problems| {
            self.wrong.extend(problems);
            Vec::new()
        })
    }

    /// A command whose options have these values where nothing is typed.
    pub(crate) fn onto(&self, mut command: Command) -> Command {
        for (setting, found) in &self.found {
            for at in setting.commands {
                command =
                    at_option(command, at, setting.name, &|arg| arg.default_values(found.values.clone()));
            }
        }
        command
    }

    /// Names of what is set, and where.
    pub(crate) fn told(&self) -> Vec<String> {
        self.found.iter().map(|(setting, found)| format!("{} ({})", setting.name, found.place)).collect()
    }
}

/// Where the file lies if nobody says otherwise.
pub(crate) fn usual_file() -> Option<PathBuf> {
    use etcetera::BaseStrategy as _;
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.config_dir().join("trailhound").join("settings.toml"))
}

/// The file that is read, be it there or not.
pub(crate) fn file_at_hand() -> Option<PathBuf> {
    env::var_os(FILE).filter(|named| !named.is_empty()).map(PathBuf::from).or_else(usual_file)
}

/// A command whose help names the variables, and tells of the file.
pub(crate) fn documented(mut command: Command) -> Command {
    for setting in &SETTINGS {
        let names = setting.variables.join(" or ");
        for at in setting.commands {
            command = at_option(command, at, setting.name, &|arg| {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                arg.help(format!("{help} [env: {names}]"))
            });
        }
    }
    command.after_long_help(page())
}

/// What `--help` says of all of them.
fn page() -> String {
    let mut page = format!(
        "Settings: what stays the same from run to run may be typed, stand in the environment, or in a
file: settings.toml in the folder trailhound of your own configuration (~/.config/trailhound,
%APPDATA%\\trailhound), or the one that {FILE} names. What is typed wins, then the
environment, then the file. Paths in the file are relative to its folder.

"
    );
    for Setting { name, variables, commands, kind } in &SETTINGS {
        let example = match kind {
            Kind::Paths => format!("{name} = [\"my-{name}\"]"),
            _ => format!("{name} = {}", example(name)),
        };
        let whose =
            if *commands == BY_RULES { "whatever uses rules".to_owned() } else { commands.join(", ") };
        let _ = writeln!(page, "  {example}\n      {}; {whose}", variables.join(", "));
    }
    page
}

fn example(name: &str) -> &'static str {
    match name {
        "suppressions" => "\"suppressions.yml\"",
        "baseline" => "\"usual.baseline\"",
        "rule-pages" => "\"https://wiki.example.com/rules#\"",
        "min-level" => "\"low\"",
        "fail-on" => "\"high\"",
        "table" => "\"trailhound-state\"",
        "topic" => "\"arn:aws:sns:…\"",
        "trail" => "\"management\"",
        _ => "2",
    }
}

/// Changes an option of the command at these words.
fn at_option(command: Command, at: &str, option: &str, change: &dyn Fn(Arg) -> Arg) -> Command {
    match at.split_once(' ') {
        Some((first, rest)) => command.mut_subcommand(first, |below| at_option(below, rest, option, change)),
        None => command.mut_subcommand(at, |below| {
            let id = below.get_arguments().find(|arg| arg.get_long() == Some(option));
            match id.map(|arg| arg.get_id().clone()) {
                Some(id) => below.mut_arg(id, change),
                None => below,
            }
        }),
    }
}

/// The option itself, of the first command that takes it.
fn option(command: &Command, setting: &Setting) -> Option<Arg> {
    let mut at = command;
    for word in setting.commands.first()?.split(' ') {
        at = at.find_subcommand(word)?;
    }
    at.get_arguments().find(|arg| arg.get_long() == Some(setting.name)).cloned()
}

/// Would the option take the value?
fn tried(command: &Command, setting: &Setting, found: &FoundValue) -> Result<(), String> {
    let Some(arg) = option(command, setting) else { return Ok(()) };
    let typed = found.values.iter().map(|value| {
        let mut typed = OsString::from(format!("--{}=", setting.name));
        typed.push(value);
        typed
    });
    let alone = Command::new("trailhound").no_binary_name(true).arg(arg);
    alone.try_get_matches_from(typed).map(drop).map_err(|error| {
        let why =
            std::error::Error::source(&error).map_or_else(|| error.kind().to_string(), ToString::to_string);
        let values: Vec<_> = found.values.iter().map(|value| value.to_string_lossy()).collect();
        format!("{}: {} cannot be '{}': {why}", found.place, setting.name, visible(&values.join("', '")))
    })
}

fn of_environment(setting: &Setting) -> Option<FoundValue> {
    let set = |name: &&&str| env::var_os(name).filter(|value| !value.is_empty());
    let (name, value) = setting.variables.iter().find_map(|name| Some((*name, set(&name)?)))?;
    let values = match setting.kind {
        Kind::Paths => env::split_paths(&value).map(PathBuf::into_os_string).collect(),
        Kind::Text | Kind::Path => vec![value],
    };
    Some(FoundValue { values, place: name.to_owned() })
}
