//! The same, out of an index.

use std::collections::HashSet;

use trailhound_detect::context::Context;
use trailhound_detect::event::Caller;
use trailhound_detect::matched::Match;

use super::alike::Alike;
use super::telling::{Item, Purpose, Telling};
use super::{Entry, Occurrences, Sought};
use crate::behind;
use crate::deliveries::{InOrder, Reading, Trouble};
use crate::index::{Choosing, Index, PutBy, Question, Worked, number_of_place};
use crate::inputs::Input;

/// Records that are handed on together.
const TOGETHER: usize = 256;

/// What an index gives of an input, a stretch at a time.
enum Stretch {
    Records(Vec<Entry>),
    Sums(Vec<(Entry, Occurrences)>),
    Matches(Vec<Match>, Vec<(String, Caller)>),
    Failed(anyhow::Error),
}

/// What is asked of an index.
pub(super) struct IndexAsking<'a> {
    pub(super) index: &'a Index,
    pub(super) sought: &'a Sought,
    pub(super) purpose: Purpose,
    pub(super) context: Option<&'a Context>,
}

impl IndexAsking<'_> {
    /// Hands on what is sought and found; answers with what of it is not kept yet, but for the findings.
    pub(super) fn answer(
        &self,
        reading: &Reading<'_>,
        trouble: &mut Trouble<'_>,
        telling: &mut Telling<'_>,
    ) -> anyhow::Result<Worked> {
        let Self { index, sought, purpose, context } = *self;
        let Reading { pipeline, inputs, jobs, interrupt, .. } = *reading;
        let (all, window) = (InOrder { inputs, jobs, interrupt }, telling.window);
        let set = index.set(inputs)?;
        let windowed = index.windowed(&set, inputs, window)?;
        let (sessions, unkept) = &index.sessions(&set, &all)?;
        behind::tell_beyond(sessions.beyond());
        let has_findings = index.has_findings(&windowed)?;
        if !has_findings && windowed.can_be_kept() {
            telling.put_by = Some(PutBy::default());
        }
        let question = &Question::of(sought, window, &sessions.of_actor(sought)?);
        let deliver = |input: &Input, hand: &mut dyn FnMut(Stretch) -> bool| {
            let asker = index.asker(sessions);
            let mut alike = Alike::of(sought, question.glance(), &asker);
            let (mut entries, mut is_wanted) = (Vec::new(), true);
            let looked = index.each_record(input, question, &mut |record| match purpose {
                Purpose::Sum => {
                    alike.count(&record)?;
                    if is_wanted && alike.sums().len() >= TOGETHER {
                        is_wanted = hand(Stretch::Sums(std::mem::take(alike.sums())));
                    }
                    Ok(())
                }
                Purpose::List => {
                    if is_wanted && let Some(entry) = alike.told(&record)? {
                        entries.push(entry);
                        if entries.len() >= TOGETHER {
                            is_wanted = hand(Stretch::Records(std::mem::take(&mut entries)));
                        }
                    }
                    Ok(())
                }
            });
            if !is_wanted || !hand(Stretch::Records(entries)) || !hand(Stretch::Sums(alike.counted())) {
                return;
            }
            let mut looked = looked.and_then(|()| asker.check());
            if !has_findings {
                let rules = (pipeline.rules(), context);
                looked = looked.and_then(|()| {
                    index.each_match((input, window), rules, &mut |matches, callers| {
                        hand(Stretch::Matches(matches, callers))
                    })
                });
            }
            if let Err(error) = looked {
                hand(Stretch::Failed(error));
            }
        };
        let (asker, mut places) = (index.asker(sessions), HashSet::new());
        all.run(&deliver, &mut |_, stretch| match stretch {
            Stretch::Records(entries) => {
                if has_findings && purpose == Purpose::List {
                    let place = |entry: &Entry| number_of_place(entry.time, &entry.origin, &entry.action);
                    places.extend(entries.iter().map(place));
                }
                telling.records(entries)
            }
            Stretch::Sums(sums) => telling.sums(sums.into_iter()),
            Stretch::Matches(matches, callers) => {
                telling.matches(matches, &callers, &asker)?;
                asker.check()
            }
            Stretch::Failed(error) => Err(error),
        })?;
        if has_findings {
            let is_meant = |number| places.contains(&number);
            let choosing = match purpose {
                Purpose::Sum => Choosing::ByNames(question.glance()),
                Purpose::List => Choosing::ByPlaces(&is_meant),
            };
            index.each_finding(&windowed, &choosing, &mut |found| {
                (telling.take)(Item::Kept(Box::new(found)))
            })?;
        }
        for input in inputs {
            let (rejected, is_foreign) = index.rejected(input);
            trouble.hear_rejected(rejected, is_foreign);
        }
        Ok(Worked { set, sessions: unkept.clone(), beyond: sessions.beyond(), windowed, findings: None })
    }
}
