use super::*;

#[test]
fn a_redrive_policy_says_how_often_it_tries() {
    assert_eq!(most(r#"{"deadLetterTargetArn":"arn","maxReceiveCount":200}"#), Some(200));
    assert_eq!(most(r#"{"deadLetterTargetArn":"arn","maxReceiveCount":"5"}"#), Some(5));
    for unlike in ["", "[]", r#"{"maxReceiveCount":-1}"#, r#"{"deadLetterTargetArn":"arn"}"#] {
        assert_eq!(most(unlike), None, "{unlike}");
    }
}
