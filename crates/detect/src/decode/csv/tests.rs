use serde_json::{Value, json};

use super::Header;
use crate::decode::{Decoded, Decoder, Limits, Place};

/// What a decoder makes of a text that comes in pieces: rows with their lines, or the details of rejects.
fn rows(text: &[u8], piece: usize) -> Vec<(u64, Result<Value, String>)> {
    let mut found = Vec::new();
    let mut take = |decoded: Decoded<'_>| match decoded {
        Decoded::Record(record) => {
            let Place::Line(line) = record.place else { panic!("{record:?}") };
            found.push((line, Ok(serde_json::from_slice(record.bytes).unwrap())));
        }
        Decoded::Reject { detail, place, .. } => {
            let (Place::Line(line) | Place::Ordinal(line)) = place;
            found.push((line, Err(detail.to_owned())));
        }
        Decoded::Notice(_) => {}
    };
    let mut decoder = Decoder::new(Limits::default());
    for piece in text.chunks(piece) {
        decoder.push(piece, &mut take);
    }
    decoder.finish(&mut take);
    found
}

#[test]
fn tables_are_read_as_portals_and_spreadsheets_write_them() {
    let due = vec![
        (2, Ok(json!({"Name": "one", "User type": "a, \"b\"; c\t|d"}))),
        (3, Ok(json!({"Name": "two\nlines", "User type": "{\"a\":1}"}))),
        (6, Ok(json!({"Name": "three"}))),
    ];
    for separator in [",", ";", "\t", "|"] {
        let text = [
            "Name,User type",
            "one,\"a, \"\"b\"\"; c\t|d\"",
            "\"two\nlines\",\"{\"\"a\"\":1}\"",
            ",",
            "three,",
            "",
        ]
        .map(|line| {
            if line.contains('"') {
                line.replace("one,", &format!("one{separator}")).replace("\",\"", &format!("\"{separator}\""))
            } else {
                line.replace(',', separator)
            }
        });
        for (mark, ending) in [("", "\n"), ("\u{feff}", "\r\n")] {
            let text = format!("{mark}{}", text.join(ending));
            for piece in [1, 7, 4096] {
                assert_eq!(rows(text.as_bytes(), piece), due, "{text:?} by {piece}");
            }
        }
    }
}

#[test]
fn a_broken_row_costs_no_other() {
    let text = b"a,b\n1,2\n\"open,3\n4,5\nx,y,z\n6,7\n";
    let due = [
        (2, Ok(json!({"a": "1", "b": "2"}))),
        (3, Err("a quoted cell that does not end".to_owned())),
        (4, Ok(json!({"a": "4", "b": "5"}))),
        (5, Err("3 cells below 2 columns".to_owned())),
        (6, Ok(json!({"a": "6", "b": "7"}))),
    ];
    for piece in [1, 5, 4096] {
        assert_eq!(rows(text, piece), due);
    }
}

#[test]
fn what_comes_before_a_header_and_a_header_again_are_no_rows() {
    for text in ["sep=;\r\na;b\r\n1;2\r\na;b\r\n", "#TYPE Selected.PSObject\n\"a\",\"b\"\n\"1\",\"2\"\n\n"] {
        assert_eq!(rows(text.as_bytes(), 3), [(3, Ok(json!({"a": "1", "b": "2"})))], "{text}");
    }
    let lossy = rows(b"a,b\ncaf\xE9,2\n", 4096);
    assert_eq!(lossy, [(2, Ok(json!({"a": "caf\u{fffd}", "b": "2"})))]);
}

#[test]
fn white_space_around_a_cell_is_none_of_it() {
    let due = json!({"a": "1", "b": "x, y", "c": "z"});
    for table in
        ["a, b, c\n1, \"x, y\",  z  \n", "a,b,c\n\"1  \",\"x, y \", z\n", "| a | b | c |\n|1 | x, y|z |\n"]
    {
        for piece in [1, 3, 4096] {
            assert_eq!(rows(table.as_bytes(), piece), [(2, Ok(due.clone()))], "{table}");
        }
    }
    assert_eq!(rows(b"a,b,c\n , ,x\n", 4096), [(2, Ok(json!({"c": "x"})))]);
}

#[test]
fn the_text_of_an_event_stands_behind_event_viewers_columns() {
    for first in ["Level", "Keywords"] {
        let table = format!(
            "{first},Date and Time,Source,Event ID,Task Category\r\nInformation,11/20/2026 9:00:00 AM,S,4688,P,\"A new\r\nprocess\"\r\n"
        );
        let [(2, Ok(row))] = &rows(table.as_bytes(), 7)[..] else { panic!("{table}") };
        assert_eq!((&row["Event ID"], &row["Message"]), (&json!("4688"), &json!("A new\r\nprocess")));
    }
}

#[test]
fn other_lines_are_no_headers() {
    for line in [
        "hello",
        "{\"a\":1,\"b\":2}",
        "Nov 20 09:00:00 host sshd[1]: Failed, again",
        "1,2,3",
        "a,b,,c,<x>",
        "\"{\\\"a\\\":1}\"",
        "2026-11-20,error,failed",
        "a \"b\", c",
    ] {
        assert_eq!(Header::of(line.as_bytes()), None, "{line}");
    }
    for line in [
        "Date (UTC),Request ID,User",
        "\"eventversion\",\"useridentity\"",
        "_time\t_raw",
        "@timestamp;@message",
    ] {
        assert!(Header::of(line.as_bytes()).is_some(), "{line}");
    }
}

#[test]
fn cells_may_be_in_single_quotes_with_their_names_or_without() {
    let due = vec![
        (2, Ok(json!({"Name": "o'ne", "User": "{\"a\": \"b, c\"}"}))),
        (3, Ok(json!({"Name": "two", "User": "x"}))),
    ];
    for names in ["'Name','User'", "Name,User"] {
        let text = format!("{names}\n'o''ne','{{\"a\": \"b, c\"}}'\n'two','x'\n");
        for piece in [1, 7, 4096] {
            assert_eq!(rows(text.as_bytes(), piece), due, "{text:?} by {piece}");
        }
    }
    let mixed = vec![(2, Ok(json!({"Name": "'tis", "User": "a, b"})))];
    assert_eq!(rows(b"Name,User\n'tis,\"a, b\"\n", 4096), mixed);
}

#[test]
fn the_names_of_claims_are_names_and_sentences_are_none() {
    let due = vec![(2, Ok(json!({"Name": "one", "claims_http://schemas.example.com/upn": "u"})))];
    assert_eq!(rows(b"Name,claims_http://schemas.example.com/upn\none,u\n", 4096), due);
    assert!(Header::of(b"Nov 20 host: one, two").is_none());
}

#[test]
fn lines_of_another_form_are_named() {
    for (line, name) in [
        ("CEF:0|Amazon|CloudTrail|1|StartSession|StartSession|3|src=192.0.2.1", "CEF"),
        ("<13>Nov 20 09:00:00 h LEEF:1.0|Amazon|CloudTrail|1|StartSession|src=192.0.2.1", "LEEF"),
    ] {
        let found = rows(format!("{line}\n").as_bytes(), 4096);
        let (1, Err(detail)) = &found[0] else { panic!("{found:?}") };
        assert!(detail.starts_with(&format!("{name}, ")), "{detail}");
    }
}
