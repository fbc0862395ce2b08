use std::fs;
use std::path::Path;

use jiff::Timestamp;

use super::*;
use crate::describe::{Product, describe};
use crate::pipeline::{Ending, Pipeline};
use crate::rules::{RuleFile, load, load_embedded};

/// What is told of a match: its id, its level, its sentence and where it stands.
fn told(found: &Match) -> (String, String, String, String) {
    let finding = describe(found.clone(), &Product::new("test"), Timestamp::UNIX_EPOCH);
    (finding.uid.clone(), finding.level().to_string(), finding.message(), found.from.origin.clone())
}

struct Made {
    part: Vec<u8>,
    matches: Vec<Match>,
    callers: usize,
}

fn made(pipeline: &Pipeline, origin: &str, bytes: &[u8]) -> Made {
    let mut writer = PartWriter::begin(origin, &[pipeline.rules()]).unwrap();
    let mut session = pipeline.delivery(origin, Timestamp::UNIX_EPOCH);
    session.push(bytes);
    let ended = session.finish(Ending::Whole);
    let made = (ended.matches.clone(), ended.callers.len());
    writer.found(0, ended.matches, ended.callers).unwrap();
    Made { part: writer.end(&[&ended.tally]).unwrap(), matches: made.0, callers: made.1 }
}

/// Matches by each set of rules, how many callers, and rejected records by each.
type Taken = (Vec<Vec<Match>>, usize, Vec<u64>);

fn taken(part: &[u8], rules: &[&RuleSet]) -> Result<Taken, PartError> {
    let mut found = vec![Vec::new(); rules.len()];
    let (mut calling, mut rejected) = (0, Vec::new());
    read(part, rules, &mut |stretch| {
        match stretch {
            Stretch::Found { by, matches, callers } => {
                found[by].extend(matches);
                calling += callers.len();
            }
            Stretch::End { tally, .. } => rejected.push(tally.rejected_total()),
        }
        true
    })?;
    Ok((found, calling, rejected))
}

#[test]
fn what_is_told_of_a_part_is_what_is_told_of_its_input() {
    let pipeline = Pipeline::new(Arc::new(load_embedded().rules));
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let (mut count, mut spoken) = (0, 0);
    for file in fs::read_dir(events).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let made = made(&pipeline, &path.display().to_string(), &fs::read(&path).unwrap());
        let (found, callers, ended) = taken(&made.part, &[pipeline.rules()]).unwrap();
        assert_eq!(ended.len(), 1);
        assert_eq!(callers, made.callers, "{}", path.display());
        let expected: Vec<_> = made.matches.iter().map(told).collect();
        assert_eq!(found[0].iter().map(told).collect::<Vec<_>>(), expected, "{}", path.display());
        count += expected.len();
        let tells = |found: &&Match| {
            found.told(&found.rule.told.first()?.name).is_some_and(|all| !all.is_empty()).then_some(())
        };
        spoken += made.matches.iter().filter(|found| tells(found).is_some()).count();
    }
    assert!(count > 100 && spoken > 0, "{count} {spoken}");
}

#[test]
fn only_the_rules_that_it_was_made_with_take_it_up() {
    let shipped = Pipeline::new(Arc::new(load_embedded().rules));
    let event = br#"{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-18T10:15:30Z","eventID":"1","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333","userName":"dana"}}"#;
    let made = made(&shipped, "o", event);
    let own = |path: &str, title: &str| {
        let text = format!(
            "title: {title}\nname: own\nlogsource: {{product: aws, service: cloudtrail}}\ndetection:\n  selection:\n    eventName: X\n  condition: selection\nlevel: low\n"
        );
        load(&[RuleFile { path: path.to_owned(), text }]).rules
    };
    // Wherever the same texts lie, they are the same rules.
    assert_eq!(own("a.yml", "Own").digest(), own("b.yml", "Own").digest());
    assert!(own("a.yml", "Own").digest() != own("a.yml", "Other").digest());
    let other = taken(&made.part, &[shipped.rules(), &own("a.yml", "Own")]);
    assert!(matches!(other, Err(PartError::OtherRules)), "{other:?}");
    // The same set twice finds the same twice, and one without rules nothing.
    let none = RuleSet::default();
    let (found, _, ended) = taken(&made.part, &[shipped.rules(), &none, shipped.rules()]).unwrap();
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [1, 0, 1]);
    assert_eq!(ended, [0, 0, 0]);
}

#[test]
fn what_is_no_whole_part_is_none() {
    let shipped = Pipeline::new(Arc::new(load_embedded().rules));
    let whole = made(&shipped, "o", b"{}\n").part;
    assert!(taken(&whole, &[shipped.rules()]).is_ok());
    for length in 0..whole.len() {
        let cut = taken(&whole[..length], &[shipped.rules()]);
        assert!(cut.is_err(), "{length} of {}", whole.len());
    }
    let mut text = String::new();
    MultiGzDecoder::new(&whole[..]).read_to_string(&mut text).unwrap();
    let (head, _) = text.split_once('\n').unwrap();
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    writeln!(packed, "{head}").unwrap();
    let unended = taken(&packed.finish().unwrap(), &[shipped.rules()]);
    assert!(matches!(unended, Err(PartError::CutOff)), "{unended:?}");
    for other in [&b"{\"Records\":[]}"[..], b"", b"\x1f\x8b"] {
        assert!(taken(other, &[shipped.rules()]).is_err());
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(b"{\"trailhound_part\":9,\"origin\":\"o\",\"rules\":[]}\n").unwrap();
    let later = taken(&packed.finish().unwrap(), &[shipped.rules()]);
    assert!(matches!(later, Err(PartError::OtherShape(9))), "{later:?}");
}
