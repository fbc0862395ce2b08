use super::*;

#[test]
fn a_witness_sees_every_event_but_what_the_screen_rules_out() {
    let body = br#"{"Records":[{"eventVersion":"1","eventSource":"a","eventName":"B"},{"eventVersion":"1","eventSource":"a","eventName":"C"}]}"#;
    let seen = |pipeline: Pipeline| {
        let (sender, seen) = std::sync::mpsc::channel();
        let witness = Box::new(move |_: &Event<'_>, origin: &str| sender.send(origin.to_owned()).unwrap());
        let mut session = pipeline.delivery("x", Timestamp::UNIX_EPOCH).witnessed_by(witness);
        session.push(body);
        assert_eq!(session.finish(Ending::Whole).tally.evaluated, 2);
        seen.try_iter().collect::<Vec<_>>()
    };
    assert_eq!(seen(pipeline().without_screen()), ["x#1", "x#2"]);
    assert_eq!(seen(pipeline()), [""; 0]);
}
