//! S3's own notifications: created, removed, moved by a lifecycle, or only a test.

use serde_json::Value;
use trailhound_courier::notices::{ObjectNotice, is_test, of_s3};
use trailhound_detect::tally::{Notice, RejectReason};

use super::input::{Input, unreadable};

/// `s3:TestEvent`, sent when a notification is configured.
pub(super) fn test_event(value: &Value, origin: &str) -> Option<Vec<Input>> {
    is_test(value).then(|| vec![Input::Notice { origin: origin.to_owned(), notice: Notice::S3TestEvent }])
}

/// One entry of `Records`, `None` when it is not S3's. `body` is the message it stands in.
pub(super) fn entry(entry: &Value, body: &str, origin: &str) -> Option<Vec<Input>> {
    Some(vec![input(of_s3(entry)?, (body, &entry.to_string()), origin)])
}

/// What is to be done by a notice: of one that is followed its whole message is kept, of one that nobody knows itself.
pub(super) fn input(notice: ObjectNotice, (body, own): (&str, &str), origin: &str) -> Input {
    match notice {
        ObjectNotice::Written(object) => Input::Object { object, notice: body.to_owned() },
        ObjectNotice::Other(notice) => Input::Notice { origin: origin.to_owned(), notice },
        ObjectNotice::Unknown(why) => unreadable(own, origin, RejectReason::UnknownRecord, why),
    }
}
