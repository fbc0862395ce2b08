//! Settings, from the environment, checked as a whole before anything starts.

use std::collections::BTreeSet;

use tracing_subscriber::filter::Targets;
use trailhound_aws::address::{S3Uri, bucket, s3_uri, table};
use trailhound_detect::canary::Singer;
use trailhound_detect::event::{Provider, Scope};
use trailhound_detect::matched::Level;
use trailhound_runtime::rulebook::{ContextSources, Source};
use trailhound_runtime::settings::{Reader, WrongSettings};

use crate::ways::{Events, Ways};

/// What is known beside the logs: databases, inventories, indicators.
const CONTEXT: [&str; 3] = ["TRAILHOUND_GEO_URI", "TRAILHOUND_INVENTORY_URI", "TRAILHOUND_INDICATORS_URI"];

/// All that an operator sets.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `TRAILHOUND_ALERT_TOPIC_ARN`: the topic every finding goes to.
    pub alert_topic: String,
    /// `TRAILHOUND_CHAT_TOPIC_ARN`: copies as Amazon Q Developer custom notifications.
    pub chat_topic: Option<String>,
    /// `TRAILHOUND_EMAIL_TOPIC_ARN`: copies as plain text.
    pub email_topic: Option<String>,
    /// `TRAILHOUND_STATE_TABLE`: without it, memory lasts as long as the process.
    pub state_table: Option<String>,
    /// `TRAILHOUND_REJECTS_URI`: without it, a delivery with rejects fails rather than lose them.
    pub rejects: Option<S3Uri>,
    /// `TRAILHOUND_PARTS_URI`: where what is gathered of inventories goes; without it, none may be gathered.
    pub parts: Option<S3Uri>,
    /// `TRAILHOUND_CANDIDATE_URI`: rules beside the shipped ones that a gathering tries.
    pub candidate: Option<Source<S3Uri>>,
    /// `TRAILHOUND_RULES_URI`: rules beside the shipped ones.
    pub rules: Option<Source<S3Uri>>,
    /// `TRAILHOUND_SUPPRESSIONS_URI`: what not to report, and why.
    pub suppressions: Option<Source<S3Uri>>,
    /// `TRAILHOUND_GEO_URI`, `TRAILHOUND_INVENTORY_URI` and `TRAILHOUND_INDICATORS_URI`: what is known beside the logs.
    pub context: ContextSources<S3Uri>,
    /// `TRAILHOUND_MIN_LEVEL`: matches below it are counted as suppressed.
    pub min_level: Level,
    /// `TRAILHOUND_RULE_PAGES`: where rules are described, if not in the repository.
    pub rule_pages: Option<String>,
    /// `TRAILHOUND_ALLOWED_BUCKETS`: notices for other buckets are parked, never followed.
    pub allowed_buckets: Option<BTreeSet<String>>,
    /// `TRAILHOUND_ALLOWED_ACCOUNTS`: matches of other accounts are counted, and neither told nor learned from.
    pub allowed_accounts: Option<BTreeSet<String>>,
    /// `TRAILHOUND_DIGESTS`: digest files are verified, and not only counted.
    pub verifies_digests: bool,
    /// `TRAILHOUND_EVENTS` and `TRAILHOUND_CANARY_KEY`: what may come by itself.
    pub ways: Ways,
    /// `RUST_LOG`.
    pub log: Targets,
    /// `AWS_ENDPOINT_URL` or its S3 form is set, so objects are addressed path-style.
    pub has_endpoint: bool,
    /// `AWS_LAMBDA_FUNCTION_NAME`, the dimension of all metrics.
    pub function_name: String,
}

impl Settings {
    /// Reads and checks the settings; `lookup` looks a variable up.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, WrongSettings> {
        let mut from = Reader::new(lookup);
        let settings = Self {
            alert_topic: from
                .required("TRAILHOUND_ALERT_TOPIC_ARN", "findings need a topic to go to", topic)
                .unwrap_or_default(),
            chat_topic: from.optional("TRAILHOUND_CHAT_TOPIC_ARN", topic),
            email_topic: from.optional("TRAILHOUND_EMAIL_TOPIC_ARN", topic),
            state_table: from.optional("TRAILHOUND_STATE_TABLE", table),
            rejects: from.optional("TRAILHOUND_REJECTS_URI", s3_uri),
            parts: from.optional("TRAILHOUND_PARTS_URI", s3_uri),
            candidate: from.source("TRAILHOUND_CANDIDATE_URI", s3_uri),
            rules: from.source("TRAILHOUND_RULES_URI", s3_uri),
            suppressions: from.source("TRAILHOUND_SUPPRESSIONS_URI", s3_uri),
            context: from.context(CONTEXT, s3_uri),
            min_level: from.min_level(),
            rule_pages: from.rule_pages(),
            allowed_buckets: from.optional("TRAILHOUND_ALLOWED_BUCKETS", buckets),
            allowed_accounts: from.accounts(),
            verifies_digests: from.optional("TRAILHOUND_DIGESTS", digests).unwrap_or_default(),
            ways: Ways {
                events: from.optional("TRAILHOUND_EVENTS", events).unwrap_or_default(),
                canary_key: from.text("TRAILHOUND_CANARY_KEY"),
            },
            log: from.log(),
            has_endpoint: endpoints(&mut from),
            function_name: from.text("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(),
        };
        platform(&mut from);
        from.finish(Some(settings))
    }

    /// What the function says of itself: it lives where its topic does.
    pub fn singer(&self) -> Singer {
        let part = |n| self.alert_topic.split(':').nth(n).unwrap_or_default().to_owned();
        Singer {
            provider: Provider::Aws,
            function: self.function_name.clone(),
            scope: Scope {
                partition: Some(part(1)),
                region: Some(part(3)),
                account: part(4),
                ..Scope::default()
            },
        }
    }

    /// The region of its topic.
    pub fn region(&self) -> &str {
        self.alert_topic.split(':').nth(3).unwrap_or_default()
    }
}

/// Is there an address of S3's own? Those of other services are checked.
fn endpoints(from: &mut Reader<'_>) -> bool {
    let [all, s3, _, _, _, _] = ["", "_S3", "_SNS", "_SQS", "_DYNAMODB", "_CLOUDTRAIL"]
        .map(|service| from.optional(&format!("AWS_ENDPOINT_URL{service}"), endpoint));
    all.or(s3).is_some()
}

fn platform(from: &mut Reader<'_>) {
    let missing: Vec<&str> = PLATFORM.into_iter().filter(|name| from.text(name).is_none()).collect();
    if !missing.is_empty() {
        from.missing(&missing.join(", "), "Lambda and `cargo lambda watch` set it for a function");
    }
    from.optional("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", |size| {
        size.parse::<i32>().map_err(|_| format!("'{size}' is no number of megabytes"))
    });
}

/// What Lambda sets, and the runtime panics without.
const PLATFORM: [&str; 4] = [
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
];

fn topic(arn: &str) -> Result<String, String> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", partition, "sns", region, account, name] = parts.as_slice() else {
        return Err(format!(
            "'{arn}' is no topic; it looks like arn:aws:sns:eu-west-1:111122223333:findings"
        ));
    };
    if name.strip_suffix(".fifo").is_some() {
        return Err(format!("'{arn}' is a FIFO topic; findings need a standard one"));
    }
    let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let numbered = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    if !named || !numbered || region.is_empty() || !partition.starts_with("aws") {
        return Err(format!(
            "'{arn}' is no topic; it looks like arn:aws:sns:eu-west-1:111122223333:findings"
        ));
    }
    Ok(arn.to_owned())
}

fn buckets(list: &str) -> Result<BTreeSet<String>, String> {
    let mut wrong = Vec::new();
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let fine = names.filter_map(|name| bucket(name).map_err(|fault| wrong.push(fault)).ok()).collect();
    if wrong.is_empty() { Ok(fine) } else { Err(wrong.join(", ")) }
}

fn digests(how: &str) -> Result<bool, String> {
    match how {
        "counted" => Ok(false),
        "verified" => Ok(true),
        _ => Err(format!("'{how}' is neither counted nor verified")),
    }
}

fn events(which: &str) -> Result<Events, String> {
    match which {
        "all" => Ok(Events::All),
        "vouched" => Ok(Events::Vouched),
        "none" => Ok(Events::None),
        _ => Err(format!("'{which}' is not all, vouched or none")),
    }
}

fn endpoint(url: &str) -> Result<(), String> {
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    match host {
        Some(host) if !host.is_empty() && !host.starts_with('/') => Ok(()),
        _ => Err(format!("'{url}' is no http:// or https:// address")),
    }
}

#[cfg(test)]
mod tests;
