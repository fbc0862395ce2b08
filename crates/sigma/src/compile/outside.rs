//! What a rule asks of a field in vain, and what is told of it.

use crate::diagnostic::{Place, Report, nearest};

/// Values that a field never holds.
pub(super) struct Outside {
    pub(super) place: Place,
    pub(super) field: String,
    pub(super) values: Vec<String>,
    pub(super) held: Vec<String>,
}

impl Outside {
    /// An error where the rule can match nothing because of it, else a warning.
    pub(super) fn tell(self, is_idle: bool, report: &mut Report) {
        let Self { place, field, values, held } = self;
        let message = format!("`{field}` never is {}", quoted(&values, " or "));
        let meant = values.first().and_then(|value| nearest(value, held.iter().map(String::as_str)));
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`? It is one of {}", held.join(", ")),
            None => format!("it is one of {}", held.join(", ")),
        };
        let told = if is_idle {
            report.error(place, format!("{message}, so the rule can never match"))
        } else {
            report.warning(place, message)
        };
        told.help(help);
    }
}

fn quoted(values: &[String], joint: &str) -> String {
    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(joint)
}
