//! The `trailhound` command: the rules of the functions, on files on a laptop.

mod args;
mod backtest;
mod baseline;
mod behind;
mod cases;
#[cfg(any(feature = "aws", feature = "azure"))]
mod cloud;
mod context;
mod deliveries;
mod demo;
mod doctor;
mod entity;
mod exit;
mod group;
mod heard;
mod index;
mod inputs;
mod interrupt;
mod judging;
mod lost;
mod navigator;
mod network;
mod ordered;
mod output;
mod own_file;
mod parts;
mod progress;
mod query;
mod records;
mod replay;
mod rule_files;
mod rules;
mod scan;
mod search;
mod settings;
mod shell;
mod shown;
mod stats;
mod story;
mod suppressions;
mod timeline;
mod times;
mod why;
mod words;
mod write_units;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use args::{Command, Trailhound};
use exit::Exit;
use settings::Settings;
use trailhound_detect::describe::visible;

/// Runs the command as it was typed.
#[must_use]
pub fn run() -> ExitCode {
    let command = settings::documented(Trailhound::command());
    let settings = Settings::of(&command);
    let typed = settings.onto(command).get_matches();
    let arguments = Trailhound::from_arg_matches(&typed).unwrap_or_else(|error| error.exit());
    arguments.color.write_global();
    if !settings.wrong.is_empty() && arguments.command.takes_settings() {
        anstream::eprintln!("trailhound: the settings are refused:\n{}", settings.wrong.join("\n"));
        return ExitCode::from(Exit::Usage as u8);
    }
    let ended = match arguments.command {
        Command::Scan(scan) => scan::run(&scan),
        Command::Why(why) => why::run(&why),
        Command::Try(one) => why::run_try(&one),
        Command::Backtest(backtest) => backtest::run(&backtest),
        Command::Replay(replay) => replay::run(&replay),
        Command::Timeline(timeline) => timeline::run(&timeline),
        Command::Cases(cases) => cases::run(&cases),
        Command::Who(who) => entity::who(&who),
        Command::Machine(machine) => entity::machine(&machine),
        Command::Pivot(pivot) => entity::pivot(&pivot),
        Command::Search(search) => search::run(&search),
        Command::Stats(stats) => stats::run(&stats),
        Command::Rules(rules) => rules::run(&rules),
        Command::Suppressions(suppressions) => suppressions::run(&suppressions.command),
        Command::Baseline(baseline) => baseline::run(&baseline.command),
        Command::Doctor(doctor) => doctor::run(&doctor, &settings),
        Command::Demo { folder } => demo::run(&folder),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man { folder } => shell::man(&folder),
    };
    match ended {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) if error.is::<rule_files::Refused>() => {
            anstream::eprintln!("trailhound: {error}");
            ExitCode::from(Exit::Usage as u8)
        }
        Err(error) => {
            let lines: Vec<_> = format!("{error:#}").lines().map(|line| visible(line).into_owned()).collect();
            anstream::eprintln!("trailhound: {}", lines.join("\n"));
            ExitCode::from(Exit::Usage as u8)
        }
    }
}

/// Whoever read our output has read enough, as `head` does.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
