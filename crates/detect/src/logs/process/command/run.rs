//! Which programs a command line runs: through shells, wrappers and whatever stands in their place.
//!
//! A tool counts where it is run, not where it is mentioned: as the program, as what a shell is told to run, behind a
//! wrapper that runs its arguments, or as the command a connection goes through. How deep texts may stand in texts is
//! bounded; each is shorter than the one around it.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::lex::{Dialect, Text, Word, lex};
use super::names::{INTERPRETERS, OF_TEXT, POSIX_SHELLS, STRICT, TRANSPARENT, WRAPPERS, is_python, program};
use super::tools::{Argument, Invocation};

/// Scripts inside scripts that are read.
const MOST_DEPTH: usize = 6;

/// What a process was started with: the tools it runs, and with which options.
pub(super) fn read(line: &str, image: Option<&str>) -> Vec<Invocation> {
    let mut runs = Invocations::default();
    let is_windows = image.is_some_and(|image| image.contains('\\'))
        || line.trim_start_matches('"').get(1..3) == Some(":\\")
        || line.split_whitespace().next().is_some_and(|first| first.to_ascii_lowercase().contains(".exe"));
    let dialect = if is_windows { Dialect::Cmd } else { Dialect::Posix };
    runs.text(&whole_image(line, image), dialect, Text::CommandLine, 0);
    // A program may be told by its image alone.
    if let Some(tool) = image.map(program).filter(|name| super::tools::is_known(name))
        && runs.found.iter().all(|found| found.tool != tool)
    {
        runs.found.push(Invocation::of(&tool, &[]));
    }
    runs.found
}

/// A path with spaces in it that nobody quoted, in quotes.
fn whole_image<'l>(line: &'l str, image: Option<&str>) -> std::borrow::Cow<'l, str> {
    let text = line.trim_start();
    let starts = |image: &&str| {
        image.contains(' ') && text.get(..image.len()).is_some_and(|head| head.eq_ignore_ascii_case(image))
    };
    if let Some(image) = image.filter(starts) {
        return format!("\"{image}\"{}", &text[image.len()..]).into();
    }
    let lower = text.to_ascii_lowercase();
    if lower.get(1..3) == Some(":\\")
        && let Some(end) = [".exe", ".cmd", ".bat"].iter().filter_map(|end| lower.find(end)).min()
        && lower[..end].contains(' ')
        && !lower[..end].contains('"')
    {
        return format!("\"{}\"{}", &text[..end + 4], &text[end + 4..]).into();
    }
    line.into()
}

#[derive(Default)]
struct Invocations {
    found: Vec<Invocation>,
}

impl Invocations {
    fn text(&mut self, text: &str, dialect: Dialect, kind: Text, depth: usize) {
        if depth > MOST_DEPTH {
            return;
        }
        let at = Spot { text, dialect, kind, depth };
        let inner = lex(text, dialect, kind, &mut |words| {
            self.command(&words.iter().collect::<Vec<_>>(), &at);
        });
        for script in inner {
            self.text(&script, dialect, Text::Script, depth + 1);
        }
    }

    fn command(&mut self, words: &[&Word], at: &Spot<'_>) {
        let mut words = words;
        // Each turn takes at least one word.
        while let Some((first, rest)) = words.split_first() {
            let name = program(&first.text);
            if is_assignment(first) || (at.kind == Text::Script && TRANSPARENT.contains(&name.as_str())) {
                words = rest;
                continue;
            }
            let next = match name.as_str() {
                name if super::tools::is_known(name) => {
                    self.found.push(Invocation::of(name, &readable(rest)));
                    // Its last argument may be a command for the machine it reaches; that is not run here.
                    return;
                }
                shell if POSIX_SHELLS.contains(&shell) => self.posix(rest, at),
                "busybox" => Some(0),
                "cmd" | "%comspec%" => {
                    self.cmd(rest, at);
                    None
                }
                "powershell" | "pwsh" | "powershell_ise" => self.powershell(rest, at, &name),
                "invoke-expression" | "iex" | "invoke-command" | "icm" => {
                    self.joined(rest, at);
                    None
                }
                python if is_python(python) => self.python(rest),
                interpreter if INTERPRETERS.contains(&interpreter) => {
                    rest.iter().position(|word| !word.text.starts_with('-'))
                }
                wrapper if WRAPPERS.contains(&wrapper) => self.wrapped(wrapper, rest, at),
                _ => {
                    self.connection(rest, at);
                    let is_cmdlet = at.dialect == Dialect::PowerShell && at.kind == Text::Script;
                    if is_cmdlet && let Some(invocation) = Invocation::of_cmdlet(&name) {
                        self.found.push(invocation);
                    }
                    behind_dashes(rest)
                }
            };
            match next {
                Some(next) => words = &rest[next..],
                None => return,
            }
        }
    }

    /// `sh -c script`, or a script's file, which is the program then.
    fn posix(&mut self, rest: &[&Word], at: &Spot<'_>) -> Option<usize> {
        let mut words = rest.iter().enumerate();
        while let Some((place, word)) = words.next() {
            let Some(letters) = word.text.strip_prefix(['-', '+']) else { return Some(place) };
            if matches!(letters, "o" | "O" | "-rcfile" | "-init-file") {
                words.next();
            } else if !letters.starts_with('-') && letters.contains('c') {
                // `-c -e script`.
                let script = rest[place + 1..].iter().find(|word| !word.text.starts_with('-'))?;
                // An argument that holds white space was one argument; else a sensor left the quotes out.
                let is_whole = script.quoted || script.text.contains(char::is_whitespace);
                let text = if is_whole { &script.text } else { at.rest_of(rest, script)? };
                self.text(text, Dialect::Posix, Text::Script, at.depth + 1);
                return None;
            }
        }
        None
    }

    /// What stands behind `/c` is the script, to the end of the line, in quotes or not.
    fn cmd(&mut self, rest: &[&Word], at: &Spot<'_>) {
        for word in rest {
            let lower = word.text.to_ascii_lowercase();
            if !["/c", "/k", "/r"].iter().any(|option| lower.starts_with(option)) {
                continue;
            }
            let from = at.rest_of(rest, word).unwrap_or_default();
            let Some(script) = from.trim_start_matches(['"', '/', '^']).get(1..).map(str::trim) else {
                return;
            };
            let inner = script.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            // Outer quotes go, unless they are those of a single program's path.
            let script = match inner {
                Some(inner) if inner.contains(['"', '&', '|', '^', ' ']) => inner,
                _ => script,
            };
            return self.text(script, Dialect::Cmd, Text::Script, at.depth + 1);
        }
    }

    fn powershell(&mut self, rest: &[&Word], at: &Spot<'_>, name: &str) -> Option<usize> {
        let mut words = rest.iter().enumerate();
        while let Some((place, word)) = words.next() {
            let text = word.text.replace(['\u{2013}', '\u{2014}', '\u{2015}'], "-").to_ascii_lowercase();
            let Some(option) = text.strip_prefix(['-', '/']).map(|option| option.trim_start_matches('-'))
            else {
                // Windows PowerShell takes it for a command, its successor for a file.
                if name == "pwsh" && program(&word.text) != text {
                    return Some(place);
                }
                return self.joined(&rest[place..], at);
            };
            let is = |whole: &str, least: usize| option.len() >= least && whole.starts_with(option);
            if is("command", 1) || is("commandwithargs", 8) || option == "cwa" {
                return self.joined(&rest[place + 1..], at);
            } else if is("encodedcommand", 1) || option == "ec" {
                let encoded = rest.get(place + 1)?;
                let script = decoded(&encoded.text)?;
                self.text(&script, Dialect::PowerShell, Text::Script, at.depth + 1);
                return None;
            } else if is("file", 1) {
                return (place + 1 < rest.len()).then_some(place + 1);
            }
            let alone = [
                "nologo",
                "noexit",
                "noprofile",
                "noninteractive",
                "sta",
                "mta",
                "login",
                "interactive",
                "help",
            ];
            if !alone.iter().any(|whole| is(whole, 1)) {
                words.next();
            }
        }
        None
    }

    fn joined(&mut self, words: &[&Word], at: &Spot<'_>) -> Option<usize> {
        let script: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        self.text(&script.join(" "), Dialect::PowerShell, Text::Script, at.depth + 1);
        None
    }

    /// A module or a script, which is the program then; `-c` is code of its own.
    fn python(&mut self, rest: &[&Word]) -> Option<usize> {
        let mut words = rest.iter().enumerate();
        while let Some((place, word)) = words.next() {
            let Some(letters) = word.text.strip_prefix('-') else { return Some(place) };
            match letters.chars().find(|letter| matches!(letter, 'm' | 'c' | 'W' | 'X')) {
                Some('m') => {
                    let glued = letters.split_once('m').map(|(_, module)| module).unwrap_or_default();
                    let module = if glued.is_empty() { &*rest.get(place + 1)?.text } else { glued };
                    let from = place + 1 + usize::from(glued.is_empty());
                    let tool = super::tools::of_module(module)?;
                    self.found.push(Invocation::of(tool, &readable(&rest[from..])));
                    return None;
                }
                Some('c') => return None,
                Some(_) if letters.len() == 1 => drop(words.next()),
                _ => {}
            }
        }
        None
    }

    /// A wrapper's own options and arguments are its own business: what it runs is the first word that is a tool or
    /// runs others, or else a script in quotes.
    fn wrapped(&mut self, wrapper: &str, rest: &[&Word], at: &Spot<'_>) -> Option<usize> {
        let runs = |name: &str| {
            super::tools::is_known(name)
                || POSIX_SHELLS.contains(&name)
                || WRAPPERS.contains(&name)
                || is_python(name)
                || matches!(name, "cmd" | "powershell" | "pwsh" | "busybox")
        };
        let mut may_be_value = false;
        for (place, word) in rest.iter().enumerate() {
            if runs(&program(&word.text)) {
                return Some(place);
            }
            if let Some(tool) = super::tools::of_container(&word.text) {
                self.found.push(Invocation::of(tool, &readable(&rest[place + 1..])));
                return None;
            }
            let is_option = word.text.starts_with('-');
            if OF_TEXT.contains(&wrapper) && word.quoted && word.text.contains(' ') {
                self.text(&word.text, at.dialect, Text::Script, at.depth + 1);
            } else if STRICT.contains(&wrapper) && !is_option && !may_be_value && !is_assignment(word) {
                return Some(place);
            }
            may_be_value = is_option && !word.text.contains('=');
        }
        None
    }

    /// `ssh -o ProxyCommand="…"` runs the command to get through.
    fn connection(&mut self, rest: &[&Word], at: &Spot<'_>) {
        const OPTION: &str = "proxycommand";
        for word in rest {
            let lower = word.text.to_ascii_lowercase();
            let Some(found) = lower.find(OPTION) else { continue };
            let behind = word.text.get(found + OPTION.len()..).unwrap_or_default();
            let Some(command) = behind.strip_prefix(['=', ' ']) else { continue };
            // Without quotes the command goes on behind the word.
            let whole = at.rest_of(rest, word).filter(|_| !command.contains(' '));
            let whole =
                whole.and_then(|rest| rest.get(rest.to_ascii_lowercase().find(OPTION)? + OPTION.len() + 1..));
            return self.text(whole.unwrap_or(command), Dialect::Posix, Text::Script, at.depth + 1);
        }
    }
}

/// Where a command stands.
struct Spot<'t> {
    text: &'t str,
    dialect: Dialect,
    kind: Text,
    depth: usize,
}

impl<'t> Spot<'t> {
    /// The text of a command from one of its words on. Each command has its own, so that none is read twice.
    fn rest_of(&self, command: &[&Word], from: &Word) -> Option<&'t str> {
        self.text.get(from.at..command.last()?.end)
    }
}

fn readable(words: &[&Word]) -> Vec<Argument> {
    words.iter().map(|word| Argument::of(&word.text)).collect()
}

/// `NAME=value` before a command.
fn is_assignment(word: &Word) -> bool {
    word.text.split_once('=').is_some_and(|(name, _)| {
        !word.quoted
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// A command behind a bare `--`, as many wrappers have it.
fn behind_dashes(words: &[&Word]) -> Option<usize> {
    let dashes = words.iter().position(|word| word.text == "--")?;
    let next = words.get(dashes + 1)?;
    super::tools::is_known(&program(&next.text)).then_some(dashes + 1)
}

/// PowerShell's encoded script: UTF-16 in base64.
fn decoded(text: &str) -> Option<String> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = GeneralPurpose::new(&STANDARD, config.with_decode_allow_trailing_bits(true))
        .decode(text.trim())
        .ok()?;
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    Some(String::from_utf16_lossy(&units))
}
