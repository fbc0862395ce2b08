//! What secrets look like: tokens that providers mark themselves, and values that stand where secrets are given.
//!
//! Each pattern's group `v` is what must not leave. Where a value stands behind a word alone, words that are no values
//! are left (`no_value`). Prefixes are the providers' own, as secret scanners list them, for one
//! <https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns>.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::hints::Patterns;
use super::made::LazyPattern;
use super::tongues;

/// Tokens that say themselves what they are, wherever they stand.
const MARKED: &[&str] = &[
    r"-----BEGIN [A-Z0-9 ]+-----(?s:.*)",
    r"PuTTY-User-Key-File(?s:.*)",
    r"(?i:AGE-SECRET-KEY-1[a-z0-9]{20,})",
    // AWS: session tokens, Bedrock, MWS.
    r"\b(?:IQoJ|FwoG|FQoG|AQoD|AQoE)[A-Za-z0-9+/=%_-]{20,}",
    r"\bABSK[A-Za-z0-9+/=]{40,}",
    r"\bamzn\.mws\.[0-9a-f-]{30,}",
    // Azure: application secrets, keys of 64 bytes.
    r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{20,}",
    r"[A-Za-z0-9+/]{86}==",
    r"[A-Za-z0-9+/_-]{33,76}(?:APIM|ACDb|AzFu|AzSe|\+ASt|\+AEh|\+ARm|AIoT)[A-Za-z0-9+/_=-]{5,}",
    // Source, packages, builds.
    r"\bgh[pousr]_[A-Za-z0-9_]{16,}",
    r"\bgithub_pat_[A-Za-z0-9_]{16,}",
    r"\bgl(?:pat|ptt|dt|rt|soat|ft|imt|agent|cbt|oas|ffct)-[A-Za-z0-9_.-]{16,}",
    r"\b(?:(?:npm|hf|gsk|r8|figd|sbp|rubygems|dckr_pat|CCIPAT|bkua|glc|glsa|sntrys|sntryu|pul|lin_api|phc|phx|rnd|fo1|FlyV1|bb|ntn|secret|dp\.(?:pt|st|ct|sa|scim|audit)|tfr|apify_api|pat|ey)[._]|cmVmd|oy2)[A-Za-z0-9]{30,}",
    r"\bpypi-[A-Za-z0-9_-]{16,}",
    r"\bGR1348941[A-Za-z0-9_-]{16,}",
    r"\bpul-[0-9a-f]{32,}\b",
    r"\blsv2_(?:pt|sk)_[A-Za-z0-9_]{20,}",
    r"\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{16,}",
    r"\b(?:atlasv1|[A-Za-z0-9]{14}\.atlasv1)\.[A-Za-z0-9_-]{20,}",
    r"\bAT(?:ATT3|CTT3|BB)[A-Za-z0-9_=-]{16,}",
    // Payment, mail, chat, clouds, models.
    r"\b(?:sk|pk|rk|whsec)_(?:(?:live|test)_)?[A-Za-z0-9+/=]{16,}",
    r"\bsk-(?:[a-z0-9]+-){0,3}[A-Za-z0-9_]{16,}[A-Za-z0-9_-]*",
    r"\b(?:xai|pplx)-[A-Za-z0-9]{20,}",
    r"\bAIza[A-Za-z0-9_-]{20,}",
    r"\bya29\.[A-Za-z0-9_-]{10,}",
    r"\bGOCSPX-[A-Za-z0-9_-]{10,}",
    r"\b1//0[A-Za-z0-9_-]{20,}",
    r"\bSG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    r"\bkey-[0-9a-f]{32}\b",
    r"\b[0-9a-f]{32}-us[0-9]{1,2}\b",
    r"\bxkeysib-[0-9a-f]{20,}",
    r"\b(?:AC|SK)[0-9a-f]{32}\b",
    r"\bxox[a-z]-[A-Za-z0-9-]{10,}",
    r"\bxox[a-z]\.xox[a-z]-[A-Za-z0-9-]{10,}",
    r"\bxapp-[0-9]-[A-Za-z0-9-]{10,}",
    r"\b[MNO][A-Za-z0-9_-]{22,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{25,}",
    r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{30,}",
    r"\bdt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{32,}",
    r"\bv1\.0-[0-9a-f]{24}-[0-9a-f]{64,}",
    r"\b(?:[0-9]{6}-){7}[0-9]{6}\b",
    r"(?i:hooks\.zapier\.com/hooks/(?P<v>[^\s\x22']+))",
    r"(?i:hooks\.slack\.com/(?:services|workflows|triggers)/(?P<v>[^\s\x22']+))",
    r"(?i:webhook\.office\.com/(?P<v>[^\s\x22']+))",
    r"(?i:discord(?:app)?\.com/api/webhooks/(?P<v>[^\s\x22']+))",
    r"(?i:api\.telegram\.org/bot(?P<v>[^\s/]+))",
    r"\bhv[sbr]\.[A-Za-z0-9_-]{16,}",
    r"\bs\.[A-Za-z0-9]{24}\b",
    r"\bdapi[0-9a-f]{32}",
    r"\bdo[opr]_v1_[0-9a-f]{30,}",
    r"\bshp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{20,}",
    r"\bsq0(?:atp|csp)-[A-Za-z0-9_-]{16,}",
    r"\b(?:NRAK|NRJS|NRII|NRRA|HRKU|PMAK|LTAI|tskey|AQVN)-?[A-Za-z0-9_-]{16,}",
    r"\bops_eyJ[A-Za-z0-9+/=_-]{20,}",
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}[A-Za-z0-9._-]*",
    r"\beyJ[A-Za-z0-9+/=_-]{40,}",
    // Heads of keys in Base64, and what Windows seals.
    r"\b(?:LS0tLS1CRUdJTi|b3BlbnNzaC1rZXktdjEA)[A-Za-z0-9+/=]*",
    r"(?i:\b01000000d08c9ddf[0-9a-z]*)",
    r"\b76492d1116743f0[A-Za-z0-9+/=|]*",
    // What a caller writes into the name of a session or a role, which stands in an ARN.
    r"(?i:/(?:password|passwd|passphrase|pwd):[^\s/\x22']{6,})",
    // Digests of passwords, and what offline guessing starts from.
    r"\$ANSIBLE_VAULT;(?s:.*)",
    r"\$(?:krb5(?:tgs|asrep|pa)|DCC2|ml|B|NT|mscash)\$[^\s\x22']{8,}",
    r"[^\s:\x22'\\]+::[^\s:]*:[0-9a-fA-F]{16}:[^\s\x22']{8,}",
    r"\{(?:SSHA|SHA|SMD5|MD5|CRYPT|PBKDF2)[0-9]*\}[A-Za-z0-9+/=$.]{8,}",
    r"\$(?:1|2[abxy]|5|6|7|y|gy|apr1|argon2id?|scrypt|pbkdf2[a-z0-9-]*)\$[^\s\x22':]{8,}",
    r"\b[0-9a-fA-F]{32}:[0-9a-fA-F]{32}\b",
];

/// Words of which what a pattern matches holds one, a line for each pattern.
pub(super) const WORDS: &str = include_str!("words.txt");

/// Ids of access keys: they open nothing alone, and where the caller writes them the secret is seldom far.
const KEY_IDS: &str = r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b";

/// Words that a value follows, beside those of other languages.
const WORD: &str = r"pass(?:word|wd|phrase|code|wort)?|pwd|secret(?:[_ -]?(?:access)?[_ -]?key)?|token|api[_ -]?key|access[_ -]?key|account[_ -]?key|shared[_ -]?access[_ -]?(?:key|signature)|client[_ -]?secret|private[_ -]?key|encryption[_ -]?key|master[_ -]?key|signing[_ -]?key|host[_ -]?key|function[_ -]?key|license[_ -]?key|subscription[_ -]?key|credentials?|auth|authorization|sig|signature|connection[_ -]?string|session[_ -]?key|sessionid|sid|activation[_ -]?code|registration[_ -]?code|join[_ -]?key|(?:recovery|backup|access|unlock|pairing|verification|mfa)[_ -]?code|recovery[_ -]?key|key[_ -]?base|secret[_ -]?id|nonce|otp|totp(?:\s+seed)?|psk|pre-?shared[_ -]?key|community(?:[_ -]?string)?|creds?|pw";

/// A value in quotes or without.
const VALUE: &str =
    r#"\\*(?:"(?P<v>[^"\\]{3,})|'(?P<w>[^'\\]{3,})|(?P<x>[^\s"'&;,)}\]\\][^\s"'&;,)}\]]{2,}))"#;

/// Where values stand that are secrets: assignments, JSON, headers, flags, addresses, and the ways of some tools.
fn placed() -> Vec<String> {
    let (tongues, together) = (tongues::words(), tongues::together());
    let word = format!("(?:{WORD}|{tongues})");
    let flag = r"pass(?:word|wd|phrase|code)?|(?:src|dest)?(?:store|key|new)pass|_?auth_?token|set-password|pw|pwd|secret(?:-?key)?|secret-access-key|token|session-token|api-?key|client-?secret|activation-?code|registration-?code|code|auth|auth-?token|credentials?|rp|passin|passout|access-key|account-key|sas-token|connection-string|http-password|vault-password|admin-password|master-user-password|private-key|key-material|bearer|jwt|string";
    vec![
        // password=…, dbPassword := …, "token": "…", \"token\":\"…\"
        format!(r#"(?i:{word}\\*["']?\]?\s*(?:=>|:=|==?)\s*)(?:{VALUE})"#),
        format!(r#"(?i:{word}\\*["']\s*:\s*)(?:{VALUE})"#),
        // DB_PASSWORD: …, secret key: …
        format!(r"(?i:(?:^|[^a-z0-9])(?:x-|[a-z0-9]+[_-])*{word}\s*:\s*)(?:{VALUE})"),
        // password …, pw -> …, ENV DB_PASS …, <password>…: nothing but what looks made up stands there.
        format!(r#"(?i:(?:^|[^a-z0-9])(?:[a-z0-9]+[_-])*{word}(?:\s+(?:for|of|to|de|do|da|du|del|della|für|von|voor|för|dla|для)\s+\S+)?(?:\s*(?:->|=>|[/,|])\s*|\s+(?:(?:is|was|to|ist|lautet|set|now|been|has|new|est|es|è|é|jest|är|er|on)\s+)*|>\s*(?:<[a-z]+>\s*)?|\s*:\s*))\\*["'`]?(?P<m>[^\s"'`<>;,)\\][^\s"'`<>;,)]{{5,}})"#),
        format!(r#"(?i:(?:^|[^a-z0-9]){word}(?:[\s:=]+[\w.@-]+[:/]\s*|\s*[:=]\s*[\w.@-]+\s+))(?P<m>[^\s"'`<>;,)]{{6,}})"#),
        format!(r"(?i:<[\w:.-]*(?:password|passwd|passphrase|pwd|secret|token|apikey|{tongues})>\s*(?:<\w+>\s*)?)(?P<v>[^<\s][^<]{{2,}})"),
        // 密码是…, パスワードは…
        format!(r#"(?i:(?:{together})(?:是|为|為|は|を|는|은|가|이)?\s*)["'`]?(?P<m>[^\s"'`<>;,)]{{6,}})"#),
        r#"(?i:\b_authtoken\s+)(?P<v>[^\s"']{3,})"#.to_owned(),
        r#"(?i:\bsnmp\w+\s(?:.*?\s)?-[ax]\s+)(?P<v>[^\s"'-][^\s"']{2,})"#.to_owned(),
        r#"(?i:\bkey\s*=\s*["'][\w:.-]*(?:key|secret|password|pwd|token)["']\s+value\s*=\s*["'])(?P<v>[^"']{3,})"#.to_owned(),
        // the password is …, password "…"
        format!(r"(?i:\b(?:password|passwd|pwd|passphrase|passcode|secret|token|api key|key)\s+(?:is|was|ist|to)\s+)(?:{VALUE})"),
        r#"(?i:\bpassword\s+)["'](?P<v>[^"']{3,})"#.to_owned(),
        r#"(?i:\bidentified\s+(?:with\s+\S+\s+)?by\s+)\\*["']?(?P<v>[^\s"';]{3,})"#.to_owned(),
        r#"(?i:\bopenssl\s+passwd\s+(?:-\S+\s+)+)(?P<v>[^\s"'-][^\s"']{2,})"#.to_owned(),
        r#"(?i:\bhtpasswd\s+-\w*b\w*\s+\S+\s+\S+\s+)(?P<v>[^\s"']{3,})"#.to_owned(),
        // password%3D…
        format!(r#"(?i:{word}%3d)(?P<v>[^\s%&"']{{3,}})"#),
        // Headers.
        r#"(?i:\b(?:proxy-)?authorization["']?\s*[:=]\s*)(?P<v>[^"'\r\n]{3,})"#.to_owned(),
        r#"(?i:\b(?:set-)?cookie2?["']?\s*[:=]\s*)(?P<v>[^"'\r\n]{3,})"#.to_owned(),
        r#"(?i:\bx-[a-z0-9-]*(?:key|token|secret|auth|signature|password)["']?\s*[:=]\s*)["']?(?P<v>[^\s"']{3,})"#.to_owned(),
        r"(?i:\b(?:bearer|basic|negotiate|ntlm)\s+)(?P<v>[A-Za-z0-9+/=._~-]*[0-9=+/][A-Za-z0-9+/=._~-]{6,})".to_owned(),
        // --password …, -password:…, /pass:…
        format!(r#"(?i:(?:(?:^|[\s"'(])(?:--?|/)|[:,;=]--)(?:[a-z0-9]+-)*(?:{flag}|{tongues})(?:\s+|[=:]\s*))(?:{VALUE})"#),
        // sshpass -p …, mysql -p…, redis-cli -a …
        r#"(?:^|\s)(?:-u|-U|--user|--proxy-user|--username)[ =]*\\*["']?[^\s:%"'/]+[:%](?P<v>[^\s"'@]{3,})"#.to_owned(),
        r"(?i:\bnet1?(?:\.exe)?\s+user\s+\S+\s+)(?P<v>[^\s/*]\S+)".to_owned(),
        r"(?i:\bnet1?(?:\.exe)?\s+use\s+(?:\S+\s+){1,2}?)(?P<v>[^\s/\\]\S+)\s+/".to_owned(),
        r#"(?i:\bconvertto-securestring\s+(?:-(?:string|asplaintext|force)\s+)*)["']?(?P<v>[^\s"'$-][^"'\s]{2,})"#.to_owned(),
        r#"(?i:\b(?:echo|printf)\s+(?:-[ne]\s+)?(?:'%s(?:\\\\n)?'\s+)?)\\*["']?(?P<v>[^|"']{3,}?)\\*["']?\s*\|[^|]*(?i:sudo|passwd|chpasswd|stdin|login|base64|kinit|openssl|cryptsetup|--set-password)"#.to_owned(),
        r#"(?i:<<<\s*)\\*["']?(?P<v>[^\s"']{3,})"#.to_owned(),
        r"(?i:\s-e(?:nc|nco|ncod\w*|c)?\s+)(?P<v>[A-Za-z0-9+/=]{16,})".to_owned(),
        r#"(?i:--from-literal[ =]\S+?=)\\*["']?(?P<v>[^\s"']{2,})"#.to_owned(),
        r#"(?i:(?:secret_access_key|session_token|_password|_token|_secret)\s+)\\*["']?(?P<v>[^\s"'=:]{8,})"#.to_owned(),
        r#"(?i:\b(?:vault\s+login|op\s+signin|tailscale\s+up\s+--authkey|kubeadm\s+join\s+\S+\s+--token)[ =]+)(?P<v>[^\s"'-]\S{5,})"#.to_owned(),
        r#"(?i:\b(?:ssh-keygen\s(?:.*?\s)?-[np]|signtool\s(?:.*?\s)?/p|snowsql\s(?:.*?\s)?-p|az\s+vm(?:ss)?\s(?:.*?\s)?-p|put-parameter\s(?:.*?\s)?--value)[ =]+)\\*["']?(?P<v>[^\s"'=/-][^\s"']{2,})"#.to_owned(),
        r#"(?i:\bput-secret-value\s(?:.*?\s)?--secret-string[ =]+)\\*["']?(?P<v>[^\s"'][^"']{2,})"#.to_owned(),
        r"(?i:\bmc\s+(?:alias\s+set|config\s+host\s+add)\s+\S+\s+\S+\s+\S+\s+)(?P<v>\S{3,})".to_owned(),
        r#"(?i:\bvault\s+(?:kv\s+(?:put|patch)|write)\s.*?[\w-]+=)(?P<v>[^\s"']{3,})"#.to_owned(),
        r#"(?i:\bl?ftp\w*\s(?:.*?\s)?-u\s+[^\s,]+,)(?P<v>[^\s"']{3,})"#.to_owned(),
        r#"(?i:\bldap\w+\s(?:.*?\s)?-w)(?P<v>[^\s"'][^\s"']{3,})"#.to_owned(),
        r#"(?i:\b(?:impacket-\w+|(?:secretsdump|psexec|wmiexec|smbexec|atexec|dcomexec)(?:\.py)?)\s(?:.*?\s)?(?:[\w.-]+/)?[\w.$-]+:)(?P<v>[^\s@"']{3,})@"#.to_owned(),
        r#"(?i:\s-hashes\s+\S*:)(?P<v>[^\s"']{4,})"#.to_owned(),
        r#"(?i:\b(?:ngrok\s+(?:config\s+add-)?authtoken|cloudflared\s+service\s+install|zerotier-cli\s+join|nomad\s+login|consul\s+acl\s+set-agent-token\s+\S+|netbird\s+up\s+--setup-key|heroku\s+authorizations:create|gh\s+auth\s+login\s+--with-token|rclone\s+obscure|runas\s+/user:\S+)\s+)\\*["']?(?P<v>[^\s"'-][^\s"']{3,})"#.to_owned(),
        r#"(?i:\bcurl\s(?:.*?\s)?(?:-b|--cookie)[ =]+)\\*["']?(?P<v>[^\s"'@][^\s"']{3,})"#.to_owned(),
        r#"(?i:\bexpect\b.*?\bsend\s+(?:--\s+)?)\\*["']?(?P<v>[^"'\\]{4,})"#.to_owned(),
        r#"(?i:\b(?:sqlplus|expd?p?|impd?p?|rman)\b(?:\s+-\S+)*\s+[\w$]+/)(?P<v>[^\s@"'/-][^\s@"'/]{2,})"#.to_owned(),
        r#"(?i:\bjdbc:oracle:\w+:[^\s/@]+/)(?P<v>[^\s@"']{2,})@"#.to_owned(),
        // A user and a password behind the flags of one letter, whatever tool that was; a port or a published one is none.
        format!(r#"(?i:\s-u\s+\S+\s+(?:\S+\s+){{0,3}}?-p\s+)\\*["']?{BESIDE_A_USER}"#),
        format!(r#"(?i:\s-p\s+)\\*["']?{BESIDE_A_USER}\\*["']?\s+(?:\S+\s+){{0,3}}?(?i:-u)\s+\S"#),
        // .pgpass: host, port, database, user, password.
        r#"(?:^|[\s"'(])[\w.*-]+:(?:[0-9]{2,5}|\*):[\w*-]+:[\w.*-]+:(?P<v>[^\s"':]{3,})"#.to_owned(),
        // Addresses: user and password, tokens, signatures.
        r#"(?i:\b[a-z][a-z0-9+.-]*://[^\s/@:"']*:)(?P<v>[^\s/@"']+)@"#.to_owned(),
        r"(?i:\b[a-z][a-z0-9+.-]*://)(?P<v>[A-Za-z0-9_~-]{20,})@".to_owned(),
        // What is left of one behind the last slash of an ARN.
        r#"(?:^|/):(?P<v>[^\s:/@"']{4,})@[\w.-]+:[0-9]+"#.to_owned(),
        r#"(?:^|[\s"'(])[\w.-]+[/\\][\w.-]+:(?P<v>[^\s@:/"']{4,})@[\w.-]+"#.to_owned(),
        r#"(?i:\b(?:root|admin\w*|sa|postgres|mysql|oracle|ubuntu|ec2-user|azureuser|user\w*|app\w*|svc[\w-]*|ftp\w*|guest):)(?P<v>[^\s@:/"']{4,})@[\w.-]+"#.to_owned(),
        r#"(?i:[?&;#][a-z0-9_.%-]*(?:sig|signature|token|key|secret|password|passwd|pass|pwd|code|auth|credential|session|sessionid|assertion|ticket|apikey)=)(?P<v>[^&\s"'#]{4,})"#.to_owned(),
    ]
}

/// A password beside a user's name: whatever is neither a port, a path nor a flag.
const BESIDE_A_USER: &str = r#"(?P<v>[^\s"'/0-9-][^\s"']{2,}|[0-9]+[^\s"'0-9:./][^\s"']*|[0-9]{8,})"#;

/// Tools that take a secret behind a flag of one letter.
const TOOL: &str = r"(?:sshpass|docker\s+login|podman\s+login|helm\s+registry\s+login|oc\s+login|az\s+login|mysql\w*|mariadb\w*|mongo\w*|psexec\w*|rdesktop|ldap\w+|smbclient|rpcclient|redis-cli|winrm\w*|evil-winrm|crackmapexec|cme|nxc|netexec|htpasswd|plink|pscp|useradd|usermod|7z\w*|zip|unzip|rar|sqlcmd|osql|bcp|[xw]freerdp|freerdp|mstsc|lftp|snmp\w+|openssl|gpg2?|keytool|certutil|kinit|skopeo|sqlplus|ipmitool|impacket-\w+|hydra|wmic|schtasks|cmdkey|runas|mount|cifs|rabbitmq\w*|cqlsh|influx|clickhouse-client)(?:\.exe|\.py)?";

/// What stands behind its flags.
pub(super) static FLAGS: LazyPattern = LazyPattern::new(Cow::Borrowed(
    r#"\s(?:-[pPawWcHkK]\s+|-[pP]|/[pP]:)\\*["']?(?P<v>[^\s"'=/-][^\s"']{2,})"#,
));

/// What one of the places has in it, in lower case; most strings have none.
pub(super) static TRIGGERS: LazyLock<LazyPattern> = LazyLock::new(|| {
    LazyPattern::new(Cow::Owned(format!(
        "{}|{}",
        tongues::words(),
        r"pass|pwd|pw\b|psk|login|runas|snmp|community|cred|-hashes|-storepass|keygen|alias\s+set|--value|ftp|ldap|expect|authtoken|install|join|impacket|exec|dump|jdbc|sqlplus|cookie|\s-b\s|\s-u\s|:[0-9*]+:|secret|token|key|credential|auth|sig|connection|session|sid|code|nonce|otp|cookie|bearer|basic|ntlm|negotiate|identified|net1? |net1?\.exe|echo|printf|<<<|\s-e|literal|string|vault|signin|jwt|://|@|(?:^|\s)-(?:u|-user|-proxy-user)|/rp|-rp|hooks|webhook|telegram",
    )))
});

/// What a pattern is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A token that says itself what it is.
    Mark,
    /// An access key's id.
    KeyId,
    /// A place where a value stands.
    Place,
    /// A call of a tool that takes a secret behind a flag.
    Tool,
}

/// All patterns.
pub(super) static SECRETS: LazyLock<Patterns<What>> = LazyLock::new(|| {
    // Those that show their context name what must not leave.
    let marked = MARKED.iter().map(|one| {
        let what = if one.contains("(?P<v>") { What::Place } else { What::Mark };
        (what, (*one).to_owned())
    });
    let ids = [(What::KeyId, KEY_IDS.to_owned())];
    let places = placed().into_iter().map(|place| (What::Place, place));
    let tools = [(What::Tool, format!(r"(?i:(?:^|[^a-z0-9_.-]){TOOL}\s)"))];
    Patterns::new(marked.chain(ids).chain(places).chain(tools), WORDS)
});

/// What stands behind such a word and is no secret: words of prose and configuration, references, what is hidden
/// already.
pub(super) fn no_value(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "true",
        "false",
        "null",
        "none",
        "yes",
        "not",
        "and",
        "the",
        "for",
        "was",
        "has",
        "required",
        "optional",
        "expired",
        "invalid",
        "missing",
        "incorrect",
        "wrong",
        "malformed",
        "enabled",
        "disabled",
        "string",
        "redacted",
        "hidden",
        "reset",
        "changed",
        "rotated",
        "included",
        "unknown",
        "empty",
        "set",
        "policy",
        "rotation",
        "failed",
        "succeeded",
        "denied",
        "bearer",
        "basic",
        "json",
        "file",
        "prompt",
        "used",
        "valid",
        "needed",
        "issued",
        "revoked",
        "created",
        "already",
        "still",
        "found",
        "obtained",
        "correct",
        "about",
        "being",
        "too",
        "now",
        "falsch",
        "erforderlich",
        "abgelaufen",
        "ungültig",
        "vergessen",
        "geändert",
        "incorrecto",
        "incorrecta",
        "caducada",
        "requis",
        "invalide",
        "expiré",
        "obligatoire",
        "inválida",
        "expirada",
    ];
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
    WORDS.contains(&bare.as_str())
        || bare.is_empty()
        || [
            "[redacted",
            "arn:",
            "<",
            "${",
            "$(",
            "{{",
            "%(",
            "hidden_due",
            "value hidden",
            "***",
            "file://",
            "@",
        ]
        .iter()
        .any(|head| text.to_ascii_lowercase().starts_with(head))
}
