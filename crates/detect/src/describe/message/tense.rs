//! `{actor} opened a shell` told as tried: `{actor} tried to open a shell`.

/// Past and base form of the verbs that rules' sentences begin with.
const VERBS: &[(&str, &str)] = &[
    ("accessed", "access"),
    ("activated", "activate"),
    ("added", "add"),
    ("allowed", "allow"),
    ("armed", "arm"),
    ("asked", "ask"),
    ("assumed", "assume"),
    ("attached", "attach"),
    ("authorised", "authorise"),
    ("began", "begin"),
    ("called", "call"),
    ("changed", "change"),
    ("connected", "connect"),
    ("created", "create"),
    ("decided", "decide"),
    ("defined", "define"),
    ("deleted", "delete"),
    ("disabled", "disable"),
    ("downloaded", "download"),
    ("enabled", "enable"),
    ("executed", "execute"),
    ("exported", "export"),
    ("fetched", "fetch"),
    ("forwarded", "forward"),
    ("generated", "generate"),
    ("gave", "give"),
    ("got", "get"),
    ("granted", "grant"),
    ("had", "have"),
    ("imported", "import"),
    ("installed", "install"),
    ("invoked", "invoke"),
    ("launched", "launch"),
    ("let", "let"),
    ("listed", "list"),
    ("logged", "log"),
    ("made", "make"),
    ("modified", "modify"),
    ("obtained", "obtain"),
    ("opened", "open"),
    ("published", "publish"),
    ("pushed", "push"),
    ("put", "put"),
    ("ran", "run"),
    ("reached", "reach"),
    ("read", "read"),
    ("registered", "register"),
    ("removed", "remove"),
    ("replaced", "replace"),
    ("requested", "request"),
    ("reset", "reset"),
    ("resumed", "resume"),
    ("retrieved", "retrieve"),
    ("revoked", "revoke"),
    ("scheduled", "schedule"),
    ("sent", "send"),
    ("set", "set"),
    ("shared", "share"),
    ("signed", "sign"),
    ("started", "start"),
    ("stopped", "stop"),
    ("switched", "switch"),
    ("terminated", "terminate"),
    ("took", "take"),
    ("turned", "turn"),
    ("tunnelled", "tunnel"),
    ("unlocked", "unlock"),
    ("updated", "update"),
    ("used", "use"),
    ("wrote", "write"),
];

/// The sentence as tried; nothing when it does not begin `{actor}` and a verb that is known.
pub(super) fn tried(sentence: &str) -> Option<String> {
    let rest = sentence.strip_prefix("{actor} ")?;
    let mut words = rest.split(' ');
    let mut out = format!("{{actor}} tried to {}", base(words.next()?)?);
    let mut joins = false;
    for word in words {
        out.push(' ');
        // `changed or ran`: what is tried goes on after such a word.
        out.push_str(if joins { base(word).unwrap_or(word) } else { word });
        joins = matches!(word, "or" | "and");
    }
    Some(out)
}

fn base(past: &str) -> Option<&'static str> {
    VERBS.iter().find(|(verb, _)| *verb == past).map(|(_, base)| *base)
}
