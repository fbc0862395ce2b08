//! What can be set, and how a value is known.

use std::ffi::OsString;

/// Names another file; empty, none is read.
pub(super) const FILE: &str = "TRAILHOUND_SETTINGS";

/// How a value is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// Relative to the folder of the file that says it.
    Path,
    /// Several of them.
    Paths,
}

/// An option that may be set.
pub(super) struct Setting {
    /// Its long name.
    pub(super) name: &'static str,
    /// The first of these that is there counts.
    pub(super) variables: &'static [&'static str],
    /// The commands that take it.
    pub(super) commands: &'static [&'static str],
    pub(super) kind: Kind,
}

/// Those that look at rules as they are used; who checks rules names them.
pub(super) const BY_RULES: &[&str] = &[
    "scan",
    "why",
    "try",
    "timeline",
    "who",
    "machine",
    "pivot",
    "cases",
    "search",
    "stats",
    "baseline learn",
    "suppressions check",
    "rules list",
    "rules explain",
    "rules coverage",
    "rules lsp",
    "rules promote",
    "replay",
    "doctor",
];

/// Those that look up what is known beside the logs.
const BY_CONTEXT: &[&str] = &["scan", "timeline", "who", "machine", "pivot", "cases", "search", "stats"];

pub(super) const SETTINGS: [Setting; 14] = [
    Setting { name: "rules", variables: &["TRAILHOUND_RULES"], commands: BY_RULES, kind: Kind::Paths },
    Setting {
        name: "placeholders",
        variables: &["TRAILHOUND_PLACEHOLDERS"],
        commands: BY_RULES,
        kind: Kind::Paths,
    },
    Setting {
        name: "suppressions",
        variables: &["TRAILHOUND_SUPPRESSIONS"],
        commands: &["scan", "replay", "doctor"],
        kind: Kind::Path,
    },
    Setting {
        name: "baseline",
        variables: &["TRAILHOUND_BASELINE"],
        commands: &["scan", "why", "try", "backtest", "replay", "doctor"],
        kind: Kind::Path,
    },
    Setting { name: "geo", variables: &["TRAILHOUND_GEO"], commands: BY_CONTEXT, kind: Kind::Paths },
    Setting {
        name: "inventory",
        variables: &["TRAILHOUND_INVENTORY"],
        commands: BY_CONTEXT,
        kind: Kind::Paths,
    },
    Setting {
        name: "indicators",
        variables: &["TRAILHOUND_INDICATORS"],
        commands: BY_CONTEXT,
        kind: Kind::Paths,
    },
    Setting {
        name: "rule-pages",
        variables: &["TRAILHOUND_RULE_PAGES"],
        commands: &["scan"],
        kind: Kind::Text,
    },
    Setting {
        name: "min-level",
        variables: &["TRAILHOUND_MIN_LEVEL"],
        commands: &["scan", "replay"],
        kind: Kind::Text,
    },
    Setting {
        name: "fail-on",
        variables: &["TRAILHOUND_FAIL_ON"],
        commands: &["scan", "try"],
        kind: Kind::Text,
    },
    Setting {
        name: "jobs",
        variables: &["TRAILHOUND_JOBS"],
        commands: &[
            "scan",
            "backtest",
            "timeline",
            "who",
            "machine",
            "pivot",
            "cases",
            "search",
            "stats",
            "baseline learn",
        ],
        kind: Kind::Text,
    },
    Setting {
        name: "table",
        variables: &["TRAILHOUND_STATE_TABLE", "TRAILHOUND_STATE_TABLE_URL"],
        commands: &["doctor"],
        kind: Kind::Text,
    },
    Setting {
        name: "topic",
        variables: &["TRAILHOUND_ALERT_TOPIC_ARN", "TRAILHOUND_EVENT_GRID_ENDPOINT"],
        commands: &["doctor"],
        kind: Kind::Text,
    },
    Setting { name: "trail", variables: &["TRAILHOUND_TRAIL"], commands: &["doctor"], kind: Kind::Text },
];

/// Where a value was found.
#[derive(Clone, Debug)]
pub(super) struct FoundValue {
    pub(super) values: Vec<OsString>,
    /// A variable's name, or `file:line:column`.
    pub(super) place: String,
}
