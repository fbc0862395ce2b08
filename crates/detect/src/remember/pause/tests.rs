use super::*;

#[test]
fn a_store_that_did_not_answer_is_left_alone_and_says_why() {
    let pause = Pause::default();
    assert_eq!(pause.check(), Ok(()));
    pause.begin(&StateError("no route".to_owned()));
    assert!(pause.check().unwrap_err().0.contains("no route"));
}
