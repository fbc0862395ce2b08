//! The tools that reach into clouds and machines, and what they were told to do.
//!
//! Tool, service and verb are told as one text, in lower case and without options: `aws ssm start-session`. Options may
//! stand anywhere; one that the tool has everywhere is known to have a value or none, of any other it is not known, so
//! that a word behind it may be its value or a word of its own, and both readings are told. Global options are those of
//! <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html>,
//! <https://learn.microsoft.com/cli/azure/use-azure-cli-successfully-tips> and
//! <https://docs.cloud.google.com/sdk/gcloud/reference#GLOBAL-FLAGS>.

/// Words of a verb that are told.
const MOST_WORDS: usize = 4;
/// Readings of one call that are told; beyond it what is not known is taken to have a value.
const MOST_READINGS: usize = 16;

struct Tool {
    name: &'static str,
    /// Options everywhere that have no value.
    alone: &'static [&'static str],
    /// And those that have one.
    valued: &'static [&'static str],
    /// Words that may stand before a service: release tracks.
    tracks: &'static [&'static str],
}

const fn plain(name: &'static str) -> Tool {
    Tool { name, alone: &[], valued: &[], tracks: &[] }
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "aws",
        alone: &[
            "debug",
            "no-verify-ssl",
            "no-paginate",
            "no-sign-request",
            "no-cli-pager",
            "cli-auto-prompt",
            "no-cli-auto-prompt",
            "v2-debug",
            "version",
        ],
        valued: &[
            "endpoint-url",
            "output",
            "query",
            "profile",
            "region",
            "color",
            "ca-bundle",
            "cli-read-timeout",
            "cli-connect-timeout",
            "cli-binary-format",
            "cli-input-json",
            "cli-input-yaml",
        ],
        tracks: &[],
    },
    Tool {
        name: "az",
        alone: &["debug", "verbose", "only-show-errors", "help", "h", "version"],
        valued: &["output", "o", "query", "subscription"],
        tracks: &[],
    },
    Tool {
        name: "gcloud",
        alone: &["quiet", "q", "help", "h", "log-http", "user-output-enabled", "no-user-output-enabled"],
        valued: &[
            "account",
            "access-token-file",
            "billing-project",
            "configuration",
            "flags-file",
            "flatten",
            "format",
            "impersonate-service-account",
            "project",
            "trace-token",
            "verbosity",
        ],
        tracks: &["alpha", "beta", "preview"],
    },
    plain("azcmagent"),
    plain("azd"),
    plain("copilot"),
    plain("kubelogin"),
    plain("m365"),
    plain("mssh"),
    plain("msftp"),
    plain("session-manager-plugin"),
    plain("amazon-ssm-agent"),
    plain("ssm-setup-cli"),
    plain("amazonssmagentsetup"),
];

/// Is it one of them?
pub(super) fn is_known(name: &str) -> bool {
    TOOLS.iter().any(|tool| tool.name == name)
}

/// The tool that a Python module is.
pub(super) fn of_module(module: &str) -> Option<&'static str> {
    match module.to_ascii_lowercase().as_str() {
        "azure.cli" | "azure.cli.__main__" => Some("az"),
        "awscli" | "awscli.__main__" | "aws" => Some("aws"),
        "gcloud" | "googlecloudsdk.gcloud_main" => Some("gcloud"),
        _ => None,
    }
}

/// The tool that a container's image is.
pub(super) fn of_container(image: &str) -> Option<&'static str> {
    let image = image.to_ascii_lowercase();
    let ends = |name: &str| {
        let name = image.split_once(name).filter(|(head, _)| head.is_empty() || head.ends_with('/'));
        name.is_some_and(|(_, tag)| tag.is_empty() || tag.starts_with([':', '@']))
    };
    ends("aws-cli/aws-cli").then_some("aws").or_else(|| ends("amazon/aws-cli").then_some("aws"))
}

/// A tool that is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Invocation {
    pub(super) tool: String,
    /// Tool, service and verb, in each way the words can be read.
    pub(super) verbs: Vec<String>,
    /// Its options' names, without dashes and values.
    pub(super) options: Vec<String>,
}

/// An argument of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Word(String),
    Option { name: String, has_value: bool },
}

impl Argument {
    pub(super) fn of(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let name = lower.trim_start_matches('-');
        if name.len() == lower.len() || name.is_empty() {
            return Self::Word(lower);
        }
        match name.split_once(['=', ':']) {
            Some((name, _)) => Self::Option { name: name.to_owned(), has_value: true },
            None => Self::Option { name: name.to_owned(), has_value: false },
        }
    }
}

impl Invocation {
    pub(super) fn of(name: &str, arguments: &[Argument]) -> Self {
        let tool = TOOLS.iter().find(|tool| tool.name == name);
        let mut readings: Vec<Vec<&str>> = vec![Vec::new()];
        let mut options: Vec<String> = Vec::new();
        let mut arguments = arguments.iter().peekable();
        while let Some(argument) = arguments.next() {
            match argument {
                Argument::Word(word) => {
                    let is_track = |reading: &Vec<&str>| {
                        reading.is_empty() && tool.is_some_and(|tool| tool.tracks.contains(&word.as_str()))
                    };
                    let open = readings.iter_mut().filter(|reading| reading.len() < MOST_WORDS);
                    open.filter(|reading| !is_track(reading)).for_each(|reading| reading.push(word));
                }
                Argument::Option { name, has_value } => {
                    options.push(name.clone());
                    let knows = |names: fn(&Tool) -> &'static [&'static str]| {
                        tool.is_some_and(|tool| names(tool).contains(&name.as_str()))
                    };
                    if *has_value || knows(|tool| tool.alone) {
                        continue;
                    }
                    let Some(Argument::Word(word)) =
                        arguments.next_if(|next| matches!(next, Argument::Word(_)))
                    else {
                        continue;
                    };
                    if knows(|tool| tool.valued) {
                        continue;
                    }
                    let others: Vec<Vec<&str>> = readings
                        .iter()
                        .filter(|reading| reading.len() < MOST_WORDS)
                        .map(|reading| reading.iter().copied().chain([word.as_str()]).collect())
                        .collect();
                    for other in others {
                        if readings.len() < MOST_READINGS && !readings.contains(&other) {
                            readings.push(other);
                        }
                    }
                }
            }
        }
        let verb = |words: &Vec<&str>| {
            words.iter().fold(name.to_owned(), |mut verb, word| {
                verb.push(' ');
                verb.push_str(word);
                verb
            })
        };
        let mut verbs: Vec<String> = readings.iter().map(verb).collect();
        verbs.dedup();
        Self { tool: name.to_owned(), verbs, options }
    }

    /// A cmdlet, `Verb-Noun`, perhaps with its module before it.
    pub(super) fn of_cmdlet(name: &str) -> Option<Self> {
        let (verb, noun) = name.split_once('-')?;
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_verb = verb.bytes().all(|byte| byte.is_ascii_alphabetic()) && !verb.is_empty();
        (is_verb && is_word(noun)).then(|| Self::of(name, &[]))
    }
}
