//! A command line cut into words, as the shell that reads it does: quotes taken off, escapes resolved.
//!
//! What an operating system passes on was quoted for nobody or for the C runtime; what stands behind `-c` is a script,
//! with operators between its commands. A quote that is never closed is a character, because sensors write the
//! arguments of Linux without quotes. Each dialect is in its documentation: POSIX shells (XCU 2.2), `cmd`
//! (<https://learn.microsoft.com/windows-server/administration/windows-commands/cmd>), the C runtime
//! (<https://learn.microsoft.com/cpp/cpp/main-function-command-line-args>) and PowerShell (`about_Quoting_Rules`,
//! `about_Parsing`).

/// Who reads a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Posix,
    Cmd,
    PowerShell,
}

/// What a text is to whoever reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// The command line of a process.
    CommandLine,
    /// What stands behind `-c`: operators count.
    Script,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Where it begins in the text, quotes included, and where it ends.
    pub(super) at: usize,
    pub(super) end: usize,
    /// Began with a quote.
    pub(super) quoted: bool,
}

/// More words of one command are not looked at.
const MOST_WORDS: usize = 10_000;

/// Cuts a text into words and hands them out command by command; operators count in a script only. What is left are the
/// commands that stand inside words: `$(…)`.
pub(super) fn lex(text: &str, dialect: Dialect, kind: Text, each: &mut dyn FnMut(&[Word])) -> Vec<String> {
    let mut lexer = Lexer {
        text,
        at: 0,
        dialect,
        is_script: kind == Text::Script,
        word: None,
        words: Vec::new(),
        each,
        inner: Vec::new(),
        unclosed: Vec::new(),
    };
    lexer.run();
    lexer.inner
}

struct Lexer<'t> {
    text: &'t str,
    /// In bytes.
    at: usize,
    dialect: Dialect,
    is_script: bool,
    word: Option<Word>,
    /// Those of the command so far.
    words: Vec<Word>,
    each: &'t mut dyn FnMut(&[Word]),
    inner: Vec<String>,
    /// Quotes and brackets of which no closing one follows any more.
    unclosed: Vec<char>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while let Some(c) = self.peek(0) {
            if c.is_whitespace() || (c == ',' && self.dialect == Dialect::PowerShell) {
                self.end_word();
                if c == '\n' {
                    self.border();
                }
                self.skip(1);
            } else if self.is_quote(c) {
                self.quote(c);
            } else if self.escape(c) {
                self.skip(1);
                match self.peek(0) {
                    // A line that goes on.
                    Some('\n' | '\r') | None => {}
                    Some(escaped) => self.push(escaped),
                }
                self.skip(1);
            } else if !(self.is_script && self.operator(c)) {
                let plain = if self.dialect == Dialect::PowerShell { dash(c) } else { c };
                self.push(plain);
                self.skip(1);
            }
        }
        self.end_command();
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.text[self.at..].chars().nth(ahead)
    }

    /// Goes on by so many characters.
    fn skip(&mut self, count: usize) {
        self.at += self.text[self.at..].chars().take(count).map(char::len_utf8).sum::<usize>();
    }

    fn push(&mut self, c: char) {
        let at = self.at;
        self.word.get_or_insert_with(|| Word { at, ..Word::default() }).text.push(c);
    }

    fn end_word(&mut self) {
        if let Some(mut word) = self.word.take().filter(|_| self.words.len() < MOST_WORDS) {
            word.end = self.at;
            self.words.push(word);
        }
    }

    fn border(&mut self) {
        if self.is_script {
            self.end_command();
        } else {
            self.end_word();
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        if !self.words.is_empty() {
            (self.each)(&self.words);
            self.words.clear();
        }
    }

    fn is_quote(&self, c: char) -> bool {
        match self.dialect {
            Dialect::Posix => matches!(c, '"' | '\''),
            Dialect::Cmd => c == '"',
            Dialect::PowerShell => matches!(quote(c), '"' | '\''),
        }
    }

    /// Does this character take the meaning of the next?
    fn escape(&self, c: char) -> bool {
        match (self.dialect, c) {
            (Dialect::Cmd, '^') | (Dialect::PowerShell, '`') => true,
            // What the operating system passed on was read by a shell already; its backslashes are in paths.
            (Dialect::Posix, '\\') => {
                self.is_script || self.peek(1).is_some_and(|next| !next.is_alphanumeric())
            }
            (Dialect::Cmd, '\\') => self.peek(1) == Some('"'),
            _ => false,
        }
    }

    /// A quoted part of a word.
    fn quote(&mut self, open: char) {
        let kind = if self.dialect == Dialect::PowerShell { quote(open) } else { open };
        if self.unclosed.contains(&kind) {
            self.push(open);
            self.skip(1);
            return;
        }
        let is_ansi = self.dialect == Dialect::Posix
            && kind == '\''
            && self.word.as_ref().is_some_and(|word| word.text.ends_with('$'));
        let begin = self.at;
        let (was_at, was_inner) = (self.at, self.inner.len());
        let was_long = self.word.as_ref().map(|word| word.text.len());
        let word = self.word.get_or_insert_with(|| Word { at: begin, quoted: true, ..Word::default() });
        if is_ansi {
            word.text.pop();
        }
        self.skip(1);
        while let Some(c) = self.peek(0) {
            let is_close = c == kind || (self.dialect == Dialect::PowerShell && quote(c) == kind);
            if is_close {
                let doubled = self.peek(1).is_some_and(|next| next == c);
                let is_doubled = match self.dialect {
                    Dialect::Posix => false,
                    // `"…"" …` closes for `cmd`, and is a quote for the C runtime only inside one.
                    Dialect::Cmd => doubled && self.peek(2).is_some_and(|next| !next.is_whitespace()),
                    Dialect::PowerShell => doubled,
                };
                if !is_doubled {
                    self.skip(1);
                    return;
                }
                self.push(kind);
                self.skip(2);
            } else if let Some(inner) = self.inner(c, kind) {
                self.inner.push(inner);
            } else if self.escaped_inside(c, kind, is_ansi) {
                self.skip(1);
                self.inside(is_ansi);
            } else {
                self.push(c);
                self.skip(1);
            }
        }
        // It never closes, so it is a character like others, and so are all after it.
        self.unclosed.push(kind);
        self.inner.truncate(was_inner);
        self.at = was_at;
        match (&mut self.word, was_long) {
            (Some(word), Some(long)) => {
                word.text.truncate(long - usize::from(is_ansi));
                if is_ansi {
                    word.text.push('$');
                }
            }
            (word, _) => *word = None,
        }
        self.push(open);
        self.skip(1);
    }

    fn escaped_inside(&self, c: char, kind: char, is_ansi: bool) -> bool {
        let next = self.peek(1);
        match self.dialect {
            Dialect::Posix if is_ansi => c == '\\' && next.is_some(),
            Dialect::Posix => kind == '"' && c == '\\' && matches!(next, Some('"' | '\\' | '$' | '`' | '\n')),
            Dialect::Cmd => c == '\\' && next == Some('"'),
            Dialect::PowerShell => kind == '"' && c == '`' && next.is_some(),
        }
    }

    /// The character behind an escape inside quotes; in `$'…'` also by its number.
    fn inside(&mut self, is_ansi: bool) {
        let Some(c) = self.peek(0) else { return };
        self.skip(1);
        let (radix, most) = match c {
            'x' if is_ansi => (16, 2),
            '0'..='7' if is_ansi => {
                self.at -= 1;
                (8, 3)
            }
            _ => return self.push(c),
        };
        let mut code = 0;
        for _ in 0..most {
            let Some(digit) = self.peek(0).and_then(|c| c.to_digit(radix)) else { break };
            code = code * radix + digit;
            self.skip(1);
        }
        self.push(char::from_u32(code).unwrap_or(' '));
    }

    /// `$(…)` or `` `…` `` inside double quotes: a command, whose output becomes text.
    fn inner(&mut self, c: char, kind: char) -> Option<String> {
        if !self.is_script || kind != '"' || self.dialect == Dialect::Cmd {
            return None;
        }
        let (from, close) = match (c, self.peek(1)) {
            ('$', Some('(')) => (self.at + 2, ')'),
            ('`', Some(_)) if self.dialect == Dialect::Posix => (self.at + 1, '`'),
            _ => return None,
        };
        if self.unclosed.contains(&close) {
            return None;
        }
        let mut depth = 1;
        for (at, c) in self.text[from..].char_indices() {
            match c {
                '(' if close == ')' => depth += 1,
                c if c == close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let inner = self.text[from..from + at].to_owned();
                self.at = from + at + 1;
                return Some(inner);
            }
        }
        self.unclosed.push(close);
        None
    }

    /// What stands between commands, and what belongs to neither.
    fn operator(&mut self, c: char) -> bool {
        let next = self.peek(1);
        let is_start = self.word.is_none();
        let last = self.word.as_ref().and_then(|word| word.text.chars().last());
        match (self.dialect, c) {
            // `2>&1` and `&>file`.
            (_, '&') if last == Some('>') || next == Some('>') => return false,
            (_, '&' | '|') | (Dialect::Posix | Dialect::PowerShell, ';') => self.border(),
            (Dialect::Cmd, '(' | ')')
            | (Dialect::PowerShell, '(' | ')' | '{' | '}')
            | (Dialect::Posix, '(' | ')' | '`') => {
                self.drop_mark();
                self.border();
            }
            (Dialect::Posix, '{' | '}') if is_start && next.is_none_or(char::is_whitespace) => self.border(),
            (Dialect::PowerShell, '=') if self.is_assigned() => self.border(),
            (Dialect::Posix | Dialect::PowerShell, '#') if is_start => {
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.skip(1);
                }
                return true;
            }
            _ => return false,
        }
        self.skip(1);
        true
    }

    /// `$(`, `@(`, `<(`: the mark before a bracket is no word.
    fn drop_mark(&mut self) {
        if self.word.as_ref().is_some_and(|word| matches!(&*word.text, "$" | "@" | "<" | ">")) {
            self.word = None;
        }
    }

    /// Does a variable stand before this `=`?
    fn is_assigned(&self) -> bool {
        match (&self.word, self.words.last()) {
            (Some(word), _) | (None, Some(word)) => word.text.starts_with('$'),
            _ => false,
        }
    }
}

/// PowerShell takes typographic quotes for plain ones.
fn quote(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201b}' => '\'',
        '\u{201c}'..='\u{201e}' => '"',
        other => other,
    }
}

/// And dashes.
fn dash(c: char) -> char {
    if matches!(c, '\u{2013}'..='\u{2015}') { '-' } else { c }
}
