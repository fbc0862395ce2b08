use super::*;

/// Shapes that secrets come in; `§` stands around what must not leave.
const SHAPES: &str = include_str!("tests/shapes.txt");
/// What analysts need, and what must stay as it is.
const HARMLESS: &str = include_str!("tests/harmless.txt");

fn shapes() -> impl Iterator<Item = (String, Vec<String>)> {
    SHAPES.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| {
        let secrets = line.split('§').skip(1).step_by(2).map(str::to_owned).collect();
        (line.replace('§', ""), secrets)
    })
}

#[test]
fn no_shape_of_a_secret_passes() {
    let mut leaks = Vec::new();
    let mut count = 0;
    for (text, secrets) in shapes() {
        count += 1;
        assert!(!secrets.is_empty(), "{text}");
        for around in
            [text.clone(), format!("see {text} now"), format!("({text})"), format!("a\\n{text}\\nb")]
        {
            let cleaned = clean(&around);
            leaks.extend(
                secrets.iter().filter(|secret| cleaned.contains(secret.as_str())).map(|_| around.clone()),
            );
        }
    }
    assert!(leaks.is_empty(), "{} leak:\n{}", leaks.len(), leaks.join("\n"));
    assert!(count >= 120, "{count}");
}

#[test]
fn what_is_no_secret_stays_as_it_is() {
    let wrong: Vec<String> = HARMLESS
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty() && clean(line) != *line)
        .map(|line| format!("{line}\n  {}", clean(line)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn cleaning_again_changes_nothing_and_context_stays() {
    for (text, _) in shapes() {
        let once = clean(&text).into_owned();
        assert_eq!(clean(&once), once, "{text}");
    }
    assert_eq!(clean("curl -u admin:hunter2supersecret https://x"), "curl -u admin:[REDACTED] https://x");
    assert_eq!(clean("pass=hunter2supersecret and more"), "pass=[REDACTED] and more");
}
