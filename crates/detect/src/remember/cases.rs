//! Which case a finding is of, told while it is claimed: the first that shares something with it within a time.
//!
//! What of a finding joins it to others is said in `matched::ties`. Open cases stand on one board for each account or
//! tenant, bounded in bytes, which changes only when a finding brings something to its case. The claim on a finding keeps
//! its case, so that whoever publishes it again says the same.

mod board;

use jiff::Timestamp;

use super::claims;
use super::desk::Desk;
use super::moment::later;
use crate::facts::Facts;
use crate::matched::{CaseStep, InCase, Level, Match, Verdict};
use crate::state::{ItemKind, Key, StateError};
use board::{Board, KEPT, Marks};

/// Findings of this level and above are of cases, where somebody vouches for them.
pub const LEAST_OF_CASE: Level = Level::Medium;

/// Do cases take a match of this level? What anybody may have written is of none: it would join what it likes.
pub(crate) fn takes(found: &Match, level: Level) -> bool {
    level >= LEAST_OF_CASE && !found.from.unvouched
}

/// Where the open cases are kept that an event may be of: those of its tenant, or of its account where it names none.
pub(crate) fn key(facts: &Facts) -> Key {
    let realm = facts.scope.tenant.as_ref().unwrap_or(&facts.scope.account).to_ascii_lowercase();
    Key { kind: ItemKind::Case, scope: realm, name: "open".to_owned() }
}

/// The case of a finding that is claimed and goes out with this verdict, with what that changes on the board. Nothing
/// where it is of none, or where the board is not at hand.
pub(crate) fn join(
    desk: &mut Desk,
    found: &Match,
    verdict: &Verdict,
    now: Timestamp,
) -> Result<Option<InCase>, StateError> {
    if !takes(found, verdict.level) {
        return Ok(None);
    }
    let claim = claims::key(found);
    // Somebody may have told it already, as one of this case.
    let told = claims::case(desk, &claim)?;
    let key = key(&found.facts);
    let case = if desk.has(&key) {
        let at = found.facts.time.unwrap_or(now);
        let mut board: Board = desk.read(&key)?.cloned().unwrap_or_default();
        let case = board.join(&Marks::of(found, verdict.level, at), told);
        // Nothing is written where it brings nothing.
        desk.write_ahead(&key, board, later(now, KEPT));
        case
    } else {
        let Some(told) = told else { return Ok(None) };
        told
    };
    // What was told as tried and came about is worth another look, whatever else is of its case.
    let case = if verdict.update { InCase { step: CaseStep::Raised, ..case } } else { case };
    claims::note_case(desk, &claim, now, &case)?;
    Ok(Some(case))
}
