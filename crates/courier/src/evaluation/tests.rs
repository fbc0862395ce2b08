use std::sync::Arc;

use trailhound_detect::policy::Policy;
use trailhound_detect::rules::load_embedded;

use super::*;

const SESSION: &str = r#"{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-18T10:15:30Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-000000000001","eventType":"AwsApiCall","eventCategory":"Management","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333","userName":"dana"},"requestParameters":{"target":"i-0123456789abcdef0"}}"#;

#[test]
fn bodies_without_time_left_are_kept_as_they_are() {
    let pipeline = Pipeline::new(Policy::new(Arc::new(load_embedded().rules)));
    for (within, is_late) in [(Duration::MAX, false), (Duration::ZERO, true)] {
        let mut evaluation = Evaluation::of_bodies(&pipeline, Timestamp::UNIX_EPOCH, within);
        for _ in 0..3 {
            evaluation.push_body(SESSION.into());
        }
        let evaluated =
            evaluation.finish_bodies(|count| format!("all {count}"), |one| format!("one {one}")).unwrap();
        assert_eq!(evaluated.is_late, is_late);
        let rejects: Vec<(&str, &[u8])> =
            evaluated.rejects.iter().map(|reject| (&*reject.origin, &*reject.body)).collect();
        if is_late {
            assert_eq!(rejects, ["one 0", "one 1", "one 2"].map(|origin| (origin, SESSION.as_bytes())));
            assert_eq!((evaluated.matches.len(), evaluated.tally.rejected_total()), (0, 3));
        } else {
            assert_eq!((rejects.len(), evaluated.matches.len()), (0, 3));
        }
        let tally = &evaluated.tally;
        assert_eq!(tally.records, tally.evaluated + tally.rejected_total());
    }
}

#[test]
fn only_bodies_that_were_sent_again_say_so() {
    let pipeline = Pipeline::new(Policy::new(Arc::new(load_embedded().rules)));
    let mut evaluation = Evaluation::of_bodies(&pipeline, Timestamp::UNIX_EPOCH, Duration::MAX);
    for _ in 0..12 {
        evaluation.push_body(SESSION.into());
    }
    let replayed = (0..evaluation.bodies()).map(|body| body == 1 || body == 10).collect();
    let evaluated =
        evaluation.with_replayed(replayed).finish_bodies(|_| String::new(), |one| format!("one {one}"));
    let told: Vec<String> = evaluated
        .unwrap()
        .matches
        .into_iter()
        .filter(|found| found.from.replayed && found.verdict.labels == ["replayed"])
        .map(|found| found.from.origin)
        .collect();
    assert_eq!(told, ["one 1#1", "one 10#1"]);
}
