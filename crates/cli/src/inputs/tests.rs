use super::*;

fn names(paths: &[String]) -> Vec<String> {
    expand(paths).0.iter().map(Input::name).collect()
}

#[test]
fn folders_are_walked_in_name_order_and_loops_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("b")).unwrap();
    for file in ["c.json", "a.json", "b/z.json"] {
        fs::write(root.join(file), "{}").unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(root, root.join("b/loop")).unwrap();
    let at = |name: &str| root.join(name).to_string_lossy().into_owned();
    assert_eq!(names(&[at("")]), [at("a.json"), at("b/z.json"), at("c.json")]);
    assert_eq!(names(&[at("*.json")]), [at("a.json"), at("c.json")]);
}

#[test]
fn what_is_not_there_is_named_and_the_rest_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    fs::write(&file, "{}").unwrap();
    let (inputs, unreadable) =
        expand(&["-".to_owned(), "/no/such/file".to_owned(), file.to_string_lossy().into_owned()]);
    assert_eq!(inputs, [Input::Stdin, Input::File(file)]);
    assert_eq!(unreadable[0].to_string(), "/no/such/file: no such file or folder");
}

#[test]
fn a_pattern_without_matches_is_told() {
    let (inputs, unreadable) = expand(&["/no/such/*.json".to_owned()]);
    assert!(inputs.is_empty());
    assert_eq!(unreadable[0].to_string(), "/no/such/*.json: nothing matches this pattern");
}
