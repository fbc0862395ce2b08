//! `scan`: findings in input order, then what correlations make of all of them.

mod besides;
mod met;
mod remembered;
mod shadow;
mod store;

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use trailhound_detect::behind::HandOuts;
use trailhound_detect::describe::{Finding, Product, clean, explain, visible};
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::Outbox;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::SystemClock;
use trailhound_detect::remember::Memory;
use trailhound_detect::rules::{Lane, Loaded, ReplacedRule};
use trailhound_detect::tally::{RejectReason, Tally};

use crate::args::{Scan, Window};
use crate::deliveries::{Explanations, Piece, Reading};
use crate::exit::Exit;
use crate::heard::{Accept, Heard};
use crate::inputs::{self, Input};
use crate::interrupt::Interrupt;
use crate::lost::Lost;
use crate::output::{Output, Summary};
use crate::progress::Progress;
use crate::rule_files;
use crate::words::counted;
use crate::{behind, context};
use remembered::memory;
pub(crate) use remembered::remembered;
use shadow::Shadow;
pub(crate) use store::ScanStore;

/// Matches that are described and written together.
const SENT_TOGETHER: usize = 64;

pub(crate) fn run(arguments: &Scan) -> anyhow::Result<Exit> {
    let started = std::time::Instant::now();
    let window = arguments.range.window()?;
    let loaded = rule_files::load_rules(&arguments.rules)?;
    let mut exit = rule_files::tell_errors(&loaded);
    let rule_errors = loaded.errors().count();
    tell_of_rules(&loaded);
    let suppressions = match &arguments.suppressions {
        Some(file) => rule_files::load_suppressions(file, &loaded.rules)?,
        None => trailhound_detect::settle::Suppressions::default(),
    };
    let rules = Arc::new(loaded.rules);
    let context = context::load(&arguments.context, &rules)?;
    let policy = Policy::new(Arc::clone(&rules)).suppressing(suppressions).at_least(arguments.min_level);
    let pipeline = Pipeline::new(policy).knowing(context.clone());

    let (inputs, unreadable) = inputs::expand(&arguments.paths);
    exit = exit.or(inputs::tell(&unreadable));
    let inputs = match arguments.output {
        Some(_) => inputs,
        None => inputs::without_output(inputs, &arguments.paths),
    };
    inputs::refuse_as_output(arguments.output.as_deref(), &inputs)?;
    let besides = besides::read_besides(arguments);
    for output in [&arguments.output, &arguments.shadow] {
        inputs::refuse_as_output(output.as_deref(), &besides)?;
    }
    inputs::refuse_as_output(arguments.shadow.as_deref(), &inputs)?;
    besides::refuse_twice(arguments)?;
    let interrupt = Interrupt::heard()?;
    let mut output = Output::open(arguments)?;
    let progress = Progress::over(&inputs);
    let reading = Reading {
        pipeline: &pipeline,
        inputs: &inputs,
        jobs: arguments.jobs,
        explain: arguments.explain,
        progress: &progress,
        interrupt: &interrupt,
    };
    let product = Product::new("scan").with_rule_pages(arguments.rule_pages.clone());
    let [live, apart] = [Lane::Live, Lane::Shadow].map(|lane| pipeline.policy().in_lane(lane));
    let shadow = Shadow::of(&apart, arguments.shadow.as_deref(), arguments.baseline.as_deref())?;
    let mut consumer = Consumer::new(window, &reading, product, &mut output, memory(arguments)?);
    (consumer.policy, consumer.shadow) = (&live, shadow);
    reading.run(&mut |input, piece| consumer.take(input, piece))?;
    consumer.correlate(0)?;
    let Consumer {
        ended,
        lost,
        tally,
        highest,
        unopened,
        span,
        memory,
        state_unavailable,
        shadow,
        inside,
        outside,
        ..
    } = consumer;
    if let (false, (count, Some((first, last)))) = (inside, outside) {
        let matches = counted(count, "match", "matches");
        anstream::eprintln!("nothing lies between --since and --until; {matches} lie from {first} to {last}");
    }
    memory.store().keep()?;
    // What only this run knew ends with the process; a baseline is closed, and a copy of one thrown away.
    if arguments.baseline.is_some() {
        drop(memory);
    } else {
        std::mem::forget(memory);
    }
    if let Some(problem) = state_unavailable {
        exit = Exit::Usage;
        anstream::eprintln!("trailhound: what was seen before could not be asked: {problem}");
    }
    let shadow = shadow.map(Shadow::end).transpose()?.unwrap_or_default();
    progress.finish();
    context::tell_faults(context.as_ref());
    output.close(&Summary {
        inputs: inputs.len(),
        interrupted: interrupt.is_set().then_some(ended),
        unopened: unreadable.len() + unopened,
        tally: &tally,
        span,
        lost: lost.map(Lost::lines).unwrap_or_default(),
        shadow,
        rules: rules.detections().iter().filter(|d| d.extension.enabled).count(),
        rule_errors,
        elapsed: started.elapsed(),
    })?;

    if unopened > 0 || tally.rejected.contains_key(&RejectReason::ForeignForm) {
        exit = Exit::Usage;
    }
    if exit == Exit::Clean && arguments.strict && tally.rejected_total() > 0 {
        exit = Exit::Rejected;
    }
    let fails = arguments.fail_on.is_some_and(|level| highest.is_some_and(|highest| highest >= level));
    Ok(match exit {
        _ if interrupt.is_set() => Exit::Interrupted,
        Exit::Clean if fails => Exit::Findings,
        exit => exit,
    })
}

/// Rules that were left out, or that may not be as their authors meant them: a line a reason.
fn tell_of_rules(loaded: &Loaded) {
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for beyond in loaded.reports.iter().flat_map(|report| &report.beyond) {
        *reasons.entry(&beyond.reason).or_default() += 1;
    }
    for (reason, count) in reasons {
        anstream::eprintln!("{} left out: {}", counted(count, "rule", "rules"), visible(reason));
    }
    let warnings: usize = loaded.reports.iter().map(|report| report.warnings.len()).sum();
    if warnings > 0 {
        let warnings = counted(warnings as u64, "warning", "warnings");
        anstream::eprintln!("{warnings} about rules; `trailhound rules check` tells them");
    }
    for ReplacedRule { shipped, by, file } in &loaded.replaced {
        anstream::eprintln!("{} in {} takes the place of {shipped}", visible(by), visible(file));
    }
}

/// A span that holds a moment too.
fn widened(span: Option<(Timestamp, Timestamp)>, at: Timestamp) -> (Timestamp, Timestamp) {
    span.map_or((at, at), |(first, last)| (first.min(at), last.max(at)))
}

/// Takes what the threads found, in input order.
struct Consumer<'a> {
    window: Window,
    /// Was there a match in it?
    inside: bool,
    /// Matches beyond it, and from when to when they are.
    outside: (u64, Option<(Timestamp, Timestamp)>),
    /// What is told, and of which rules.
    policy: &'a Policy,
    /// Where matches go of rules in shadow.
    shadow: Option<Shadow<'a>>,
    /// What is read, for who was handed which session, once a finding asks for that.
    inputs: &'a [Input],
    jobs: Option<NonZeroUsize>,
    hand_outs: Option<HandOuts>,
    /// Says why each finding is one.
    explains: bool,
    output: &'a mut Output,
    progress: &'a Progress,
    interrupt: &'a Interrupt,
    memory: Memory<ScanStore>,
    /// What correlations will hear of.
    heard: Heard,
    /// What suppressions cost them.
    lost: Option<Lost>,
    product: Product,
    /// The first reject of each reason in the input at hand.
    rejected: HashMap<RejectReason, String>,
    /// Inputs that were read to their end.
    ended: usize,
    tally: Tally,
    highest: Option<trailhound_detect::matched::Level>,
    unopened: usize,
    span: Option<(Timestamp, Timestamp)>,
    state_unavailable: Option<String>,
}

impl<'a> Consumer<'a> {
    fn new(
        window: Window,
        reading: &Reading<'a>,
        product: Product,
        output: &'a mut Output,
        memory: Memory<ScanStore>,
    ) -> Self {
        Self {
            window,
            inside: false,
            outside: (0, None),
            policy: reading.pipeline.policy(),
            shadow: None,
            inputs: reading.inputs,
            jobs: reading.jobs,
            hand_outs: None,
            explains: reading.explain,
            output,
            progress: reading.progress,
            interrupt: reading.interrupt,
            memory,
            heard: Heard::default(),
            lost: Lost::to(reading.pipeline.policy()),
            product,
            rejected: HashMap::new(),
            ended: 0,
            tally: Tally::default(),
            highest: None,
            unopened: 0,
            span: None,
            state_unavailable: None,
        }
    }

    fn take(&mut self, input: &Input, piece: Piece) -> anyhow::Result<()> {
        match piece {
            Piece::Found { matches, rejects, callers, explanations } => {
                for reject in rejects {
                    let place = reject.origin.strip_prefix(&input.name()).unwrap_or(&reject.origin);
                    let example = || format!("{} at {place}", reject.detail);
                    self.rejected.entry(reject.reason).or_insert_with(example);
                }
                let (matches, outside): (Vec<Match>, Vec<Match>) =
                    matches.into_iter().partition(|found| self.window.holds(found.facts.time));
                self.inside |= !matches.is_empty();
                for at in outside.into_iter().filter_map(|found| found.facts.time) {
                    self.outside.0 += 1;
                    self.outside.1 = Some(widened(self.outside.1, at));
                }
                self.publish(matches, &callers, &explanations)
            }
            Piece::Unreadable(problem) => {
                self.unopened += 1;
                self.warn(&format!("{}: {problem}", input.name()));
                Ok(())
            }
            Piece::End(tally) => {
                self.tally.add(&tally);
                let examples = std::mem::take(&mut self.rejected);
                for (reason, count) in &tally.rejected {
                    let example = examples.get(reason).map_or("", String::as_str);
                    let records = if *count == 1 { "record" } else { "records" };
                    self.warn(&format!(
                        "{}: {count} {records} rejected as {}: {example}",
                        input.name(),
                        reason.as_str()
                    ));
                }
                self.ended += usize::from(!self.interrupt.is_set());
                self.progress.ended();
                Ok(())
            }
        }
    }

    fn publish(
        &mut self,
        matches: Vec<Match>,
        callers: &[(String, trailhound_detect::event::Caller)],
        explanations: &Explanations,
    ) -> anyhow::Result<()> {
        pollster::block_on(self.outbox().remember_callers(callers));
        let mut matches = matches;
        self.find_behind(&mut matches)?;
        if let Some(shadow) = &mut self.shadow {
            matches = shadow.divert(matches, callers)?;
        }
        let mut matches = matches.into_iter().peekable();
        while matches.peek().is_some() {
            // A finding is larger than its match: few at a time.
            let some = matches.by_ref().take(SENT_TOGETHER).collect();
            let mut tally = Tally::default();
            let sent = pollster::block_on(self.outbox().send(some, &mut tally));
            self.tally.add(&tally);
            self.write(&sent.published, explanations)?;
            self.state_unavailable = self.state_unavailable.take().or(sent.state_unavailable);
            if let Some(lost) = &mut self.lost {
                lost.hear(&sent.heard, sent.withheld);
            }
            sent.heard.into_iter().for_each(|found| self.heard.add(found));
        }
        if self.heard.are_many() { self.correlate(Heard::ENOUGH) } else { Ok(()) }
    }

    /// Says who is behind what was done in a session; the first that is asks for a second look at all inputs.
    fn find_behind(&mut self, matches: &mut [Match]) -> anyhow::Result<()> {
        let asks = |found: &Match| HandOuts::are_asked_for(&found.facts.actor);
        if self.hand_outs.is_none() && matches.iter().any(asks) {
            self.hand_outs = Some(behind::gather(self.inputs, self.jobs, self.interrupt)?);
        }
        let none = HandOuts::default();
        let hand_outs = self.hand_outs.as_ref().unwrap_or(&none);
        for found in matches {
            found.behind = hand_outs.worth_telling(&found.facts.actor, found.facts.time).map(Box::new);
        }
        Ok(())
    }

    /// Feeds correlations with what is oldest, until so many are left.
    fn correlate(&mut self, left: usize) -> anyhow::Result<()> {
        while let Some(oldest) = self.heard.oldest(left) {
            let mut tally = Tally::default();
            let sent = pollster::block_on(self.outbox().correlate(oldest, &mut tally));
            self.tally.add(&tally);
            if let Some(lost) = &mut self.lost {
                sent.published.iter().for_each(|finding| lost.take(finding));
            }
            self.write(&sent.published, &Explanations::new())?;
        }
        Ok(())
    }

    fn outbox(&self) -> Outbox<'_, ScanStore, Accept> {
        Outbox {
            policy: self.policy,
            memory: &self.memory,
            sink: &Accept,
            clock: &SystemClock,
            claimant: "scan",
            product: &self.product,
        }
    }

    fn write(&mut self, findings: &[Finding], explanations: &Explanations) -> anyhow::Result<()> {
        for finding in findings {
            self.highest = self.highest.max(Some(finding.level()));
            if let Some(at) = finding.matched.facts.time {
                self.span = Some(widened(self.span, at));
            }
            let explanation =
                explanations.get(&(finding.matched.from.origin.clone(), finding.matched.rule.name.clone()));
            let lines = match explanation {
                Some(explanation) => explain(finding, explanation),
                None if self.explains => met::met(&self.policy.rules, finding),
                None => Vec::new(),
            };
            let output = &mut *self.output;
            self.progress.aside(|| output.finding(finding, &lines)).context("cannot write")?;
        }
        Ok(())
    }

    fn warn(&self, message: &str) {
        self.progress.aside(|| anstream::eprintln!("{}", visible(&clean(message))));
    }
}
