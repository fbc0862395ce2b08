//! `docs/ground.md`, from the lists and what was proven of them.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::list::{Ground, List};
use super::proof::Proven;

const OPENING: &str = "\
# The ground

What the detections stand on: every operation of AWS and of Azure's control plane was read, and each that reaches a
machine, yields a credential, opens a network path or changes an identity has a verdict. It is a rule, which is shown to
fire on a record of the operation whenever this page is checked; a step, which correlations look at; or a reason.

This page is written by `cargo xtask ground` from `rules/ground/`, and `cargo xtask ground --check` fails where an
operation has no verdict or a rule does not fire. `cargo xtask ground FOLDER`, with the folder of botocore's service
models, fails on operations that are new.
";

const READING: &str = "\
## How it was read

Names of reading, listing, tagging and deleting were set aside by their verbs, those that hand out credentials, tokens,
links or passwords excepted. The other names, 7,760 of AWS's and Azure's actions, were read by hand, service by service.

Every name classed as none was read a second time, from the name and, for AWS, from the models of its interfaces; where
that left a doubt, an operation has the verdict of its siblings. Of 500 of them drawn at random and read blind by somebody
who saw none of these lists, mixed with 60 that have a verdict (55 of which were picked out), four likely reach a machine or
an identity: **0.8 %**, with a verdict since. Seventeen were doubted, such as a licence's product key or a lab's cluster that
is started as it is; those stay.

Of the 380 events that TrailDiscover lists for AWS in July 2026, 275 of them seen in the wild, none that is classed as
none here reaches a machine, yields a way into one, or changes an identity: they read, destroy, spend or hide.
";

pub(super) fn of(ground: &Ground, proven: &[Proven]) -> String {
    let mut page = format!("{OPENING}\n");
    for (name, list) in [("AWS", &ground.aws), ("Azure", &ground.azure)] {
        counts(&mut page, name, list, proven);
    }
    page.push_str(READING);
    emulations(&mut page, ground);
    for (name, list) in [("AWS", &ground.aws), ("Azure", &ground.azure)] {
        rules(&mut page, name, list, proven);
        reasons(&mut page, name, list);
    }
    page
}

fn emulations(page: &mut String, ground: &Ground) {
    for (title, rows) in [("ATT&CK's analytics", &ground.attack), ("Stratus Red Team", &ground.stratus)] {
        writeln!(page, "\n## {title}\n\n| technique | verdict |\n|---|---|").expect(STRING);
        for row in rows {
            let verdict = match (&row.rule, &row.reason) {
                (Some(rule), _) => format!("`{rule}`"),
                (None, reason) => reason.clone().unwrap_or_default(),
            };
            writeln!(page, "| {} | {verdict} |", row.name).expect(STRING);
        }
    }
}

fn counts(page: &mut String, name: &str, list: &List, proven: &[Proven]) {
    writeln!(page, "## {name}\n").expect(STRING);
    // The first line tells what the list is, the second its columns.
    for line in list.source.iter().skip(2) {
        writeln!(page, "{line}").expect(STRING);
    }
    let of = |class: &str| list.verdicts.iter().filter(|row| row.class == class).collect::<Vec<_>>();
    let mut classes: Vec<&str> = list.verdicts.iter().map(|row| row.class.as_str()).collect();
    classes.sort_unstable();
    classes.dedup();
    writeln!(
        page,
        "\n| class | operations | with a rule | as a step | with a reason |\n|---|---:|---:|---:|---:|"
    )
    .expect(STRING);
    for class in classes {
        let rows = of(class);
        let is = |row: &&&super::list::Verdict, step: bool| {
            proven
                .iter()
                .any(|p| p.service == row.service && p.operation == row.operation && p.is_step == step)
        };
        let (rules, steps) = (
            rows.iter().filter(|row| is(row, false)).count(),
            rows.iter().filter(|row| is(row, true)).count(),
        );
        writeln!(page, "| {class} | {} | {rules} | {steps} | {} |", rows.len(), rows.len() - rules - steps)
            .expect(STRING);
    }
    let none: usize = list.none.values().map(std::collections::BTreeSet::len).sum();
    writeln!(page, "| none | {none} | | | |\n| all | {} | | | |\n", list.len()).expect(STRING);
}

fn rules(page: &mut String, name: &str, list: &List, proven: &[Proven]) {
    writeln!(
        page,
        "\n## {name}: operations with a rule\n\n| class | rule | level | operations |\n|---|---|---|---|"
    )
    .expect(STRING);
    let mut rows: BTreeMap<(&str, &str, String), Vec<String>> = BTreeMap::new();
    for row in &list.verdicts {
        let found = proven.iter().find(|p| p.service == row.service && p.operation == row.operation);
        let Some(found) = found else { continue };
        let level = if found.is_step { "step".to_owned() } else { found.level.to_string() };
        let operations = rows.entry((found.class.as_str(), found.rule.as_str(), level)).or_default();
        operations.push(format!("{} {}", row.service, row.operation));
    }
    for ((class, rule, level), operations) in rows {
        writeln!(page, "| {class} | `{rule}` | {level} | {} |", operations.join(", ")).expect(STRING);
    }
}

fn reasons(page: &mut String, name: &str, list: &List) {
    writeln!(
        page,
        "\n## {name}: operations without a rule, and why\n\n| class | why | operations |\n|---|---|---|"
    )
    .expect(STRING);
    let mut rows: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for row in &list.verdicts {
        if let Some(reason) = &row.reason {
            let operations = rows.entry((row.class.as_str(), reason.as_str())).or_default();
            operations.push(format!("{} {}", row.service, row.operation));
        }
    }
    for ((class, reason), operations) in rows {
        writeln!(page, "| {class} | {reason} | {} |", operations.join(", ")).expect(STRING);
    }
}

const STRING: &str = "a string takes any text";
