//! The rules in force: which files are read, and what becomes of those that cannot be used.

mod beside;

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tracing_subscriber::fmt::MakeWriter;
use trailhound_courier::ports::{Files, Listed};
use trailhound_detect::matched::Level;
use trailhound_runtime::rulebook::{ContextSources, Rulebook, Source, Sources};

/// A folder that a test changes, and how often its files were read.
#[derive(Clone, Default)]
struct Folder(Arc<Mutex<BTreeMap<String, String>>>, Arc<AtomicU32>);

impl Folder {
    fn of(files: &[(&str, String)]) -> Self {
        let folder = Self::default();
        for (name, text) in files {
            folder.put(name, text);
        }
        folder
    }

    fn put(&self, name: &str, text: &str) {
        self.0.lock().unwrap().insert(format!("x://place/{name}"), text.to_owned());
    }

    fn reads(&self) -> u32 {
        self.1.load(Ordering::Relaxed)
    }
}

impl Files for Folder {
    fn place(&self) -> String {
        "x://place".to_owned()
    }

    async fn list(&self) -> Result<Vec<Listed>, String> {
        let files = self.0.lock().unwrap();
        let listed = |(name, text): (&String, &String)| Listed {
            name: name.clone(),
            version: text.clone(),
            size: text.len() as u64,
            written: "2026-03-01T00:00:00Z".parse().ok(),
        };
        Ok(files.iter().map(listed).collect())
    }

    async fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        self.1.fetch_add(1, Ordering::Relaxed);
        let files = self.0.lock().unwrap();
        files.get(name).map(|text| text.clone().into_bytes()).ok_or_else(|| "it is gone".to_owned())
    }
}

struct Book {
    book: Rulebook<Folder>,
    alarms: Arc<AtomicU32>,
}

impl Book {
    fn of(rules: &Folder, suppressions: &Folder) -> Self {
        Self::knowing(rules, suppressions, ContextSources::default())
    }

    fn knowing(rules: &Folder, suppressions: &Folder, context: ContextSources<Folder>) -> Self {
        let alarms = Arc::new(AtomicU32::new(0));
        let raised = Arc::clone(&alarms);
        let book = Rulebook::new(Sources {
            rules: Some(Source::Cloud(rules.clone())),
            suppressions: Some(Source::Cloud(suppressions.clone())),
            context,
            min_level: Level::Informational,
            alarm: Box::new(move || {
                raised.fetch_add(1, Ordering::Relaxed);
            }),
        });
        Self { book, alarms }
    }

    async fn has(&self, rule: &str) -> bool {
        self.book.current().await.rules().named(rule).is_some()
    }

    fn alarms(&self) -> u32 {
        self.alarms.load(Ordering::Relaxed)
    }
}

fn rule(name: &str, n: u8) -> String {
    format!(
        "title: {name}\nid: 7c2f3d8e-58d2-4b53-9c43-0d4b6b7c8f{n:02}\nname: {name}\nstatus: test\n\
         logsource: {{product: aws, service: cloudtrail}}\ndetection:\n  selection:\n    eventName: X{n}\n  \
         condition: selection\nlevel: high\n"
    )
}

fn suppression(id: &str, days: i64) -> String {
    let end = (Timestamp::now() + SignedDuration::from_hours(24 * days)).strftime("%Y-%m-%d").to_string();
    format!(
        "version: 1\nsuppressions:\n  - id: {id}\n    rules: [aws-ssm-session-shell]\n    \
         when: {{account: ['111122223333'], actor.display: [dana]}}\n    action: tag\n    reason: planned\n    \
         owner: platform@example.com\n    expires: {end}\n"
    )
}

#[tokio::test(start_paused = true)]
async fn with_nothing_before_the_good_files_are_used_and_the_bad_ones_told() {
    let rules = Folder::of(&[("good.yml", rule("good", 1)), ("bad.yml", "title: [no".to_owned())]);
    let book = Book::of(&rules, &Folder::of(&[("s.yml", suppression("one", 9))]));
    assert!(book.has("good").await);
    assert_eq!(book.alarms(), 1);
    let faults = book.book.faults();
    assert!(faults.iter().all(|fault| fault.contains("bad.yml")) && !faults.is_empty(), "{faults:?}");

    // With something before, a change with anything wrong changes nothing.
    rules.put("bad.yml", &rule("mended", 2));
    tokio::time::sleep(Duration::from_mins(6)).await;
    assert!(book.has("mended").await);
    rules.put("bad.yml", "title: [no");
    rules.put("more.yml", &rule("more", 3));
    tokio::time::sleep(Duration::from_mins(6)).await;
    assert!(book.has("mended").await && !book.has("more").await);
    assert_eq!(book.alarms(), 2);
}

#[tokio::test]
async fn a_tests_file_is_never_a_rule_whatever_its_ending() {
    let rules = Folder::of(&[
        ("own.yml", rule("own", 1)),
        ("own.tests.yml", "no rule".to_owned()),
        ("own.tests.yaml", "no rule".to_owned()),
        ("own.TESTS.YML", "no rule".to_owned()),
        ("README.md", "no rule".to_owned()),
    ]);
    let book = Book::of(&rules, &Folder::of(&[("s.yaml", suppression("one", 9))]));
    assert!(book.has("own").await);
    assert_eq!(book.book.faults(), Vec::<String>::new());
}

#[tokio::test]
async fn suppression_files_are_read_all_and_an_id_in_two_of_them_is_refused() {
    let ids = async |files: &[(&str, String)]| {
        let book = Book::of(&Folder::of(&[("own.yml", rule("own", 1))]), &Folder::of(files));
        let pipeline = book.book.current().await;
        let active = pipeline.policy().suppressions.active();
        (active.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>(), book.book.faults())
    };
    let (both, faults) = ids(&[("a.yml", suppression("one", 9)), ("b.yml", suppression("two", 9))]).await;
    assert_eq!((both, faults), (vec!["one".to_owned(), "two".to_owned()], Vec::new()));
    let (first, faults) = ids(&[("a.yml", suppression("one", 9)), ("b.yml", suppression("one", 9))]).await;
    assert_eq!(first, ["one"]);
    assert!(faults.len() == 1 && faults[0].contains("b.yml") && faults[0].contains("'one'"), "{faults:?}");
}

/// Lines of the log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_suppression_that_has_expired_is_told() {
    let lines = Lines::default();
    let _here = tracing::subscriber::set_default(
        tracing_subscriber::fmt().json().with_writer(lines.clone()).finish(),
    );
    let suppressions = [("a.yml", suppression("still", 9)), ("b.yml", suppression("over", -9))];
    let book = Book::of(&Folder::of(&[("own.yml", rule("own", 1))]), &Folder::of(&suppressions));
    book.book.current().await;
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("a suppression has expired and does nothing") && text.contains("over"), "{text}");
    assert!(!text.contains("still") && book.alarms() == 0, "{text}");
}
