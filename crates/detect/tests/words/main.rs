//! An alert says only what its records say: over the samples, the corpus, every rule's tests and variations of those.

mod truth;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use serde_json::Value;
use trailhound_detect::describe::{Finding, Product};
use trailhound_detect::outbox::Outbox;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::{FindingSink, PublishError, SystemClock};
use trailhound_detect::proving::{self, Tests};
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::rules::load_embedded;
use trailhound_detect::tally::Tally;
use truth::{Records, untrue};

/// Takes every finding.
struct Accept;

impl FindingSink for Accept {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        findings.iter().map(|_| Ok(())).collect()
    }
}

struct House {
    pipeline: Pipeline,
    product: Product,
}

impl House {
    fn new() -> Self {
        let pipeline = Pipeline::new(Policy::new(Arc::new(load_embedded().rules)));
        Self { pipeline, product: Product::new("words") }
    }

    /// What a delivery leads to, correlations included.
    fn findings(&self, name: &str, bytes: &[u8]) -> Vec<Value> {
        let mut session = self.pipeline.delivery(name, Timestamp::UNIX_EPOCH);
        session.push(bytes);
        let last = session.finish(Ending::Whole);
        let memory = Memory::fleeting(MemoryStore::default()).in_one_run();
        let outbox = Outbox {
            policy: self.pipeline.policy(),
            memory: &memory,
            sink: &Accept,
            clock: &SystemClock,
            claimant: "words",
            product: &self.product,
        };
        let mut tally = Tally::default();
        pollster::block_on(outbox.remember_callers(&last.callers));
        let sent = pollster::block_on(outbox.send(last.matches, &mut tally));
        let mut heard = sent.heard;
        heard.sort_by_key(|found| found.facts.time);
        let more = pollster::block_on(outbox.correlate(heard, &mut tally));
        let json = |finding: Finding| serde_json::from_str(&finding.json).expect("a finding is JSON");
        sent.published.into_iter().chain(more.published).map(json).collect()
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

fn text(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    if bytes.starts_with(b"\x1f\x8b") && MultiGzDecoder::new(bytes).read_to_end(&mut out).is_ok() {
        return String::from_utf8_lossy(&out).into_owned();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every event that a test beside a shipped rule brings.
fn tested() -> Vec<String> {
    let mut events = Vec::new();
    for tests in proving::parse_all(&proving::shipped()).into_iter().flatten() {
        if let Tests::Rule(tests) = tests {
            events.extend(tests.tests.iter().map(|test| String::from_utf8_lossy(&test.event).into_owned()));
        }
    }
    events
}

/// The same event at other machines, from another address, by somebody else.
fn varied(event: &str, at: usize) -> String {
    let mut out = event.replace("0123456789abcdef0", &format!("{at:017x}"));
    for (known, other) in [
        ("203.0.113.", "198.18.0."),
        ("198.51.100.", "198.19.0."),
        ("alice", &*format!("alice{at}")),
        ("dana", &*format!("dana{at}")),
        ("vm-shop-01", &*format!("vm-long-name-{at:03}")),
        ("VM-SHOP-01", &*format!("VM-LONG-NAME-{at:03}")),
    ] {
        out = out.replace(known, other);
    }
    out
}

/// Findings with their records, until `most` were looked at.
fn each(house: &House, look: &mut dyn FnMut(&str, &Value, &Records)) -> usize {
    let mut count = 0;
    let mut told = |name: &str, bytes: &[u8]| {
        let findings = house.findings(name, bytes);
        if !findings.is_empty() {
            let records = Records::read(&text(bytes));
            for finding in &findings {
                count += 1;
                look(name, finding, &records);
            }
        }
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("TRAILHOUND_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let folders =
        [root.join("events"), shared.join("cases/words"), shared.join("cases/field"), shared.join("corpus")];
    for file in folders.iter().flat_map(|folder| files(folder)) {
        let bytes = std::fs::read(&file).expect("a readable file");
        let lines = file.extension().is_some_and(|ending| ending == "jsonl");
        if lines && file.starts_with(&folders[3]) {
            for (at, line) in text(&bytes).lines().enumerate() {
                told(&format!("{}:{at}", file.display()), line.as_bytes());
            }
        } else {
            told(&file.display().to_string(), &bytes);
        }
    }
    let events = tested();
    for at in 0..VARIATIONS {
        for (number, event) in events.iter().enumerate() {
            let event = if at == 0 { event.clone() } else { varied(event, at) };
            told(&format!("test {number} variation {at}"), event.as_bytes());
        }
    }
    count
}

/// Longest sentence that is read at a glance, in characters.
const MOST: usize = 220;

#[test]
fn the_sentences_read_well() {
    let house = House::new();
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    for tests in proving::parse_all(&proving::shipped()).into_iter().flatten() {
        let Tests::Rule(tests) = tests else { continue };
        for test in &tests.tests {
            for finding in house.findings("golden", &test.event) {
                let rule = finding["ruleid"].as_str().unwrap_or_default().to_owned();
                if rule.trim_end_matches(".attempt") == tests.rule {
                    let sentence = finding["data"]["message"].as_str().unwrap_or_default().to_owned();
                    told.entry(sentence).or_insert(rule);
                }
            }
        }
    }
    let mut lines: Vec<String> =
        told.iter().map(|(sentence, rule)| format!("{rule}\n    {sentence}")).collect();
    lines.sort();
    let long: Vec<&String> = told.keys().filter(|sentence| sentence.chars().count() > MOST).collect();
    insta::assert_snapshot!(lines.join("\n"));
    assert!(long.is_empty(), "{long:#?}");
}

/// How many variations of each rule's tests are told; a night may have more.
const VARIATIONS: usize = 5;

#[test]
fn nothing_told_is_untrue() {
    let mut wrong: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let count = each(&House::new(), &mut |name, finding, records| {
        for fault in untrue(finding, records) {
            let message = finding["data"]["message"].as_str().unwrap_or_default();
            let told = || format!("{name}\n    {}: {message}", finding["ruleid"]);
            wrong.entry(fault).or_insert_with(|| (0, told())).0 += 1;
        }
    });
    let mut report = String::new();
    for (fault, (times, example)) in wrong.iter().take(40) {
        let _ = writeln!(report, "{times} × {fault}\n  in {example}");
    }
    assert!(wrong.is_empty(), "{} kinds of untruth in {count} alerts:\n{report}", wrong.len());
    assert!(count > 3_000, "only {count} alerts were looked at");
}

/// A way of telling something else than the records say; nothing where it does not apply.
type Mutation = fn(&mut Value) -> Option<()>;

fn edit(finding: &mut Value, change: impl Fn(&str) -> Option<String>) -> Option<()> {
    let message = &mut finding["data"]["message"];
    let other = change(message.as_str()?).filter(|other| Some(other.as_str()) != message.as_str())?;
    *message = other.into();
    Some(())
}

fn swap(from: &'static str, to: &'static str) -> impl Fn(&str) -> Option<String> {
    move |message| message.contains(from).then(|| message.replacen(from, to, 1))
}

const MUTATIONS: &[(&str, Mutation)] = &[
    ("another address", |f| {
        edit(f, |m| {
            let address = regex::Regex::new(r"\d+\.\d+\.\d+\.\d+").ok()?;
            address.is_match(m).then(|| address.replace(m, "192.0.2.254").into_owned())
        })
    }),
    ("another instance", |f| {
        edit(f, |m| {
            let instance = regex::Regex::new(r"i-[0-9a-f]{17}").ok()?;
            instance.is_match(m).then(|| instance.replace(m, "i-0ffffffffffffffff").into_owned())
        })
    }),
    ("another account", |f| {
        edit(f, |m| {
            let account = regex::Regex::new(r"\b\d{12}\b").ok()?;
            account.is_match(m).then(|| account.replace(m, "999999999999").into_owned())
        })
    }),
    ("one machine more", |f| {
        edit(f, |m| {
            let (head, rest) = m.split_once(" machines (")?;
            let (before, count) = head.rsplit_once(' ')?;
            Some(format!("{before} {} machines ({rest}", count.parse::<u32>().ok()? + 1))
        })
    }),
    ("a machine's name cut short", |f| {
        edit(f, |m| {
            let name = regex::Regex::new(r"\d machines \(([^,) ]+)").ok()?;
            let found = name.captures(m)?.get(1)?;
            Some(format!("{}{}", &m[..found.end() - 1], &m[found.end()..]))
        })
    }),
    ("a resource that is in no record", |f| {
        let resource = f["data"]["resources"].as_array_mut()?.iter_mut().find(|r| r["role"] == "Target")?;
        resource["name"] = "zz-nobody-has-this".into();
        Some(())
    }),
    ("a resource's name cut short", |f| {
        let resource = f["data"]["resources"].as_array_mut()?.iter_mut().find(|r| {
            r["role"] == "Target" && r["name"].as_str().is_some_and(|name| name.starts_with("vm-long-name"))
        })?;
        let name = resource["name"].as_str()?.to_owned();
        resource["name"] = name[..name.len() - 2].into();
        Some(())
    }),
    ("a resource left out", |f| {
        let is_many = f["data"]["message"].as_str()?.contains(" machines (");
        f["data"]["resources"].as_array_mut().filter(|all| is_many && all.len() > 1)?.pop().map(drop)
    }),
    ("deleted for written", |f| edit(f, swap(" wrote ", " deleted "))),
    ("created for deleted", |f| edit(f, swap(" deleted ", " created "))),
    ("removed for pushed", |f| edit(f, swap(" pushed ", " removed "))),
    ("tried for done", |f| edit(f, swap(" opened ", " tried to open "))),
    ("done for tried", |f| {
        edit(f, |m| {
            let end = m.find(": denied").or_else(|| m.find(": failed"))?;
            m.contains(" tried to ").then(|| m[..end].replacen(" tried to ", " did ", 1))
        })
    }),
    ("another actor", |f| {
        f["data"]["evidences"][0]["actor"]["user"]["name"].as_str().filter(|name| !name.is_empty())?;
        f["data"]["evidences"][0]["actor"]["user"]["name"] = "mallory-of-nowhere".into();
        Some(())
    }),
    ("a placeholder left open", |f| edit(f, |m| Some(format!("{{target}} {m}")))),
    ("the factor told twice", |f| edit(f, swap(" without MFA", " without a second factor without MFA"))),
    ("a target told as not named", |f| {
        f["data"]["resources"].as_array()?.iter().find(|r| r["role"] == "Target")?;
        edit(f, |m| Some(m.replacen('.', " on a target the record does not name.", 1)))
    }),
];

#[test]
fn every_kind_of_untruth_is_caught() {
    let mut caught: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed: BTreeMap<&str, String> = BTreeMap::new();
    each(&House::new(), &mut |_, finding, records| {
        for (name, mutate) in MUTATIONS {
            let (applied, seen) = caught.entry(name).or_default();
            // Of several calls one may bear out what is told of another.
            if *applied >= 50 || (name.contains(" for ") && !records.are_of_one_call()) {
                continue;
            }
            let mut other = finding.clone();
            if mutate(&mut other).is_some() {
                *applied += 1;
                if untrue(&other, records).is_empty() {
                    let message = other["data"]["message"].as_str().unwrap_or_default();
                    missed.insert(name, message.to_owned());
                } else {
                    *seen += 1;
                }
            }
        }
    });
    for (name, _) in MUTATIONS {
        let (applied, seen) = caught.get(name).copied().unwrap_or_default();
        assert!(applied > 0, "'{name}' applied to nothing");
        // A mutation may by chance be true of some records; of most it is not.
        assert!(
            seen * 10 >= applied * 9,
            "'{name}' was caught {seen} of {applied} times, not in: {:?}",
            missed.get(name)
        );
    }
}
