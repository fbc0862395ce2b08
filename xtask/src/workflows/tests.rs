use super::unpinned;

#[test]
fn a_tag_or_a_branch_can_be_moved() {
    let commit = "11d5960a326750d5838078e36cf38b85af677262";
    for good in [format!("- uses: actions/checkout@{commit} # v4.4.0"), "uses: ./action".to_owned()] {
        assert_eq!(unpinned(&good).count(), 0, "{good}");
    }
    for bad in [
        "- uses: actions/checkout@v4".to_owned(),
        "  uses: actions/checkout@main # v4.4.0".to_owned(),
        format!("- uses: actions/checkout@{commit}"),
        format!("- uses: actions/checkout@{} # v4.4.0", &commit[1..]),
        "- uses: actions/checkout # v4".to_owned(),
    ] {
        assert_eq!(unpinned(&bad).count(), 1, "{bad}");
    }
}
