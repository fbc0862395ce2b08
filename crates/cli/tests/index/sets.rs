//! What an index keeps of a set of inputs is told for that set alone, and for what it was worked out with.

use std::fs;

use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};

use super::campaign::{Campaign, PEOPLE, Twist};
use super::common::{Folder, out, trailhound};
use super::{ask, record};

const WORKED: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("worked");
const MATCHES: TableDefinition<'_, (u64, u32, u32), &[u8]> = TableDefinition::new("matches");

/// Numbers out of one seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// The names of all that is kept of sets of inputs.
fn worked(index: &str) -> Vec<String> {
    let file = Database::open(index).unwrap();
    let reading = file.begin_read().unwrap();
    let table = reading.open_table(WORKED).unwrap();
    table.iter().unwrap().map(|entry| entry.unwrap().0.value().to_owned()).collect()
}

#[test]
fn whatever_changes_answers_are_those_of_a_run_without_it() {
    let folder = Folder::new();
    // Logs of a few people's ways through roles, cut anywhere: who is behind whom goes from file to file.
    let campaign = Campaign::of(40, &PEOPLE, Twist::default());
    let lines: Vec<&str> = campaign.files.values().flat_map(|text| text.lines()).collect();
    let texts: Vec<String> = lines.chunks(lines.len().div_ceil(3)).map(|lines| lines.join("\n")).collect();
    let rules = |level: &str| {
        let text = format!(
            "title: Own\nid: 7c2f3d8e-58d2-4b53-9c43-0d4b6b7c8f01\nname: own\nstatus: test\n\
             logsource: {{product: aws, service: cloudtrail}}\ndetection:\n  selection:\n    eventName: AssumeRole\n  \
             condition: selection\nlevel: {level}\n"
        );
        folder.write("own.yml", text)
    };
    let own = rules("low");
    let index = folder.path("kept.index");
    let mut numbers = Numbers(1);
    let mut files: Vec<Option<String>> = vec![None; 4];
    let questions: [&[&str]; 3] = [
        &["timeline", "--format", "ndjson"],
        &["who", "--format", "json", "work"],
        &["timeline", "--actor", "work"],
    ];
    let windows: [&[&str]; 3] =
        [&["--since", "2026-03-18T09:02:00Z"], &[], &["--until", "2026-03-18T09:02:00Z"]];
    for step in 0..STEPS {
        for at in [numbers.below(4), numbers.below(4)] {
            files[at] = if numbers.below(4) == 0 {
                fs::remove_file(folder.path(&format!("{at}.jsonl"))).ok();
                None
            } else {
                // Of the same text in two files the first is told.
                Some(folder.write(&format!("{at}.jsonl"), &texts[numbers.below(3)]))
            };
        }
        let mut inputs: Vec<&str> = files.iter().flatten().map(String::as_str).collect();
        if inputs.is_empty() {
            continue;
        }
        if step % 3 == 2 {
            rules(["medium", "high"][numbers.below(2)]);
        }
        for window in windows {
            let question = questions[numbers.below(questions.len())];
            ask(&[question, &["--rules", &own], window].concat(), &inputs, &index);
            let turned = numbers.below(inputs.len());
            inputs.rotate_left(turned);
        }
        ask(&[questions[0], &["--rules", &own]].concat(), &inputs[..1], &index);
    }
    assert!(worked(&index).len() > 2, "nothing is kept");
}

const STEPS: usize = 3;

#[test]
fn of_records_that_are_alike_each_is_told_by_its_own_time() {
    let folder = Folder::new();
    let identity = r#""userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/Admin/work","accountId":"111122223333","accessKeyId":"ASIAIOSFODNN7EXAMPLE"}"#;
    let acts = |n: u32, hour: &str| {
        let text = record("x", n).replace("2026-03-18T10", &format!("2026-03-18T{hour}"));
        let (before, after) =
            (text.find("\"userIdentity\"").unwrap(), text.find("},\"requestParameters").unwrap());
        format!("{}{identity}{}", &text[..before], &text[after + 1..])
    };
    let handed = r#""responseElements":{"credentials":{"accessKeyId":"ASIAIOSFODNN7EXAMPLE"},"assumedRoleUser":{"assumedRoleId":"AROAEXAMPLE:work","arn":"arn:aws:sts::111122223333:assumed-role/Admin/work"}}"#;
    let hands =
        record("dana", 2).replace("StartSession", "AssumeRole").replace("ssm.amazonaws", "sts.amazonaws");
    let hands = hands.replace(r#""requestParameters":{"target":"i-0123456789abcdef0"}"#, handed);
    let log = folder.write("a.jsonl", [acts(1, "08"), hands, acts(3, "11"), acts(4, "08")].join("\n"));
    let index = folder.path("kept.index");
    // Nobody acts with a key before it is there.
    for question in
        [&["timeline"][..], &["timeline", "--actor", "dana"], &["who", "--format", "json", "dana"]]
    {
        ask(question, &[&log], &index);
    }
    let told = out(&trailhound(&["timeline", "--index", &index, &log]));
    assert_eq!(told.matches("behind it: dana").count(), 1, "{told}");
}

#[test]
fn a_second_question_judges_no_match_again_and_gathers_no_hand_out() {
    let folder = Folder::new();
    let campaign = Campaign::of(60, &PEOPLE, Twist::default());
    for (account, text) in &campaign.files {
        folder.write(&format!("logs/{account}.jsonl"), text);
    }
    let (logs, index) = (folder.path("logs"), folder.path("kept.index"));
    let questions: [&[&str]; 4] = [
        &["who", "--format", "json", PEOPLE[0]],
        &["timeline", "--format", "ndjson", "--actor", PEOPLE[1]],
        &["machine", "--format", "json", "i-0000000abcdef0000"],
        &["timeline", "--min-level", "low"],
    ];
    ask(questions[0], &[&logs], &index);
    // Whoever reads matches now finds none.
    let file = Database::open(&index).unwrap();
    let writing = file.begin_write().unwrap();
    writing.open_table(MATCHES).unwrap().retain(|_, _| false).unwrap();
    writing.commit().unwrap();
    drop(file);
    for question in questions {
        let asked = [question, &["--since", "2026-03-18"]].concat();
        ask(&asked, &[&logs], &index);
        ask(question, &[&logs], &index);
    }
    let other = trailhound(&["timeline", "--until", "2026-03-18T09:05:00Z", "--index", &index, &logs]);
    assert_eq!(other.status.code(), Some(2), "another window is judged anew: {}", out(&other));
}

#[test]
fn of_what_was_worked_out_the_last_few_are_kept_and_nothing_of_what_is_gone() {
    let folder = Folder::new();
    let files: Vec<String> =
        (1..=12).map(|n| folder.write(&format!("{n}.json"), record("dana", n))).collect();
    let index = folder.path("kept.index");
    let told = |from: usize, to: usize| {
        let inputs: Vec<&str> = files[from..to].iter().map(String::as_str).collect();
        let asked = trailhound(&[&["who", "dana", "--index", &index], &inputs[..]].concat());
        assert!(out(&asked).starts_with(&format!("dana: {} record", inputs.len())), "{}", out(&asked));
    };
    for to in 1..=files.len() {
        told(0, to);
    }
    let count = |kind: &str| worked(&index).iter().filter(|name| name.starts_with(kind)).count();
    assert_eq!((count("sessions "), count("findings ")), (4, 8));
    fs::write(&files[0], record("dana", 59)).unwrap();
    told(0, 2);
    assert_eq!((count("sessions "), count("findings ")), (1, 1));
    // A match without a time is judged whenever it is as it would be now.
    let timeless = record("dana", 1).replace("\"eventTime\":\"2026-03-18T10:15:01Z\",", "");
    let timeless = folder.write("timeless.json", timeless);
    ask(&["timeline", "--min-level", "low"], &[&timeless, &files[1]], &index);
    assert_eq!((count("sessions "), count("findings ")), (2, 2));
}
