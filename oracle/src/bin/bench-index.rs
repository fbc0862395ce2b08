//! How the cost of an event grows with the number of rules: our index beside rsigma's, in one run.
//!
//! Rules and Sysmon events are made from a seed in the manner of SigmaHQ's process rules: lists of endings of images
//! and of pieces of command lines, several conditions a rule, now and then an exclusion. Reading the JSON counts for
//! both. CPU time of one thread, the contenders taking turns, the median of the rounds. `--write DIR` leaves the rules
//! and the events there for other programs.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use cpu_time::ThreadTime;
use fastrand::Rng;
use rsigma_eval::{Engine, JsonEvent};
use serde_json::{Value, json};
use trailhound_sigma::index::Index;
use trailhound_sigma::json::{Document, Scratch};
use trailhound_sigma::{CompiledRule, ParseOptions, PlainFields, SigmaDocument};

const USAGE: &str = "usage: bench-index [--events N] [--rounds N] [--seed N] [--write DIR] RULES…";
const SYLLABLES: [&str; 24] = [
    "ad", "bit", "cert", "dump", "exec", "find", "get", "host", "inst", "job", "key", "lsa", "mshta", "net",
    "ops", "proc", "query", "reg", "shell", "task", "user", "vss", "wmi", "xcopy",
];

fn main() -> Result<()> {
    let (mut events, mut rounds, mut seed, mut write, mut sizes) = (20_000, 5, 1, None, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--events" => events = arguments.next().context(USAGE)?.parse()?,
            "--rounds" => rounds = arguments.next().context(USAGE)?.parse()?,
            "--seed" => seed = arguments.next().context(USAGE)?.parse()?,
            "--write" => write = arguments.next().map(PathBuf::from),
            flag if flag.starts_with('-') => bail!("{USAGE}"),
            size => sizes.push(size.parse()?),
        }
    }
    let Some(&most) = sizes.iter().max() else { bail!("{USAGE}") };
    let mut rng = Rng::with_seed(seed);
    let words: Vec<String> = (0..4_000).map(|_| word(&mut rng)).collect();
    let rules: Vec<String> = (0..most).map(|at| rule(at, &words, &mut rng)).collect();
    let events: Vec<String> = (0..events).map(|_| event(&words, &mut rng)).collect();
    if let Some(folder) = write {
        std::fs::create_dir_all(folder.join("rules"))?;
        for (at, rule) in rules.iter().enumerate() {
            std::fs::write(folder.join(format!("rules/{at:05}.yml")), rule)?;
        }
        std::fs::write(folder.join("events.jsonl"), events.join("\n"))?;
    }
    println!(
        "{} events of {} bytes, {rounds} rounds",
        events.len(),
        events.iter().map(String::len).sum::<usize>()
    );
    for size in sizes {
        compare(&rules[..size], &events, rounds)?;
    }
    Ok(())
}

fn compare(rules: &[String], events: &[String], rounds: usize) -> Result<()> {
    let start = ThreadTime::now();
    let ours: Vec<CompiledRule> = rules.iter().map(|text| compile(text)).collect::<Result<_>>()?;
    let index = Index::new(&ours);
    let our_load = start.elapsed();
    let start = ThreadTime::now();
    let mut theirs = Engine::new();
    for text in rules {
        let read = rsigma_parser::parse_sigma_yaml(text).map_err(|error| anyhow!("{error}"))?;
        theirs.add_collection(&read).map_err(|error| anyhow!("{error}"))?;
    }
    let their_load = start.elapsed();

    let mut times: [Vec<Duration>; 4] = Default::default();
    let mut found = [0; 4];
    let mut tried = 0;
    for _ in 0..rounds {
        let mut run = |contender: usize, work: &mut dyn FnMut() -> Result<usize>| -> Result<()> {
            let start = ThreadTime::now();
            found[contender] = work()?;
            times[contender].push(start.elapsed());
            Ok(())
        };
        run(0, &mut || read(events))?;
        run(1, &mut || {
            let (mut matches, mut scratch) = (0, Scratch::default());
            tried = 0;
            for text in events {
                let event = Document::parse_reusing(text, scratch)?;
                let candidates = index.candidates(&event);
                tried += candidates.len();
                matches += candidates.into_iter().filter(|at| ours[*at].matches(&event)).count();
                scratch = event.into_scratch();
            }
            Ok(matches)
        })?;
        run(2, &mut || {
            let mut matches = 0;
            for text in events {
                let value: Value = serde_json::from_str(text)?;
                matches += theirs.evaluate(&JsonEvent::borrow(&value)).len();
            }
            Ok(matches)
        })?;
        run(3, &mut || {
            let mut matches = 0;
            for text in events.iter().step_by(50) {
                let event = Document::parse(text)?;
                matches += ours.iter().filter(|rule| rule.matches(&event)).count();
            }
            Ok(matches)
        })?;
    }
    println!("{} rules; loaded in {our_load:.0?} (rsigma {their_load:.0?})", rules.len());
    let names = ["reading alone", "ours, index", "rsigma, index", "ours, every rule (1 in 50)"];
    for ((name, times), found) in names.iter().zip(&mut times).zip(found) {
        times.sort();
        let median = times[times.len() / 2].as_secs_f64();
        println!("{name:>28}: {:8.1} ms CPU, {found} matches", median * 1e3);
    }
    println!("{:>28}  {:.2} rules tried an event", "", tried as f64 / events.len() as f64);
    if found[1] != found[2] {
        println!("the engines disagree on {} and {} matches", found[1], found[2]);
    }
    Ok(())
}

fn read(events: &[String]) -> Result<usize> {
    let mut scratch = Scratch::default();
    for text in events {
        scratch = Document::parse_reusing(text, scratch)?.into_scratch();
    }
    Ok(0)
}

fn compile(text: &str) -> Result<CompiledRule> {
    let documents = trailhound_sigma::parse("made.yml", text, &ParseOptions::default())?;
    let Some(SigmaDocument::Rule(rule)) = documents.first() else { bail!("no rule: {text}") };
    Ok(CompiledRule::compile(rule, &PlainFields)?)
}

fn word(rng: &mut Rng) -> String {
    (0..rng.usize(2..4)).map(|_| SYLLABLES[rng.usize(..SYLLABLES.len())]).collect()
}

fn some<'w>(words: &'w [String], rng: &mut Rng) -> &'w str {
    // The first words are the most frequent, in rules as in events.
    let at = rng.f64().powi(3) * words.len() as f64;
    &words[at as usize]
}

fn rule(at: usize, words: &[String], rng: &mut Rng) -> String {
    let list = |chain: &str, from: &mut dyn FnMut(&mut Rng) -> String, most: usize, rng: &mut Rng| {
        let values: Vec<String> = (0..rng.usize(1..=most)).map(|_| from(rng)).collect();
        format!("    {chain}: {}\n", json!(values))
    };
    let mut image = |rng: &mut Rng| format!("\\{}.exe", some(words, rng));
    // Programs are those that everybody runs; what is looked for in their command lines is rare.
    let rare = |rng: &mut Rng| words[rng.usize(..words.len())].as_str();
    let mut piece = |rng: &mut Rng| match rng.u8(0..3) {
        0 => format!(" -{}", rare(rng)),
        1 => format!("{} {}", some(words, rng), rare(rng)),
        _ => format!("{}.{}", rare(rng), ["dll", "ps1", "dat"][rng.usize(..3)]),
    };
    let mut body = String::from("  s:\n");
    match rng.u8(0..10) {
        0..6 => {
            body += &list("Image|endswith", &mut image, 6, rng);
            body += &list("CommandLine|contains", &mut piece, 12, rng);
        }
        6..8 => {
            body += &list("ParentImage|endswith", &mut image, 4, rng);
            body += &list("Image|endswith", &mut |rng| format!("\\{}.exe", rare(rng)), 8, rng);
        }
        8 => {
            let pieces = [piece(rng), format!("{} ", piece(rng)), format!("/{}", some(words, rng))];
            body += &format!("    CommandLine|contains|all: {}\n", json!(pieces));
        }
        _ => {
            body += &list("CommandLine|contains", &mut piece, 30, rng);
        }
    }
    let condition = if rng.u8(0..4) == 0 {
        body += "  filter:\n";
        body += &list("User|contains", &mut |rng| some(words, rng).to_owned(), 2, rng);
        "s and not filter"
    } else {
        "s"
    };
    format!(
        "title: Rule {at}\nid: 00000000-0000-4000-8000-{at:012}\nlogsource:\n  category: process_creation\n  product: windows\ndetection:\n{body}  condition: {condition}\n"
    )
}

fn event(words: &[String], rng: &mut Rng) -> String {
    let path = |rng: &mut Rng| format!("C:\\Windows\\{}\\{}.exe", some(words, rng), some(words, rng));
    let arguments: Vec<String> = (0..rng.usize(1..8))
        .map(|_| match rng.u8(0..4) {
            0 => format!("-{}", some(words, rng)),
            1 => format!("/{}", some(words, rng)),
            2 => format!("C:\\Temp\\{}.{}", some(words, rng), ["txt", "dll", "dat"][rng.usize(..3)]),
            _ => some(words, rng).to_owned(),
        })
        .collect();
    let image = path(rng);
    json!({
        "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "host.example.com",
        "UtcTime": "2026-11-20 10:00:00.123", "ProcessGuid": "{00000000-0000-0000-0000-000000000000}",
        "ProcessId": rng.u32(4..60_000), "Image": image, "FileVersion": "10.0.1", "Description": some(words, rng),
        "Product": "Example", "Company": "Example", "OriginalFileName": format!("{}.exe", some(words, rng)),
        "CommandLine": format!("{image} {}", arguments.join(" ")), "CurrentDirectory": "C:\\Windows\\",
        "User": format!("EXAMPLE\\{}", some(words, rng)), "LogonId": "0x3e7", "IntegrityLevel": "System",
        "Hashes": "SHA256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "ParentImage": path(rng), "ParentCommandLine": path(rng), "ParentUser": "EXAMPLE\\admin"
    })
    .to_string()
}
