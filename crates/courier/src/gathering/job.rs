//! What is asked for, in words that every cloud's engines and queues carry: `job`, which is `backtest` or `learn`, and `parts`.

use serde_json::Value;

/// The most letters of a gathering's name.
const MOST_NAME: usize = 64;

/// What is to be done with the objects of an inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// They are delivered again.
    Replay,
    /// What rules make of them is kept under a name, and nothing is told.
    Gather {
        /// By a candidate too, beside the rules in force.
        candidate: bool,
        /// Under which.
        name: String,
    },
    /// Nothing: nobody knows what was meant.
    Unknown(String),
}

impl Job {
    /// What is asked for. Whoever misspells it must not have findings published for it.
    ///
    /// ```
    /// # use serde_json::json;
    /// # use trailhound_courier::gathering::Job;
    /// let asked = json!({"job": "learn", "parts": "march"});
    /// assert_eq!(Job::read(Some(&asked)), Job::Gather { candidate: false, name: "march".to_owned() });
    /// assert_eq!(Job::read(None), Job::Replay);
    /// ```
    pub fn read(asked: Option<&Value>) -> Self {
        let said = |name: &str| asked.and_then(|asked| asked.get(name)).filter(|value| !value.is_null());
        let Some(job) = said("job") else {
            return match said("parts") {
                None => Self::Replay,
                Some(_) => Self::Unknown("`parts` without `job`, which is backtest or learn".to_owned()),
            };
        };
        let candidate = match job.as_str() {
            Some("backtest") => true,
            Some("learn") => false,
            _ => return Self::Unknown(format!("`job` is {job}, and neither backtest nor learn")),
        };
        let is_name = |name: &&str| {
            (1..=MOST_NAME).contains(&name.len())
                && !name.starts_with('.')
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        match said("parts").and_then(Value::as_str).filter(is_name) {
            Some(name) => Self::Gather { candidate, name: name.to_owned() },
            None => Self::Unknown(format!(
                "`parts` names a gathering: at most {MOST_NAME} letters, digits, dots, dashes and underscores"
            )),
        }
    }
}
