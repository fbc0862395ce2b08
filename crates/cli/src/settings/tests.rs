use clap::CommandFactory as _;

use super::*;
use crate::args::Trailhound;

#[test]
fn every_setting_is_an_option_of_every_command_that_is_said_to_take_it() {
    let command = Trailhound::command();
    for setting in &SETTINGS {
        for at in setting.commands {
            let here = Setting { commands: std::slice::from_ref(at), ..*setting };
            assert!(option(&command, &here).is_some(), "{at} --{}", setting.name);
        }
    }
}

#[test]
fn every_command_with_such_an_option_takes_the_setting() {
    // Who checks, proves or compares rules names them, the level of a view is a filter, and what a replay asks or publishes
    // to is named each time.
    const NAMED: &[(&str, &[&str])] = &[
        ("rules", &["rules check", "rules test", "rules prove", "rules docs"]),
        (
            "placeholders",
            &["backtest", "rules check", "rules test", "rules prove", "rules docs", "rules diff"],
        ),
        ("suppressions", &["backtest"]),
        ("min-level", &["timeline", "cases"]),
        ("table", &["replay"]),
        ("topic", &["replay"]),
    ];
    fn look(command: &clap::Command, path: &str, missing: &mut Vec<String>) {
        for setting in &SETTINGS {
            let takes = command.get_arguments().any(|own| own.get_long() == Some(setting.name));
            let is_named =
                NAMED.iter().any(|(name, commands)| *name == setting.name && commands.contains(&path));
            if takes && !setting.commands.contains(&path) && !is_named {
                missing.push(format!("{path} --{}", setting.name));
            }
        }
        for own in command.get_subcommands() {
            look(own, format!("{path} {}", own.get_name()).trim(), missing);
        }
    }
    let mut missing = Vec::new();
    look(&Trailhound::command(), "", &mut missing);
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn help_names_every_variable_where_it_counts() {
    let mut command = documented(Trailhound::command());
    let page = command.render_long_help().to_string();
    for setting in &SETTINGS {
        for variable in setting.variables {
            assert!(page.contains(variable), "{variable}");
        }
    }
    let scan = command.find_subcommand_mut("scan").unwrap().render_long_help().to_string();
    assert!(scan.contains("[env: TRAILHOUND_MIN_LEVEL]"), "{scan}");
}
