//! What a sentence may claim and how it goes on: no target where the record names none, and nothing that attaches to the
//! wrong word.

use std::borrow::Cow;

use crate::matched::Match;

/// Words that lead from a verb to its target.
const LEADS: &[&str] =
    &[" on ", " towards ", " to ", " of ", " for ", " in ", " inside ", " through ", " with ", " as "];
/// Words after which another verb has the word.
const CLAUSES: &[&str] =
    &[" after ", " of somebody else", " that ", " until ", " apart", " which ", " and started "];

/// The sentence without what it says of things that the record does not name: `on {target}` is left out, and of
/// `the cluster {target}` stays `a cluster`.
pub(super) fn only<'s>(sentence: &'s str, is_known: &dyn Fn(&str) -> bool) -> Cow<'s, str> {
    let mut sentence = Cow::Borrowed(sentence);
    for placeholder in ["targets", "target", "object", "actor", "document"] {
        let written = format!("{{{placeholder}}}");
        let Some(at) = sentence.find(&written).filter(|_| !is_known(placeholder)) else { continue };
        let (before, after) = (&sentence[..at], &sentence[at + written.len()..]);
        if let Some(lead) = LEADS.iter().find(|lead| before.ends_with(*lead)) {
            sentence = Cow::Owned(format!("{}{after}", &before[..before.len() - lead.len()]));
        } else if let Some((before, kind)) = before.trim_end().rsplit_once(" the ")
            && before.len() + kind.len() + 6 == at
            && !kind.contains(['{', ','])
            && kind.split(' ').count() <= 3
        {
            let article = if kind.to_lowercase().starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
            sentence = Cow::Owned(format!("{before} {article} {kind}{after}"));
        }
    }
    sentence
}

/// Does a match say what a placeholder stands for?
pub(super) fn names(found: &Match, placeholder: &str) -> bool {
    let facts = &found.facts;
    if placeholder == "object" {
        let own = found.told(placeholder).is_some_and(|values| !values.is_empty());
        let is_there = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        return own || is_there(&facts.document) || is_there(&facts.extension_type);
    }
    if placeholder == "document" {
        return facts.document.as_ref().is_some_and(|document| !document.is_empty());
    }
    if placeholder == "actor" {
        let actor = &facts.actor;
        let names = [Some(&actor.display), actor.name.as_ref(), actor.uid.as_ref()];
        return names.into_iter().flatten().any(|name| !name.is_empty());
    }
    let target = &facts.target;
    !target.ids.is_empty() || !target.selectors.is_empty() || target.wildcard || target.count > 1
}

/// How a sentence ends, which says how an address is added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SentenceEnd {
    /// In its own verb's words.
    Main,
    /// In a clause with another verb.
    Clause,
    /// In words about from where.
    From,
}

pub(super) fn ends_in(sentence: &str) -> SentenceEnd {
    if sentence.rfind(" from ").is_some_and(|at| !sentence[at..].contains('{')) {
        SentenceEnd::From
    } else if CLAUSES.iter().any(|clause| sentence.contains(clause)) {
        SentenceEnd::Clause
    } else {
        SentenceEnd::Main
    }
}

/// What several targets of a kind are.
pub(super) fn word_for_several(kind: &str) -> &'static str {
    const OF_A_DIRECTORY: [&str; 12] = [
        "User",
        "Device",
        "Directory",
        "App",
        "Application",
        "ServicePrincipal",
        "Role",
        "Group",
        "Policy",
        "Domain",
        "N/A",
        "Other",
    ];
    match kind {
        "Kubernetes object" => "pods",
        _ if OF_A_DIRECTORY.contains(&kind) || kind.starts_with("AWS::IAM::") => "targets",
        _ => "machines",
    }
}
