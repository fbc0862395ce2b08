//! Parser events to tree.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{Content, Yaml};
use crate::diagnostic::{Diagnostics, Place, Report};

/// How deep lists and mappings may nest.
const MAX_DEPTH: usize = 64;
/// How many nodes a file may have, copies made by aliases included.
const MAX_NODES: usize = 200_000;

/// Reads every document of a file; empty documents are left out.
///
/// ```
/// let documents = trailhound_sigma::yaml::parse("t.yml", "title: t\ntags: [a, b]\n")?;
/// let tags = documents[0].entry("tags").expect("it is there");
/// assert_eq!((tags.0.place().line, tags.1.one_or_many().len()), (2, 2));
/// # Ok::<_, trailhound_sigma::Diagnostics>(())
/// ```
pub fn parse(file: &str, text: &str) -> Result<Vec<Yaml>, Diagnostics> {
    let mut builder = Builder {
        report: Report::new(file),
        open: Vec::new(),
        anchors: HashMap::new(),
        documents: Vec::new(),
        nodes: 0,
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                if builder.take(event, span.start).is_none() {
                    break;
                }
            }
            Err(error) => {
                let at = error.marker();
                let told = builder.report.error(place(*at), format!("not YAML: {}", error.info()));
                told.help(remedy(error.info()));
                break;
            }
        }
    }
    builder.report.finish(builder.documents)
}

/// What to do about what the parser says. It says where it noticed, which is often lines after the mistake.
fn remedy(problem: &str) -> &'static str {
    if problem.contains("tab") {
        "YAML is indented with spaces; take the tab out"
    } else if problem.contains("quoted") {
        "look for a quote before this place that is not closed"
    } else {
        "look before this place for a bracket, brace or quote that is not closed, and at how lines are indented; quote a \
         value that holds `: ` or begins with a sign"
    }
}

/// A list or mapping whose end has not come yet.
struct Open {
    node: Yaml,
    anchor: usize,
    /// A mapping's key that waits for its value.
    key: Option<Yaml>,
}

struct Builder {
    report: Report,
    open: Vec<Open>,
    anchors: HashMap<usize, (Yaml, usize)>,
    documents: Vec<Yaml>,
    nodes: usize,
}

impl Builder {
    /// `None` when reading on makes no sense.
    fn take(&mut self, event: Event<'_>, at: Marker) -> Option<()> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && !self.is_string_tag(tag.as_deref(), at);
                let content = Content::Scalar { text: text.into_owned(), plain };
                self.put(node(content, at), anchor, 1)
            }
            Event::SequenceStart(anchor, tag) => {
                self.is_string_tag(tag.as_deref(), at);
                self.start(Content::Seq(Vec::new()), anchor, at)
            }
            Event::MappingStart(anchor, tag) => {
                self.is_string_tag(tag.as_deref(), at);
                self.start(Content::Map(Vec::new()), anchor, at)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Open { node, anchor, .. } = self.open.pop()?;
                self.put(node, anchor, 1)
            }
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor).cloned() else {
                    self.report.error(place(at), "this alias names nothing that stands before it");
                    return None;
                };
                self.put(node, 0, size)
            }
            _ => Some(()),
        }
    }

    fn start(&mut self, content: Content, anchor: usize, at: Marker) -> Option<()> {
        if self.open.len() == MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            self.report.error(place(at), message);
            return None;
        }
        self.open.push(Open { node: node(content, at), anchor, key: None });
        Some(())
    }

    fn put(&mut self, node: Yaml, anchor: usize, size: usize) -> Option<()> {
        self.nodes += size;
        if self.nodes > MAX_NODES {
            self.report.error(&node, format!("the file grows beyond {MAX_NODES} nodes"));
            return None;
        }
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), count(&node)));
        }
        let Some(parent) = self.open.last_mut() else {
            if !node.is_null() {
                self.documents.push(node);
            }
            return Some(());
        };
        match &mut parent.node.content {
            Content::Seq(members) => members.push(node),
            Content::Map(entries) => match parent.key.take() {
                Some(key) => {
                    if let Some((first, _)) = entries.iter().find(|(other, _)| other.text() == key.text()) {
                        let name = key.text().unwrap_or_default();
                        let message =
                            format!("the key `{name}` is given twice; first on line {}", first.place.line);
                        self.report
                            .error(&key, message)
                            .help("keep one of them, or join their values in a list");
                    }
                    entries.push((key, node));
                }
                None if node.text().is_none() => {
                    self.report.error(&node, format!("{} cannot be a key", node.describe()));
                    return None;
                }
                None => {
                    if node.is_plain() && node.text() == Some("<<") {
                        self.report
                            .error(&node, "merge keys (`<<`) are not part of YAML 1.2")
                            .help("write the entries out");
                    }
                    parent.key = Some(node);
                }
            },
            Content::Scalar { .. } => {}
        }
        Some(())
    }

    /// `!!str` makes a string of whatever follows; other tags are refused.
    fn is_string_tag(&mut self, tag: Option<&Tag>, at: Marker) -> bool {
        match tag {
            None => false,
            Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => true,
            Some(tag) => {
                let message = format!("the tag `{}{}` is not understood", tag.handle, tag.suffix);
                self.report.error(place(at), message).help("leave the tag out");
                false
            }
        }
    }
}

fn node(content: Content, at: Marker) -> Yaml {
    Yaml { place: place(at), content }
}

fn place(at: Marker) -> Place {
    Place { line: at.line(), column: at.col() + 1 }
}

fn count(node: &Yaml) -> usize {
    match &node.content {
        Content::Scalar { .. } => 1,
        Content::Seq(members) => 1 + members.iter().map(count).sum::<usize>(),
        Content::Map(entries) => {
            1 + entries.iter().map(|(key, value)| count(key) + count(value)).sum::<usize>()
        }
    }
}
