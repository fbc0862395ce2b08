//! What a rule sees of an event: values under fields, read only when asked for.

use std::borrow::Cow;
use std::fmt;
use std::ops::ControlFlow;

/// One value of an event. Arrays never appear: their members are visited one by one.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'e> {
    /// An explicit `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written.
    Number(Cow<'e, str>),
    /// Text, with its escapes resolved.
    String(Cow<'e, str>),
    /// An object, as it was written or as JSON.
    Object(Cow<'e, str>),
}

impl Value<'_> {
    /// The text that string comparisons see: numbers and booleans as written, objects as their JSON, `null` as
    /// nothing.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Null => None,
            Self::Bool(b) => Some(Cow::Borrowed(if *b { "true" } else { "false" })),
            Self::Number(text) | Self::Object(text) | Self::String(text) => Some(Cow::Borrowed(text)),
        }
    }
}

/// Whether a field is there at all: `field: null` holds for [`Presence::Absent`] and [`Presence::Null`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// No such field.
    Absent,
    /// The field is there and holds `null`, or an empty array.
    Null,
    /// The field is there with a value.
    Present,
}

/// A field as a rule names it, with the places an event may keep it in.
///
/// A path is dotted. Its parts match nested keys, flat keys that contain dots, and the members of arrays on the
/// way; the first path of `paths` that is present in an event supplies the values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// The name as the rule writes it.
    pub name: String,
    /// Where events keep it, in order of preference; never empty.
    pub paths: Vec<String>,
}

impl Field {
    /// A field whose only path is its own name.
    pub fn plain(name: impl Into<String>) -> Self {
        let name = name.into();
        Self { paths: vec![name.clone()], name }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Something rules can be evaluated over.
///
/// ```
/// use std::ops::ControlFlow;
/// use trailhound_sigma::{Engine, Event, Field, Presence, Value};
///
/// struct Login {
///     user: String,
/// }
///
/// impl Event for Login {
///     fn values<'e>(&'e self, field: &Field, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) -> Presence {
///         if field.paths.iter().any(|path| path == "user") {
///             let _ = visit(Value::String(self.user.as_str().into()));
///             return Presence::Present;
///         }
///         Presence::Absent
///     }
///
///     fn every_value<'e>(&'e self, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) {
///         let _ = visit(Value::String(self.user.as_str().into()));
///     }
/// }
///
/// let mut builder = Engine::builder();
/// builder.add("r.yml", "{title: r, logsource: {product: p}, detection: {s: {user|startswith: adm}, condition: s}}")?;
/// let engine = builder.build()?;
/// assert_eq!(engine.matching(&Login { user: "Admin".to_owned() }).count(), 1);
/// # Ok::<_, trailhound_sigma::Diagnostics>(())
/// ```
pub trait Event {
    /// Calls `visit` with every value under `field` until it breaks, and says whether the field is there.
    fn values<'e>(&'e self, field: &Field, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) -> Presence;

    /// Calls `visit` with every scalar value of the event, whatever its field, until it breaks. Keyword searches
    /// read this.
    fn every_value<'e>(&'e self, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>);
}
