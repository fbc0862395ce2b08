use std::fs;
use std::path::Path;

use jiff::Timestamp;
use trailhound_detect::behind::HandOut;
use trailhound_detect::event::{Event, Facts};
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::policy::Policy;

use super::block::{IndexBlock, each_row, head, row, unpacked};
use super::row::IndexRow;
use super::signs::Needed;
use crate::records::{Entry, Glance, Sought};
use crate::shown::Shown;

/// Shows every event of the samples, and its place.
fn each_event(see: impl Fn(&Facts, &str) + Clone + Send) -> usize {
    let pipeline = Pipeline::new(Policy::unfiltered()).without_screen();
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let mut count = 0;
    for folder in [events.clone(), events.join("stories")] {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|path| path.is_file() && !path.ends_with("stories.tsv")) {
            let see = see.clone();
            let witness = move |event: &Event<'_>, origin: &str| see(event.facts(), origin);
            let session = pipeline.delivery(&file.to_string_lossy(), Timestamp::UNIX_EPOCH);
            let mut session = session.witnessed_by(Box::new(witness));
            session.push(&fs::read(&file).unwrap());
            let tally = session.finish(Ending::Whole).tally;
            // What fails in a witness costs its record.
            assert_eq!(tally.rejected_total(), 0, "{}", file.display());
            count += tally.evaluated;
        }
    }
    usize::try_from(count).unwrap()
}

/// A row as it comes out of a block of its own, with what the block says of it.
fn kept<T>(facts: &Facts, origin: &str, look: impl Fn(&[u8], &IndexRow<'_>, &[u8]) -> T) -> T {
    let mut block = IndexBlock::default();
    block.add(&IndexRow::of(facts, origin)).unwrap();
    let packed = block.pack();
    let rows = unpacked(&packed.rows).unwrap();
    let mut seen = None;
    each_row(&rows, &mut |bytes| {
        seen = Some(look(bytes, &row(bytes)?, &packed.head));
        Ok(())
    })
    .unwrap();
    seen.unwrap()
}

/// Everything by which one might look for a record.
fn questions(facts: &Facts) -> Vec<Sought> {
    let (actor, source, scope) = (&facts.actor, &facts.source, &facts.scope);
    let out = facts.handed_out.as_deref();
    let maybe = [
        &actor.claimed,
        &actor.uid,
        &actor.principal_id,
        &actor.name,
        &actor.session,
        &actor.issuer,
        &actor.source_identity,
        &actor.credential_uid,
        &actor.app_id,
        &facts.key_fingerprint,
        &facts.session_id,
        &facts.command_id,
        &facts.correlation_id,
        &source.user_agent,
        &source.service,
        &scope.subscription,
        &scope.tenant,
    ];
    let more = [
        facts.process.as_ref().and_then(|process| process.host.clone()),
        out.and_then(|out| out.key.clone()),
        out.and_then(|out| out.principal.clone()),
        source.ip.map(|ip| ip.to_string()),
    ];
    let own = [&actor.key, &actor.display, &scope.account].into_iter();
    let own = own.chain(maybe.into_iter().flatten()).chain(&*facts.target.ids).chain(&*facts.target.names);
    let texts = own.cloned().chain(more.into_iter().flatten());
    let texts: Vec<String> = texts.filter(|text| text.chars().any(char::is_alphanumeric)).collect();
    let mut all = Vec::new();
    for text in texts {
        let name = || Some(text.clone());
        all.push(Sought { actor: name(), ..Sought::default() });
        all.push(Sought { machine: name(), ..Sought::default() });
        all.push(Sought { thing: name(), ..Sought::default() });
        all.push(Sought { account: name(), ..Sought::default() });
    }
    if let Some(ip) = facts.source.ip {
        let whole = if ip.is_ipv4() { 32 } else { 128 };
        for length in [8, 13, 24, whole] {
            all.push(Sought { address: format!("{ip}/{length}").parse().ok(), ..Sought::default() });
        }
    }
    all
}

#[test]
fn a_row_says_of_a_record_what_is_told_and_found_of_it() {
    let count = each_event(|facts, origin| {
        kept(facts, origin, |_, row, _| {
            let again = row.facts();
            let told = |facts: &Facts| Entry::of(facts, None, origin, &mut Shown::default());
            assert_eq!(told(&again), told(facts), "{origin}");
            assert_eq!((row.origin, row.time()), (origin, facts.time));
            let out = |facts: &Facts| HandOut::of(facts, origin).map(|out| format!("{out:?}"));
            assert_eq!(out(&again).is_some(), out(facts).is_some(), "{origin}");
            for sought in questions(facts) {
                assert_eq!(sought.finds(&again, None), sought.finds(facts, None), "{origin}: {sought:?}");
            }
        });
    });
    assert!(count > 150, "{count}");
}

#[test]
fn no_record_that_is_sought_is_passed_over() {
    let count = each_event(|facts, origin| {
        for sought in questions(facts).into_iter().filter(|sought| sought.finds(facts, None)) {
            kept(facts, origin, |bytes, _, block| {
                let ((first, last), signs) = head(block).unwrap();
                assert!(Needed::for_sought(&sought, &[]).may_be_in(&signs), "{origin}: {sought:?}");
                assert!(Glance::at(&sought, &[]).may_be_of(bytes), "{origin}: {sought:?}");
                let second = facts.time.map(Timestamp::as_second);
                assert!(second.is_none_or(|second| first <= second && second <= last), "{origin}");
            });
        }
        let nobody = Sought { actor: Some("nobody-of-that-name".to_owned()), ..Sought::default() };
        kept(facts, origin, |_, _, block| {
            assert!(!Needed::for_sought(&nobody, &[]).may_be_in(&head(block).unwrap().1));
        });
    });
    assert!(count > 150, "{count}");
}
