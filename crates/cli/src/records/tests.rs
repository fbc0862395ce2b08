use std::fs;
use std::path::Path;
use std::sync::Arc;

use trailhound_detect::behind::{Gather, HandOuts};
use trailhound_detect::event::{Event, Facts};
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::policy::Policy;

use super::Sought;
use super::glance::Glance;
use crate::index::Sessions;
use crate::network::Network;
use crate::shown::Shown;
use crate::words::names;

#[test]
fn names_are_found_whole_and_in_any_case() {
    for text in ["dana", "DANA", "operations/dana@example.com", "arn:aws:iam::1:user/Dana", "a dana"] {
        assert!(names(text, "dana"), "{text}");
    }
    for text in ["danae", "jordana", "dana1", "d-ana", "", "danaé", "édana"] {
        assert!(!names(text, "dana"), "{text}");
    }
    assert!(names("i-0123456789abcdef0", "i-0123456789abcdef0"));
    assert!(!names("i-0123456789abcdef01", "i-0123456789abcdef0"));
    assert!(!names("anything", ""));
}

#[test]
fn an_address_is_one_or_a_network() {
    assert!("203.0.113.45".parse::<Network>().is_ok() && "2001:db8::/32".parse::<Network>().is_ok());
    assert!("203.0.113".parse::<Network>().unwrap_err().contains("203.0.113.0/24"));
}

#[test]
fn what_is_shown_is_gated_and_visible_however_often() {
    let mut shown = Shown::default();
    for _ in 0..2 {
        assert_eq!(shown.of("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert!(!shown.of("mysql --password=Sup3rSecretValue99 -h db").contains("Sup3rSecretValue99"));
    }
}

#[test]
fn what_is_long_is_told_and_not_kept() {
    let mut shown = Shown::default();
    let long = "x".repeat(1 << 20);
    for _ in 0..2 {
        assert_eq!(shown.of(&long).chars().count(), 300);
    }
    assert_eq!(shown.kept(), 0);
    assert_eq!((shown.of("short"), shown.kept()), ("short".to_owned(), 1));
}

#[test]
fn an_address_is_found_however_it_is_written() {
    let mut facts = Facts::new(trailhound_detect::event::LogType::CloudTrail);
    facts.source.ip = "2001:db8::1".parse().ok();
    for typed in ["2001:db8::1", "2001:0DB8:0:0::1", "2001:db8:0:0:0:0:0:1"] {
        let sought = Sought { thing: Some(typed.to_owned()), ..Sought::default() };
        assert!(sought.finds(&facts, None), "{typed}");
    }
    let other = Sought { thing: Some("2001:db8::11".to_owned()), ..Sought::default() };
    assert!(!other.finds(&facts, None));
}

/// Names by which people would look for what a record says.
fn names_of(facts: &Facts) -> Vec<(Sought, String)> {
    let actor = &facts.actor;
    let more = [
        &actor.claimed,
        &actor.uid,
        &actor.name,
        &actor.session,
        &actor.principal_id,
        &actor.source_identity,
    ];
    let actors = [&actor.display, &actor.key].into_iter().chain(more.into_iter().flatten());
    let actors = actors.map(|name| (Sought { actor: Some(name.clone()), ..Sought::default() }, name.clone()));
    let machines = facts.target.ids.iter().chain(&facts.target.names);
    let machines = machines.map(|id| (Sought { machine: Some(id.clone()), ..Sought::default() }, id.clone()));
    actors.chain(machines).filter(|(_, name)| !name.is_empty()).collect()
}

/// All that the files of folders hand out.
fn handed_out_in(folders: &[&Path]) -> HandOuts {
    let mut all = HandOuts::default();
    for folder in folders {
        for file in
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file())
        {
            let mut gather = Gather::of(&file.to_string_lossy());
            gather.push(&fs::read(&file).unwrap(), &mut |out| all.add(out));
            gather.finish(&mut |out| all.add(out));
        }
    }
    all
}

#[test]
fn a_glance_overlooks_no_name() {
    let pipeline = Pipeline::new(Policy::unfiltered()).without_screen();
    let (sender, looked) = std::sync::mpsc::channel();
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let hand_outs = Arc::new(Sessions::All(handed_out_in(&[&events, &events.join("stories")])));
    for folder in [events.clone(), events.join("stories")] {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|path| path.is_file() && !path.ends_with("stories.tsv")) {
            let (sender, hand_outs) = (sender.clone(), hand_outs.clone());
            let witness = move |event: &Event<'_>, origin: &str| {
                for (sought, name) in names_of(event.facts()) {
                    assert!(sought.finds(event.facts(), None), "{origin}: {name}");
                    let is_found = Glance::at(&sought, &[]).may_find(event);
                    sender.send((is_found, format!("{origin}: {name}"))).unwrap();
                }
                let Sessions::All(all) = &*hand_outs else { panic!() };
                if let Some(behind) = all.behind(&event.facts().actor, event.facts().time) {
                    for name in behind.names().filter(|name| !name.is_empty()) {
                        let sought = Sought { actor: Some(name.to_owned()), ..Sought::default() };
                        assert!(sought.finds(event.facts(), Some(&behind)), "{origin}: {name}");
                        let sessions = hand_outs.of_actor(&sought).unwrap();
                        let is_found = Glance::at(&sought, &sessions).may_find(event);
                        sender.send((is_found, format!("{origin}: {name} behind it"))).unwrap();
                    }
                }
                let nobody = Sought { actor: Some("nobody-of-that-name".to_owned()), ..Sought::default() };
                let is_found = Glance::at(&nobody, &[]).may_find(event);
                sender.send((is_found, String::new())).unwrap();
            };
            let session = pipeline.delivery(&file.to_string_lossy(), jiff::Timestamp::UNIX_EPOCH);
            let mut session = session.witnessed_by(Box::new(witness));
            session.push(&fs::read(&file).unwrap());
            assert_eq!(session.finish(Ending::Whole).tally.rejected_total(), 0, "{}", file.display());
        }
    }
    drop(sender);
    let (nobody, names): (Vec<_>, Vec<_>) = looked.iter().partition(|(_, name)| name.is_empty());
    assert!(names.iter().any(|(_, name)| name.ends_with(" behind it")), "nobody is behind anything");
    let overlooked: Vec<&String> =
        names.iter().filter(|(is_found, _)| !is_found).map(|(_, name)| name).collect();
    assert!(overlooked.is_empty(), "{overlooked:#?}");
    let left_alone = nobody.iter().filter(|(is_found, _)| !is_found).count();
    assert!(names.len() > 500 && left_alone > 200, "{} names, {left_alone} left alone", names.len());
}
