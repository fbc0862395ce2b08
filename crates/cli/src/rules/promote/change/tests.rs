use super::without;

#[test]
fn the_switch_alone_goes_however_it_is_written() {
    for (before, line, after) in [
        ("a: 1\ntrailhound: {shadow: true}\nb: 2\n", 2, "a: 1\nb: 2\n"),
        ("trailhound: {shadow: true, family: x}\n", 1, "trailhound: {family: x}\n"),
        ("trailhound: {family: x, shadow: true}\n", 1, "trailhound: {family: x}\n"),
        ("trailhound: {family: x, shadow: true, why: y}\n", 1, "trailhound: {family: x, why: y}\n"),
        ("trailhound:\n    shadow: true # soon\n    why: y\n", 2, "trailhound:\n    why: y\n"),
        ("trailhound:\n    why: y\n    shadow: true\n", 3, "trailhound:\n    why: y\n"),
        ("a: 1\ntrailhound:\n    # a word\n    shadow: true\nb: 2\n", 4, "a: 1\n    # a word\nb: 2\n"),
        ("a: 1\ntrailhound:\n    shadow: true\n---\nb: 2\n", 3, "a: 1\n---\nb: 2\n"),
    ] {
        assert_eq!(without(before, line).as_deref(), Some(after), "{before}");
    }
}
