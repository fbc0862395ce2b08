//! A finding with the match it tells of, and what channels for people show of both.

use std::sync::OnceLock;

use jiff::Timestamp;

use super::contain::{self, Containment};
use super::links::{self, PageLink};
use super::product::Product;
use super::visible::{visible, visible_within};
use super::{document, identity, message, ocsf, quieting};
use crate::matched::{Level, Match};

/// A finding, ready to publish.
#[derive(Clone, Debug)]
pub struct Finding {
    /// `finding_info.uid`: the hash of rule, provider, account and event identity.
    pub uid: String,
    /// CloudEvents `id`.
    pub id: String,
    /// When it was described.
    pub at: Timestamp,
    /// The match it describes.
    pub matched: Match,
    pub(super) product: Product,
    /// Once it was asked for: who lists findings needs no document.
    pub(super) json: OnceLock<String>,
}

impl Finding {
    /// The CloudEvent, structured JSON mode, one line without a line break.
    pub fn json(&self) -> &str {
        self.json.get_or_init(|| document::write(&self.matched, &self.product, self.at, &self.id))
    }

    /// Level, for filters and exit codes.
    pub fn level(&self) -> Level {
        self.matched.verdict.level
    }

    /// The rule's title, with what became of it where it was only tried.
    pub fn title(&self) -> String {
        ocsf::title(&self.matched)
    }

    /// The sentence that says who did what to which machine.
    pub fn message(&self) -> String {
        message::of(&self.matched)
    }

    /// What a rule of one's own asks to be shown, in plain text. Shipped rules have sentences that say it.
    pub fn shown(&self) -> Vec<(String, String)> {
        let found = &self.matched;
        let asked = found
            .excerpt
            .shown
            .iter()
            .filter(|(path, _)| found.rule.catalogue.is_none() && found.rule.show.contains(path));
        let plain = |value: &serde_json::Value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            visible_within(&text, 300).into_owned()
        };
        asked.map(|(path, value)| (visible(path).into_owned(), plain(value))).collect()
    }

    /// What files of the user's say of it, in plain text: whose it is, where it comes from, who warns of it.
    pub fn known(&self) -> Vec<String> {
        super::context::lines(&self.matched)
    }

    /// Pages to look at next.
    pub fn links(&self) -> Vec<PageLink> {
        links::of(&self.matched)
    }

    /// Commands that contain it.
    pub fn containments(&self) -> Vec<Containment> {
        contain::of(&self.matched)
    }

    /// A file of suppressions that covers just this, to be reviewed.
    pub fn suppression(&self) -> Option<String> {
        quieting::file(&self.matched, self.at)
    }

    /// The same in one line.
    pub fn suppression_line(&self) -> Option<String> {
        quieting::line(&self.matched, self.at)
    }

    /// What moved its level, and why.
    pub fn reasons(&self) -> Vec<String> {
        let adjustments = self.matched.verdict.adjustments.iter();
        adjustments.map(|moved| format!("{} because {}", moved.to, visible(&moved.because))).collect()
    }

    /// Who did it; of several events everybody.
    pub fn who(&self) -> String {
        message::who(&self.matched)
    }

    /// What messages to people about it belong together under: its case, or where it is of none the one that it would open.
    pub fn thread(&self) -> &str {
        identity::thread(&self.matched)
    }

    /// What it is to its case: `opened`, `raised`, `added`, or `alone`.
    pub fn case_step(&self) -> &'static str {
        identity::case_step(&self.matched)
    }

    /// The target in a few words.
    pub fn target(&self) -> String {
        message::target(&self.matched.facts.target).into_owned()
    }
}
