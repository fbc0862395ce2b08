use super::*;

fn one(text: &str) -> Yaml {
    parse("t.yml", text).unwrap().remove(0)
}

fn errors(text: &str) -> String {
    parse("t.yml", text).unwrap_err().to_string()
}

#[test]
fn scalars_are_typed_by_the_core_schema() {
    let node =
        one("[null, ~, true, False, 12, -3, 0x1F, 0o17, 1.5, 1e3, .inf, '12', \"true\", yes, 1.2.3.4, 1-2]");
    let kinds: Vec<_> = node.as_seq().unwrap().iter().map(|n| n.scalar().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            Scalar::Null,
            Scalar::Null,
            Scalar::Bool(true),
            Scalar::Bool(false),
            Scalar::Int(12),
            Scalar::Int(-3),
            Scalar::Int(31),
            Scalar::Int(15),
            Scalar::Float(1.5),
            Scalar::Float(1000.0),
            Scalar::Float(f64::INFINITY),
            Scalar::Str("12"),
            Scalar::Str("true"),
            Scalar::Str("yes"),
            Scalar::Str("1.2.3.4"),
            Scalar::Str("1-2"),
        ]
    );
}

#[test]
fn every_node_knows_its_place() {
    let node = one("a: 1\nb:\n  - x\n  - y: z\n");
    let second = &node.get("b").unwrap().as_seq().unwrap()[1];
    let (key, value) = second.entry("y").unwrap();
    assert_eq!(key.place(), (4, 5).into());
    assert_eq!(value.place(), (4, 8).into());
}

#[test]
fn documents_and_aliases_are_read() {
    assert_eq!(parse("t.yml", "a: 1\n---\nb: 2\n---\n").unwrap().len(), 2);
    let node = one("a: &x [1, 2]\nb: *x\n");
    assert_eq!(node.get("b").unwrap().as_seq().unwrap().len(), 2);
}

#[test]
fn what_would_be_lost_is_refused() {
    assert_eq!(
        errors("a: 1\na: 2\n"),
        "t.yml:2:1: the key `a` is given twice; first on line 1\n  help: keep one of them, or join their values in a list"
    );
    assert!(errors("a: &x {k: 1}\nb:\n  <<: *x\n").contains("t.yml:3:3: merge keys"));
    assert!(errors("a: !secret x\n").contains("the tag `!secret` is not understood"));
    assert!(errors("? [a]\n: 1\n").contains("a list cannot be a key"));
    assert!(errors("a: [1\n").starts_with("t.yml:"));
    assert!(errors("a: 'x\n").contains("not YAML"));
    for (text, remedy) in [
        ("title: x\n\tlevel: low\n", "take the tab out"),
        ("title: x\ntags: [a\nlogsource: {}\n", "a bracket, brace or quote that is not closed"),
        ("a: 'x\n", "not closed"),
    ] {
        assert!(errors(text).contains(remedy), "{}", errors(text));
    }
}

#[test]
fn neither_depth_nor_aliases_can_exhaust_memory() {
    assert!(errors(&"- ".repeat(500)).contains("nested deeper than 64"));
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..9 {
        let alias = format!("*a{}, ", n - 1).repeat(10);
        _ = writeln!(bomb, "a{n}: &a{n} [{}]", alias.trim_end_matches(", "));
    }
    assert!(errors(&bomb).contains("grows beyond"));
}

#[test]
fn a_tree_becomes_json() {
    let node = one("a: [1, 1.50, '1', null, true, 0x10, 007]\n'b c': {d: \"q\\\"\\n\\e\"}\n");
    assert_eq!(node.to_json(), r#"{"a":[1,1.50,"1",null,true,16,7],"b c":{"d":"q\"\n\u001b"}}"#);
}
