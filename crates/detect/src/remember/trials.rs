//! What is being tried again: a mark that is still there says that whoever tried died of it.
//!
//! What comes for the first time has no mark, so that it costs nothing.

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::memory::{CONTESTS, Memory, contested};
use super::moment::later;
use crate::digest;
use crate::state::{ItemKind, Keepable, Key, StateError, StateStore};

/// How long a mark is kept: no queue keeps a message for longer.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(14 * 24);

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Trial {
    /// Who tries it; nobody once it came to an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// When whoever tries it is stopped at the latest, in milliseconds since the epoch.
    at: i64,
}

impl Keepable for Trial {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.by.as_ref().map_or(0, String::len)
    }
}

/// How it stands with what is to be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialStanding {
    /// It is marked as ours.
    Begun,
    /// Somebody else is trying it, and has time left.
    UnderWay,
    /// Whoever tried it before is gone, and did not say how it went.
    Died,
}

impl<Store: StateStore> Memory<Store> {
    /// Marks a delivery, by what its source always calls it, as on trial. Whoever tries is stopped by `until`.
    pub async fn begin_trial(
        &self,
        delivery: &str,
        claimant: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<TrialStanding, StateError> {
        let key = key(delivery);
        let mut desk = Desk::default();
        for refused in 0..CONTESTS {
            let _turn = self.turn(refused).await;
            self.fetch(&mut desk, std::slice::from_ref(&key), now).await?;
            match desk.read::<Trial>(&key)? {
                Some(Trial { by: Some(by), at }) if by != claimant => {
                    let is_over = *at <= now.as_millisecond();
                    return Ok(if is_over { TrialStanding::Died } else { TrialStanding::UnderWay });
                }
                _ => {}
            }
            let mark = Trial { by: Some(claimant.to_owned()), at: until.as_millisecond() };
            desk.write(&key, mark, later(now, REMEMBERED));
            let writes = desk.writes();
            if self.commit(&mut desk, &writes).await? {
                return Ok(TrialStanding::Begun);
            }
        }
        Err(contested())
    }

    /// Takes a mark of ours away: it came to an end, whatever end.
    pub async fn end_trial(&self, delivery: &str, claimant: &str, now: Timestamp) -> Result<(), StateError> {
        let key = key(delivery);
        let mut desk = Desk::default();
        for refused in 0..CONTESTS {
            let _turn = self.turn(refused).await;
            self.fetch(&mut desk, std::slice::from_ref(&key), now).await?;
            if desk.read::<Trial>(&key)?.is_none_or(|trial| trial.by.as_deref() != Some(claimant)) {
                return Ok(());
            }
            desk.write(&key, Trial { by: None, at: now.as_millisecond() }, now);
            let writes = desk.writes();
            if self.commit(&mut desk, &writes).await? {
                return Ok(());
            }
        }
        Err(contested())
    }
}

fn key(delivery: &str) -> Key {
    // Of no account: nobody knows yet what it holds.
    Key { kind: ItemKind::Trial, scope: String::new(), name: digest::of_parts(&["trial", delivery]) }
}
