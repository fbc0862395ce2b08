//! Lines on which something stands before the record: a syslog header, a container's time and stream, a prompt.

use super::extent::{is_space, spaces};
use super::rest::Rest;
use super::scan::{Blocks, Reach, Scan};

/// A header is no longer than this.
const LONGEST: usize = 4096;
/// So many beginnings are tried: headers have brackets of their own.
const TRIES: usize = 16;

/// Where the JSON or the Windows event begins that the line ends with; nothing where it ends with neither.
pub(super) fn length(blocks: Blocks, line: &[u8]) -> Option<usize> {
    let head = &line[..line.len().min(LONGEST)];
    if line.ends_with(b"</Event>") {
        let open = memchr::memmem::find_iter(head, b"<Event");
        return open
            .into_iter()
            .find(|at| matches!(line.get(at + b"<Event".len()), Some(b'>' | b' ' | b'\t')));
    }
    if !line.ends_with(b"}") && !line.ends_with(b"]") {
        return None;
    }
    let begins = |at: &usize| {
        let inside = at + 1 + spaces(&line[at + 1..]);
        match line[*at] {
            b'{' => matches!(line.get(inside), Some(b'"' | b'}')),
            _ => matches!(line.get(inside), Some(b'{')),
        }
    };
    memchr::memchr2_iter(b'{', b'[', head)
        .filter(begins)
        .take(TRIES)
        .find(|at| is_whole(blocks, &line[*at..]))
}

/// The same in a text of whatever machine.
pub(crate) fn length_in(text: &str) -> Option<usize> {
    length(Blocks::detect(), text.trim_end().as_bytes())
}

/// Values, one behind the other, to the end?
fn is_whole(blocks: Blocks, mut text: &[u8]) -> bool {
    loop {
        let Reach::End(end) = Scan::new().advance(blocks, text, Rest::Nothing) else { return false };
        text = &text[end..];
        text = &text[text.iter().position(|b| !is_space(*b) && *b != b',').unwrap_or(text.len())..];
        match text {
            [] => return true,
            [b'{' | b'[', ..] => {}
            _ => return false,
        }
    }
}
