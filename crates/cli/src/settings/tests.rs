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
