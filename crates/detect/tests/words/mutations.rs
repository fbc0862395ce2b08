//! Ways of telling something else than the records say, of every kind of statement and in every channel.

use regex::{Captures, Regex};
use serde_json::Value;

use crate::channels::Alert;

/// A way of telling something else; nothing where it does not apply.
type Mutation = fn(&mut Alert) -> Option<()>;

/// Another sentence, wherever it is told.
fn edit(alert: &mut Alert, change: impl Fn(&str) -> Option<String>) -> Option<()> {
    let message = alert.event["data"]["message"].as_str()?.to_owned();
    let other = change(&message).filter(|other| *other != message)?;
    alert.mail = alert.mail.replacen(&message, &other, 1);
    let card = &mut alert.chat["content"]["description"];
    *card = card.as_str()?.replacen(&message, &other, 1).into();
    alert.event["data"]["message"] = other.into();
    Some(())
}

fn swap(from: &'static str, to: &'static str) -> impl Fn(&str) -> Option<String> {
    move |message| message.contains(from).then(|| message.replacen(from, to, 1))
}

/// The sentence with what a pattern finds said otherwise.
fn resay(alert: &mut Alert, pattern: &str, say: impl Fn(&Captures<'_>) -> String) -> Option<()> {
    let pattern = Regex::new(pattern).ok()?;
    edit(alert, |message| pattern.is_match(message).then(|| pattern.replace(message, &say).into_owned()))
}

/// An attribute with another value.
fn set(value: Option<&mut Value>, other: impl Into<Value>) -> Option<()> {
    *value.filter(|value| !value.is_null() && **value != "")? = other.into();
    Some(())
}

fn later(value: Option<&mut Value>, milliseconds: i64) -> Option<()> {
    let value = value?;
    *value = (value.as_i64()? + milliseconds).into();
    Some(())
}

/// A mail with a line that says another value.
fn mail(alert: &mut Alert, name: &str, other: &str) -> Option<()> {
    let line = alert.mail.lines().find(|line| line.starts_with(name))?.to_owned();
    alert.mail = alert.mail.replacen(&line, &format!("{name} {other}"), 1);
    Some(())
}

/// Are there several events in it?
fn members(alert: &mut Alert) -> Option<&mut Vec<Value>> {
    alert.event["data"]["finding_info"]["related_events"]
        .as_array_mut()
        .filter(|all| (2..50).contains(&all.len()))
}

pub(crate) const MUTATIONS: &[(&str, Mutation)] = &[
    ("another address", |f| {
        edit(f, |m| {
            let address = regex::Regex::new(r"\d+\.\d+\.\d+\.\d+").ok()?;
            address.is_match(m).then(|| address.replace(m, "192.0.2.254").into_owned())
        })
    }),
    ("another instance", |f| {
        edit(f, |m| {
            let instance = regex::Regex::new(r"i-[0-9a-f]{17}").ok()?;
            instance.is_match(m).then(|| instance.replace(m, "i-0ffffffffffffffff").into_owned())
        })
    }),
    ("another account", |f| {
        edit(f, |m| {
            let account = regex::Regex::new(r"\b\d{12}\b").ok()?;
            account.is_match(m).then(|| account.replace(m, "999999999999").into_owned())
        })
    }),
    ("one machine more", |f| {
        edit(f, |m| {
            let (head, rest) = m.split_once(" machines (")?;
            let (before, count) = head.rsplit_once(' ')?;
            Some(format!("{before} {} machines ({rest}", count.parse::<u32>().ok()? + 1))
        })
    }),
    ("a machine's name cut short", |f| {
        edit(f, |m| {
            let name = regex::Regex::new(r"\d machines \(([^,) ]+)").ok()?;
            let found = name.captures(m)?.get(1)?;
            Some(format!("{}{}", &m[..found.end() - 1], &m[found.end()..]))
        })
    }),
    ("a resource that is in no record", |f| {
        let resource =
            f.event["data"]["resources"].as_array_mut()?.iter_mut().find(|r| r["role"] == "Target")?;
        resource["name"] = "zz-nobody-has-this".into();
        Some(())
    }),
    ("a resource's name cut short", |f| {
        let resource = f.event["data"]["resources"].as_array_mut()?.iter_mut().find(|r| {
            r["role"] == "Target" && r["name"].as_str().is_some_and(|name| name.starts_with("vm-long-name"))
        })?;
        let name = resource["name"].as_str()?.to_owned();
        resource["name"] = name[..name.len() - 2].into();
        Some(())
    }),
    ("a resource left out", |f| {
        let is_many = f.event["data"]["message"].as_str()?.contains(" machines (");
        f.event["data"]["resources"].as_array_mut().filter(|all| is_many && all.len() > 1)?.pop().map(drop)
    }),
    ("deleted for written", |f| edit(f, swap(" wrote ", " deleted "))),
    ("created for deleted", |f| edit(f, swap(" deleted ", " created "))),
    ("removed for pushed", |f| edit(f, swap(" pushed ", " removed "))),
    ("tried for done", |f| edit(f, swap(" opened ", " tried to open "))),
    ("done for tried", |f| {
        edit(f, |m| {
            let end = m.find(": denied").or_else(|| m.find(": failed"))?;
            m.contains(" tried to ").then(|| m[..end].replacen(" tried to ", " did ", 1))
        })
    }),
    ("another actor", |f| {
        f.event["data"]["evidences"][0]["actor"]["user"]["name"].as_str().filter(|name| !name.is_empty())?;
        f.event["data"]["evidences"][0]["actor"]["user"]["name"] = "mallory-of-nowhere".into();
        Some(())
    }),
    ("another person behind it", |f| {
        resay(f, r" Behind it: [^,]+,", |_| " Behind it: mallory-of-nowhere,".to_owned())
    }),
    ("a role of the way left out", |f| resay(f, r"by way of role \S+ in \d+, ", |_| "by way of ".to_owned())),
    ("another account on the way", |f| {
        resay(f, r"(by way of role \S+ in )\d+", |told| format!("{}888877776666", &told[1]))
    }),
    ("nobody behind it", |f| resay(f, r" Behind it: .*by way of.*", |_| String::new())),
    ("no machine told for an identity", |f| {
        resay(f, r" Behind it: .*whose own identity it is.*", |_| String::new())
    }),
    ("a placeholder left open", |f| edit(f, |m| Some(format!("{{target}} {m}")))),
    ("the factor told twice", |f| edit(f, swap(" without MFA", " without a second factor without MFA"))),
    ("a target told as not named", |f| {
        f.event["data"]["resources"].as_array()?.iter().find(|r| r["role"] == "Target")?;
        edit(f, |m| Some(m.replacen('.', " on a target the record does not name.", 1)))
    }),
    ("a machine fewer", |f| {
        resay(f, r"\b(\d+) machines \(", |told| {
            format!("{} machines (", told[1].parse::<u32>().unwrap_or(9) - 1)
        })
    }),
    ("more of them than there are", |f| {
        resay(f, r" and (\d+) more\)", |told| {
            format!(" and {} more)", told[1].parse::<u32>().unwrap_or_default() + 3)
        })
    }),
    ("a machine told twice", |f| {
        resay(f, r"machines \(([^,)]+), ([^,)]+)", |told| format!("machines ({}, {}", &told[1], &told[1]))
    }),
    ("a span that is longer", |f| {
        resay(f, r"within (\d+) (\w+)", |told| {
            format!("within {} {}", told[1].parse::<u32>().unwrap_or_default() + 7, &told[2])
        })
    }),
    ("later than it was", |f| {
        resay(f, r"\b(\d+) (second|minute|hour)(s?) after", |told| {
            format!("{} {}{} after", told[1].parse::<u32>().unwrap_or_default() + 777, &told[2], &told[3])
        })
    }),
    ("another document", |f| resay(f, r"\bAWS-\w+", |_| "AWS-NobodyRanThis".to_owned())),
    ("another operation", |f| resay(f, r" \(([A-Z][a-z]+[A-Z]\w+)\)", |_| " (ListNothingAtAll)".to_owned())),
    ("another port", |f| resay(f, r":(\d+) with", |_| ":64999 with".to_owned())),
    ("another region in the sentence", |f| {
        resay(f, r" in [a-z]{2}-[a-z]+-\d", |_| " in xx-nowhere-9".to_owned())
    }),
    ("another error", |f| {
        resay(f, r": (denied|failed) \([A-Za-z.]+\)", |told| format!(": {} (NoSuchError)", &told[1]))
    }),
    ("somebody else in the sentence", |f| {
        resay(f, r"^\S*(dana|erin|alice)\S*", |_| "mallory@nowhere.example".to_owned())
    }),
    ("without a factor that was there", |f| {
        let told = f.event["data"]["message"].as_str()?;
        let human = f.event["data"]["evidences"][0]["actor"]["session"]["is_mfa"] == true;
        let is_aws = f.event["data"]["cloud"]["provider"] == "AWS";
        (is_aws && human && !told.contains("MFA")).then_some(())?;
        edit(f, |m| Some(format!("{} without MFA.", m.trim_end_matches('.'))))
    }),
    ("a success for a failure in the title", |f| {
        let title = f.event.pointer_mut("/data/finding_info/title")?;
        let other = title.as_str()?.split_once(" attempt: ")?.1.to_owned();
        set(Some(title), other)
    }),
    ("a failure for a success in the title", |f| {
        let title = f.event.pointer_mut("/data/finding_info/title")?;
        let told = title.as_str().filter(|title| !title.contains(" attempt: "))?.to_owned();
        set(Some(title), format!("Denied attempt: {told}"))
    }),
    ("success for a failure in the outcome", |f| {
        let outcome = f.event.pointer_mut("/data/unmapped/outcome")?;
        let failed = outcome == "denied" || outcome == "failed";
        set(Some(outcome).filter(|_| failed), "success")
    }),
    ("made for gone in the title", |f| {
        let message = f.event["data"]["message"].as_str()?;
        ([" deleted ", " removed "].iter().any(|gone| message.contains(gone))).then_some(())?;
        set(f.event.pointer_mut("/data/finding_info/title"), "Something created")
    }),
    ("taken over what was not", |f| {
        set(f.event.pointer_mut("/data/finding_info/title"), "Session resumed by somebody else")
    }),
    ("ended what was not", |f| {
        let title = f.event.pointer_mut("/data/finding_info/title")?;
        let ends = title.as_str()?.contains("ended");
        set(Some(title).filter(|_| !ends), "Session ended by somebody else")
    }),
    ("more machines in the title", |f| {
        let few = Regex::new(r"\b[3-9] machines \(").ok()?.is_match(f.event["data"]["message"].as_str()?);
        few.then_some(())?;
        set(f.event.pointer_mut("/data/finding_info/title"), "Ten machines or more within an hour")
    }),
    ("exactly three in the title", |f| {
        let more =
            Regex::new(r"\b([4-9]|\d\d) machines \(").ok()?.is_match(f.event["data"]["message"].as_str()?);
        more.then_some(())?;
        set(f.event.pointer_mut("/data/finding_info/title"), "One actor on three machines within an hour")
    }),
    ("several people as one in the title", |f| {
        let told = f.event["data"]["message"].as_str()?.split_once(" reached ")?.0.to_owned();
        (members(f).is_some() && told.contains(" and ")).then_some(())?;
        set(f.event.pointer_mut("/data/finding_info/title"), "One actor on machines within an hour")
    }),
    ("a machine in the title where none is named", |f| {
        let machine = |own: &Value| own["role"] == "Target";
        let none = !f.event["data"]["resources"].as_array().is_some_and(|all| all.iter().any(machine));
        let message = f.event["data"]["message"].as_str()?;
        let silent = !["machine", "instance", "node", "tried"].iter().any(|word| message.contains(word));
        (none && silent).then_some(())?;
        set(f.event.pointer_mut("/data/finding_info/title"), "Way in changed, then a machine of AWS reached")
    }),
    ("one verb or another for one call", |f| edit(f, swap(" wrote ", " wrote or deleted "))),
    ("cancelled for failed", |f| edit(f, swap(": failed", ": cancelled"))),
    ("failed for cancelled", |f| edit(f, swap(": cancelled", ": failed"))),
    ("the first of all times", |f| edit(f, |m| Some(format!("{m} First time seen: network.")))),
    ("another time", |f| later(f.event.pointer_mut("/data/time"), 3_601_000)),
    ("another beginning", |f| {
        members(f)?;
        later(f.event.pointer_mut("/data/start_time"), -3_601_000)
    }),
    ("an event more", |f| {
        members(f)?;
        later(f.event.pointer_mut("/data/count"), 1)
    }),
    ("an event counted by each of its rules", |f| {
        // What is cut short says no more of how many there are.
        (f.event["data"]["metadata"]["is_truncated"] != true).then_some(())?;
        let all = members(f)?;
        let listed = all.len();
        let apart: std::collections::BTreeSet<String> =
            all.iter().map(|own| own["uid"].to_string()).collect();
        (apart.len() < listed).then_some(())?;
        set(f.event.pointer_mut("/data/count"), listed)
    }),
    ("more calls than there were", |f| {
        resay(f, r"\b(\d+) calls of", |told| {
            format!("{} calls of", told[1].parse::<u32>().unwrap_or_default() + 9)
        })
    }),
    ("an event left out", |f| members(f)?.pop().map(drop)),
    ("an event that is in no record", |f| {
        set(members(f)?.first_mut()?.get_mut("uid"), "99999999-9999-4999-8999-999999999999")
    }),
    ("an event at another time", |f| later(members(f)?.first_mut()?.get_mut("created_time"), 3_601_000)),
    ("another observable", |f| {
        set(f.event.pointer_mut("/data/observables/0/value"), "nothing-that-was-observed")
    }),
    ("another address among the evidence", |f| {
        set(f.event.pointer_mut("/data/evidences/0/src_endpoint/ip"), "192.0.2.254")
    }),
    ("another call among the evidence", |f| set(f.event.pointer_mut("/data/api/operation"), "CallOfNobody")),
    ("another account of the cloud", |f| set(f.event.pointer_mut("/data/cloud/account/uid"), "999999999999")),
    ("another region of the cloud", |f| set(f.event.pointer_mut("/data/cloud/region"), "xx-nowhere-9")),
    ("another machine in the event's subject", |f| {
        let rule = f.event["subject"].as_str()?.split_once('/')?.0.to_owned();
        set(f.event.get_mut("subject"), format!("{rule}/i-0ffffffffffffffff"))
    }),
    ("a risk that is not the severity's", |f| {
        let level = f.event["data"]["risk_level_id"].as_u64()?;
        set(f.event.pointer_mut("/data/risk_level_id"), (level + 1) % 5)
    }),
    ("another sentence in the mail", |f| {
        f.mail.insert_str(0, "Nothing happened. ");
        Some(())
    }),
    ("another account in the mail", |f| mail(f, "Account  ", "999999999999")),
    ("another address in the mail", |f| mail(f, "From  ", "192.0.2.254")),
    ("another time in the mail", |f| mail(f, "When  ", "2031-01-01T00:00:00Z")),
    ("another target in the mail", |f| mail(f, "Target  ", "zz-nobody-has-this")),
    ("a link to another record", |f| {
        let link = Regex::new(r"#/events/[0-9a-f-]{36}").ok()?;
        let other = link.replace(&f.mail, "#/events/99999999-9999-4999-8999-999999999999").into_owned();
        (other != f.mail).then(|| f.mail = other)
    }),
    ("the end of another session", |f| {
        let command = Regex::new(r"--session-id \S+").ok()?;
        let other = command.replace(&f.mail, "--session-id mallory-0ffffffffffffffff").into_owned();
        (other != f.mail).then(|| f.mail = other)
    }),
    ("another account in the mail's subject", |f| {
        let (head, _) = f.subject.rsplit_once(" | ").filter(|(head, _)| head.contains(" | "))?;
        f.subject = format!("{head} | 999999999999");
        Some(())
    }),
    ("another sentence in the chat", |f| {
        set(f.chat.pointer_mut("/content/description"), "`Nothing happened.`")
    }),
    ("another machine in the chat", |f| {
        set(f.chat.pointer_mut("/metadata/relatedResources/0"), "zz-nobody-has-this")
    }),
];
