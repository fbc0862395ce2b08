use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::describe::tests::fixture::{all, aws, now};
use crate::describe::visible::tests::HOSTILE;
use crate::describe::{Product, describe};
use crate::matched::{CaseNews, CaseStep, InCase, Match};

fn finding(found: Match) -> Finding {
    describe(found, &Product::new("cli"), now())
}

#[test]
fn a_subject_names_level_title_machine_and_account() {
    assert_eq!(
        subject(&finding(aws())),
        "[HIGH] Port forwarding opened through Session Manager | i-0123456789abcdef0 | 111122223333"
    );
}

#[test]
fn a_mail_reads_like_this() {
    insta::assert_snapshot!(email(&finding(aws())));
}

#[test]
fn a_chat_notification_reads_like_this() {
    let text = amazon_q(&finding(aws()));
    insta::assert_json_snapshot!(serde_json::from_str::<Value>(&text).unwrap());
}

#[test]
fn credentials_stay_out_of_mail_and_chat() {
    let finding = finding(aws());
    assert!(finding.json().contains("ASIAEXAMPLEKEY000001"));
    for text in
        [subject(&finding), email(&finding), amazon_q(&finding), format!("{:?}", attributes(&finding))]
    {
        assert!(!text.contains("ASIAEXAMPLEKEY000001"), "{text}");
    }
}

#[test]
fn attributes_are_at_most_ten_and_none_empty() {
    for found in all() {
        let attributes = attributes(&finding(found));
        assert!(attributes.len() <= 10);
        for (name, value) in attributes {
            match value {
                Attribute::Text(text) => assert!(!text.is_empty(), "{name}"),
                Attribute::List(list) => {
                    assert!(!list.is_empty() && list.iter().all(|item| !item.is_empty()), "{name}");
                }
            }
        }
    }
}

#[test]
fn what_people_get_is_told_by_case() {
    let mut found = aws();
    let opened_by = "5924922af766".to_owned() + &"0".repeat(52);
    let adds = vec![CaseNews::Machine, CaseNews::Rule];
    let (step, since, absorbed) = (CaseStep::Added, 1_773_828_000_000, Vec::new());
    found.verdict.case = Some(InCase { opened_by, since, step, adds, absorbed });
    let finding = finding(found);
    let attributes = attributes(&finding);
    assert_eq!(attributes.len(), 10, "and SNS hands on no more to a queue");
    for told in [("case", "5924922af766"), ("case_step", "added")] {
        assert!(attributes.contains(&(told.0, Attribute::Text(told.1.to_owned()))), "{attributes:?}");
    }
    let chat: Value = serde_json::from_str(&amazon_q(&finding)).unwrap();
    assert_eq!(chat["metadata"]["threadId"], "5924922af766");
    let mail = email(&finding);
    assert!(
        mail.contains("Case       5924922af766, to which it is one more; new in it: machine, rule"),
        "{mail}"
    );
}

#[test]
fn hostile_text_stays_text() {
    for text in HOSTILE {
        let mut found = aws();
        found.facts.actor.display = text.to_owned();
        found.facts.actor.uid = Some(text.to_owned());
        found.facts.target.ids = vec![text.to_owned()].into();
        found.facts.target.names = vec![text.to_owned()].into();
        found.facts.reason = Some(text.to_owned());
        found.facts.scope.account = text.to_owned();
        let finding = finding(found);
        let mail = email(&finding);
        assert!(mail.chars().all(|c| c == '\n' || !c.is_control()), "{mail}");
        let chat: Value = serde_json::from_str(&amazon_q(&finding)).unwrap();
        let description = chat["content"]["description"].as_str().unwrap();
        assert!(description.chars().all(|c| c == '\n' || !c.is_control()), "{description}");
        // Every line is a name of ours and one code span, or an address.
        for line in description.lines() {
            let span = line.split_once("* ").map_or(line, |(_, span)| span);
            if span.starts_with("https://") && !span.contains([' ', '`', '*', '[', '<', '(']) {
                continue;
            }
            let fence = span.chars().take_while(|c| *c == '`').count();
            assert!(fence > 0 && span.ends_with(&"`".repeat(fence)), "{line}");
        }
    }
}

proptest! {
    #[test]
    fn every_subject_is_printable_ascii_within_99(title in any::<String>(), target in any::<String>(), account in any::<String>()) {
        let mut found = aws();
        std::sync::Arc::make_mut(&mut found.rule).title = title;
        found.facts.target.ids = vec![target.clone()].into();
        found.facts.target.names = vec![target].into();
        found.facts.scope.account = account;
        let subject = subject(&finding(found));
        prop_assert!(!subject.is_empty() && subject.len() <= MOST_SUBJECT);
        prop_assert!(subject.bytes().all(|b| (b' '..=b'~').contains(&b)));
    }
}
