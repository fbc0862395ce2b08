//! Where a session forwards to.
//!
//! Whoever writes a session document names it and its parameters, so a host and a port are known by what the parameters
//! are called and hold, not by the document. AWS's own call them `host`, `portNumber` and `localPortNumber`:
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html>.

use trailhound_sigma::json::{Document, Node};

use crate::facts::{Facts, Tunnel};
use crate::logs::address;
use crate::logs::json::folded;
use crate::logs::node::{Texts, texts_of};
use crate::logs::printed::printed;

/// Words of which one ends the name of a parameter that holds a host.
const HOST_WORDS: &[&str] = &["host", "hostname", "endpoint", "address", "server", "ip"];

pub(super) fn read(record: &Document<'_>, facts: &Facts) -> Option<Tunnel> {
    let parameters = record.get("requestParameters")?;
    if facts.action.key == "ec2-instance-connect:OpenTunnel" {
        let host = parameters.string("privateIpAddress").map(|host| address::host(&host));
        return Some(Tunnel { host, port: parameters.string("remotePort"), local_port: None });
    }
    if facts.action.key != "ssm:StartSession" {
        return None;
    }
    of_parameters(parameters.at("parameters")?)
}

fn of_parameters(given: Node<'_>) -> Option<Tunnel> {
    let mut tunnel = Tunnel::default();
    for (key, value) in given.entries() {
        let Some(text) = first(value) else { continue };
        let name = words(&key.as_str().unwrap_or_default());
        let has = |word: &str| name.iter().any(|part| part == word);
        let place = if has("port") && has("local") {
            &mut tunnel.local_port
        } else if has("port") {
            &mut tunnel.port
        } else if name.last().is_some_and(|last| HOST_WORDS.contains(&&**last)) && !has("local") {
            &mut tunnel.host
        } else {
            continue;
        };
        let text = if has("port") {
            text.strip_suffix(".0").unwrap_or(&text).parse::<u16>().ok().map(|port| port.to_string())
        } else {
            address::is_host(&text).then(|| address::host(&text))
        };
        *place = place.take().or(text);
    }
    (tunnel != Tunnel::default()).then_some(tunnel)
}

/// The first text of a value, which tables keep as the text of a list.
fn first(value: Node<'_>) -> Option<String> {
    let text = texts_of(value).into_iter().next()?;
    if !text.starts_with('[') {
        return Some(text);
    }
    // An address in brackets is no list.
    let list = folded(value).or_else(|| printed(&text).filter(|_| !text.contains(':')));
    let inside = list.and_then(|list| texts_of(Document::parse(&list).ok()?.root()).into_iter().next());
    inside.or(Some(text))
}

/// The words of a name in camel case, or with dashes or underscores, in lower case.
fn words(name: &str) -> Vec<String> {
    // What lower-cases all names leaves AWS's own without a border.
    match name {
        "portnumber" => return vec!["port".to_owned()],
        "localportnumber" => return vec!["local".to_owned(), "port".to_owned()],
        _ => {}
    }
    let mut words: Vec<String> = Vec::new();
    let mut begins = true;
    let mut was_upper = false;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            begins = true;
            continue;
        }
        let is_upper = character.is_uppercase();
        if begins || (is_upper && !was_upper) {
            words.push(String::new());
        }
        begins = false;
        was_upper = is_upper;
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words
}
