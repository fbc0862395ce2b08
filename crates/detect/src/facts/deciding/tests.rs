use super::*;
use crate::event::testing;

const RECORD: &str = r#"{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-11-20T09:00:00Z","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-000000000001","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/a","accountId":"111122223333"},"requestParameters":{"target":"i-0123456789abcdef0"}}"#;

fn of(record: &str) -> Deciding {
    testing::with(record, |event| Deciding::of(event.facts())).unwrap()
}

#[test]
fn what_one_record_lacks_contradicts_nothing_and_what_it_says_otherwise_does() {
    let whole = of(RECORD);
    for (from, to) in [
        (r#""sourceIPAddress":"198.51.100.7","#, ""),
        (r#""awsRegion":"us-east-1","#, ""),
        (r#","requestParameters":{"target":"i-0123456789abcdef0"}"#, ""),
        ("2026-11-20T09:00:00Z", "2026-11-20T09:00:00.000Z"),
    ] {
        let less = RECORD.replace(from, to);
        assert_ne!(less, RECORD);
        assert!(!whole.contradicts(of(&less)), "without {from}");
    }
    for (from, to) in [
        ("StartSession", "ResumeSession"),
        ("198.51.100.7", "198.51.100.8"),
        ("user/a", "user/b"),
        ("i-0123456789abcdef0", "i-0123456789abcdef1"),
        ("us-east-1", "us-east-2"),
        ("09:00:00Z", "09:00:01Z"),
        (r#""eventID""#, r#""errorCode":"AccessDenied","eventID""#),
    ] {
        assert!(whole.contradicts(of(&RECORD.replace(from, to))), "{to}");
    }
}

#[test]
fn a_fact_is_told_by_the_first_digits_of_its_digest() {
    for parts in [&["a"][..], &["i-1", "i-2"], &["", "x"]] {
        let digits = &digest::of_parts(parts)[..16];
        assert_eq!(digest::word_of_parts(parts.iter().copied()), u64::from_str_radix(digits, 16).unwrap());
        assert_eq!(
            short(&parts.iter().map(ToString::to_string).collect::<Vec<_>>()),
            digest::word_of_parts(parts.iter().copied())
        );
    }
    assert_eq!(short(&[String::new()]), 0);
}
