//! What the code knows by name has its page or place on the site, and the site names nothing else: rules, alarms, settings,
//! metrics, members of lines, inputs of the modules.

use std::collections::BTreeSet;

use anyhow::ensure;
use trailhound_detect::rules::load_embedded;

use super::links::Site;
use super::place;

type Names = BTreeSet<String>;

/// Names that the code has and the site has not, and the other way round.
pub(super) fn faults(site: &Site) -> anyhow::Result<Vec<String>> {
    let rules = load_embedded().rules;
    let detections = rules.detections().iter().filter(|detection| detection.extension.alone);
    let correlations = rules.correlations().iter().filter(|correlated| correlated.alerts);
    let infos =
        detections.map(|detection| &detection.info).chain(correlations.map(|correlated| &correlated.info));
    let mut faults =
        differ("rule", &infos.map(|info| info.name.clone()).collect(), &pages(site, "detections/"));

    let mut alarms = Names::new();
    for cloud in ["aws", "azure"] {
        let table = place::text(&format!("infra/{cloud}/alarms.yml"))?;
        let names = table
            .lines()
            .filter(|line| !line.starts_with([' ', '#']))
            .filter_map(|line| line.strip_suffix(':'));
        alarms.extend(names.map(|name| format!("{cloud}-{name}")));
    }
    faults.extend(differ("alarm", &alarms, &pages(site, "runbooks/")));
    // Alarms link to the overview.
    let overview =
        anchors(site, "runbooks/index.html", |name| name.starts_with("aws-") || name.starts_with("azure-"));
    faults.extend(differ("alarm on the overview", &alarms, &overview));

    let setting =
        |name: &str| name.starts_with("TRAILHOUND_") || name == "RUST_LOG" || name == "AZURE_CLIENT_ID";
    let mut settings = Names::new();
    for file in SETTINGS {
        settings.extend(quoted(&place::text(file)?).filter(|name| setting(name)).map(str::to_owned));
    }
    faults.extend(differ("setting", &settings, &anchors(site, "reference/settings/index.html", setting)));

    let lines = "log-lines/index.html";
    let metrics = metrics(&place::text("functions/aws-lambda/src/emf.rs")?);
    let capital = |name: &str| name.starts_with(|letter: char| letter.is_ascii_uppercase());
    faults.extend(differ("metric", &metrics, &anchors(site, lines, capital)));
    let members = members(&place::text("crates/detect/src/account.rs")?);
    let lower =
        |name: &str| !name.starts_with("__") && !name.contains('-') && !capital(name) && name.contains('.');
    let shown = anchors(site, lines, lower).iter().map(|name| name.replace('.', " ")).collect();
    faults.extend(differ("member of a line", &members, &shown));

    for cloud in ["aws", "azure"] {
        let text = place::text(&format!("infra/{cloud}/variables.tf"))?;
        let inputs = text.lines().filter_map(|line| line.strip_prefix("variable \"")?.split('"').next());
        let inputs: Names = inputs.map(str::to_owned).collect();
        ensure!(!inputs.is_empty(), "infra/{cloud}/variables.tf: no input is read");
        let there = anchors(site, &format!("reference/{cloud}-module/index.html"), |_| true);
        faults.extend(
            inputs.difference(&there).map(|name| format!("input {name} of {cloud} has no place on the site")),
        );
    }
    Ok(faults)
}

/// Where functions read their settings.
const SETTINGS: [&str; 3] = [
    "crates/runtime/src/settings.rs",
    "functions/aws-lambda/src/settings.rs",
    "functions/azure-function/src/settings.rs",
];

/// What is in one and not in the other. That there is nothing at all is a fault, too.
pub(super) fn differ(what: &str, code: &Names, site: &Names) -> Vec<String> {
    let none = code.is_empty().then(|| format!("no {what} is read from the code"));
    let lacking = code.difference(site).map(|name| format!("{what} {name} has no place on the site"));
    let strange =
        site.difference(code).map(|name| format!("{what} {name} is on the site and not in the code"));
    none.into_iter().chain(lacking).chain(strange).collect()
}

/// The pages below a folder, its overview left out.
fn pages(site: &Site, folder: &str) -> Names {
    let name = |at: &String| at.strip_prefix(folder)?.strip_suffix("/index.html").map(str::to_owned);
    site.keys().filter_map(name).collect()
}

fn anchors(site: &Site, at: &str, of: impl Fn(&str) -> bool) -> Names {
    site.get(at)
        .map(|page| page.anchors.iter().filter(|name| of(name)).cloned().collect())
        .unwrap_or_default()
}

/// What stands in quotes.
fn quoted(code: &str) -> impl Iterator<Item = &str> {
    code.split('"').skip(1).step_by(2)
}

/// Metrics stand with their unit.
pub(super) fn metrics(code: &str) -> Names {
    let units = ["\", \"Count\"", "\", \"Milliseconds\""];
    let before = units.iter().flat_map(|unit| code.split(unit).collect::<Vec<_>>().into_iter().rev().skip(1));
    before.filter_map(|text| text.rsplit('"').next()).map(str::to_owned).collect()
}

/// Members as `line member`: those of the object that makes a line, and those that are added to it.
pub(super) fn members(code: &str) -> Names {
    let mut names = Names::new();
    for (function, line) in [("fn line(", "delivery"), ("fn finding_line(", "finding")] {
        let body = code.split(function).nth(1).and_then(|rest| rest.split("\n}").next()).unwrap_or_default();
        let body = body.split("\n    }\n").next().unwrap_or_default();
        for text in body.lines().map(str::trim) {
            let made = text.strip_prefix('"').and_then(|rest| rest.split_once("\": "));
            let added = text.strip_prefix("line[\"").and_then(|rest| rest.split_once("\"]"));
            names.extend(made.or(added).map(|(name, _)| format!("{line} {name}")));
        }
    }
    names
}
