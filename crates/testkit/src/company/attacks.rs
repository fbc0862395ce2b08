//! Three attacks in the week that is judged.

use jiff::{SignedDuration, Timestamp};

use super::aws::{self, Caller};
use super::azure::{self, Principal};
use super::work::{Company, Happening};

/// An attack: its name and its records, of which something must be told at high.
pub(super) struct Attack {
    pub(super) name: &'static str,
    pub(super) records: Vec<Happening>,
}

fn after(at: Timestamp, minutes: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_mins(minutes)).expect("within time")
}

/// All of them, on a day.
pub(super) fn all(company: &mut Company, day: i64) -> Vec<Attack> {
    vec![runner(company, day), operator(company, day), contributor(company, day)]
}

/// Somebody on a pipeline's runner uses its role, in its network and with a document that it runs all day, on machines
/// that are none of its service's.
fn runner(company: &mut Company, day: i64) -> Attack {
    let by = company.pipeline(1, day);
    let start = company.at(day, (10, 11));
    let mut records = Vec::new();
    for n in 0..3 {
        let (at, id) = (after(start, 5 * n), company.id());
        let machine = aws::machine(by.account, 900 + usize::try_from(n).unwrap_or_default());
        let body = aws::command("AWS-RunShellScript", &[machine], &id);
        records.push((at, aws::call(&by, (at, &id), ("ssm", "SendCommand"), body).to_string()));
    }
    Attack { name: "a pipeline's role on machines that are none of its own", records }
}

/// Somebody holds an operator's session, and goes from machine to machine from their own network.
fn operator(company: &mut Company, day: i64) -> Attack {
    let person = company.person("Operations", 0, day);
    let by = Caller { address: "198.19.7.7".to_owned(), ..person };
    let start = company.at(day, (3, 4));
    let mut records = Vec::new();
    for n in 0..4 {
        let (at, id) = (after(start, 6 * n), company.id());
        let machine = aws::machine(by.account, usize::try_from(n).unwrap_or_default());
        let body = aws::session(&by, &machine, &id);
        records.push((at, aws::call(&by, (at, &id), ("ssm", "StartSession"), body).to_string()));
    }
    Attack { name: "an operator's session from elsewhere, on four machines", records }
}

/// A contributor who never ran a command runs one.
fn contributor(company: &mut Company, day: i64) -> Attack {
    let by = Principal {
        id: "00000000-0000-0000-0003-000000000007".to_owned(),
        person: Some("contributor@example.com".to_owned()),
        address: "203.0.113.77".to_owned(),
    };
    let at = company.at(day, (14, 15));
    let mut records = Vec::new();
    for n in 0..2 {
        let (at, id) = (after(at, 3 * n), company.id());
        let vm = azure::machine(1, usize::try_from(n).unwrap_or_default());
        let what = ("Microsoft.Compute/virtualMachines/runCommand/action", vm.as_str());
        let properties = serde_json::json!({"statusCode": "Accepted", "eventCategory": "Administrative"});
        records.push((at, azure::done(&by, (at, &id), what, &properties).to_string()));
    }
    Attack { name: "a contributor who never ran a command on machines", records }
}
