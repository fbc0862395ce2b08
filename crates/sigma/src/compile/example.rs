//! What an event could hold so that a rule matches: for those who want to know whether a rule can match anything.
//!
//! A rule leaves choices, and its parts may contradict one another, so an example is a proposal: try it, and take the
//! next one if the rule does not match.

mod choice;
mod compose;
mod piece;
mod regex;
mod text;
mod wanted;

use choice::Choice;
use compose::Wishes;
use wanted::There;
pub use wanted::{Example, Wanted};

use super::{CompiledRule, Expr, Leaf, Test, Tree, Values};
use crate::matcher::Matcher;
use crate::value::Field;

impl CompiledRule {
    /// The example of a number: other numbers take other choices where the rule leaves any. An example may still be
    /// none, where what a rule wants of one field does not go together.
    ///
    /// ```
    /// use trailhound_sigma::{Engine, Wanted};
    ///
    /// let mut builder = Engine::builder();
    /// builder.add("r.yml", r"
    /// title: r
    /// logsource: {product: windows}
    /// detection:
    ///   selection: {Image|endswith: '\whoami.exe', CommandLine|contains|all: [' /all', ' /fo']}
    ///   condition: selection and not User
    ///   User: {User|startswith: SYSTEM}
    /// ")?;
    /// let engine = builder.build()?;
    /// let example = engine.rules()[0].compiled().example(0);
    /// let wanted: Vec<_> = example.fields.iter().map(|(field, wanted)| (field.name.as_str(), wanted)).collect();
    /// assert_eq!(wanted[0], ("Image", &Wanted::Text(r"\whoami.exe".into())));
    /// assert_eq!(wanted[1], ("CommandLine", &Wanted::Text(" /all /fo".into())));
    /// assert_eq!(wanted[2], ("User", &Wanted::Absent));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn example(&self, number: usize) -> Example {
        let mut making = Making { choice: Choice::new(number), wishes: Wishes::default() };
        self.wish(&self.condition, Sense::Holds, &mut making);
        making.wishes.compose()
    }

    fn wish(&self, expr: &Expr, sense: Sense, making: &mut Making) {
        match (expr, sense) {
            (Expr::Selection(at), _) => self.selections[*at].1.wish(sense, making),
            (Expr::Not(inner), _) => self.wish(inner, sense.not(), making),
            (Expr::And(parts), Sense::Holds) | (Expr::Or(parts), Sense::Fails) => {
                for part in parts {
                    self.wish(part, sense, making);
                }
            }
            (Expr::Or(parts), Sense::Holds) => {
                let able: Vec<&Expr> = parts.iter().filter(|part| self.may_hold(part)).collect();
                if let Some(part) = making.choice.of(&able) {
                    self.wish(part, sense, making);
                }
            }
            (Expr::And(parts), Sense::Fails) => {
                if let Some(part) = making.choice.of(parts) {
                    self.wish(part, sense, making);
                }
            }
            (Expr::AtLeast(least, selections), Sense::Holds) => {
                let able: Vec<&usize> =
                    selections.iter().filter(|at| self.selections[**at].1.can_match()).collect();
                let from = making.choice.below(able.len());
                for at in able.iter().cycle().skip(from).take(*least.min(&able.len())) {
                    self.selections[**at].1.wish(sense, making);
                }
            }
            (Expr::AtLeast(_, selections), Sense::Fails) => {
                for at in selections {
                    self.selections[*at].1.wish(sense, making);
                }
            }
        }
    }
}

/// An example under way.
struct Making {
    choice: Choice,
    wishes: Wishes,
}

/// Is a part to hold, or to fail?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sense {
    Holds,
    Fails,
}

impl Sense {
    fn not(self) -> Self {
        match self {
            Self::Holds => Self::Fails,
            Self::Fails => Self::Holds,
        }
    }
}

impl Tree {
    fn wish(&self, sense: Sense, making: &mut Making) {
        match (self, sense) {
            (Self::Leaf(leaf), _) => leaf.wish(sense, making),
            (Self::All(parts), Sense::Holds) | (Self::Any(parts), Sense::Fails) => {
                for part in parts {
                    part.wish(sense, making);
                }
            }
            (Self::Any(parts), Sense::Holds) => {
                let able: Vec<&Tree> = parts.iter().filter(|part| part.can_match()).collect();
                if let Some(part) = making.choice.of(&able) {
                    part.wish(sense, making);
                }
            }
            (Self::All(parts), Sense::Fails) => {
                if let Some(part) = making.choice.of(parts) {
                    part.wish(sense, making);
                }
            }
        }
    }
}

impl Leaf {
    fn wish(&self, sense: Sense, making: &mut Making) {
        let Making { choice, wishes } = making;
        let holds = (sense == Sense::Holds) != self.negated;
        let field = self.field.as_ref();
        match &self.test {
            Test::Exists(wanted) => {
                wishes.there(field, if *wanted == holds { There::Yes } else { There::No });
            }
            Test::Any(values) if holds => values.wish(field, choice, wishes),
            Test::All(matchers) if holds => {
                for (matcher, written) in matchers {
                    wishes.matched(field, matcher, written, choice);
                }
            }
            Test::Fields(others) if holds => {
                if let (Some(field), Some(other)) = (field, choice.of(others)) {
                    wishes.same(field, &other.field, other.anchor);
                }
            }
            // `neq` asks for the field; an absent one fails all else unless the absence is asked for.
            Test::Any(values) if values.null || values.empty => wishes.there(field, There::Yes),
            _ if self.negated && sense == Sense::Holds => wishes.there(field, There::Yes),
            _ => wishes.there(field, if choice.below(2) == 0 { There::No } else { There::Yes }),
        }
    }
}

impl Values {
    fn wish(&self, field: Option<&Field>, choice: &mut Choice, wishes: &mut Wishes) {
        let exact = self.exact.iter().count();
        let absent = usize::from(self.null || self.empty);
        let at = choice.below(exact + self.others.len() + absent);
        if at < exact {
            let (text, written) = self.exact.iter().nth(at).unwrap_or_default();
            wishes.whole(field, &text::respelt(text, written));
        } else if let Some((matcher, written)) = self.others.get(at - exact) {
            wishes.matched(field, matcher, written, choice);
        } else {
            wishes.there(field, There::No);
        }
    }
}

impl Matcher {
    /// Does it compare text, so that other texts can stand around what it looks for?
    fn is_text(&self) -> bool {
        matches!(self, Self::Text(_) | Self::AnyText(_) | Self::Regex(_))
    }
}
