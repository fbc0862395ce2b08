use super::*;

#[test]
fn what_attack_has_is_taken_and_what_it_lacks_is_told() {
    for known in [
        "t1021",
        "t1021.008",
        "t1651",
        "t1059.009",
        "lateral-movement",
        "lateral_movement",
        "ta0008",
        "g0016",
        "s0154",
    ] {
        assert_eq!(fault(known), None, "{known}");
    }
    for unknown in [
        "t14855",
        "t148",
        "t9999",
        "t1021.099",
        "t1021.08",
        "t1651.001",
        "latteral-movement",
        "t1078.0004",
        "x",
    ] {
        assert!(fault(unknown).is_some(), "{unknown}");
    }
    assert!(fault("latteral-movement").is_some_and(|help| help.contains("attack.lateral-movement")));
}
