//! Each rule is shown red on a small tree of its own.

use std::fs;

use super::*;

/// A crate of these files, its modules and their needs.
fn krate(files: &[(&str, &str)]) -> (tempfile::TempDir, syntax::Crate, Vec<resolve::Need>) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let krate = syntax::read(folder.path(), &folder.path().join("src/lib.rs")).unwrap();
    let needs = resolve::imports(&krate);
    (folder, krate, needs)
}

fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let (_folder, krate, needs) = krate(files);
    circles::check(&krate, &needs)
}

#[test]
fn a_circle_is_told_with_the_imports_that_close_it() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;\nmod c;\n"),
        ("src/a.rs", "//! A.\nuse crate::b::B;\npub struct A(B);\n"),
        ("src/b.rs", "pub struct B;\nfn f() { crate::c::g() }\n"),
        ("src/c.rs", "use super::a;\npub fn g() -> Option<a::A> { None }\n"),
    ];
    let faults = circles_of(&files);
    assert_eq!(
        faults,
        ["a circle of 3 files:\
          \n  src/a.rs:2: `crate::b::B` is in src/b.rs\
          \n  src/b.rs:2: `crate::c::g` is in src/c.rs\
          \n  src/c.rs:2: `a::A` is in src/a.rs"]
    );
}

#[test]
fn a_parent_that_uses_a_child_which_uses_it_is_a_circle() {
    let using = [
        ("src/lib.rs", "mod a;"),
        ("src/a.rs", "mod c;\npub struct A;\npub fn f() { c::g() }"),
        ("src/a/c.rs", "use super::A;\npub fn g() { let _ = A; }"),
    ];
    assert_eq!(circles_of(&using).len(), 1);
    let handing_on = [
        ("src/lib.rs", "mod a;"),
        ("src/a.rs", "mod c;\npub use c::g;\npub struct A;"),
        ("src/a/c.rs", "use super::A;\npub fn g() { let _ = A; }"),
    ];
    assert_eq!(circles_of(&handing_on), [""; 0]);
    let handing_on_and_using = [
        ("src/lib.rs", "mod a;"),
        ("src/a.rs", "mod c;\npub use c::g;\npub struct A;\nfn f() { println!(\"{}\", g()); }"),
        ("src/a/c.rs", "use super::A;\npub fn g() -> u8 { let _ = A; 1 }"),
    ];
    assert_eq!(circles_of(&handing_on_and_using).len(), 1, "a name that is handed on may be used too");
}

#[test]
fn what_is_handed_on_is_looked_for_where_it_is_defined() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;\npub use a::A;\npub use b::inner::*;"),
        ("src/a.rs", "use crate::B;\npub struct A(B);"),
        ("src/b.rs", "pub mod inner;"),
        ("src/b/inner.rs", "pub struct B;\nfn f(_: crate::A) {}"),
    ];
    let faults = circles_of(&files);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].contains("src/a.rs:1: `crate::B` is in src/b/inner.rs"), "{}", faults[0]);
}

#[test]
fn tests_may_look_anywhere() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;"),
        (
            "src/a.rs",
            "pub struct A;\n#[cfg(test)]\nmod tests { use crate::b::f; }\n#[cfg(test)]\nuse crate::b::f;",
        ),
        ("src/b.rs", "pub fn f(_: crate::a::A) {}"),
    ];
    assert_eq!(circles_of(&files), [""; 0]);
}

#[test]
fn a_room_that_needs_a_later_one_is_named_with_its_import() {
    let files = [
        ("src/lib.rs", "mod first;\nmod second;\nmod shed;"),
        ("src/first.rs", "pub struct F;\n\nmod deep {\n    use crate::second::S;\n}"),
        ("src/second.rs", "use crate::first::F;\npub struct S(F);"),
        ("src/shed.rs", ""),
    ];
    let (_folder, krate, needs) = krate(&files);
    assert_eq!(
        rooms::against(&["first", "second"], &krate, &needs),
        [
            "src/shed.rs:1: the room `shed` has no place in xtask/src/house/rooms.rs",
            "src/first.rs:4: `crate::second::S`: `first` comes before `second`",
        ]
    );
}

#[test]
fn the_table_of_rooms_is_the_list_that_is_held() {
    let table = |rows: &str| rooms::table_fault(rows, "crates/x", &["a", "b"]);
    assert_eq!(table("| one | `crates/x/src/a.rs`, `crates/x/src/a/c` |\n| two | `crates/x/src/b` |"), None);
    for wrong in ["| `crates/x/src/b` | `crates/x/src/a` |", "| `crates/x/src/a` |", "`crates/x/src/a`"] {
        assert!(table(wrong).is_some(), "{wrong}");
    }
}

#[test]
fn a_file_of_two_ideas_is_too_long() {
    let (folder, ..) = krate(&[("src/lib.rs", "mod a;"), ("src/a.rs", &"//\n".repeat(401))]);
    assert_eq!(lengths::check(folder.path()).unwrap(), ["src/a.rs:401: 401 lines; a file has at most 400"]);
    fs::write(folder.path().join("src/a.rs"), "//\n".repeat(400)).unwrap();
    assert_eq!(lengths::check(folder.path()).unwrap(), [""; 0]);
}

#[test]
fn a_name_of_two_types_is_told_with_both_places() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;\nmod c;\n#[cfg(not(feature = \"s3\"))]\nmod d;\n"),
        ("src/a.rs", "pub struct Key;\ntrait Own {}"),
        (
            "src/b.rs",
            "enum Key {}\nfn f() { struct Inner; }\n#[cfg(not(feature = \"s3\"))]\ntype Other = u8;",
        ),
        ("src/c.rs", "struct Inner;\nstruct Other;\n#[cfg(test)]\nstruct Own;"),
        ("src/d.rs", "struct Inner;"),
    ];
    let (_folder, krate, _needs) = krate(&files);
    assert_eq!(words::check(&krate), ["src/a.rs:1, src/b.rs:1: `Key` is the name of 2 types"]);
}

#[test]
fn an_object_of_ocsf_is_called_what_ocsf_calls_it() {
    let files = [
        ("src/lib.rs", "mod facts;\nmod describe;"),
        ("src/facts.rs", "pub struct Actor;"),
        ("src/describe.rs", "mod ocsf;\nmod other;"),
        ("src/describe/ocsf.rs", "mod evidence;"),
        ("src/describe/ocsf/evidence.rs", "struct Actor;"),
        ("src/describe/other.rs", ""),
    ];
    let (_folder, krate, _needs) = krate(&files);
    assert_eq!(words::check(&krate), [""; 0]);
}

fn promises_of(first: &str, last: &str) -> Vec<String> {
    let page: String = (1..=15).fold("# Promises\n".to_owned(), |page, number| {
        let test = match number {
            1 => first,
            15 => last,
            _ => "- `holds` in `t.rs`",
        };
        format!("{page}\n## {number}. A promise\n\n{test}\n")
    });
    let text = "#[test]\nfn holds() {}\n\n/// Why.\n#[tokio::test(flavor = \"x\")]\n#[ignore]\nasync fn sleeps() {\n}\nfn helps() {}\n";
    promises::faults(&page, &|file| (file == "t.rs").then(|| text.to_owned()))
}

#[test]
fn a_promise_names_tests_that_are_there_and_run() {
    assert_eq!(promises_of("- `holds` in `t.rs`", "- to come"), [""; 0]);
    for (first, wrong) in [
        ("", "names no test"),
        ("- to come", "is not of the form"),
        ("- `fails` in `t.rs`", "has no function `fails`"),
        ("- `hold` in `t.rs`", "has no function `hold`"),
        ("- `holds` in `u.rs`", "there is no file u.rs"),
        ("- `sleeps` in `t.rs`", "`sleeps` is ignored"),
        ("- `helps` in `t.rs`", "`helps` is no test"),
        ("- it holds", "is not of the form"),
    ] {
        let faults = promises_of(first, "- `holds` in `t.rs`");
        assert!(faults.len() == 1 && faults[0].contains(wrong), "{first}: {faults:?}");
    }
    let late = promises_of("- `holds` in `t.rs`", "- to come\n- `holds` in `t.rs`");
    assert!(late.len() == 1, "what is to come has no test yet: {late:?}");
    assert!(promises::faults("# Promises\n\n## 2. B\n", &|_| None).len() > 1);
}
