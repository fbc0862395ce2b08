use super::Shown;
use super::sought::names;
use crate::network::Network;

#[test]
fn names_are_found_whole_and_in_any_case() {
    for text in ["dana", "DANA", "operations/dana@example.com", "arn:aws:iam::1:user/Dana", "a dana"] {
        assert!(names(text, "dana"), "{text}");
    }
    for text in ["danae", "jordana", "dana1", "d-ana", "", "danaé", "édana"] {
        assert!(!names(text, "dana"), "{text}");
    }
    assert!(names("i-0123456789abcdef0", "i-0123456789abcdef0"));
    assert!(!names("i-0123456789abcdef01", "i-0123456789abcdef0"));
    assert!(!names("anything", ""));
}

#[test]
fn an_address_is_one_or_a_network() {
    assert!("203.0.113.45".parse::<Network>().is_ok() && "2001:db8::/32".parse::<Network>().is_ok());
    assert!("203.0.113".parse::<Network>().unwrap_err().contains("203.0.113.0/24"));
}

#[test]
fn what_is_shown_is_gated_and_visible_however_often() {
    let mut shown = Shown::default();
    for _ in 0..2 {
        assert_eq!(shown.of("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert!(!shown.of("mysql --password=Sup3rSecretValue99 -h db").contains("Sup3rSecretValue99"));
    }
}
