//! What AWS says is set up.

use std::time::Duration;

use trailhound_aws::clients::Clients;
use trailhound_aws::inspect::{self, Trail};

use super::asked::Asked;
use super::report::DoctorReport;
use crate::cloud;
use crate::words::{clock, counted};

/// How long one question may take: where there are no credentials, the last place that is asked for some does not
/// answer at all.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a state table's keys and its time to live are called.
const KEYS: [&str; 2] = ["pk", "sk"];
const EXPIRES: &str = "expires_at";

pub(super) fn look(asked: Asked<'_>, report: &mut DoctorReport) -> anyhow::Result<()> {
    let clients = cloud::aws()?;
    let region = clients.region();
    let says = match ask(inspect::caller(clients))? {
        Ok(arn) => {
            report.fine("aws", &format!("{arn} in {}", region.unwrap_or("no region")))?;
            None
        }
        Err(problem) => Some(problem),
    };
    if let Some(problem) = says {
        let (says, remedy) = match region {
            None => (
                format!("no region: {problem}"),
                "AWS_REGION, or the region of a profile, says which is asked",
            ),
            Some(_) => {
                (problem, "`aws sso login` or `aws configure` gives credentials, AWS_PROFILE chooses some")
            }
        };
        if asked.is_something() {
            return report.wrong("aws", &says, remedy);
        }
        return report.absent("aws", &format!("no credentials, which files need none of: {says}"), remedy);
    }
    if let Some(table) = asked.table {
        look_at_table(clients, table.trim_start_matches("dynamodb://"), report)?;
    }
    if let Some(topic) = asked.topic {
        look_at_topic(clients, topic, report)?;
    }
    look_at_trails(clients, asked.trail, report)
}

/// Waits for an answer; the service's problem is one of the answers.
fn ask<T>(question: impl Future<Output = Result<T, String>>) -> anyhow::Result<Result<T, String>> {
    Ok(cloud::runtime()?.block_on(async {
        let late = || Err(format!("no answer within {} seconds", PATIENCE.as_secs()));
        tokio::time::timeout(PATIENCE, question).await.unwrap_or_else(|_| late())
    }))
}

fn look_at_table(clients: &Clients, name: &str, report: &mut DoctorReport) -> anyhow::Result<()> {
    let what = "aws table";
    let table = match ask(inspect::table(clients, name))? {
        Ok(table) => table,
        Err(problem) => {
            let remedy = "the module in infra/aws makes it; name it as TRAILHOUND_STATE_TABLE does";
            return report.wrong(what, &format!("{name}: {problem}"), remedy);
        }
    };
    if table.keys != KEYS {
        let says = format!("{name} has the keys {}, and not pk and sk", table.keys.join(", "));
        return report.wrong(what, &says, "keys cannot be changed: make another table, as infra/aws does");
    }
    if table.expires_by.as_deref() != Some(EXPIRES) {
        let remedy = format!(
            "aws dynamodb update-time-to-live --table-name {name} --time-to-live-specification \
             Enabled=true,AttributeName={EXPIRES}"
        );
        let says = match &table.expires_by {
            None => format!("{name} keeps everything: its time to live is off"),
            Some(other) => {
                format!("{name} keeps everything: its time to live goes by {other} (switch that off first)")
            }
        };
        return report.wrong(what, &says, &remedy);
    }
    report.fine(what, &format!("{name} has the keys and the time to live of a state table"))
}

fn look_at_topic(clients: &Clients, arn: &str, report: &mut DoctorReport) -> anyhow::Result<()> {
    let what = "aws topic";
    if arn.rsplit_once('.').is_some_and(|(_, end)| end == "fifo") {
        let remedy = "name a standard topic: alerts go out side by side";
        return report.wrong(what, &format!("{arn} is a FIFO topic"), remedy);
    }
    let topic = match ask(inspect::topic(clients, arn))? {
        Ok(topic) => topic,
        Err(problem) => {
            let remedy = "the module in infra/aws makes it; name it as TRAILHOUND_ALERT_TOPIC_ARN does";
            return report.wrong(what, &format!("{arn}: {problem}"), remedy);
        }
    };
    if topic.confirmed == 0 {
        let says = match topic.pending {
            0 => format!("{arn} has no subscription, so nobody hears of a finding"),
            pending => {
                let pending = counted(pending, "subscription", "subscriptions");
                format!("{arn} has {pending} that nobody has confirmed, so nobody hears of a finding")
            }
        };
        let remedy = format!(
            "aws sns subscribe --topic-arn {arn} --protocol email --notification-endpoint you@example.com, and \
             confirm it"
        );
        return report.wrong(what, &says, &remedy);
    }
    report.fine(what, &format!("{arn} has {}", counted(topic.confirmed, "subscription", "subscriptions")))
}

fn look_at_trails(clients: &Clients, named: Option<&str>, report: &mut DoctorReport) -> anyhow::Result<()> {
    let what = "aws trail";
    let trails = match ask(inspect::trails(clients, named))? {
        Ok(trails) => trails,
        Err(problem) if named.is_some() => {
            return report.wrong(what, &problem, "`aws cloudtrail describe-trails` lists what there is");
        }
        Err(problem) => {
            let remedy = "cloudtrail:DescribeTrails and cloudtrail:GetTrailStatus let it look";
            return report.absent(what, &problem, remedy);
        }
    };
    if trails.is_empty() {
        let says =
            named.map_or("none in this account and region".to_owned(), |name| format!("no {name} here"));
        let remedy = "`aws cloudtrail create-trail` makes one; an organisation's is seen in its members too";
        return if named.is_some() {
            report.wrong(what, &says, remedy)
        } else {
            report.absent(what, &says, remedy)
        };
    }
    let sound: Vec<&Trail> = trails.iter().filter(|trail| fault(trail).is_none()).collect();
    for trail in &sound {
        let last =
            trail.delivered.map_or("nothing yet".to_owned(), |at| format!("last at {} UTC", clock(Some(at))));
        report.fine(what, &format!("{} records every region into {}, {last}", trail.name, trail.bucket))?;
    }
    // One that is sound is enough: others may be somebody else's.
    if !sound.is_empty() {
        return Ok(());
    }
    for (trail, (says, remedy)) in trails.iter().filter_map(|trail| Some((trail, fault(trail)?))) {
        report.wrong(what, &format!("{} {says}", trail.name), &remedy)?;
    }
    Ok(())
}

/// What is the matter with a trail, and what mends it.
fn fault(trail: &Trail) -> Option<(String, String)> {
    let name = &trail.name;
    if !trail.is_logging {
        return Some(("is switched off".to_owned(), format!("aws cloudtrail start-logging --name {name}")));
    }
    if let Some(fault) = &trail.fault {
        let remedy = format!("look at the policy of {} and of its key", trail.bucket);
        return Some((format!("cannot deliver: {fault}"), remedy));
    }
    if trail.records_writes == Some(false) {
        let remedy = format!(
            "aws cloudtrail put-event-selectors --trail-name {name} --event-selectors \
             ReadWriteType=All,IncludeManagementEvents=true"
        );
        return Some(("records no management events that change something".to_owned(), remedy));
    }
    (!trail.every_region).then(|| {
        let remedy = format!("aws cloudtrail update-trail --name {name} --is-multi-region-trail");
        ("records one region only".to_owned(), remedy)
    })
}
