//! What the runtime is told: which messages come again, or what became of each object of an inventory.

use serde::Serialize;
use trailhound_courier::failure::{Failed, Failure};
use trailhound_courier::gathering::Gathered;
use trailhound_detect::account::Account;
use trailhound_detect::describe::clean;

use crate::sources::Handed;

/// Most characters of what is said of an object: a job's report keeps a line for each.
const MOST: usize = 1_024;

/// What the runtime is told.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// Of a queue's batch, and of whatever fails whole or not at all.
    Again(Answer),
    /// To S3 Batch Operations.
    Job(JobAnswer),
    /// To a Distributed Map.
    Items(ItemsAnswer),
}

impl Reply {
    /// The messages to deliver again.
    pub fn again(&self) -> &[Item] {
        match self {
            Self::Again(answer) => &answer.batch_item_failures,
            Self::Job(_) | Self::Items(_) => &[],
        }
    }

    /// Those of them that this attempt is the last to have in hand.
    pub fn left(&self) -> &[Handed] {
        match self {
            Self::Again(answer) => &answer.left,
            Self::Job(_) | Self::Items(_) => &[],
        }
    }
}

/// What a queue is told.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The messages to deliver again; a queue that gets an empty list deletes them all.
    pub batch_item_failures: Vec<Item>,
    /// How their queue knows those of them that nobody else is at; it is told beside the answer when they are to come.
    #[serde(skip)]
    pub left: Vec<Handed>,
}

/// A message to deliver again.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// Its id.
    pub item_identifier: String,
}

/// What became of an object, in S3's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TaskResult {
    /// Every finding of it was accepted, and all that could not be read is parked.
    Succeeded,
    /// Another try may do it.
    TemporaryFailure,
    /// None will, before somebody mends something.
    PermanentFailure,
}

/// One object's line of the answer.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskDone {
    /// As the engine calls it.
    pub task_id: String,
    /// What became of it.
    pub result_code: TaskResult,
    /// Figures, or why not.
    pub result_string: String,
}

/// What S3 Batch Operations is told.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobAnswer {
    /// As it was asked.
    pub invocation_schema_version: String,
    /// What becomes of a task that is not among the results; there is none.
    pub treat_missing_keys_as: TaskResult,
    /// As it was asked.
    pub invocation_id: String,
    /// For each task.
    pub results: Vec<TaskDone>,
}

/// What a Distributed Map is told.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ItemsAnswer {
    /// For each item.
    pub results: Vec<TaskDone>,
}

impl TaskDone {
    /// What is said of an object by its account, or by why it failed.
    pub(crate) fn of(task_id: String, account: &Account, failed: Option<&Failed>) -> Self {
        let (result_code, said) = result(account, failed);
        Self { task_id, result_code, result_string: clean(&said).chars().take(MOST).collect() }
    }
}

impl TaskDone {
    /// What is said of an object that was gathered.
    pub(crate) fn of_part(task_id: String, done: Result<&Gathered, &Failure>) -> Self {
        let (result_code, said) = match done {
            Ok(Gathered { part, records, rejected, matches }) => {
                let matches: Vec<String> = matches.iter().map(ToString::to_string).collect();
                let matches = matches.join(" and ");
                (
                    TaskResult::Succeeded,
                    format!("{records} records, {rejected} rejected; {matches} matches in {part}"),
                )
            }
            Err(failure) if failure.is_lasting() => (TaskResult::PermanentFailure, failure.to_string()),
            Err(failure) => (TaskResult::TemporaryFailure, failure.to_string()),
        };
        Self { task_id, result_code, result_string: clean(&said).chars().take(MOST).collect() }
    }
}

/// What became of an object, and in words.
fn result(account: &Account, failed: Option<&Failed>) -> (TaskResult, String) {
    let tally = &account.tally;
    if let Some(failed) = failed {
        let lasts = failed.0.iter().any(Failure::is_lasting);
        let code = if lasts { TaskResult::PermanentFailure } else { TaskResult::TemporaryFailure };
        return (code, failed.to_string());
    }
    if tally.evaluated == 0 && !tally.rejected.is_empty() {
        let reasons: Vec<&str> = tally.rejected.keys().map(|reason| reason.as_str()).collect();
        let said = format!("{}; parked, where the rejects say why", reasons.join(", "));
        return (TaskResult::PermanentFailure, said);
    }
    let said = format!(
        "{} records, {} rejected; {} matches: {} published, {} published before, {} suppressed",
        tally.records,
        tally.rejected_total(),
        tally.matches,
        tally.published,
        tally.duplicates,
        tally.suppressed_total()
    );
    (TaskResult::Succeeded, said)
}
