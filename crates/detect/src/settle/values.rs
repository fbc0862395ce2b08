//! What a key of `when` may be.

use ipnet::IpNet;
use regex::{Regex, RegexBuilder};
use trailhound_sigma::Report;
use trailhound_sigma::yaml::Yaml;

use super::suppress::{Fact, Test};
use super::who::{classes, hold_too_many, names_someone, too_wide};
use crate::rules::unknown_key;

pub(super) fn tests(key: Fact, node: &Yaml, report: &mut Report) -> Vec<Test> {
    if let Some(bounds) = node.as_map() {
        return between(key, node, bounds, report).into_iter().collect();
    }
    let mut tests = Vec::new();
    for item in node.one_or_many() {
        let Some(text) = item.expect_text(report) else { continue };
        tests.extend(if key == Fact::SourceCidr {
            network(text, item, report).map(Test::Network)
        } else {
            pattern(key, text, item, report)
        });
    }
    let networks: Vec<_> = tests
        .iter()
        .filter_map(|test| if let Test::Network(net) = test { Some(*net) } else { None })
        .collect();
    if hold_too_many(&networks) {
        report.error(node, "these networks hold nearly everybody").help("name the networks that are yours");
    }
    if tests.is_empty() && report.is_clean() {
        report.error(node, "an empty list matches nothing").help("give it a value or take the key out");
    }
    tests
}

fn network(text: &str, item: &Yaml, report: &mut Report) -> Option<IpNet> {
    let Ok(network) = text.parse().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from)) else {
        report.error(item, format!("'{text}' is no network")).help("write it as 10.20.0.0/16");
        return None;
    };
    if matches!(network, IpNet::V6(v6) if v6.prefix_len() >= 96 && v6.addr().to_ipv4_mapped().is_some()) {
        report
            .error(item, format!("'{text}' matches nothing: an address has one spelling, the one of IPv4"))
            .help("write it as 10.20.0.0/16");
        return None;
    }
    Some(network)
}

fn pattern(key: Fact, text: &str, item: &Yaml, report: &mut Report) -> Option<Test> {
    if text.trim().is_empty() || text.trim() != text {
        report
            .error(item, "matches nothing: blank, or with white space around it")
            .help("give it a value or take it out");
        return None;
    }
    if names_someone(key) {
        if let Some(why) = too_wide(text) {
            report.error(item, why).help("name the role, user or account");
            return None;
        }
        if text.contains('?') {
            report
                .error(item, "`?` stands for itself here, so it matches nothing")
                .help("write `*`, which stays within a segment, or `**`");
            return None;
        }
        if key == Fact::ActorAppId && classes::is_microsofts(text) {
            report
                .error(item, "a client that everybody may use, and no application that acts by itself")
                .help("name the person or principal: `actor.key`");
            return None;
        }
    }
    let matched = glob(text)
        .map_err(|error| {
            report.error(item, format!("cannot be matched: {error}"));
        })
        .ok()?;
    Some(match classes::why(key, text, &|pattern| glob(pattern).ok()) {
        Some(why) => Test::Class(matched, why),
        None => Test::Glob(matched),
    })
}

fn between(key: Fact, node: &Yaml, bounds: &[(Yaml, Yaml)], report: &mut Report) -> Option<Test> {
    if !matches!(key, Fact::TargetCount | Fact::SourceAsn | Fact::TunnelPort) {
        report.error(node, "bounds belong to target.count, source.asn and tunnel.port");
        return None;
    }
    let (mut low, mut high) = (i64::MIN, i64::MAX);
    for (bound, value) in bounds {
        let number = value.expect_i64(report)?;
        match bound.text().unwrap_or_default() {
            "lte" => high = high.min(number),
            "lt" => high = high.min(number.saturating_sub(1)),
            "gte" => low = low.max(number),
            "gt" => low = low.max(number.saturating_add(1)),
            other => unknown_key(bound, other, &["lte", "lt", "gte", "gt"], report),
        }
    }
    if high < 0 || low > high {
        report.error(node, "no number is within these bounds").help("as {gte: 2, lte: 50}");
    }
    Some(Test::Between(low, high))
}

/// Does the key of an actor name a whole class, so that it only narrows?
pub(crate) fn is_a_class(key: &str) -> bool {
    classes::why(Fact::ActorId, key, &|pattern| glob(pattern).ok()).is_some()
}

/// `*` stays within a segment of an ARN, path or resource id; `**` crosses them.
fn glob(pattern: &str) -> Result<Regex, regex::Error> {
    let mut regex = String::from("^");
    let mut rest = pattern;
    while let Some(star) = rest.find('*') {
        regex.push_str(&regex::escape(&rest[..star]));
        let crossing = rest[star..].starts_with("**");
        regex.push_str(if crossing { ".*" } else { "[^/:]*" });
        rest = rest[star..].trim_start_matches(if crossing { "**" } else { "*" });
    }
    regex.push_str(&regex::escape(rest));
    regex.push('$');
    RegexBuilder::new(&regex).case_insensitive(true).dot_matches_new_line(true).size_limit(1 << 20).build()
}
