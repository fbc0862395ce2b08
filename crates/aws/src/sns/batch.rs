//! Entries and their batches: at most 10, at most 262,144 bytes, attributes included.

use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use serde_json::json;
use trailhound_detect::describe::Finding;
use trailhound_detect::describe::notify;

/// Most entries in a batch.
pub(super) const MOST_ENTRIES: usize = 10;
/// Most bytes in a batch, and so in a message.
pub(super) const MOST_BYTES: usize = 262_144;

/// A message attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) value: String,
}

/// A message on its way.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) subject: Option<String>,
    pub(super) body: String,
    pub(super) attributes: Vec<Attribute>,
}

impl Entry {
    /// Its bytes, as SNS counts them: body, and each attribute's name, type and value.
    pub(super) fn size(&self) -> usize {
        let attributes = self.attributes.iter().map(|a| a.name.len() + a.kind.len() + a.value.len());
        self.body.len() + self.subject.as_ref().map_or(0, String::len) + attributes.sum::<usize>()
    }

    /// As the SDK wants it, under an id that leads back to it.
    pub(super) fn request(&self, id: usize) -> PublishBatchRequestEntry {
        let mut request = PublishBatchRequestEntry::builder()
            .id(id.to_string())
            .message(&self.body)
            .set_subject(self.subject.clone());
        for attribute in &self.attributes {
            let value = MessageAttributeValue::builder()
                .data_type(attribute.kind)
                .string_value(&attribute.value)
                .build()
                .expect("the type is set, which is all the builder asks for");
            request = request.message_attributes(attribute.name, value);
        }
        request.build().expect("id and message are set, which is all the builder asks for")
    }
}

/// A finding for the alert topic, with what filter policies look at.
pub(super) fn alert(finding: &Finding) -> Entry {
    Entry {
        subject: Some(notify::subject(finding)),
        body: finding.json().to_owned(),
        attributes: attributes(finding),
    }
}

fn attributes(finding: &Finding) -> Vec<Attribute> {
    let attribute = |(name, value)| match value {
        notify::Attribute::Text(value) => Attribute { name, kind: "String", value },
        notify::Attribute::List(list) => {
            Attribute { name, kind: "String.Array", value: json!(list).to_string() }
        }
    };
    notify::attributes(finding).into_iter().map(attribute).collect()
}

/// A copy for a chat: an Amazon Q Developer custom notification.
pub(super) fn chat(finding: &Finding) -> Entry {
    Entry { subject: None, body: notify::amazon_q(finding), attributes: Vec::new() }
}

/// A copy for an inbox, whose owner may ask for some alone.
pub(super) fn email(finding: &Finding) -> Entry {
    Entry {
        subject: Some(notify::subject(finding)),
        body: notify::email(finding),
        attributes: attributes(finding),
    }
}

/// Cuts the entries at `open` into batches within the limits, in order.
pub(super) fn batches(open: &[usize], entries: &[Entry]) -> Vec<Vec<usize>> {
    let mut batches: Vec<Vec<usize>> = Vec::new();
    let mut size = 0;
    for &at in open {
        let more = entries[at].size();
        match batches.last_mut() {
            Some(batch) if batch.len() < MOST_ENTRIES && size + more <= MOST_BYTES => {
                batch.push(at);
                size += more;
            }
            _ => {
                batches.push(vec![at]);
                size = more;
            }
        }
    }
    batches
}
