//! Is a finding what it promises to be? Our own schemas always; the full OCSF schemas, the alert overlay and the
//! CloudEvents schema when the shared folder is there, with a loud word when it is not; and what no schema can say.
//!
//! The shared folder is `$TRAILHOUND_SHARED`, or `shared` beside the repository.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

const ALERT: &str = include_str!("../../../schemas/alert.v1.schema.json");
const FINDING: &str = include_str!("../../../schemas/finding.v1.schema.json");

/// Largest finding, in bytes.
const MOST_BYTES: usize = 64 * 1024;

/// Checks one CloudEvent, as published: every schema at hand and every rule that schemas cannot say. Answers with all
/// that is wrong, each with the place it stands at.
pub fn validate_finding(text: &str) -> Result<(), Vec<String>> {
    let event: Value = serde_json::from_str(text).map_err(|error| vec![format!("no JSON: {error}")])?;
    let mut wrong = Vec::new();
    if text.len() > MOST_BYTES {
        wrong.push(format!("{} bytes are more than {MOST_BYTES}", text.len()));
    }
    if text.contains(['\n', '\r']) {
        wrong.push("not one line".to_owned());
    }
    check("finding.v1", &OWN, &event, &mut wrong);
    let data = &event["data"];
    if let Some(shared) = SHARED.as_ref() {
        check("CloudEvents", &shared.cloudevents, &event, &mut wrong);
        check("alert.v1 over OCSF 1.8.0", &shared.alert, data, &mut wrong);
        // The version is a label: nothing used is younger than 1.6.0.
        let mut relabelled = data.clone();
        relabelled["metadata"]["version"] = json!("1.6.0");
        check("OCSF 1.6.0", &shared.ocsf_1_6, &relabelled, &mut wrong);
    }
    semantics(&event, &mut wrong);
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// Where the shared folder is, if it is there.
pub fn shared_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("TRAILHOUND_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    folder.is_dir().then_some(folder)
}

fn check(schema: &str, validator: &Validator, value: &Value, wrong: &mut Vec<String>) {
    let errors = validator.iter_errors(value);
    wrong.extend(errors.map(|error| format!("{schema}: {} at {}", error, error.instance_path())));
}

static OWN: LazyLock<Validator> = LazyLock::new(|| {
    let (alert, finding) = (parse(ALERT), parse(FINDING));
    let registry = Registry::new()
        .add("https://trailhound.dev/schemas/alert.v1.schema.json", &alert)
        .and_then(jsonschema::RegistryBuilder::prepare)
        .expect("our schema is one");
    jsonschema::options().with_registry(&registry).build(&finding).expect("our schema is one")
});

struct Shared {
    cloudevents: Validator,
    alert: Validator,
    ocsf_1_6: Validator,
}

static SHARED: LazyLock<Option<Shared>> = LazyLock::new(|| {
    let folder = shared_folder().map(|folder| folder.join("ocsf")).filter(|folder| folder.is_dir());
    let Some(folder) = folder else {
        eprintln!(
            "SKIPPED: no shared folder, so findings are not checked against the full OCSF, overlay and CloudEvents \
             schemas; set TRAILHOUND_SHARED to have them"
        );
        return None;
    };
    let read = |name: &str| {
        let path = folder.join(name);
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        parse(&text)
    };
    let ocsf = read("detection_finding.schema.json");
    let mut overlay = read("alert.v1.schema.json");
    // The one place where we know better: Google's audit log, whose rule ships disabled, is neither of the two.
    if let Some(providers) = overlay.pointer_mut("/properties/cloud/properties/provider/enum") {
        providers.as_array_mut().expect("an enum is a list").push(json!("GCP"));
    }
    let id = ocsf["$id"].as_str().expect("the schema has an id").to_owned();
    let registry = Registry::new()
        .add(id, &ocsf)
        .and_then(jsonschema::RegistryBuilder::prepare)
        .expect("the OCSF schema is one");
    let build = |schema: &Value| jsonschema::validator_for(schema).expect("the shared schema is one");
    Some(Shared {
        cloudevents: build(&read("cloudevents.schema.json")),
        alert: jsonschema::options()
            .with_registry(&registry)
            .build(&overlay)
            .expect("the overlay is a schema"),
        ocsf_1_6: build(&read("detection_finding.1.6.0.schema.json")),
    })
});

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("a schema is JSON")
}

/// What JSON Schema has no words for.
fn semantics(event: &Value, wrong: &mut Vec<String>) {
    let data = &event["data"];
    let mut same = |what: &str, left: &Value, right: &Value| {
        if left != right {
            wrong.push(format!("{what}: {left} is not {right}"));
        }
    };
    same("id and metadata.uid", &event["id"], &data["metadata"]["uid"]);
    same("severityid and severity_id", &event["severityid"], &data["severity_id"]);
    same("ruleid and unmapped.rule_id", &event["ruleid"], &data["unmapped"]["rule_id"]);
    same("cloudaccount and cloud.account.uid", &event["cloudaccount"], &data["cloud"]["account"]["uid"]);
    same("api and evidences[0].api", &data["api"]["operation"], &data["evidences"][0]["api"]["operation"]);
    let id = event["severityid"].as_u64().unwrap_or_default();
    let words = ["", "informational", "low", "medium", "high", "critical"];
    same("severity", &event["severity"], &json!(words.get(usize::try_from(id).unwrap_or(0))));
    let rule = event["ruleid"].as_str().unwrap_or_default();
    same(
        "analytic",
        &data["finding_info"]["analytic"]["uid"],
        &json!(rule.strip_suffix(".attempt").unwrap_or(rule)),
    );
    for observable in data["observables"].as_array().into_iter().flatten() {
        let path = observable["name"].as_str().unwrap_or_default();
        same(&format!("observable {path}"), &observable["value"], resolve(data, path));
    }
    let time = |name: &str| data[name].as_i64().unwrap_or_default();
    if !(time("start_time") <= time("time") && time("time") <= time("end_time")) {
        wrong.push("time lies outside start_time and end_time".to_owned());
    }
    for attack in data["finding_info"]["attacks"].as_array().into_iter().flatten() {
        let uid = |name: &str| attack[name]["uid"].as_str().unwrap_or_default().to_owned();
        let (technique, sub) = (uid("technique"), uid("sub_technique"));
        if !sub.is_empty() && sub.split('.').next() != Some(&technique) {
            wrong.push(format!("{sub} is no part of {technique}"));
        }
    }
}

/// The value a path leads to, as `evidences[0].actor.user.uid`.
fn resolve<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split(['.', '[']).fold(value, |value, part| match part.strip_suffix(']') {
        Some(index) => index.parse::<usize>().map_or(&Value::Null, |index| &value[index]),
        None => &value[part],
    })
}
