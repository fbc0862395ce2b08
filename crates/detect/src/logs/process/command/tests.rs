use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::tools;

fn verbs(line: &str) -> Vec<String> {
    tools(Some(line), None).verbs
}

fn runs(line: &str, verb: &str) -> bool {
    verbs(line).iter().any(|told| told == verb || told.starts_with(&format!("{verb} ")))
}

const SESSION: &str = "aws ssm start-session";

#[test]
fn options_stand_anywhere() {
    for line in [
        "aws ssm start-session --target i-1",
        "aws ssm --region eu-west-1 start-session --target i-1",
        "aws --debug ssm start-session",
        "aws --region=eu-west-1 --profile prod ssm start-session",
        "aws --no-verify-ssl --output json --color off ssm --ca-bundle x start-session",
        "AWS.EXE SSM Start-Session",
        r#""C:\Program Files\Amazon\AWSCLIV2\aws.exe" ssm start-session"#,
        r"C:\Program Files\Amazon\AWSCLIV2\aws.exe ssm start-session",
        "/usr/local/bin/aws ssm start-session",
        "/usr/bin/python3 /usr/local/bin/aws ssm start-session",
        "python3 -m awscli ssm start-session",
        "AWS_PROFILE=prod aws ssm start-session",
        "aws --unheard-of x ssm start-session",
        "aws --unheard-of ssm start-session",
    ] {
        assert!(runs(line, SESSION), "{line}: {:?}", verbs(line));
    }
    assert!(runs("gcloud beta compute --project p1 ssh vm1", "gcloud compute ssh"));
    assert!(runs("gcloud --quiet alpha compute ssh vm1", "gcloud compute ssh"));
    assert!(runs(r"python.exe -S C:\gcloud\lib\gcloud.py auth login", "gcloud auth login"));
    assert!(runs(
        "/opt/az/bin/python3 -Im azure.cli -o json vm run-command invoke",
        "az vm run-command invoke"
    ));
    assert!(runs("az --output json account get-access-token", "az account get-access-token"));
    assert!(!runs("aws ssm describe-sessions --state start-session", SESSION));
    assert!(!runs("aws s3 cp --source ssm start-session", SESSION));
}

#[test]
fn what_runs_others_is_looked_through() {
    let encoded: Vec<u8> = SESSION.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let encoded = STANDARD.encode(encoded);
    for line in [
        "aws-vault exec prod -- aws ssm start-session",
        "aws-vault exec prod aws ssm start-session",
        "saml2aws exec -- aws ssm start-session",
        "somebodys-wrapper run -- aws ssm start-session",
        "sudo -u dana aws ssm start-session",
        "sudo sh -c 'aws ssm start-session'",
        "timeout 5 nohup aws ssm start-session",
        "env A=b aws ssm start-session",
        "bash -lc \"cd /tmp && aws ssm start-session --target i-1\"",
        "bash --login -c 'aws ssm start-session'",
        "sh -c cd /tmp && aws ssm start-session --target i-1",
        "sh -c 'x=$(aws ssm start-session)'",
        "sh -c 'echo \"now $(aws ssm start-session)\"'",
        "sh -c 'true; { aws ssm start-session; }'",
        "sh -c 'a\\ws s\"s\"m start-session'",
        "sh -c \"$'\\x61ws' ssm start-session\"",
        "sh -c 'if true; then aws ssm start-session; fi'",
        "su - dana -c \"aws ssm start-session\"",
        "cmd /c aws ssm start-session",
        "cmd.exe  /c \"aws ssm start-session\"",
        r#"C:\Windows\system32\cmd.exe /c ""C:\Program Files\Amazon\AWSCLIV2\aws.exe" ssm start-session""#,
        r#"cmd /d /s /c "cd C:\x & aws ssm start-session""#,
        "cmd /c a^w^s s^sm start-session",
        r#"cmd /c a"w"s ssm start-session"#,
        "cmd /c start \"\" /b aws ssm start-session",
        "%COMSPEC% /c aws ssm start-session",
        "powershell -c aws ssm start-session",
        "powershell.exe -NoProfile -ExecutionPolicy Bypass -Command \"aws ssm start-session\"",
        r#"powershell "& 'C:\Program Files\Amazon\AWSCLIV2\aws.exe' ssm start-session""#,
        "powershell -c $x = aws ssm start-session",
        "powershell -c a`ws ssm start-session",
        "powershell \u{2013}c aws ssm start-session",
        "powershell Start-Process aws -ArgumentList ssm,start-session",
        "powershell iex 'aws ssm start-session'",
        "ssh -o ProxyCommand=\"aws ssm start-session --target %h\" ec2-user@i-1",
        "ssh -oProxyCommand='aws ssm start-session' i-1",
        "ssh -o ProxyCommand=aws ssm start-session --target i-1 ec2-user@i-1",
        "docker run --rm -it amazon/aws-cli:latest ssm start-session",
        "wsl aws ssm start-session",
        "bash -c aws\\ ssm\\ start-session",
        "schtasks /create /tn x /tr \"aws ssm start-session\"",
        "wmic process call create \"cmd /c aws ssm start-session\"",
        &format!("powershell -enc {encoded}"),
        &format!("powershell -nop -w hidden -EncodedCommand {encoded}"),
    ] {
        assert!(runs(line, SESSION), "{line}: {:?}", verbs(line));
    }
    for (line, cmdlet) in [
        ("powershell -c Send-SSMCommand -DocumentName x", "send-ssmcommand"),
        ("pwsh -Command \"Get-Date; Connect-AzAccount -UseDeviceAuthentication\"", "connect-azaccount"),
        (
            "powershell -c Get-X | ForEach-Object { Az.Compute\\Invoke-AzVMRunCommand -Name $_ }",
            "invoke-azvmruncommand",
        ),
        ("powershell -c $r=Enter-AzVM -Name x", "enter-azvm"),
    ] {
        assert!(runs(line, cmdlet), "{line}: {:?}", verbs(line));
    }
}

#[test]
fn a_mention_is_no_run() {
    for line in [
        "git commit -m \"fix az login docs\"",
        "git commit -m fix az login docs",
        "findstr /c:\"aws configure\" notes.txt",
        "msg * \"aws ssm start-session\"",
        "sudo grep \"az login\" /var/log/syslog",
        "sh -c 'echo az login'",
        "sh -c 'grep \"aws ssm start-session\" x # aws ssm start-session'",
        "cmd /c echo aws ssm start-session",
        "cmd /c \"type notes.txt | find \"az login\"\"",
        "powershell -c Write-Host 'Connect-AzAccount'",
        "powershell -c Get-Help Connect-AzAccount",
        "curl https://example.com/?q=az&az login",
        "topaz login page",
        "vim aws ssm start-session",
        "man az login",
        "",
    ] {
        let told = verbs(line);
        let is_told = ["az login", SESSION, "aws configure", "connect-azaccount"]
            .iter()
            .any(|verb| told.iter().any(|one| one.starts_with(verb)));
        assert!(!is_told, "{line}: {told:?}");
    }
}

#[test]
fn an_image_alone_is_its_program() {
    let of = |line, image| tools(line, Some(image)).verbs;
    assert_eq!(
        of(None, "/usr/local/sessionmanagerplugin/bin/session-manager-plugin"),
        ["session-manager-plugin"]
    );
    assert_eq!(of(Some("aws ssm start-session"), r"C:\Windows\System32\cmd.exe"), [SESSION]);
    assert_eq!(of(Some("mssh i-1"), "/usr/bin/python3"), ["mssh i-1"]);
}

#[test]
fn options_are_told_by_name() {
    let of = |line| tools(Some(line), None).options;
    let register = "amazon-ssm-agent -register -code X -id Y --region=eu-west-1";
    assert_eq!(
        of(register),
        ["register", "code", "id", "region"].map(|option| format!("amazon-ssm-agent {option}"))
    );
}

/// Quotes a word as each shell reads it.
fn quoted(word: &str, how: usize) -> String {
    match how {
        0 => word.to_owned(),
        1 => format!("\"{word}\""),
        2 => format!("'{word}'"),
        _ => word.chars().flat_map(|c| ['\\', c]).collect(),
    }
}

proptest! {
    #[test]
    fn any_text_is_read(line in ".{0,200}", image in proptest::option::of(".{0,40}")) {
        tools(Some(&line), image.as_deref());
    }

    #[test]
    fn shells_texts_are_read(line in "[-a-z\"'`$(){};&|^\\\\/ =\n]{0,200}") {
        tools(Some(&format!("sh -c {line}")), None);
        tools(Some(&format!("cmd /c {line}")), None);
        tools(Some(&format!("powershell -c {line}")), None);
    }

    /// However its words are quoted and wherever options stand, a call is the same call.
    #[test]
    fn a_call_is_the_same_however_it_is_written(
        how in proptest::collection::vec(0..4_usize, 3),
        options in proptest::collection::vec((0..4_usize, 0..4_usize), 0..5),
        wrap in 0..6_usize,
    ) {
        const OPTIONS: [&str; 4] = ["--debug", "--region eu-west-1", "--output=json", "--profile prod"];
        let mut words: Vec<String> =
            ["aws", "ssm", "start-session"].iter().zip(how).map(|(word, how)| quoted(word, how)).collect();
        for (option, place) in options {
            words.insert(1 + place.min(words.len() - 1), OPTIONS[option].to_owned());
        }
        let call = words.join(" ");
        let line = match wrap {
            0 => format!("sh -c \"{}\"", call.replace('\\', "\\\\").replace('"', "\\\"")),
            1 => format!("bash -ec 'true; '{call}").replace("'true; '", "true; "),
            2 => format!("sh -c true && {call}"),
            3 => format!("sh -c sudo {call}"),
            4 => format!("sh -c (cd /; {call})"),
            _ => format!("sh -c A=b {call} | tee x"),
        };
        prop_assert!(runs(&line, SESSION), "{}: {:?}", line, verbs(&line));
    }
}

/// Each part of a text is looked at a bounded number of times, whatever stands in it: what takes the square of its length
/// would not end.
#[test]
fn long_lines_are_read_once() {
    let parts = [
        "a\"b\"c'd'",
        "$(",
        "\"$(x)\" ",
        "'",
        "\" ",
        "-o x ",
        "sh -c ",
        "`",
        "sh -c a; ",
        "cmd /c a & ",
        "--o x ",
        "x -o proxycommand=a ",
        "iex a; ",
        "sudo ",
        "aws --o ",
        "aws a; ",
        "powershell -c a; ",
        "su -c \"x y\" ",
        "-- ",
    ];
    for part in parts {
        for (at, head) in ["", "sh -c ", "cmd /c ", "powershell -c ", "aws ", "sudo "].iter().enumerate() {
            let long = part.repeat(50_000 / part.len());
            let numbered = (0..5_000).map(|n| format!("{part}{n} ")).collect::<Vec<_>>().concat();
            for line in [format!("{head}{long}"), format!("{head}{numbered}")] {
                let image = [None, Some("C:\\x.exe")][at % 2];
                tools(Some(&line), image);
            }
        }
    }
}
