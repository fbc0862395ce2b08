use super::*;

const GOOD: [(&str, &str); 8] = [
    ("FUNCTIONS_CUSTOMHANDLER_PORT", "7071"),
    ("TRAILHOUND_EVENT_GRID_ENDPOINT", "https://findings.westeurope-1.eventgrid.azure.net/api/events"),
    ("TRAILHOUND_STATE_TABLE_URL", "https://stexample.table.core.windows.net/state"),
    ("TRAILHOUND_REJECTS_URL", "https://localhost:10000/devstoreaccount1/rejects/"),
    ("TRAILHOUND_MIN_LEVEL", "medium"),
    ("AZURE_CLIENT_ID", "00000000-0000-0000-0000-000000000001"),
    ("IDENTITY_ENDPOINT", "http://127.0.0.1:1/msi/token"),
    ("IDENTITY_HEADER", "example"),
];

fn read(changes: &[(&str, &str)]) -> Result<Settings, WrongSettings> {
    Settings::read(&|name| {
        let set =
            |pairs: &[(&str, &str)]| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        set(changes).or_else(|| set(&GOOD))
    })
}

#[test]
fn good_settings_are_read() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.port, 7071);
    assert_eq!(settings.min_level, Level::Medium);
    assert_eq!(settings.rejects.unwrap().as_str(), "https://localhost:10000/devstoreaccount1/rejects");
    assert!(settings.managed_identity);
    assert_eq!(settings.log.to_string(), "info");
}

#[test]
fn everything_wrong_is_named_at_once() {
    let error = read(&[
        ("FUNCTIONS_CUSTOMHANDLER_PORT", "0"),
        ("TRAILHOUND_EVENT_GRID_ENDPOINT", ""),
        ("TRAILHOUND_STATE_TABLE_URL", "https://stexample.table.core.windows.net/"),
        ("TRAILHOUND_REJECTS_URL", "http://stexample.blob.core.windows.net/rejects"),
        ("TRAILHOUND_ARCHIVE_URL", "https://stexample.blob.core.windows.net/"),
        ("TRAILHOUND_PARTS_URL", "https://stexample.blob.core.windows.net/"),
        ("TRAILHOUND_CANDIDATE_URL", "ftp://example.com/rules.yml"),
        (
            "TRAILHOUND_ALLOWED_CONTAINERS",
            "https://stexample.blob.core.windows.net/good, https://stexample.blob.core.windows.net/bad?sig=x",
        ),
        ("TRAILHOUND_RULES_URL", "ftp://example.com/rules.yml"),
        ("TRAILHOUND_SUPPRESSIONS_URL", "https://stexample.blob.core.windows.net/c/s.yml?sig=x"),
        ("TRAILHOUND_GEO_URL", "https://stexample.blob.core.windows.net/"),
        ("TRAILHOUND_INVENTORY_URL", "no/such/assets.csv"),
        ("TRAILHOUND_INDICATORS_URL", "http://example.com/warned.csv"),
        ("TRAILHOUND_MIN_LEVEL", "loud"),
        ("TRAILHOUND_ALLOWED_ACCOUNTS", "everybody"),
        ("AZURE_CLIENT_ID", "me"),
        ("IDENTITY_HEADER", " "),
        ("RUST_LOG", "trailhound=shout"),
    ])
    .unwrap_err();
    let text = error.to_string();
    for name in [
        "FUNCTIONS_CUSTOMHANDLER_PORT",
        "TRAILHOUND_EVENT_GRID_ENDPOINT",
        "TRAILHOUND_STATE_TABLE_URL",
        "TRAILHOUND_REJECTS_URL",
        "TRAILHOUND_ARCHIVE_URL",
        "TRAILHOUND_PARTS_URL",
        "TRAILHOUND_CANDIDATE_URL",
        "TRAILHOUND_ALLOWED_CONTAINERS",
        "TRAILHOUND_RULES_URL",
        "TRAILHOUND_SUPPRESSIONS_URL",
        "TRAILHOUND_GEO_URL",
        "TRAILHOUND_INVENTORY_URL",
        "TRAILHOUND_INDICATORS_URL",
        "TRAILHOUND_MIN_LEVEL",
        "TRAILHOUND_ALLOWED_ACCOUNTS",
        "AZURE_CLIENT_ID",
        "IDENTITY_HEADER",
        "RUST_LOG",
    ] {
        assert!(text.contains(name), "{name} in: {text}");
    }
    assert_eq!(error.0.len(), 18, "{text}");
    assert!(text.contains("TRAILHOUND_ALLOWED_CONTAINERS: address 2 must end after its path"), "{text}");
    assert!(!text.contains("sig=x"), "a signature must not be repeated: {text}");
}

#[test]
fn a_topic_is_reached_over_tls_unless_a_test_brings_its_key() {
    let plain = ("TRAILHOUND_EVENT_GRID_ENDPOINT", "http://127.0.0.1:9/api/events");
    assert!(read(&[plain]).is_err());
    let keyed = read(&[plain, ("TRAILHOUND_EVENT_GRID_KEY", "secret-key")]).unwrap();
    assert!(!format!("{keyed:?}").contains("secret-key"));
    let far = ("TRAILHOUND_EVENT_GRID_ENDPOINT", "http://example.com/api/events");
    assert!(read(&[far, ("TRAILHOUND_EVENT_GRID_KEY", "k")]).is_err());
    let elsewhere = ("TRAILHOUND_EVENT_GRID_ENDPOINT", "https://example.com/events");
    assert!(read(&[elsewhere]).unwrap_err().to_string().contains("/api/events"));
}

#[test]
fn the_older_port_variable_is_read_too() {
    let settings =
        read(&[("FUNCTIONS_CUSTOMHANDLER_PORT", ""), ("FUNCTIONS_HTTPWORKER_PORT", "8081")]).unwrap();
    assert_eq!(settings.port, 8081);
}

#[test]
fn containers_are_called_as_what_is_read_of_them() {
    let list = "https://STexample.blob.core.windows.net/one/, https://localhost:10000/devstoreaccount1/two,";
    let settings = read(&[("TRAILHOUND_ALLOWED_CONTAINERS", list)]).unwrap();
    let named: Vec<&str> = settings.allowed_containers.iter().map(String::as_str).collect();
    assert_eq!(named, ["localhost:10000/devstoreaccount1/two", "stexample.blob.core.windows.net/one"]);
    assert!(read(&[]).unwrap().allowed_containers.is_empty(), "nobody's where nothing is said");
}
