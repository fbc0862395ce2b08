//! The account of one delivery, which must balance: `records = evaluated + rejected` and
//! `matches = published + suppressed + duplicates + deferred`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Why a record could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// The bytes are no JSON (nor any other form we read).
    NotJson,
    /// The input ends inside a record, or a gzip member is cut off.
    Truncated,
    /// A gzip stream is damaged.
    BadGzip,
    /// Not UTF-8.
    BadUtf8,
    /// Nested deeper than we read.
    TooDeep,
    /// One record is larger than the cap.
    TooLarge,
    /// Inflates beyond the cap.
    Bomb,
    /// A form of file that is not read, named with what reads it.
    ForeignForm,
    /// A record of a kind we do not know.
    UnknownRecord,
    /// The place a notice points at is not one we may read.
    NotAllowed,
    /// The place a notice points at could not be read.
    Unreadable,
    /// The process died of it when it was tried alone.
    KilledBefore,
    /// Read, and its findings could not be published; kept for a replay, and not counted as rejected.
    Unpublished,
}

impl RejectReason {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::successors(Some(Self::NotJson), |reason| reason.next())
    }

    /// The one that is listed behind it; the compiler asks for whatever is added.
    fn next(self) -> Option<Self> {
        Some(match self {
            Self::NotJson => Self::Truncated,
            Self::Truncated => Self::BadGzip,
            Self::BadGzip => Self::BadUtf8,
            Self::BadUtf8 => Self::TooDeep,
            Self::TooDeep => Self::TooLarge,
            Self::TooLarge => Self::Bomb,
            Self::Bomb => Self::ForeignForm,
            Self::ForeignForm => Self::UnknownRecord,
            Self::UnknownRecord => Self::NotAllowed,
            Self::NotAllowed => Self::Unreadable,
            Self::Unreadable => Self::KilledBefore,
            Self::KilledBefore => Self::Unpublished,
            Self::Unpublished => return None,
        })
    }

    /// The name in logs, metrics and parked lines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::Truncated => "truncated",
            Self::BadGzip => "bad_gzip",
            Self::BadUtf8 => "bad_utf8",
            Self::TooDeep => "too_deep",
            Self::TooLarge => "too_large",
            Self::Bomb => "bomb",
            Self::ForeignForm => "foreign_form",
            Self::UnknownRecord => "unknown_record",
            Self::NotAllowed => "not_allowed",
            Self::Unreadable => "unreadable",
            Self::KilledBefore => "killed_before",
            Self::Unpublished => "unpublished",
        }
    }
}

/// Something recognised that holds no records: counted by name, never parked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// A CloudTrail digest file.
    CloudTrailDigest,
    /// `s3:TestEvent`.
    S3TestEvent,
    /// An object was removed.
    ObjectRemoved,
    /// A lifecycle transition or expiration.
    ObjectLifecycle,
    /// SNS asks to confirm, or tells of, a subscription.
    SnsSubscription,
    /// CloudWatch Logs asks whether a subscription's destination answers.
    ControlMessage,
    /// Something sent to see whether anybody listens.
    HealthProbe,
    /// What a query service says of its answer, beside the rows.
    QueryFrame,
    /// A finding of ours that came back.
    OwnFinding,
    /// An object of ours that was parked.
    OwnReject,
    /// An envelope with no record in it.
    Empty,
    /// The scheduled canary.
    Canary,
}

/// The figures of one delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Records found in the delivery.
    pub records: u64,
    /// Records that all their rules saw, or that the screen proved no rule could match.
    pub evaluated: u64,
    /// Records and bodies that could not be read, by reason.
    pub rejected: BTreeMap<RejectReason, u64>,
    /// Records, among those evaluated, of a kind that no rule reads, by its name; all beyond the first few kinds as
    /// [`Self::OTHER_KINDS`].
    pub unread: BTreeMap<String, u64>,
    /// Records, among those evaluated, that were no strict JSON and were mended.
    pub repaired: u64,
    /// Things recognised that hold no records.
    pub notices: BTreeMap<Notice, u64>,
    /// Rule matches, after Azure's several records of one operation were joined.
    pub matches: u64,
    /// Accepted by the sink.
    pub published: u64,
    /// Kept back by a suppression or the least level, by what kept them.
    pub suppressed: BTreeMap<String, u64>,
    /// Matches that correlations did not count, or not all of them, by the suppression because of which; beside the
    /// identities.
    pub uncorrelated: BTreeMap<String, u64>,
    /// Published before, by this delivery or another.
    pub duplicates: u64,
    /// Not yet accepted; the delivery will be retried.
    pub deferred: u64,
    /// Records that were told with another of the same Azure operation; beside the identities, for they are no matches.
    pub joined: u64,
    /// Groups of correlations that events were not counted in, as they name more machines than anybody calls at once.
    pub truncated: u64,
    /// Findings, among those published, that would be of a case, and of which nobody could say which.
    pub caseless: u64,
}

impl Tally {
    /// Counts a record that could not be read.
    pub fn reject(&mut self, reason: RejectReason) {
        self.records += 1;
        *self.rejected.entry(reason).or_default() += 1;
    }

    /// Where kinds are counted beyond the most that are told apart.
    pub const OTHER_KINDS: &str = "others";
    /// So many kinds are told apart: their names come from the records.
    const MOST_KINDS: usize = 64;

    /// Counts a record, evaluated, of a kind that no rule reads.
    pub fn unread(&mut self, kind: &str, count: u64) {
        let is_room = self.unread.len() < Self::MOST_KINDS || self.unread.contains_key(kind);
        let kind = if is_room { kind } else { Self::OTHER_KINDS };
        *self.unread.entry(kind.to_owned()).or_default() += count;
    }

    /// All records of kinds that no rule reads.
    pub fn unread_total(&self) -> u64 {
        self.unread.values().sum()
    }

    /// Counts matches that are not told in this delivery and come again with the next.
    pub fn defer(&mut self, matches: u64) {
        self.matches += matches;
        self.deferred += matches;
    }

    /// Counts matches that something keeps back before anybody judges them.
    pub fn keep_back(&mut self, by: &str, matches: u64) {
        if matches > 0 {
            self.matches += matches;
            *self.suppressed.entry(by.to_owned()).or_default() += matches;
        }
    }

    /// Counts something recognised that holds no records.
    pub fn notice(&mut self, notice: Notice) {
        *self.notices.entry(notice).or_default() += 1;
    }

    /// All rejected records.
    pub fn rejected_total(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// All suppressed matches.
    pub fn suppressed_total(&self) -> u64 {
        self.suppressed.values().sum()
    }

    /// Do both identities hold?
    pub fn balances(&self) -> bool {
        self.records == self.evaluated + self.rejected_total()
            && self.matches == self.published + self.suppressed_total() + self.duplicates + self.deferred
    }

    /// Adds another delivery's figures.
    pub fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.evaluated += other.evaluated;
        self.matches += other.matches;
        self.published += other.published;
        self.duplicates += other.duplicates;
        self.deferred += other.deferred;
        self.joined += other.joined;
        self.truncated += other.truncated;
        self.caseless += other.caseless;
        self.repaired += other.repaired;
        for (kind, count) in &other.unread {
            self.unread(kind, *count);
        }
        merge(&mut self.rejected, &other.rejected);
        merge(&mut self.notices, &other.notices);
        merge(&mut self.suppressed, &other.suppressed);
        merge(&mut self.uncorrelated, &other.uncorrelated);
    }
}

fn merge<K: Ord + Clone>(into: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    for (key, count) in from {
        *into.entry(key.clone()).or_default() += count;
    }
}
