//! A record inside another that nobody wants, whole and cut off at every byte.

use serde_json::{Value, json};
use trailhound_sigma::json::Node;

use crate::decode::{Family, Record};
use crate::event::read::{Reader, Reading, Wanted};
use crate::event::{Form, LogType};

/// Wants nothing that its bytes tell it need not.
struct Nothing;

impl Wanted for Nothing {
    fn by_bytes(&self, record: &Record<'_>) -> bool {
        record.family != Family::CloudTrail
    }

    fn by_members(&self, _: LogType, _: Form, _: Node<'_>) -> bool {
        false
    }
}

/// How many records are left alone, and how many cannot be read.
fn left_alone(delivered: &Value) -> (usize, usize) {
    let (mut unwanted, mut unreadable) = (0, 0);
    Reader::default().read_wanted(delivered.to_string().as_bytes(), &Nothing, &mut |reading| match reading {
        Reading::Unwanted(..) => unwanted += 1,
        Reading::Unreadable(..) => unreadable += 1,
        Reading::Event(_) | Reading::Notice(_) | Reading::Mended => {}
    });
    (unwanted, unreadable)
}

#[test]
fn of_a_record_that_was_cut_off_inside_another_nobody_says_that_it_is_not_wanted() {
    let record = json!({"eventVersion": "1.11", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances",
        "userIdentity": {"type": "IAMUser", "userName": "a \"b\" {c} \\"}, "requestParameters": {"filterSet": {}},
        "eventTime": "2026-11-20T09:00:00Z", "awsRegion": "eu-west-1", "eventID": "00000000-0000-4000-8000-000000000001"});
    // As CloudTrail orders its members.
    let text = [
        "eventVersion",
        "eventSource",
        "eventName",
        "userIdentity",
        "requestParameters",
        "eventTime",
        "awsRegion",
        "eventID",
    ]
    .map(|name| format!("\"{name}\":{}", record[name]))
    .join(",");
    let text = format!("{{{text}}}");
    let carriers: [fn(&str) -> Value; 5] = [
        |text| json!({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "timestamp": 1, "message": text}]}),
        |text| json!({"preview": false, "result": {"_raw": text, "sourcetype": "aws:cloudtrail"}}),
        |text| json!({"@timestamp": "2026-11-20T09:00:00Z", "event": {"original": text, "kind": "event"}}),
        |text| json!({"Type": "Notification", "MessageId": "1", "Message": text}),
        |text| json!({"messageId": "1", "body": json!({"Type": "Notification", "Message": text}).to_string()}),
    ];
    for (at, carried) in carriers.iter().enumerate() {
        assert_eq!(left_alone(&carried(&text)), (1, 0), "carrier {at}");
        for end in 1..text.len() {
            let (unwanted, _) = left_alone(&carried(&text[..end]));
            assert_eq!(unwanted, 0, "carrier {at}: {}", &text[..end]);
        }
    }
}
