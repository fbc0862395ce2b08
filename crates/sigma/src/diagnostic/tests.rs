use super::*;

#[test]
fn a_diagnostic_names_place_and_remedy() {
    let mut report = Report::new("rules/a.yml");
    report.error((3, 5), "no such thing").help("write another");
    report.error(Place::START, "first in the file");
    let found = report.finish(()).unwrap_err();
    assert_eq!(
        found.to_string(),
        "rules/a.yml:1:1: first in the file\nrules/a.yml:3:5: no such thing\n  help: write another"
    );
}

#[test]
fn a_slip_of_the_pen_is_understood() {
    let words = ["contains", "startswith", "endswith", "cidr"];
    assert_eq!(nearest("contain", words), Some("contains"));
    assert_eq!(nearest("startwitch.exe", words), None);
    assert_eq!(nearest("startwsith", words), Some("startswith"));
    assert_eq!(nearest("cdir", words), Some("cidr"));
    assert_eq!(nearest("like", words), None);
}
