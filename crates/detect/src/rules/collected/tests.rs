//! No document makes another vanish, and none acts on what is not there without a word.

use crate::rules::{Loaded, Loading, RuleFile, load, load_as};

const ROOT: &str = "aws-root-console-login";

fn file(path: &str, text: &str) -> RuleFile {
    RuleFile { path: path.to_owned(), text: text.to_owned() }
}

fn rule(head: &str, event: &str) -> String {
    let detection = format!("detection: {{s: {{eventName: {event}}}, condition: s}}\nlevel: high\n");
    format!("{head}\nlogsource: {{product: aws, service: cloudtrail}}\n{detection}")
}

fn alone(files: &[RuleFile]) -> Loaded {
    load_as(files, Loading { shipped: false, ..Loading::default() })
}

fn errors(loaded: &Loaded) -> String {
    loaded.errors().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn warnings(loaded: &Loaded) -> String {
    let all = loaded.reports.iter().flat_map(|report| &report.warnings);
    all.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn of_two_with_one_name_or_id_the_first_stays_and_the_error_names_both() {
    const ID: &str = "id: 11111111-1111-4111-8111-1111111111A1";
    for (one, other, what) in [
        ("title: Same title", "title: Same title", "its name `same-title`"),
        ("title: One", "title: Other\nname: one", "its name `one`"),
        ("title: One\nname: x", "title: Other\nname: x", "its name `x`"),
        (&*format!("title: One\n{ID}"), &*format!("title: Other\n{}", ID.to_lowercase()), "its id `1111"),
        ("title: One Two", "title: one-two", "its name `one-two`"),
    ] {
        let (a, b) = (file("a.yml", &rule(one, "A")), file("b.yml", &rule(other, "B")));
        for file in [&a, &b] {
            let loaded = alone(std::slice::from_ref(file));
            assert_eq!((errors(&loaded), loaded.rules.detections().len()), (String::new(), 1));
        }
        let loaded = alone(&[a, b]);
        let told = errors(&loaded);
        assert!(told.contains(what) && told.contains("b.yml") && told.contains("a.yml"), "{told}");
        assert_eq!(loaded.rules.detections()[0].rule.meta.file, "a.yml");
        assert_eq!(loaded.rules.detections().len(), 1);
    }
}

#[test]
fn a_broken_file_is_never_hidden_by_another() {
    let broken = rule("title: Same", "A") + "trailhound: {sentence: '{actr} did it'}\n";
    for files in [["a.yml", "b.yml"], ["b.yml", "a.yml"]] {
        let texts = files
            .map(|path| file(path, &if path == "a.yml" { broken.clone() } else { rule("title: Same", "B") }));
        let told = errors(&alone(&texts));
        assert!(told.contains("a.yml") && told.contains("b.yml"), "{told}");
    }
}

#[test]
fn a_shipped_rule_goes_only_where_another_says_so() {
    let id = load(&[]).rules.named(ROOT).expect("it is shipped").info.id.clone();
    for head in [format!("title: Mine\nid: {}", id.to_uppercase()), format!("title: Mine\nname: {ROOT}")] {
        let loaded = load(&[file("mine.yml", &rule(&head, "A"))]);
        let told = errors(&loaded);
        assert!(told.contains(&format!("replaces: {ROOT}")) && told.contains("rules/"), "{told}");
        assert!(loaded.rules.named(ROOT).is_some_and(|own| own.rule.meta.file != "mine.yml"));
    }
    for head in
        [format!("title: Mine\nid: {id}"), format!("title: Mine\nname: {ROOT}"), "title: Mine".to_owned()]
    {
        let text = rule(&head, "ConsoleLogin") + &format!("trailhound: {{replaces: {ROOT}}}\n");
        let loaded = load(&[file("mine.yml", &text)]);
        assert_eq!((errors(&loaded), warnings(&loaded)), (String::new(), String::new()), "{head}");
        let [replaced] = loaded.replaced.as_slice() else { panic!("{:?}", loaded.replaced) };
        assert_eq!((replaced.shipped.as_str(), replaced.file.as_str()), (ROOT, "mine.yml"));
        let mine = loaded.rules.find(ROOT).expect("it answers to the name");
        assert_eq!(mine.rule.meta.file, "mine.yml");
        assert!(loaded.rules.find(&id).is_some_and(|own| own.rule.meta.file == "mine.yml"));
        assert_eq!(loaded.rules.detections().len(), load(&[]).rules.detections().len());
        assert!(
            !loaded.rules.fed_by(&mine.info.name).is_empty(),
            "what looked at the shipped rule looks at it"
        );
    }
}

#[test]
fn a_replacement_that_cannot_be_used_leaves_the_shipped_rule() {
    let broken = rule("title: Mine", "A") + &format!("trailhound: {{replaces: {ROOT}, sentense: x}}\n");
    let beyond = rule("title: Mine", "A").replace("cloudtrail", "route53")
        + &format!("trailhound: {{replaces: {ROOT}}}\n");
    for text in [broken, beyond] {
        let loaded = load(&[file("mine.yml", &text)]);
        assert!(loaded.rules.named(ROOT).is_some() && loaded.replaced.is_empty());
    }
    let text = rule("title: Mine", "A") + "trailhound: {replaces: aws-root-console-logn}\n";
    let told = errors(&load(&[file("mine.yml", &text)]));
    assert!(told.contains("no shipped rule") && told.contains(&format!("did you mean `{ROOT}`?")), "{told}");
}

#[test]
fn titles_of_any_script_have_names_of_their_own() {
    let titles =
        ["不審なコマンド一番", "不審なコマンド二番", "Подозрительная команда", "أمر مشبوه", "!!!", "???"];
    let files: Vec<RuleFile> = titles
        .iter()
        .enumerate()
        .map(|(at, title)| file(&format!("{at}.yml"), &rule(&format!("title: '{title}'"), "A")))
        .collect();
    let loaded = alone(&files);
    assert_eq!((errors(&loaded), loaded.rules.detections().len()), (String::new(), titles.len()));
    assert!(loaded.rules.named("подозрительная-команда").is_some());
}

#[test]
fn what_is_not_read_is_left_out_with_a_reason_and_a_slip_is_an_error() {
    let of = |source: &str, selection: &str| {
        let text = format!("title: t\nlogsource: {source}\ndetection: {{s: {selection}, condition: s}}\n");
        alone(&[file("t.yml", &text)])
    };
    for (source, selection, reason) in [
        ("{product: zeek, service: dns}", "{query: x}", "zeek/dns is not read"),
        (
            "{product: windows, category: registry_set}",
            "{TargetObject: x}",
            "windows/registry_set is not read",
        ),
        ("{product: windows, service: security}", "{EventID: 4624, LogonType: 3}", "only event 4688 is read"),
        ("{product: windows, service: sysmon}", "{EventID: 10}", "only event 1 is read"),
    ] {
        let loaded = of(source, selection);
        let beyond: Vec<_> = loaded.reports.iter().flat_map(|report| &report.beyond).collect();
        assert_eq!(errors(&loaded), "", "{source}");
        assert!(beyond.len() == 1 && beyond[0].reason.contains(reason), "{beyond:?}");
        assert_eq!(loaded.rules.detections().len(), 0);
    }
    for (source, selection, says) in [
        ("{product: awz, service: cloudtrail}", "{eventName: x}", "did you mean aws/cloudtrail?"),
        ("{product: aws, service: cloudtrial}", "{eventName: x}", "did you mean aws/cloudtrail?"),
        ("{product: windows, service: security}", "{EventID: 4688, NewProcesName: x}", "NewProcessName"),
        ("{product: azure, service: activitylogs}", "{Status: Sucess}", "did you mean `Success`?"),
    ] {
        let told = errors(&of(source, selection));
        assert!(told.contains(says), "{source}: {told}");
    }
    for (source, selection) in [
        ("{product: aws}", "{eventName: x}"),
        ("{service: cloudtrail}", "{eventName: x}"),
        ("{product: windows, service: security}", "{EventID: 4688, NewProcessName: x}"),
        ("{product: windows, service: sysmon}", "{EventID: 1, Image: x}"),
        ("{product: azure}", "{operationName: x}"),
    ] {
        let loaded = of(source, selection);
        assert_eq!((errors(&loaded), loaded.rules.detections().len()), (String::new(), 1), "{source}");
    }
}

#[test]
fn placeholders_come_from_a_file_beside_the_rules_or_from_one_that_is_named() {
    let rule = "title: t\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {userIdentity.userName|expand: '%admins%'}, condition: s}\n";
    let rule = file("mine/r.yml", rule);
    let values = |path: &str| file(path, "admins: [alice, bob]\nservers: srv*\n");
    assert!(errors(&alone(std::slice::from_ref(&rule))).contains("nothing says what %admins% stands for"));
    let beside = alone(&[rule.clone(), values("mine/placeholders.yml")]);
    assert_eq!((errors(&beside), beside.rules.detections().len()), (String::new(), 1));
    let named = [values("elsewhere.yml")];
    let loading = Loading { shipped: false, placeholders: &named, ..Loading::default() };
    assert_eq!(errors(&load_as(std::slice::from_ref(&rule), loading)), "");
    let wrong = [file("mine/placeholders.yml", "- alice\n"), rule];
    assert!(errors(&alone(&wrong)).contains("mine/placeholders.yml:1:1"));
}

#[test]
fn a_correlation_acts_on_the_rules_that_are_there_and_names_the_others() {
    let one = file("a.yml", &rule("title: One", "A"));
    let over = |kind: &str, rules: &str, condition: &str| {
        let text = format!(
            "title: Over\ncorrelation: {{type: {kind}, rules: {rules}, group-by: [n.actor.key], timespan: 5m{condition}}}\n"
        );
        alone(&[one.clone(), file("over.yml", &text)])
    };
    let loaded = over("event_count", "[one, gone]", ", condition: {gte: 2}");
    assert_eq!((errors(&loaded), loaded.rules.correlations().len()), (String::new(), 1));
    assert!(warnings(&loaded).contains("there is no rule `gone`"));
    assert_eq!(loaded.rules.fed_by("one").len(), 1);
    let loaded = over("temporal", "[one, gone]", "");
    assert!(errors(&loaded).contains("over.yml:2:") && loaded.rules.correlations().is_empty());
}

#[test]
fn strict_makes_errors_of_warnings() {
    let text = rule("title: t\nlevle: high", "A");
    let files = [file("t.yml", &text)];
    assert!(errors(&alone(&files)).is_empty() && warnings(&alone(&files)).contains("did you mean `level`?"));
    let strict = load_as(&files, Loading { shipped: false, strict: true, ..Loading::default() });
    assert!(errors(&strict).contains("did you mean `level`?"));
    let tagged = [file("t.yml", &rule("title: t\ntags: [attack.t14855]", "A"))];
    let strict = load_as(&tagged, Loading { shipped: false, strict: true, ..Loading::default() });
    assert!(errors(&strict).contains("attack.t14855"));
}

#[test]
fn a_correlation_goes_with_the_rules_it_is_about_and_is_told_the_true_reason() {
    let unread = "title: flow\nname: vpc\nlogsource: {product: aws, service: vpcflow}\ndetection: {s: {a: x}, condition: s}\n";
    let over = |rules: &str| {
        format!(
            "---\ntitle: many\nname: many\ncorrelation: {{type: event_count, rules: {rules}, timespan: 5m, condition: {{gte: 3}}}}\n"
        )
    };
    let loaded = alone(&[file("c.yml", &format!("{unread}{}", over("[vpc]")))]);
    assert_eq!(errors(&loaded), "");
    let beyond: Vec<&str> = loaded.reports[0].beyond.iter().map(|beyond| beyond.rule.as_str()).collect();
    assert_eq!(beyond, ["flow", "many"]);

    let read = rule("---\ntitle: shell\nname: shell", "StartSession");
    let loaded = alone(&[file("c.yml", &format!("{unread}{read}{}", over("[vpc, shell]")))]);
    assert_eq!(errors(&loaded), "");
    assert!(
        warnings(&loaded).contains("the rule `vpc` is left out: aws/vpcflow is not read"),
        "{}",
        warnings(&loaded)
    );
    assert!(loaded.rules.correlation("many").is_some());
}
