use super::*;

/// Shapes that secrets come in; `§` stands around what must not leave.
const SHAPES: &str = include_str!("tests/shapes.txt");
/// Words alone.
const PROSE: &str = include_str!("tests/prose.txt");
/// What analysts need, and what must stay as it is.
const HARMLESS: &str = include_str!("tests/harmless.txt");

fn shapes(of: &'static str) -> impl Iterator<Item = (String, Vec<String>)> {
    of.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| {
        let secrets = line.split('§').skip(1).step_by(2).map(str::to_owned).collect();
        (line.replace('§', ""), secrets)
    })
}

#[test]
fn no_shape_of_a_secret_passes() {
    let mut leaks = Vec::new();
    let mut count = 0;
    for (text, secrets) in shapes(SHAPES) {
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
fn no_word_that_is_none_stays_in_what_people_write() {
    for (text, secrets) in shapes(PROSE) {
        let cleaned = clean_prose(&text);
        assert!(secrets.iter().all(|secret| !cleaned.contains(secret.as_str())), "{cleaned}");
        assert!(tells_secret(&text), "{text}");
    }
}

/// What people call a password in their languages.
const TONGUES: &str = include_str!("tests/tongues.txt");

#[test]
fn a_password_is_one_in_any_language() {
    const SHAPES: [&str; 12] = [
        "{}=hunter2supersecret",
        "{}: hunter2supersecret",
        "{} : hunter2supersecret",
        "{} = 'hunter2supersecret'",
        "{\"{}\":\"hunter2supersecret\"}",
        "db_{}=hunter2supersecret",
        "?user=a&{}=hunter2supersecret&x=1",
        "--{} hunter2supersecret",
        "<{}>hunter2supersecret</{}>",
        "{} Tr4uBn8kWq1z",
        "{} -> Tr4uBn8kWq1z",
        "new {}: Tr4uBn8kWq1z, will rotate",
    ];
    let words: Vec<&str> =
        TONGUES.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert!(words.len() > 100, "{}", words.len());
    let mut leaks = Vec::new();
    for word in words {
        let upper = word.to_uppercase();
        let apart: String = word.chars().map(decomposed).collect();
        for (word, shape) in
            [word, &upper, &apart].into_iter().flat_map(|word| SHAPES.map(|shape| (word, shape)))
        {
            let text = shape.replace("{}", word);
            let cleaned = clean(&text);
            leaks.extend((cleaned.contains("supersecret") || cleaned.contains("Tr4uBn8k")).then_some(text));
        }
    }
    assert!(leaks.is_empty(), "{} leak:\n{}", leaks.len(), leaks.join("\n"));
}

/// A letter and its accents apart, as some systems write them.
fn decomposed(letter: char) -> String {
    let (plain, accent) = match letter {
        'é' => ('e', '\u{301}'),
        'è' => ('e', '\u{300}'),
        'ñ' => ('n', '\u{303}'),
        'ö' => ('o', '\u{308}'),
        'ü' => ('u', '\u{308}'),
        'ó' => ('o', '\u{301}'),
        'õ' => ('o', '\u{303}'),
        'ş' => ('s', '\u{327}'),
        'š' => ('s', '\u{30c}'),
        'ž' => ('z', '\u{30c}'),
        'ë' => ('e', '\u{308}'),
        'ă' => ('a', '\u{306}'),
        letter => return letter.to_string(),
    };
    format!("{plain}{accent}")
}

#[test]
fn a_fold_masks_what_was_written() {
    assert_eq!(clean("ｐａｓｓｗｏｒｄ＝hunter2supersecret é"), "ｐａｓｓｗｏｒｄ＝[REDACTED] é");
    assert_eq!(clean("pass\u{200b}word: hunter2super\u{200b}secret"), "pass\u{200b}word: [REDACTED]");
}

#[test]
fn an_id_keeps_its_parts_and_loses_what_its_caller_wrote_into_it() {
    let session = "arn:aws:sts::111122223333:assumed-role/operations/password=hunter2supersecret";
    assert_eq!(clean(session), "arn:aws:sts::111122223333:assumed-role/operations/password=[REDACTED]");
    assert_eq!(
        clean("s3://example/key?X-Amz-Signature=0123456789ab"),
        "s3://example/key?X-Amz-Signature=[REDACTED]"
    );
    assert_eq!(clean("/subscriptions/x?sig=hunter2supersecret"), "/subscriptions/x?sig=[REDACTED]");
}

#[test]
fn what_is_left_of_an_address_behind_its_slash_is_masked() {
    assert_eq!(clean(":hunter2supersecret@cache:6379"), ":[REDACTED]@cache:6379");
}

#[test]
fn what_is_no_secret_stays_as_it_is() {
    let cleaned = |line| [clean(line), clean_prose(line)].into_iter().find(|cleaned| cleaned != line);
    let wrong: Vec<String> = HARMLESS
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .filter_map(|line| Some(format!("{line}\n  {}", cleaned(line)?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_that_tools_make_stay() {
    const WORDS: [&str; 8] = ["Prod", "Shop", "Data", "Bastion", "Host", "Instance", "Fleet", "Service"];
    const HEX: &[u8] = b"0123456789ABCDEF";
    const ANY: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below
    };
    let mut masked = Vec::new();
    for _ in 0..2_000 {
        let mut words = |many: usize| (0..many).map(|_| WORDS[next(WORDS.len())]).collect::<String>();
        let (stack, role) = (words(1) + "Stack", words(2) + "Role");
        let hash: String = (0..8).map(|_| char::from(HEX[next(16)])).collect();
        let tail: String = (0..12).map(|_| char::from(ANY[next(ANY.len())])).collect();
        let name = format!("{stack}-{role}{hash}-{tail}/i-0123456789abcdef0");
        if clean(&name) != name {
            masked.push(name);
        }
    }
    assert!(masked.is_empty(), "{} of 2,000: {:?}", masked.len(), masked.first());
}

#[test]
fn random_keys_are_masked() {
    const BASE64: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/-_";
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        BASE64[usize::try_from(state >> 33).unwrap_or_default() % BASE64.len()]
    };
    let passed = (0..5_000)
        .map(|_| (0..40).map(|_| char::from(next())).collect::<String>())
        .filter(|key| clean(key) == *key)
        .count();
    // The price of telling names: one in fifty, where nothing beside it says what it is.
    assert!(passed < 100, "{passed} of 5,000");
}

#[test]
fn cleaning_again_changes_nothing_and_context_stays() {
    for (text, _) in shapes(SHAPES) {
        let once = clean(&text).into_owned();
        assert_eq!(clean(&once), once, "{text}");
    }
    assert_eq!(clean("curl -u admin:hunter2supersecret https://x"), "curl -u admin:[REDACTED] https://x");
    assert_eq!(clean("pass=hunter2supersecret and more"), "pass=[REDACTED] and more");
}

#[test]
fn what_holds_nothing_as_one_kind_may_hold_a_secret_as_another() {
    let key = "AKIAIOSFODNN7EXAMPLE";
    let word = "tR4vq9Lm2x";
    for _ in 0..2 {
        assert_eq!((clean_id(key), clean(key)), (key.into(), MASK.into()));
        assert_eq!((clean(word), clean_prose(word)), (word.into(), MASK.into()));
    }
}

proptest::proptest! {
    #[test]
    fn a_guid_holds_nothing(guid in "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}") {
        proptest::prop_assert!(is_guid(&guid));
        for kind in [Kind::Id, Kind::Text, Kind::Prose] {
            proptest::prop_assert!(spans_in(&guid, kind).is_empty(), "{guid}");
        }
    }
}
