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
    match SHARED.as_ref() {
        Ok(Some(shared)) => shared.check(data, &event, &mut wrong),
        Ok(None) => {}
        Err(damage) => wrong.push(damage.clone()),
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

static OWN: LazyLock<Validator> =
    LazyLock::new(|| own().expect("the schemas are compiled in, and every test of a finding reads them"));

fn own() -> Result<Validator, String> {
    let (alert, finding) = (parse("alert.v1", ALERT)?, parse("finding.v1", FINDING)?);
    let address = "https://trailhound.dev/schemas/alert.v1.schema.json";
    over(&finding, address, &alert)
}

struct Shared {
    cloudevents: Validator,
    alert: Validator,
    ocsf_1_6: Validator,
}

static SHARED: LazyLock<Result<Option<Shared>, String>> = LazyLock::new(|| {
    let folder = shared_folder().map(|folder| folder.join("ocsf")).filter(|folder| folder.is_dir());
    let Some(folder) = folder else {
        eprintln!(
            "SKIPPED: no shared folder, so findings are not checked against the full OCSF, overlay and CloudEvents \
             schemas; set TRAILHOUND_SHARED to have them"
        );
        return Ok(None);
    };
    Shared::read(&folder).map(Some)
});

impl Shared {
    fn read(folder: &Path) -> Result<Self, String> {
        let read = |name: &str| {
            let path = folder.join(name).display().to_string();
            let text = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
            parse(&path, &text)
        };
        let ocsf = read("detection_finding.schema.json")?;
        let mut overlay = read("alert.v1.schema.json")?;
        // The one place where we know better: Google's audit log, whose rule ships disabled, is neither of the two.
        if let Some(Value::Array(providers)) =
            overlay.pointer_mut("/properties/cloud/properties/provider/enum")
        {
            providers.push(json!("GCP"));
        }
        let address = ocsf["$id"].as_str().unwrap_or_default().to_owned();
        let alone =
            |name| jsonschema::validator_for(&read(name)?).map_err(|error| format!("{name}: {error}"));
        Ok(Self {
            cloudevents: alone("cloudevents.schema.json")?,
            alert: over(&overlay, &address, &ocsf)?,
            ocsf_1_6: alone("detection_finding.1.6.0.schema.json")?,
        })
    }

    fn check(&self, data: &Value, event: &Value, wrong: &mut Vec<String>) {
        check("CloudEvents", &self.cloudevents, event, wrong);
        check("alert.v1 over OCSF 1.8.0", &self.alert, data, wrong);
        // The version is a label: nothing used is younger than 1.6.0.
        let mut relabelled = data.clone();
        relabelled["metadata"]["version"] = json!("1.6.0");
        check("OCSF 1.6.0", &self.ocsf_1_6, &relabelled, wrong);
    }
}

/// A schema that refers to another by its address.
fn over(schema: &Value, address: &str, other: &Value) -> Result<Validator, String> {
    let registry = Registry::new().add(address, other).and_then(jsonschema::RegistryBuilder::prepare);
    let registry = registry.map_err(|error| format!("{address}: {error}"))?;
    let built = jsonschema::options().with_registry(&registry).build(schema);
    built.map_err(|error| format!("a schema over {address}: {error}"))
}

fn parse(name: &str, text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{name}: {error}"))
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
    let kind = if event["type"] == "dev.trailhound.finding.updated.v1" { 2 } else { 1 };
    same("type and activity_id", &json!(kind), &data["activity_id"]);
    same("activity and type_uid", &json!(200_400 + kind), &data["type_uid"]);
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
