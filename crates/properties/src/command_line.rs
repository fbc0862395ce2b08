use serde_json::json;
use trailhound_detect::event::Reader;

/// Any text as a command line, as it is and as a script of each shell: what is told is in lower case and bounded by the
/// text, and quotes that every shell takes off change nothing.
pub fn command_line(bytes: &[u8]) {
    let Ok(line) = std::str::from_utf8(bytes) else { return };
    for line in
        [line.to_owned(), format!("sh -c {line}"), format!("cmd /c {line}"), format!("powershell -c {line}")]
    {
        for tool in tools(&line) {
            assert!(!tool.bytes().any(|byte| byte.is_ascii_uppercase()), "{tool}");
            assert!(tool.len() <= 4 * (line.len() + 16), "{tool}");
        }
    }
    // One word in quotes is that word, to whoever reads it.
    if !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        let call = |word: &str| tools(&format!("aws {word} start-session"));
        assert_eq!(call(line), call(&format!("\"{line}\"")));
    }
}

fn tools(line: &str) -> Vec<String> {
    let record = json!({
        "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "h", "Image": "x",
        "CommandLine": line,
    });
    let mut tools = Vec::new();
    Reader::default().read(record.to_string().as_bytes(), &mut |event| match event {
        Ok(event) => tools = event.facts().texts("n.tool"),
        Err(error) => panic!("a process start is refused: {error:?}"),
    });
    tools
}
