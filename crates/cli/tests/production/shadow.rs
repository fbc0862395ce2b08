//! What the functions parked of rules in shadow, read where it lies.

use std::fs;

use super::world::{EVENTS, World, err};

const RULE: &str = "title: Sessions\nname: shadow-sessions\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  \
                    selection:\n    eventName: StartSession\n  condition: selection\nlevel: low\ntrailhound:\n  shadow: true\n";

#[tokio::test]
async fn what_lies_in_s3_is_told_as_a_copy_of_it_is() {
    let Some(world) = World::set().await else { return };
    let (rule, found) = (world.path("rule.yml"), world.path("found.ndjson"));
    fs::write(&rule, RULE).unwrap();
    let run = async |arguments: &[&str]| {
        let output = world.command(arguments).output().await.unwrap();
        (String::from_utf8(output.stdout.clone()).unwrap(), err(&output), output.status.code())
    };
    let (_, said, code) = run(&["scan", "--rules", &rule, "--shadow", &found, EVENTS]).await;
    assert_eq!(code, Some(0), "{said}");
    let text = fs::read(&found).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &text).unwrap();
    let key = |day: &str| format!("rejects/shadow/2026/03/{day}/{}.ndjson.gz", "f".repeat(32));
    let bytes = packed.finish().unwrap();
    // The same delivery on two days is one finding; what lies beside is no finding.
    for day in ["18", "19"] {
        world.moto.put_object(&world.bucket("rejects"), &key(day), bytes.clone()).await;
    }
    world.moto.put_object(&world.bucket("rejects"), "rejects/shadow/note.txt", "no finding").await;
    let place = format!("s3://{}/rejects/shadow/", world.bucket("rejects"));
    let promote = ["rules", "promote", "--rules", &rule, "--rule", "shadow-sessions"];
    for format in ["text", "json"] {
        let of = |path| [&promote[..], &["--format", format, path]].concat();
        let (there, here) = (run(&of(&place)).await, run(&of(&found)).await);
        assert_eq!(there, here, "{format}");
        assert!(there.0.contains("shadow-sessions") && there.0.contains('6'), "{there:?}");
    }
    let none = run(&[&promote[..], &[&format!("s3://{}/", world.bucket("trail"))]].concat()).await;
    assert_eq!(none.2, Some(2), "{none:?}");
}
