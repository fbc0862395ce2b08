use super::*;

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:findings";

fn read(pairs: &[(&str, &str)]) -> Result<Settings, WrongSettings> {
    Settings::read(&|name| {
        let given = pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        given.or_else(|| PLATFORM.contains(&name).then(|| "128".to_owned()))
    })
}

#[test]
fn a_topic_is_all_that_is_needed() {
    let settings = read(&[("TRAILHOUND_ALERT_TOPIC_ARN", TOPIC)]).expect("enough");
    assert_eq!(settings.alert_topic, TOPIC);
    assert_eq!(settings.min_level, Level::Informational);
    assert!(settings.allowed_buckets.is_none() && !settings.has_endpoint);
}

#[test]
fn everything_wrong_is_named_at_once() {
    let Err(WrongSettings(wrong)) = read(&[
        ("TRAILHOUND_CHAT_TOPIC_ARN", "chat"),
        ("TRAILHOUND_EMAIL_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:mail.fifo"),
        ("TRAILHOUND_STATE_TABLE", "a b"),
        ("TRAILHOUND_REJECTS_URI", "https://example.com"),
        ("TRAILHOUND_RULES_URI", "no/such/folder"),
        ("TRAILHOUND_SUPPRESSIONS_URI", "s3://UPPER/x"),
        ("TRAILHOUND_GEO_URI", "https://example.com/GeoLite2-City.mmdb"),
        ("TRAILHOUND_INVENTORY_URI", "no/such/assets.csv"),
        ("TRAILHOUND_INDICATORS_URI", "s3://UPPER/warned.csv"),
        ("TRAILHOUND_MIN_LEVEL", "loud"),
        ("TRAILHOUND_RULE_PAGES", "http://example.com/rules/"),
        ("TRAILHOUND_ALLOWED_BUCKETS", "fine-bucket,Not_One,Nor_This"),
        ("TRAILHOUND_EVENTS", "some"),
        ("TRAILHOUND_DIGESTS", "yes"),
        ("TRAILHOUND_ALLOWED_ACCOUNTS", "111122223333,me"),
        ("AWS_ENDPOINT_URL", "127.0.0.1:5000"),
        ("AWS_ENDPOINT_URL_SNS", "https://"),
        ("AWS_ENDPOINT_URL_SQS", "sqs"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "dynamodb"),
        ("RUST_LOG", "a=b=c"),
    ]) else {
        panic!("accepted")
    };
    for name in [
        "TRAILHOUND_ALERT_TOPIC_ARN",
        "TRAILHOUND_CHAT_TOPIC_ARN",
        "TRAILHOUND_EMAIL_TOPIC_ARN",
        "TRAILHOUND_STATE_TABLE",
        "TRAILHOUND_REJECTS_URI",
        "TRAILHOUND_RULES_URI",
        "TRAILHOUND_SUPPRESSIONS_URI",
        "TRAILHOUND_GEO_URI",
        "TRAILHOUND_INVENTORY_URI",
        "TRAILHOUND_INDICATORS_URI",
        "TRAILHOUND_MIN_LEVEL",
        "TRAILHOUND_RULE_PAGES",
        "TRAILHOUND_ALLOWED_BUCKETS: 'Not_One' is no bucket name, 'Nor_This'",
        "TRAILHOUND_EVENTS: 'some'",
        "TRAILHOUND_DIGESTS: 'yes'",
        "TRAILHOUND_ALLOWED_ACCOUNTS: no account, subscription or tenant: {\"me\"}",
        "AWS_ENDPOINT_URL:",
        "AWS_ENDPOINT_URL_SNS",
        "AWS_ENDPOINT_URL_SQS",
        "AWS_ENDPOINT_URL_DYNAMODB",
        "RUST_LOG",
    ] {
        assert!(wrong.iter().any(|fault| fault.starts_with(name)), "{name} is not in {wrong:?}");
    }
    assert_eq!(wrong.len(), 21, "{wrong:?}");
}

#[test]
fn set_to_nothing_is_not_set() {
    let settings =
        read(&[("TRAILHOUND_ALERT_TOPIC_ARN", TOPIC), ("TRAILHOUND_STATE_TABLE", " "), ("RUST_LOG", "")]);
    assert!(settings.expect("enough").state_table.is_none());
}
