//! SNS: the envelope that reaches a queue without raw delivery, and the entries Lambda gets directly.

use serde_json::Value;
use trailhound_detect::tally::Notice;

use super::input::{Contents, Input, text};

/// An SNS envelope as HTTP and SQS subscribers get it.
pub(super) fn envelope(value: &Value, origin: &str) -> Option<Contents> {
    let kind = text(value, "/Type")?;
    value.get("TopicArn")?;
    contents(kind, value.get("Message"), origin)
}

/// One entry of the `Records` that Lambda gets from a topic.
pub(super) fn entry(entry: &Value, origin: &str) -> Option<Contents> {
    let sns = entry.get("Sns")?;
    let topic = text(sns, "/TopicArn").and_then(|arn| arn.rsplit(':').next()).unwrap_or("unknown");
    let origin = match text(sns, "/MessageId") {
        Some(id) => format!("sns://{topic}/{id}"),
        None => origin.to_owned(),
    };
    contents(text(sns, "/Type").unwrap_or("Notification"), sns.get("Message"), &origin)
}

fn contents(kind: &str, message: Option<&Value>, origin: &str) -> Option<Contents> {
    match kind {
        "SubscriptionConfirmation" | "UnsubscribeConfirmation" => {
            let notice = Input::Notice { origin: origin.to_owned(), notice: Notice::SnsSubscription };
            Some(Contents::Inputs(vec![notice]))
        }
        "Notification" => {
            Some(Contents::Body { text: message?.as_str()?.to_owned(), origin: origin.to_owned() })
        }
        _ => None,
    }
}
