//! What may come by the ways in: nothing of a message says who sent it, so whatever no way of an installation brings is
//! somebody's own.

use serde_json::json;
use trailhound_detect::tally::RejectReason;

use crate::sources::Input;

/// Which records may come by themselves, beside those in objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Events {
    /// Any; without the envelope of a service of AWS they are told, and settle nothing.
    #[default]
    All,
    /// Those in such an envelope.
    Vouched,
    /// None: all come in objects.
    None,
}

/// What may come.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    /// Which records.
    pub events: Events,
    /// What a canary must know.
    pub canary_key: Option<String>,
}

impl Ways {
    /// The input, or a reject where it may not come.
    pub fn admit(&self, input: Input) -> Input {
        let (origin, body, detail) = match input {
            Input::Event { origin, body, vouched } if !self.takes(vouched) => {
                (origin, body, "a record by itself, where TRAILHOUND_EVENTS has none come")
            }
            Input::Canary { origin, key } if self.canary_key.is_some() && key != self.canary_key => {
                let body = json!({"trailhound": "canary"}).to_string();
                (origin, body, "a canary that does not know TRAILHOUND_CANARY_KEY")
            }
            input => return input,
        };
        Input::Unreadable { origin, reason: RejectReason::NotAllowed, detail: detail.to_owned(), body }
    }

    fn takes(&self, vouched: bool) -> bool {
        match self.events {
            Events::All => true,
            Events::Vouched => vouched,
            Events::None => false,
        }
    }
}
