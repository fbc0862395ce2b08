//! `docs/costs.md`: what it costs to run, computed from what tests measure and from list prices, and which quota binds
//! first, by a small simulation of an hour at its busiest.

mod aws;
mod azure;
mod load;
#[expect(unreachable_pub, reason = "the tests that hold these figures have them from the test kit")]
#[path = "../../crates/testkit/src/measured.rs"]
mod measured;
mod simulate;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use load::{Bill, Cloud, Load, Quota};

const CLOUDS: [Cloud; 2] = [aws::CLOUD, azure::CLOUD];

/// A figure of a kind of match.
type Figure = fn(&measured::PerMatch) -> u64;

const MATCHES: [(&str, Figure); 5] = [
    ("somebody's first", |of| of.first),
    ("another of the same actor, on another machine", |of| of.warm),
    ("another on a machine that the process knows", |of| of.known),
    ("published before", |of| of.duplicate),
    ("ten of one actor together", |of| of.ten_together),
];

/// The document.
pub(crate) fn text() -> anyhow::Result<String> {
    let mut text = include_str!("costs/head.md").to_owned();
    writeln!(
        text,
        "\n| a Session Manager match | DynamoDB, write units | a million, on demand | Table Storage, requests |"
    )?;
    writeln!(text, "|---|---:|---:|---:|")?;
    for (what, of) in MATCHES {
        let (units, requests) = (of(&measured::WRITE_UNITS), of(&measured::TABLE_REQUESTS));
        #[expect(clippy::cast_precision_loss, reason = "some thousands")]
        let million = dollars(of(&measured::DYNAMODB) as f64 / 1e3);
        writeln!(text, "| {what} | {units} | {million} | {requests} |")?;
    }
    for (hundred, units) in ["first", "second", "third"].into_iter().zip(measured::BURST) {
        let (whole, hundredths) = (units / 100, units % 100);
        writeln!(
            text,
            "| one of the {hundred} hundred of an actor, a minute apart | {whole}.{hundredths:02} | | |"
        )?;
    }
    for Cloud { name, together, bill, quotas } in CLOUDS {
        write!(text, "\n## {name}\n\n")?;
        let loads = [1.0, 100.0, 10_000.0]
            .into_iter()
            .flat_map(|accounts| [50.0, 1_500.0].map(|together| Load { accounts, together }));
        let loads: Vec<Load> = loads.collect();
        let row = |text: &mut String, title: &str, cells: &mut dyn Iterator<Item = String>| {
            let cells: Vec<String> = cells.collect();
            writeln!(text, "| {title} | {} |", cells.join(" | "))
        };
        row(&mut text, "accounts", &mut loads.iter().map(|load| load.accounts.to_string()))?;
        writeln!(text, "|---|{}", "---:|".repeat(loads.len()))?;
        row(&mut text, together, &mut loads.iter().map(|load| load.together.to_string()))?;
        let bills: Vec<Bill> = loads.iter().map(|load| bill(*load)).collect();
        for (line, (what, _)) in bills[0].0.iter().enumerate() {
            row(&mut text, what, &mut bills.iter().map(|bill| dollars(bill.0[line].1)))?;
        }
        row(&mut text, "**a month**", &mut bills.iter().map(|bill| format!("**{}**", dollars(bill.sum()))))?;
        let million = |(bill, load): (&Bill, &Load)| dollars(bill.sum() / load.records() * 1e6);
        row(&mut text, "a million records", &mut bills.iter().zip(&loads).map(million))?;

        write!(text, "\nOf each quota, how much the busiest second takes:\n\n")?;
        let all: Vec<Vec<Quota>> = loads.iter().map(|load| quotas(*load)).collect();
        row(&mut text, "accounts", &mut loads.iter().map(|load| load.accounts.to_string()))?;
        writeln!(text, "|---|{}", "---:|".repeat(loads.len()))?;
        row(&mut text, together, &mut loads.iter().map(|load| load.together.to_string()))?;
        for (line, quota) in all[0].iter().enumerate() {
            row(&mut text, quota.what, &mut all.iter().map(|quotas| share(quotas, line)))?;
        }
    }
    text.push_str(include_str!("costs/foot.md"));
    Ok(text)
}

/// How much of a quota is taken; the one that binds first stands out.
fn share(quotas: &[Quota], line: usize) -> String {
    let used = quotas[line].used();
    let first = quotas.iter().map(Quota::used).fold(0.0, f64::max);
    let share = if used < 0.001 { "< 0.1 %".to_owned() } else { format!("{:.1} %", used * 100.0) };
    if used < first { share } else { format!("**{share}**") }
}

fn dollars(dollars: f64) -> String {
    if dollars < 100.0 { format!("${dollars:.2}") } else { format!("${dollars:.0}") }
}
