use std::io::Read;

use super::*;

fn post(sns: &Sns, entries: &[(&str, &str)]) -> String {
    let mut body = "Action=PublishBatch".to_owned();
    for (number, (id, message)) in (1..).zip(entries) {
        let prefix = format!("PublishBatchRequestEntries.member.{number}");
        write!(body, "&{prefix}.Id={id}&{prefix}.Message={message}").expect("memory takes it");
    }
    let mut stream = TcpStream::connect(sns.address).expect("it listens");
    write!(stream, "POST / HTTP/1.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
        .and_then(|()| stream.shutdown(std::net::Shutdown::Write))
        .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
fn entries_fail_as_told_and_the_rest_is_taken() {
    let sns = Sns::start([PublishFate::Failed(vec![(1, "InternalError", false)])]).expect("a port");
    let answer = post(&sns, &[("0", "one+and%20only"), ("1", "two"), ("2", "")]);
    assert!(answer.contains("<Id>1</Id><Code>InternalError</Code>"), "{answer}");
    assert!(answer.contains("<Id>2</Id><Code>InvalidParameter</Code>"), "an empty body: {answer}");
    assert_eq!(sns.taken(), ["one and only"]);
    assert_eq!(sns.requests()[0].len(), 3);
}

#[test]
fn the_limits_that_moto_forgets_are_kept() {
    let sns = Sns::start([]).expect("a port");
    let half = "x".repeat(MOST_BYTES / 2 + 1);
    assert!(post(&sns, &[("0", &half), ("1", &half)]).contains("BatchRequestTooLong"));
    assert!(post(&sns, &[("0", "x"); 11]).contains("TooManyEntriesInBatchRequest"));
    assert_eq!(sns.taken(), Vec::<String>::new());
}
