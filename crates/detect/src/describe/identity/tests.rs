use proptest::prelude::*;

use super::*;
use crate::describe::tests::fixture::{aws, azure, now, text};
use crate::describe::{Product, describe};

#[test]
fn an_id_is_64_hex_digits_and_told_apart_by_what_is_said() {
    let uid = aws().uid().to_owned();
    assert!(uid.len() == 64 && uid.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase()));
    assert_ne!(message_uid(&uid, CREATE), message_uid(&uid, UPDATE));
    assert_ne!(message_uid(&uid, CREATE), uid);
}

/// A change of this breaks every consumer that knows an older finding.
#[test]
fn the_recipe_is_fixed() {
    insta::assert_snapshot!(aws().uid().to_owned(), @"b0b65ef6af4a1215563ccbc35b785de0d18480f410d0f4cdb2392e462b1288ae");
    insta::assert_snapshot!(message_uid(aws().uid(), CREATE), @"06f9b7b189f27b65ba735c09cd4e12cd14bc6bcfe0f94ef5373d7e9ea4b961ae");
}

#[test]
fn the_records_of_one_azure_operation_are_one_finding() {
    let mut ended = azure();
    ended.facts.event_uid = "another".to_owned();
    ended.facts.outcome.kind = crate::event::OutcomeKind::Success;
    ended.facts.source.ip = None;
    ended.verdict.attempt = true;
    let mut elsewhere = ended.clone();
    elsewhere.facts.resource = text("/subscriptions/00000000-1111-2222-3333-444444444444/another");
    assert_eq!(azure().uid(), ended.uid());
    assert_ne!(azure().uid(), elsewhere.uid());
}

proptest! {
    /// Place, delivery, digest, product, time and level tell of the path, not of the event.
    #[test]
    fn the_path_does_not_matter(
        place in any::<String>(), hash in "[0-9a-f]{64}", feature in "[a-z-]{1,12}", seconds in 0_i64..1_000_000,
    ) {
        let mut found = aws();
        found.from.origin.clone_from(&place);
        found.from.delivery = place;
        found.from.raw_hash = hash;
        found.from.raw_size += 1;
        let later = now() + jiff::SignedDuration::from_secs(seconds);
        let there = describe(found, &Product::new(feature), later);
        let here = describe(aws(), &Product::new("cli"), now());
        prop_assert_eq!((here.uid, here.id), (there.uid, there.id));
    }

    /// Neither events, accounts nor rules share an id, wherever one part ends and the next begins.
    #[test]
    fn different_events_differ(
        left in ("[a-b]{0,3}", "[a-b]{0,3}", "[a-b]{0,3}"), right in ("[a-b]{0,3}", "[a-b]{0,3}", "[a-b]{0,3}"),
    ) {
        let uid = |(rule, account, event): &(String, String, String)| {
            let mut found = aws();
            std::sync::Arc::make_mut(&mut found.rule).name.clone_from(rule);
            found.facts.scope.account.clone_from(account);
            found.facts.event_uid.clone_from(event);
            found.uid().to_owned()
        };
        prop_assert_eq!(left == right, uid(&left) == uid(&right));
    }
}
