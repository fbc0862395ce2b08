//! What is known beside the logs: looked up in files that the user gives, told in findings with their dates, and asked by
//! rules. Without them nothing changes.

#[path = "../common/mod.rs"]
mod common;

use common::{Folder, err, out, trailhound};
use serde_json::Value;
use trailhound_testkit::mmdb::{database, located, routed};

const SAMPLE: &str = "events/example-cloudtrail-session-manager.json";
/// 2026-03-01T00:00:00Z.
const BUILT: u64 = 1_772_323_200;

struct Files {
    folder: Folder,
    city: String,
    network: String,
    inventory: String,
    indicators: String,
}

impl Files {
    fn new() -> Self {
        let folder = Folder::new();
        let city = database(
            "Example-City",
            BUILT,
            &[("203.0.113.0/24", located("FR", "Paris")), ("198.51.100.0/24", located("US", "Boston"))],
        );
        let network =
            database("Example-ASN", BUILT, &[("203.0.113.0/24", routed(64_500, "Example Networks"))]);
        Self {
            city: folder.write("city.mmdb", city),
            network: folder.write("asn.mmdb", network),
            inventory: folder.write(
                "assets.csv",
                "Name,Owner,Environment,Crown jewel,Known network,Rack\n\
                 i-0123456789abcdef0,payments,production,yes,,7\n\
                 dana@example.com,platform,,,,\n\
                 203.0.113.0/24,network team,,,the office,\n",
            ),
            indicators: folder.write(
                "bad.json",
                r#"[{"value":"203.0.113.45","source":"CERT-EX","until":"2026-12-31"},{"value":"203.0.113.0/24","source":"Old list","until":"2026-03-17"}]"#,
            ),
            folder,
        }
    }

    fn all(&self) -> [&str; 8] {
        [
            "--geo",
            &self.city,
            "--geo",
            &self.network,
            "--inventory",
            &self.inventory,
            "--indicators",
            &self.indicators,
        ]
    }
}

fn findings(arguments: &[&str]) -> Vec<Value> {
    let output = trailhound(&[&["scan", "--format", "ndjson"], arguments].concat());
    assert!(output.status.success(), "{}", err(&output));
    out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn findings_show_what_is_known_with_the_files_date() {
    let files = Files::new();
    let all = findings(&[&files.all()[..], &[SAMPLE]].concat());
    let own = all.iter().find(|finding| finding["ruleid"] == "aws-ssm-session-shell").unwrap();
    let data = &own["data"];
    let source = &data["evidences"][0]["src_endpoint"];
    assert_eq!(source["location"], serde_json::json!({"city": "Paris", "country": "FR"}));
    assert_eq!(
        source["autonomous_system"],
        serde_json::json!({"name": "Example Networks", "number": 64_500})
    );
    assert_eq!(data["resources"][0]["owner"]["name"], "payments", "{:#}", data["resources"]);
    let enrichments = data["enrichments"].as_array().unwrap();
    let of = |kind: &str| {
        enrichments
            .iter()
            .find(|one| one["type"] == kind)
            .unwrap_or_else(|| panic!("{kind}: {enrichments:#?}"))
    };
    assert_eq!(of("location")["provider"], "Example-City");
    assert_eq!(of("location")["created_time"], BUILT * 1_000);
    assert_eq!(of("autonomous_system")["data"]["name"], "Example Networks");
    let jewel = enrichments.iter().find(|one| one["data"]["crown_jewel"] == true).unwrap();
    assert_eq!(
        (&jewel["name"], &jewel["provider"]),
        (&Value::from("resources[0].uid"), &Value::from("assets.csv"))
    );
    assert!(jewel["created_time"].is_i64());
    assert!(enrichments.iter().any(|one| one["data"]["known_network"] == "the office"), "{enrichments:#?}");
    assert!(enrichments.iter().any(|one| one["data"]["owner"] == "platform"), "{enrichments:#?}");
    let warned: Vec<_> = enrichments.iter().filter(|one| one["type"] == "indicator").collect();
    assert_eq!(warned.len(), 1, "what ended before the event says nothing: {warned:#?}");
    assert_eq!(warned[0]["data"]["source"], "CERT-EX");

    let told = out(&trailhound(&[&["scan"], &files.all()[..], &[SAMPLE]].concat()));
    for line in [
        "203.0.113.45 is an indicator of CERT-EX until 2026-12-31",
        "203.0.113.45 is in Paris, FR, AS64500 Example Networks",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let said = err(&trailhound(&[&["scan"], &files.all()[..], &[SAMPLE]].concat()));
    for line in [
        "cities of addresses by Example-City of 2026-03-01",
        "3 entries; not read: Rack",
        "indicators bad.json of ",
        "2 values",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn findings_are_valid_and_without_files_the_same_as_ever() {
    let files = Files::new();
    let known = findings(&[&files.all()[..], &["events"]].concat());
    let bare = findings(&["events"]);
    assert_eq!(known.len(), bare.len(), "no finding comes or goes");
    let mut checked = 0;
    for (known, bare) in known.iter().zip(&bare) {
        assert_eq!(trailhound_conformance::validate_finding(&known.to_string()), Ok(()));
        assert_eq!(known["id"], bare["id"]);
        assert_eq!(known["data"]["message"], bare["data"]["message"]);
        assert!(bare["data"].get("enrichments").is_none());
        checked += usize::from(known["data"].get("enrichments").is_some());
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn rules_ask_what_is_known_and_are_told_where_nothing_answers() {
    let files = Files::new();
    let rule = |at: usize, name: &str, asked: &str| {
        format!(
            "title: {name}\nid: 00000000-0000-4000-8000-{:012}\nname: {name}\nstatus: test\nlevel: high\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n  selection:\n    eventSource: ssm.amazonaws.com\n    eventName: StartSession\n    {asked}\n  condition: selection\n",
            at + 1
        )
    };
    let asked = [
        ("jewel-was-reached", "n.target.crown_jewel: true"),
        ("payments-owns-it", "n.target.owner: payments"),
        ("it-is-in-production", "n.target.environment: production"),
        ("an-actor-of-platform", "n.actor.owner: platform"),
        ("from-paris", "n.source.city: Paris"),
        ("from-france-it-came", "n.source.country: FR"),
        ("by-number", "n.source.asn: 64500"),
        ("by-the-name-of-network", "n.source.as_name|contains: Example"),
        ("from-the-offices-network", "n.source.known_network: the office"),
        ("warned-of-by-somebody", "n.indicator: CERT-EX"),
    ];
    for (at, (name, asked)) in asked.into_iter().enumerate() {
        files.folder.write(&format!("rules/{name}.yml"), rule(at, name, asked));
    }
    files.folder.write("rules/elsewhere-it-is.yml", rule(98, "elsewhere-it-is", "n.source.country: DE"));
    let rules = files.folder.path("rules");
    let choice = ["--only-rules", "--rules", &rules];
    let all = findings(&[&choice[..], &files.all()[..], &[SAMPLE]].concat());
    for (name, _) in asked {
        assert!(all.iter().any(|finding| finding["ruleid"] == name), "{name} does not fire");
    }
    assert!(!all.iter().any(|finding| finding["ruleid"] == "elsewhere-it-is"));
    assert!(findings(&[&choice[..], &[SAMPLE]].concat()).is_empty());
    let said = err(&trailhound(&[&["scan"], &choice[..], &[SAMPLE]].concat()));
    for line in [
        "jewel-was-reached asks for n.target.crown_jewel, which takes --inventory",
        "from-paris asks for n.source.city, which takes --geo with a database of cities",
        "warned-of-by-somebody asks for n.indicator, which takes --indicators",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(
        !err(&trailhound(&[&["scan"], &choice[..], &files.all()[..], &[SAMPLE]].concat()))
            .contains("which takes")
    );
    assert_eq!(trailhound(&["rules", "check", &rules]).status.code(), Some(0));
}

#[test]
fn a_broken_file_is_refused_by_name_with_what_to_do() {
    let files = Files::new();
    let write = |name: &str, bytes: &[u8]| files.folder.write(name, bytes);
    let whole = std::fs::read(&files.city).unwrap();
    let cases = [
        ("--geo", write("cut.mmdb", &whole[..whole.len() / 2]), "cut.mmdb: no database in MaxMind's format"),
        (
            "--geo",
            write("own.mmdb", &database("Own-Things", BUILT, &[])),
            "own.mmdb: it is of the type \"Own-Things\", which is not read",
        ),
        (
            "--inventory",
            write("a.csv", b"host,owner\na,b\n"),
            "a.csv:1: no column name; begin with the heading name,",
        ),
        ("--inventory", write("b.csv", b"name,owner\na,b\nc\n"), "b.csv:3: no CSV"),
        (
            "--inventory",
            write("c.csv", b"name,crown_jewel\na,perhaps\n"),
            "c.csv:2: crown_jewel is \"perhaps\"; write true or false",
        ),
        (
            "--inventory",
            write("d.json", b"[{\"name\":\"a\"},{\"owner\":\"b\"}]"),
            "d.json#2: an entry without a name",
        ),
        ("--inventory", write("e.csv", b"name,kind\nhost,address\n"), "e.csv:2: \"host\" is no address"),
        (
            "--indicators",
            write("f.csv", b"value,source,until\n203.0.113.1,x,\n"),
            "f.csv:2: no end; write until when it counts",
        ),
        ("--indicators", write("g.json", b"[{\"value\": }]"), "g.json:1: no JSON"),
        ("--indicators", files.folder.path("none.csv"), "cannot read "),
    ];
    for (option, file, wanted) in &cases {
        let output = trailhound(&["scan", option, file, SAMPLE]);
        assert_eq!(output.status.code(), Some(2), "{file}");
        assert!(err(&output).contains(wanted), "{wanted}: {}", err(&output));
        assert!(output.stdout.is_empty(), "nothing is scanned: {}", out(&output));
    }
    let twice = trailhound(&["scan", "--geo", &files.city, "--geo", &files.city, SAMPLE]);
    assert!(err(&twice).contains("tells of cities already; give one of the two"), "{}", err(&twice));
}

#[test]
fn a_database_that_is_damaged_inside_is_told() {
    let files = Files::new();
    let mut bytes = std::fs::read(&files.city).unwrap();
    let at = bytes.windows(8).position(|part| part == b"iso_code").unwrap();
    bytes[at - 1] = 0xff;
    let file = files.folder.write("damaged.mmdb", bytes);
    let output = trailhound(&["scan", "--geo", &file, SAMPLE]);
    assert!(err(&output).contains("damaged.mmdb: damaged: "), "{}", err(&output));
}

#[test]
fn what_is_read_is_never_written_to() {
    let files = Files::new();
    for file in [&files.city, &files.inventory] {
        let output =
            trailhound(&["scan", "--geo", &files.city, "--inventory", &files.inventory, "-o", file, SAMPLE]);
        assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    }
}
