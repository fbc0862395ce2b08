//! The cases of what goes out. Whatever is wrong with them, it goes out all the same, as one of no case.

use super::Judging;
use super::judged::{Decision, Fate};
use crate::matched::Match;
use crate::remember::cases;
use crate::remember::desk::Desk;
use crate::state::{Key, StateError, StateStore};

/// How often findings are joined anew against others who change the same cases; then they wait no longer, and are of
/// none.
const CONTESTS: usize = 50;

impl<Store: StateStore> Judging<'_, Store> {
    /// Where the open cases stand that matches may be of.
    pub(super) fn case_keys<'m>(&self, matches: impl Iterator<Item = &'m Match>) -> Vec<Key> {
        let keeps_cases = self.memory.mode().keeps_cases();
        matches.filter(|_| keeps_cases).map(|found| cases::key(&found.facts)).collect()
    }

    /// Joins those matches of a hand that go out to cases; says what the store said where it could not be asked.
    pub(super) async fn join_decided(
        &self,
        desk: &mut Desk,
        matches: &[Match],
        decisions: &mut [Decision],
        refused: usize,
    ) -> Option<String> {
        let mut out: Vec<(&Match, &mut Decision)> = matches.iter().zip(decisions).collect();
        let of = |found: &Match, decision: &Decision| {
            let found = decision.instead.as_deref().unwrap_or(found);
            let is_out = matches!(decision.fate, Fate::Ready) && cases::takes(found, decision.verdict.level);
            is_out.then(|| cases::key(&found.facts))
        };
        let wanted = out.iter().flat_map(|(found, decision)| {
            let beside = decision.beside.as_deref().and_then(|(beside, decision)| of(beside, decision));
            of(found, decision).into_iter().chain(beside)
        });
        let wanted: Vec<Key> = wanted.collect();
        let mut problem = self.fetch_boards(desk, &wanted, refused).await?.err();
        let now = self.clock.now();
        let mut join = |found: &Match, decision: &mut Decision| {
            if matches!(decision.fate, Fate::Ready) {
                let found = decision.instead.as_deref().unwrap_or(found);
                match cases::join(desk, found, &decision.verdict, now) {
                    Ok(case) => decision.verdict.case = case,
                    Err(error) => problem = Some(error),
                }
            }
        };
        for (found, decision) in &mut out {
            if let Some((beside, decision)) = decision.beside.as_deref_mut() {
                join(beside, decision);
            }
            join(found, decision);
        }
        problem.map(|error| error.0)
    }

    /// The same of what matches add up to.
    pub(super) async fn join_ready(
        &self,
        desk: &mut Desk,
        ready: &mut [Match],
        refused: usize,
    ) -> Option<String> {
        let out = ready.iter().filter(|found| cases::takes(found, found.verdict.level));
        let wanted: Vec<Key> = out.map(|found| cases::key(&found.facts)).collect();
        let mut problem = self.fetch_boards(desk, &wanted, refused).await?.err();
        let now = self.clock.now();
        for found in ready {
            match cases::join(desk, found, &found.verdict, now) {
                Ok(case) => found.verdict.case = case,
                Err(error) => problem = Some(error),
            }
        }
        problem.map(|error| error.0)
    }

    /// Puts boards on the desk; nothing where nobody wants one.
    async fn fetch_boards(
        &self,
        desk: &mut Desk,
        wanted: &[Key],
        refused: usize,
    ) -> Option<Result<(), StateError>> {
        let is_wanted = self.memory.mode().keeps_cases() && refused < CONTESTS && !wanted.is_empty();
        if !is_wanted {
            return None;
        }
        Some(self.memory.fetch(desk, wanted, self.clock.now()).await)
    }
}
