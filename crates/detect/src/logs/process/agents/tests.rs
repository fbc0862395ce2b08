use super::*;

#[test]
fn every_distribution_has_its_folder() {
    for image in [
        "/usr/bin/amazon-ssm-agent",
        "/usr/sbin/ssm-agent-worker",
        "/snap/amazon-ssm-agent/9881/amazon-ssm-agent",
        "/opt/aws/ssm/bin/amazon-ssm-agent",
        r"C:\Program Files\Amazon\SSM\amazon-ssm-agent.exe",
        r"D:\PROGRAM FILES\AMAZON\SSM\ssm-document-worker.exe",
        r"\Device\HarddiskVolume2\Program Files\Amazon\SSM\ssm-agent-worker.exe",
        "/ecs-execute-command-0123/amazon-ssm-agent",
        "/nix/store/abc-amazon-ssm-agent-3.3.0/bin/amazon-ssm-agent",
    ] {
        assert_eq!(is_installed(image), Some(true), "{image}");
    }
    for image in [
        "/tmp/amazon-ssm-agent",
        "/usr/bin/x/amazon-ssm-agent",
        "/home/x/usr/bin/amazon-ssm-agent",
        "/opt/aws/ssm/amazon-ssm-agent",
        r"C:\Users\x\Program Files\Amazon\SSM\amazon-ssm-agent.exe",
        "/snap/amazon-ssm-agent/1/2/amazon-ssm-agent",
    ] {
        assert_eq!(is_installed(image), Some(false), "{image}");
    }
    for image in ["amazon-ssm-agent", "/tmp/tool", ""] {
        assert_eq!(is_installed(image), None, "{image}");
    }
    for row in include_str!("../agents.tsv").lines().filter(|row| !row.starts_with('#')) {
        let [_, folder, source] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        assert!(folder.starts_with('/') && folder.ends_with('/') && source.starts_with("https://"), "{row}");
    }
}

#[test]
fn what_scripts_start_descends_from_the_agent() {
    let script =
        "/var/lib/amazon/ssm/i-0/document/orchestration/00000000-0000-4000-8000-000000000009/x/_script.sh";
    let of = |images, texts| Ancestry { images, texts }.agents();
    assert_eq!(of([Some("/usr/bin/ssm-document-worker"), None], [None; 3]), ["ssm"]);
    assert_eq!(of([Some("/bin/sh"), Some("ssm-session-worker")], [None; 3]), ["ssm"]);
    assert_eq!(of([Some("/bin/sh"), None], [Some(script), None, None]), ["ssm"]);
    assert_eq!(of([Some("ssm-document-wo"), None], [None; 3]), ["ssm"]);
    assert_eq!(of([None, None], [None, None, Some(script)]), ["ssm"]);
    assert_eq!(
        of([None, None], [Some("bash /var/lib/waagent/run-command/download/0/script.sh"), None, None]),
        ["azure"]
    );
    let run_command = "powershell  -ExecutionPolicy Unrestricted -File script0.ps1";
    assert_eq!(of([Some("powershell.exe"), None], [Some(run_command), None, None]), ["azure"]);
    assert!(of([None, None], [Some("powershell -File deploy-script0.ps1"), None, None]).is_empty());
    assert_eq!(of([Some(r"C:\WindowsAzure\GuestAgent\WaAppAgent.exe"), None], [None; 3]), ["azure"]);
    assert!(
        of([Some("/usr/bin/not-amazon-ssm-agent"), None], [Some("sh"), None, Some("/orchestration/x")])
            .is_empty()
    );
}
