use super::*;

#[test]
fn addresses_lose_their_outer_slashes() {
    assert_eq!(s3_uri("s3://bucket"), Ok(S3Uri { bucket: "bucket".into(), key: String::new() }));
    assert_eq!(s3_uri("s3://bucket/a/b/"), Ok(S3Uri { bucket: "bucket".into(), key: "a/b".into() }));
}

#[test]
fn a_queue_is_where_its_arn_says() {
    for (arn, region, url) in [
        (
            "arn:aws:sqs:eu-west-1:111122223333:trailhound",
            "eu-west-1",
            "https://sqs.eu-west-1.amazonaws.com/111122223333/trailhound",
        ),
        (
            "arn:aws-cn:sqs:cn-north-1:111122223333:trailhound.fifo",
            "cn-north-1",
            "https://sqs.cn-north-1.amazonaws.com.cn/111122223333/trailhound.fifo",
        ),
        (
            "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:trailhound",
            "us-gov-west-1",
            "https://sqs.us-gov-west-1.amazonaws.com/111122223333/trailhound",
        ),
    ] {
        assert_eq!(queue_arn(arn), Ok(QueueArn { region: region.into(), url: url.into() }));
    }
    for unlike in ["", "trailhound", "arn:aws:sns:eu-west-1:111122223333:trailhound", "arn:aws:sqs:eu-west-1"]
    {
        assert!(queue_arn(unlike).is_err(), "{unlike}");
    }
}
