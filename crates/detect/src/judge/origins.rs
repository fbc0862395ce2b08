//! Who is behind the sessions that matches act in, by what was kept of hand-outs. Whatever is wrong with that, findings go
//! out all the same, of whoever acts.

use super::Judging;
use crate::behind::{Behind, HandOut, HandOuts};
use crate::facts::Actor;
use crate::matched::Match;
use crate::remember::desk::Desk;
use crate::remember::sessions;
use crate::state::{Key, StateError, StateStore};

/// One match whose session is followed back.
struct Search<'m> {
    found: &'m mut Match,
    outs: HandOuts,
    /// Whose sessions are asked about next.
    next: Vec<Actor>,
}

impl<Store: StateStore> Judging<'_, Store> {
    /// What matches hand out that is kept.
    pub(super) fn handed_out(&self, matches: &[Match]) -> Vec<HandOut> {
        let keeps = self.memory.mode().keeps_sessions();
        matches.iter().filter(|_| keeps).filter_map(sessions::handed_out).collect()
    }

    /// Says of those that act as a resource whose identity it is, which their records tell.
    pub(super) fn tell_resources(&self, matches: &mut [Match]) {
        let none = HandOuts::default();
        for found in matches.iter_mut().filter(|_| self.memory.mode().keeps_sessions()) {
            let behind = none.worth_telling(&found.facts.actor, found.facts.time);
            found.behind = behind.filter(Behind::names_somebody).map(Box::new);
        }
    }

    /// Where it stands who was handed what matches act in and hand out.
    pub(super) fn session_keys(&self, matches: &[Match], handed_out: &[HandOut]) -> Vec<Key> {
        let keeps = self.memory.mode().keeps_sessions();
        let asked = matches.iter().filter(|found| keeps && sessions::is_asked(found));
        let asked = asked.flat_map(|found| sessions::asked(&found.facts.actor));
        asked.chain(handed_out.iter().flat_map(sessions::places)).collect()
    }

    /// Notes what a hand of matches hands out and says who is behind the sessions of it; says what the store said where it
    /// could not be asked.
    pub(super) async fn find_behind(
        &self,
        desk: &mut Desk,
        matches: &mut [Match],
        handed_out: &[HandOut],
    ) -> Option<String> {
        let noted = self.note(desk, handed_out);
        let keeps = self.memory.mode().keeps_sessions();
        let asked = matches.iter_mut().filter(|found| keeps && sessions::is_asked(found));
        let mut searches: Vec<Search<'_>> = asked
            .map(|found| {
                let next = vec![found.facts.actor.clone()];
                Search { found, outs: HandOuts::default(), next }
            })
            .collect();
        let followed = self.follow(desk, &mut searches).await;
        for Search { found, outs, .. } in searches {
            let behind = outs.worth_telling(&found.facts.actor, found.facts.time);
            found.behind = behind.filter(|behind| !behind.links.is_empty()).map(Box::new);
            if let Some(behind) = &mut found.behind {
                // Another record may still come that tells more.
                behind.is_final = false;
            }
        }
        noted.and(followed).err().map(|error| error.0)
    }

    /// Notes what was handed out.
    pub(super) fn note(&self, desk: &mut Desk, handed_out: &[HandOut]) -> Result<(), StateError> {
        handed_out.iter().try_for_each(|out| sessions::note(desk, out, self.clock.now()))
    }

    /// Goes from each session to whoever was handed it, all a link further at once.
    async fn follow(&self, desk: &mut Desk, searches: &mut [Search<'_>]) -> Result<(), StateError> {
        for _ in 0..sessions::MOST_LINKS {
            let keys_of = |search: &Search<'_>| search.next.iter().flat_map(sessions::asked).collect();
            let keys: Vec<Vec<Key>> = searches.iter().map(keys_of).collect();
            let wanted: Vec<Key> = keys.iter().flatten().cloned().collect();
            if wanted.is_empty() {
                break;
            }
            self.memory.fetch(desk, &wanted, self.clock.now()).await?;
            for (search, keys) in searches.iter_mut().zip(&keys) {
                search.next = sessions::gather(desk, keys, &mut search.outs)?;
            }
        }
        Ok(())
    }
}
