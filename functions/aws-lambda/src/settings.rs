//! Settings, from the environment, checked as a whole before anything starts.
//!
//! A variable that is set to nothing counts as not set, which is how Terraform writes an absent value.

use std::collections::BTreeSet;
use std::path::PathBuf;

use tracing_subscriber::filter::{LevelFilter, Targets};
use trailhound_detect::canary::Singer;
use trailhound_detect::event::{Provider, Scope};
use trailhound_sigma::Level;

/// An S3 address: a bucket and a key or prefix, without the slashes around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Uri {
    /// Bucket.
    pub bucket: String,
    /// Key or prefix; may be empty.
    pub key: String,
}

/// Where a file of settings is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSource {
    /// An object, or all objects under a prefix.
    S3(S3Uri),
    /// A file or folder in the function's package.
    Path(PathBuf),
}

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
    /// `TRAILHOUND_RULES_URI`: rules beside the shipped ones.
    pub rules: Option<FileSource>,
    /// `TRAILHOUND_SUPPRESSIONS_URI`: what not to report, and why.
    pub suppressions: Option<FileSource>,
    /// `TRAILHOUND_MIN_LEVEL`: matches below it are counted as suppressed.
    pub min_level: Level,
    /// `TRAILHOUND_ALLOWED_BUCKETS`: notices for other buckets are parked, never followed.
    pub allowed_buckets: Option<BTreeSet<String>>,
    /// `RUST_LOG`.
    pub log: Targets,
    /// `AWS_ENDPOINT_URL` or its S3 form is set, so objects are addressed path-style.
    pub has_endpoint: bool,
    /// `AWS_LAMBDA_FUNCTION_NAME`, the dimension of all metrics.
    pub function_name: String,
}

/// Everything that is wrong with the settings.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the settings are wrong: {}", .0.join("; "))]
pub struct WrongSettings(pub Vec<String>);

impl Settings {
    /// Reads and checks the settings; `variable` looks one up.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, WrongSettings> {
        let mut reader = Reader {
            variable: |name: &str| variable(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()),
            wrong: Vec::new(),
        };
        let settings = Self {
            alert_topic: reader.required("TRAILHOUND_ALERT_TOPIC_ARN", topic),
            chat_topic: reader.optional("TRAILHOUND_CHAT_TOPIC_ARN", topic),
            email_topic: reader.optional("TRAILHOUND_EMAIL_TOPIC_ARN", topic),
            state_table: reader.optional("TRAILHOUND_STATE_TABLE", table),
            rejects: reader.optional("TRAILHOUND_REJECTS_URI", s3_uri),
            rules: reader.optional("TRAILHOUND_RULES_URI", file_source),
            suppressions: reader.optional("TRAILHOUND_SUPPRESSIONS_URI", file_source),
            min_level: reader
                .optional("TRAILHOUND_MIN_LEVEL", |word| word.parse::<Level>().map_err(|e| e.to_string()))
                .unwrap_or_default(),
            allowed_buckets: reader.optional("TRAILHOUND_ALLOWED_BUCKETS", buckets),
            log: reader
                .optional("RUST_LOG", |filter| {
                    filter.parse::<Targets>().map_err(|e| format!("'{filter}': {e}"))
                })
                .unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO)),
            has_endpoint: reader.endpoints(),
            function_name: reader
                .optional("AWS_LAMBDA_FUNCTION_NAME", |name| Ok(name.to_owned()))
                .unwrap_or_default(),
        };
        reader.platform();
        if reader.wrong.is_empty() { Ok(settings) } else { Err(WrongSettings(reader.wrong)) }
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

struct Reader<F> {
    variable: F,
    wrong: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn optional<T>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = (self.variable)(name)?;
        read(&value).map_err(|fault| self.wrong.push(format!("{name}: {fault}"))).ok()
    }

    /// Is there an address of S3's own? Those of other services are checked.
    fn endpoints(&mut self) -> bool {
        let [all, s3, _, _] = ["", "_S3", "_SNS", "_DYNAMODB"]
            .map(|service| self.optional(&format!("AWS_ENDPOINT_URL{service}"), endpoint));
        all.or(s3).is_some()
    }

    fn platform(&mut self) {
        let missing: Vec<&str> =
            PLATFORM.into_iter().filter(|name| (self.variable)(name).is_none()).collect();
        if !missing.is_empty() {
            let names = missing.join(", ");
            self.wrong
                .push(format!("{names}: not set, as Lambda and `cargo lambda watch` do for a function"));
        }
        self.optional("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", |size| {
            size.parse::<i32>().map_err(|_| format!("'{size}' is no number of megabytes"))
        });
    }

    fn required(&mut self, name: &str, read: impl Fn(&str) -> Result<String, String>) -> String {
        if (self.variable)(name).is_none() {
            self.wrong.push(format!("{name}: is not set, and findings need a topic to go to"));
        }
        self.optional(name, read).unwrap_or_default()
    }
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

/// Checks a table's name or ARN.
pub fn table(name: &str) -> Result<String, String> {
    let plain = name.rsplit_once(":table/").map_or(name, |(_, name)| name);
    if (3..=255).contains(&plain.len())
        && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
    {
        Ok(name.to_owned())
    } else {
        Err(format!("'{name}' is no DynamoDB table: 3 to 255 letters, digits, '_', '.' and '-', or an ARN"))
    }
}

/// Checks a bucket's name.
pub fn bucket(name: &str) -> Result<String, String> {
    let fine = (3..=63).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b));
    if fine { Ok(name.to_owned()) } else { Err(format!("'{name}' is no bucket name")) }
}

fn buckets(list: &str) -> Result<BTreeSet<String>, String> {
    let mut wrong = Vec::new();
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let fine = names.filter_map(|name| bucket(name).map_err(|fault| wrong.push(fault)).ok()).collect();
    if wrong.is_empty() { Ok(fine) } else { Err(wrong.join(", ")) }
}

fn s3_uri(uri: &str) -> Result<S3Uri, String> {
    let rest = uri.strip_prefix("s3://").ok_or_else(|| format!("'{uri}' does not begin with s3://"))?;
    let (name, key) = rest.split_once('/').unwrap_or((rest, ""));
    Ok(S3Uri { bucket: bucket(name)?, key: key.trim_matches('/').to_owned() })
}

fn file_source(place: &str) -> Result<FileSource, String> {
    if place.starts_with("s3://") {
        return s3_uri(place).map(FileSource::S3);
    }
    let path = PathBuf::from(place);
    if path.exists() {
        Ok(FileSource::Path(path))
    } else {
        Err(format!("'{place}' is neither an s3:// address nor a file or folder of the package"))
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
