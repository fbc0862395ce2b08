//! Every string of a match, so that none is forgotten: what is taken apart here names all fields.

use std::borrow::Cow;

use serde_json::Value;

use super::{clean, clean_id, clean_prose};
use crate::behind::{Behind, End, Link, Root};
use crate::facts::{
    Action, Actor, Entra, Facts, HandedOut, Names, Outcome, Process, Scope, Source, Target, Tunnel,
};
use crate::matched::{Episode, Excerpt, Match, Redaction};

/// So many members of a list are looked at; whoever shows a match shows no more of one.
pub const MOST_SHOWN: usize = 256;

/// A match of which every string passed the gate. Its finding's id is what it was.
pub(in crate::describe) fn clean_match(mut found: Match) -> Match {
    found.uid();
    facts(&mut found.facts);
    let Excerpt { shown, redactions } = &mut found.excerpt;
    for Redaction { path, action: _, by: _ } in redactions {
        text(path);
    }
    for (path, shown) in shown {
        text(path);
        value(shown);
    }
    if let Some(episode) = &mut found.episode {
        let Episode {
            id: _,
            window: _,
            anchor: _,
            members,
            count: _,
            or_more: _,
            actors,
            values,
            span: _,
            is_sequence: _,
            is_in_order: _,
            is_tried: _,
        } = episode;
        actors.iter_mut().chain(values).for_each(text);
        for member in members {
            text(&mut member.actor);
            text(&mut member.uid);
        }
    }
    if let Some(behind) = &mut found.behind {
        self::behind(behind);
    }
    for label in &mut found.verdict.labels {
        text(label);
    }
    found
}

fn text(text: &mut String) {
    let looked_at = match clean(text) {
        Cow::Borrowed(head) => head.len(),
        Cow::Owned(cleaned) => return *text = cleaned,
    };
    text.truncate(looked_at);
}

fn id(text: &mut String) {
    let looked_at = match clean_id(text) {
        Cow::Borrowed(head) => head.len(),
        Cow::Owned(cleaned) => return *text = cleaned,
    };
    text.truncate(looked_at);
}

fn prose(text: &mut String) {
    let looked_at = match clean_prose(text) {
        Cow::Borrowed(head) => head.len(),
        Cow::Owned(cleaned) => return *text = cleaned,
    };
    text.truncate(looked_at);
}

fn maybe(one: &mut Option<String>) {
    one.iter_mut().for_each(text);
}

fn value(one: &mut Value) {
    match one {
        // Names have no spaces in them.
        Value::String(one) if one.contains(char::is_whitespace) => prose(one),
        Value::String(one) => text(one),
        Value::Array(all) => all.iter_mut().for_each(value),
        Value::Object(all) => {
            let entries = std::mem::take(all);
            all.extend(entries.into_iter().map(|(mut key, mut below)| {
                text(&mut key);
                value(&mut below);
                (key, below)
            }));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn facts(facts: &mut Facts) {
    let Facts {
        log: _,
        provider: _,
        event_uid,
        content: _,
        run: _,
        time: _,
        original_time,
        action: Action { service, operation, key },
        outcome: Outcome { kind: _, code, message },
        actor,
        source:
            Source {
                ip: _,
                service: source_service,
                user_agent,
                cli_command,
                asn: _,
                country,
                trusted_network: _,
            },
        target: Target { ids, names, kind, count: _, wildcard: _, selectors },
        resource,
        scope: Scope { account, region, partition, tenant, subscription, resource_group },
        document,
        document_account,
        document_owner: _,
        document_runs: _,
        extension_type,
        extension_runs: _,
        session_id,
        command_id,
        grantee,
        trusted: _,
        opens_login: _,
        steps_run: _,
        request_id,
        correlation_id,
        tunnel,
        parameters_hidden: _,
        key_fingerprint: _,
        reason,
        handed_out,
        entra,
        process,
        known,
        log_version,
        log_name,
    } = facts;
    for one in [event_uid, original_time, service, operation, key, kind, account] {
        text(one);
    }
    for one in [
        code,
        source_service,
        cli_command,
        country,
        resource,
        region,
        partition,
        tenant,
        subscription,
        resource_group,
        document,
        document_account,
        extension_type,
        session_id,
        command_id,
        grantee,
        request_id,
        correlation_id,
        log_version,
        log_name,
    ] {
        maybe(one);
    }
    [message, user_agent, reason].into_iter().flatten().for_each(prose);
    selectors.iter_mut().take(MOST_SHOWN).for_each(text);
    [ids, names].into_iter().for_each(self::names);
    if let Some(Tunnel { host, port, local_port }) = tunnel {
        [host, port, local_port].into_iter().for_each(maybe);
    }
    self::actor(actor);
    if let Some(session) = handed_out {
        let HandedOut { key, principal, role, account, display, is_lasting: _ } = &mut **session;
        key.iter_mut().for_each(id);
        [principal, role, account].into_iter().for_each(maybe);
        text(display);
    }
    if let Some(entra) = entra {
        self::entra(entra);
    }
    if let Some(process) = process {
        self::process(process);
    }
    if let Some(known) = known {
        // What files say is their owner's word; what was looked up is the record's.
        known.held.iter_mut().for_each(|held| text(&mut held.value));
        known.indicators.iter_mut().for_each(|shown| prose(&mut shown.value));
    }
}

fn behind(behind: &mut Behind) {
    let Behind { root: Root { key, display, uid, account }, links, certainty: _, end, is_final: _ } = behind;
    id(key);
    text(display);
    [uid, account].into_iter().for_each(maybe);
    for Link { display, role, account, call, at: _, event, record } in links {
        [display, call, event, record].into_iter().for_each(text);
        [role, account].into_iter().for_each(maybe);
    }
    match end {
        End::Service(name) | End::Resource(name) => text(name),
        End::Itself | End::NotAtHand | End::Unnamed | End::Several => {}
    }
}

// Shared with the other matches of the record, and seldom in need of it.
fn names(names: &mut Names) {
    let passes = |name: &String| matches!(clean(name), Cow::Borrowed(head) if head.len() == name.len());
    if !names.iter().take(MOST_SHOWN).all(passes) {
        names.to_mut().iter_mut().take(MOST_SHOWN).for_each(text);
    }
}

fn entra(entra: &mut Entra) {
    let Entra {
        app_id,
        app_name,
        resource_name,
        resource_id,
        risk_level,
        risk_types,
        protocol,
        device_trust,
    } = entra;
    [app_id, app_name, resource_name, resource_id, risk_level, protocol, device_trust]
        .into_iter()
        .for_each(maybe);
    risk_types.iter_mut().for_each(text);
}

// A command line never leaves; its digest is of what it was.
fn process(process: &mut Process) {
    let Process {
        image,
        command_line: _,
        parent_image,
        hashes: _,
        pid: _,
        host,
        tools,
        tool_options,
        agents,
        agent_installed: _,
    } = process;
    [image, parent_image, host].into_iter().for_each(maybe);
    for list in [tools, tool_options, agents] {
        list.iter_mut().for_each(text);
    }
}

fn actor(actor: &mut Actor) {
    let Actor {
        key,
        claimed,
        kind: _,
        type_name,
        display,
        uid,
        principal_id,
        name,
        session,
        issuer,
        session_created: _,
        source_identity,
        credential_uid,
        account,
        resource,
        app_id,
        groups,
        role,
        mfa: _,
        console: _,
        is_service: _,
        invoked_by,
        is_workload: _,
        is_human: _,
    } = actor;
    for one in [key, type_name, display] {
        text(one);
    }
    for one in [
        claimed,
        uid,
        principal_id,
        name,
        session,
        issuer,
        source_identity,
        account,
        resource,
        app_id,
        role,
        invoked_by,
    ] {
        maybe(one);
    }
    credential_uid.iter_mut().for_each(id);
    groups.iter_mut().for_each(text);
}
