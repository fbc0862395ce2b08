//! Speed side by side: inflating alone, rsigma as it comes, our engine without a screen.
//!
//! CPU time of one thread over gzip CloudTrail files, the engines taking turns so that a busy machine disturbs all
//! alike; the median of the rounds counts. Only the ratios travel from one machine to another.

use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use cpu_time::ThreadTime;
use flate2::read::MultiGzDecoder;
use rsigma_eval::{Engine, JsonEvent};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use trailhound_sigma::json::{Document as Json, Node, Scratch};
use trailhound_sigma::{CompiledRule, Necessary, ParseOptions, PlainFields, SigmaDocument};
use walkdir::WalkDir;

const USAGE: &str = "usage: bench-rsigma --rules DIR [--rounds N] FILE.json.gz…";

fn main() -> Result<()> {
    let (mut rules, mut rounds, mut files) = (None, 5, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rules" => rules = arguments.next().map(PathBuf::from),
            "--rounds" => rounds = arguments.next().context(USAGE)?.parse()?,
            flag if flag.starts_with('-') => bail!("{USAGE}"),
            file => files.push(PathBuf::from(file)),
        }
    }
    let rules = Rules::load(&rules.context(USAGE)?)?;
    let packed: Vec<Vec<u8>> = files.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    if packed.is_empty() {
        bail!("{USAGE}");
    }
    let mut times: [Vec<Duration>; 3] = Default::default();
    let mut counts = [Count::default(); 3];
    for _ in 0..rounds {
        for (contender, run) in [inflate, rsigma, ours].into_iter().enumerate() {
            let start = ThreadTime::now();
            counts[contender] = run(&rules, &packed)?;
            times[contender].push(start.elapsed());
        }
    }
    println!(
        "{} rules, {} files, {} events, {rounds} rounds",
        rules.ours.len(),
        packed.len(),
        counts[1].events
    );
    for (name, (times, count)) in
        ["inflate", "rsigma", "ours, no screen"].iter().zip(times.iter_mut().zip(counts))
    {
        times.sort();
        let median = times[times.len() / 2].as_secs_f64();
        let rate = counts[1].events as f64 / median;
        println!("{name:>16}: {:8.1} ms CPU  {rate:10.0} events/s  {} matches", median * 1e3, count.matches);
    }
    if counts[1].matches != counts[2].matches {
        println!("the engines disagree on {} and {} matches", counts[1].matches, counts[2].matches);
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Count {
    events: usize,
    matches: usize,
}

struct Rules {
    ours: Vec<CompiledRule>,
    /// Our rules by the event name without which they cannot match, and the others, as the detection core has them.
    by_event: HashMap<String, Vec<usize>>,
    always: Vec<usize>,
    theirs: Engine,
}

impl Rules {
    fn load(folder: &Path) -> Result<Self> {
        let mut rules =
            Self { ours: Vec::new(), by_event: HashMap::new(), always: Vec::new(), theirs: Engine::new() };
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = entry?;
            let path = entry.path();
            let name = path.to_string_lossy();
            if !name.ends_with(".yml") || name.ends_with(".tests.yml") {
                continue;
            }
            let text = std::fs::read_to_string(path)?;
            let options = ParseOptions::default().with_extensions(&["trailhound"]);
            for document in trailhound_sigma::parse(&name, &text, &options)? {
                if let SigmaDocument::Rule(rule) = document {
                    rules.ours.push(CompiledRule::compile(&rule, &PlainFields)?);
                    let read =
                        rsigma_parser::parse_sigma_yaml(&text).map_err(|error| anyhow!("{name}: {error}"))?;
                    rules.theirs.add_collection(&read).map_err(|error| anyhow!("{name}: {error}"))?;
                }
            }
        }
        for (at, rule) in rules.ours.iter().enumerate() {
            let names = rule.necessary("eventName").map(|shapes| {
                let exact =
                    |shape| if let Necessary::Exact(literal) = shape { Some(literal.text) } else { None };
                shapes.into_iter().map(exact).collect::<Option<Vec<String>>>()
            });
            match names.flatten() {
                Some(names) => names
                    .into_iter()
                    .for_each(|name| rules.by_event.entry(name.to_lowercase()).or_default().push(at)),
                None => rules.always.push(at),
            }
        }
        Ok(rules)
    }
}

fn inflate(_: &Rules, packed: &[Vec<u8>]) -> Result<Count> {
    let mut window = vec![0; 128 << 10];
    for file in packed {
        let mut reader = MultiGzDecoder::new(&file[..]);
        while reader.read(&mut window)? > 0 {}
    }
    Ok(Count::default())
}

fn unpack(file: &[u8], into: &mut Vec<u8>) -> Result<()> {
    into.clear();
    MultiGzDecoder::new(file).read_to_end(into)?;
    Ok(())
}

fn rsigma(rules: &Rules, packed: &[Vec<u8>]) -> Result<Count> {
    let (mut buffer, mut count) = (Vec::new(), Count::default());
    for file in packed {
        unpack(file, &mut buffer)?;
        let mut evaluate = |value: Value| {
            count.events += 1;
            count.matches += rules.theirs.evaluate(&JsonEvent::borrow(&value)).len();
        };
        Envelope(&mut evaluate).deserialize(&mut serde_json::Deserializer::from_slice(&buffer))?;
    }
    Ok(count)
}

fn ours(rules: &Rules, packed: &[Vec<u8>]) -> Result<Count> {
    let (mut buffer, mut count, mut scratch) = (Vec::new(), Count::default(), Scratch::default());
    for file in packed {
        unpack(file, &mut buffer)?;
        let text = std::str::from_utf8(&buffer)?;
        for record in records(text) {
            let event = Json::parse_reusing(record, scratch)?;
            count.events += 1;
            let anchored = event.get("eventName").and_then(Node::as_str).map(|name| name.to_lowercase());
            let candidates = anchored.and_then(|name| rules.by_event.get(&name)).into_iter().flatten();
            let rules = rules.always.iter().chain(candidates).map(|at| &rules.ours[*at]);
            count.matches += rules.filter(|rule| rule.matches(&event)).count();
            scratch = event.into_scratch();
        }
    }
    Ok(count)
}

/// The objects two levels down: the members of `{"Records":[…]}`.
fn records(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut start) = (0, 0_u32, 0);
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'"' => {
                    while let Some(offset) =
                        bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
                    {
                        at += offset + 1;
                        if bytes[at - 1] == b'"' {
                            break;
                        }
                        at += 1;
                    }
                }
                b'{' | b'[' => {
                    if depth == 2 {
                        start = at - 1;
                    }
                    depth += 1;
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    if depth == 2 {
                        return Some(&text[start..at]);
                    }
                }
                _ => {}
            }
        }
        None
    })
}

/// Hands over the members of `Records` one by one.
struct Envelope<'f>(&'f mut dyn FnMut(Value));

impl<'de> DeserializeSeed<'de> for Envelope<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Envelope<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with Records")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "Records" {
                map.next_value_seed(Members(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Members<'f>(&'f mut dyn FnMut(Value));

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(member) = members.next_element()? {
            (self.0)(member);
        }
        Ok(())
    }
}
