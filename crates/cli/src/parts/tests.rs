use super::*;

#[test]
fn parts_stand_as_their_objects_do() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["a", "a-1", "a.gz", "b/c", "b/c!"];
    for name in names {
        let path = folder.path().join(format!("{name}{ENDING}"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    let root = folder.path().to_string_lossy().into_owned();
    let listed = |are_parts| {
        let (inputs, unreadable) = expand(std::slice::from_ref(&root), are_parts);
        assert!(unreadable.is_empty(), "{unreadable:?}");
        let short = |input: &Input| input.name()[root.len() + 1..].replace(ENDING, "").replace('\\', "/");
        inputs.iter().map(short).collect::<Vec<_>>()
    };
    assert_eq!(listed(true), names);
    assert_ne!(listed(false), names, "what ends their names is in the way");
}
