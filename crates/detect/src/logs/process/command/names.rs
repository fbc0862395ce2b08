//! What programs are called: shells, interpreters, and what runs others in its place.

/// Words of a shell before a command, which is run all the same.
pub(super) const TRANSPARENT: &[&str] = &[
    "then", "do", "else", "elif", "if", "while", "until", "!", "time", "exec", "command", "builtin", "call",
    "return", ".", "not",
];

/// Programs that run what stands among their arguments.
pub(super) const WRAPPERS: &[&str] = &[
    "assume",
    "aws-okta",
    "aws-sso",
    "aws-vault",
    "awsume",
    "chamber",
    "chroot",
    "conhost",
    "docker",
    "doas",
    "doppler",
    "env",
    "eval",
    "expect",
    "find",
    "flock",
    "forfiles",
    "granted",
    "ionice",
    "leapp",
    "nerdctl",
    "nice",
    "nohup",
    "npx",
    "op",
    "parallel",
    "pipx",
    "podman",
    "proxychains",
    "proxychains4",
    "psexec",
    "psexec64",
    "runas",
    "saml2aws",
    "screen",
    "script",
    "setsid",
    "start",
    "start-process",
    "saps",
    "stdbuf",
    "strace",
    "su",
    "sudo",
    "schtasks",
    "systemd-run",
    "teller",
    "timeout",
    "tmux",
    "torify",
    "torsocks",
    "unbuffer",
    "uvx",
    "watch",
    "wmic",
    "wsl",
    "xargs",
];

/// Those whose first argument that is no option is the program, whatever it is.
pub(super) const STRICT: &[&str] = &[
    "doas",
    "env",
    "nohup",
    "proxychains",
    "proxychains4",
    "setsid",
    "strace",
    "sudo",
    "torify",
    "torsocks",
    "unbuffer",
];

/// Those that take what they run as one text.
pub(super) const OF_TEXT: &[&str] = &[
    "eval", "flock", "forfiles", "parallel", "psexec", "psexec64", "runas", "schtasks", "script", "su",
    "tmux", "watch", "wmic", "wsl",
];

pub(super) const POSIX_SHELLS: &[&str] = &["sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "rbash"];
pub(super) const INTERPRETERS: &[&str] = &["node", "ruby", "perl"];
pub(super) const EXTENSIONS: &[&str] = &[".exe", ".cmd", ".bat", ".com", ".ps1", ".py", ".rb"];

/// A program's name, without folder and extension, in lower case.
pub(in crate::logs::process) fn program(path: &str) -> String {
    let name = path.trim_matches('"').rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.trim_start_matches('@').to_ascii_lowercase();
    let bare = EXTENSIONS.iter().find_map(|end| name.strip_suffix(end)).filter(|bare| !bare.is_empty());
    bare.map(str::to_owned).unwrap_or(name)
}

pub(super) fn is_python(name: &str) -> bool {
    let rest = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"));
    rest.is_some_and(|version| version.trim_end_matches('w').bytes().all(|b| b.is_ascii_digit() || b == b'.'))
        || name == "py"
}
