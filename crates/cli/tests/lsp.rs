//! `rules lsp`, as an editor speaks to it: real frames over the pipe.

mod common;

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use common::{Folder, err, out, trailhound};
use serde_json::{Value, json};

const RULE: &str = "\
title: A session
id: 5b0f6f0e-3f57-4d0c-9a55-7c3d1f0a9001
name: my-session
level: high
tags: [attack.lateral-movement, attack.t1021.008]
logsource: {product: aws, service: cloudtrail}
detection:
    selection:
        eventName: StartSession
        eventSource|contains: ssm
    condition: selection
trailhound:
    sentence: \"{actor} began {target}\"
";

struct Editor {
    server: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    told: VecDeque<Value>,
    asked: i64,
}

impl Editor {
    fn open(folder: &Folder) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_trailhound"))
            .args(["rules", "lsp"])
            .env("TRAILHOUND_SETTINGS", "")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (server.stdin.take().unwrap(), BufReader::new(server.stdout.take().unwrap()));
        let mut editor = Self { server, to, from, told: VecDeque::new(), asked: 0 };
        let answer = editor.ask("initialize", &json!({"rootUri": folder.uri(""), "capabilities": {}}));
        assert_eq!(answer["result"]["capabilities"]["hoverProvider"], true);
        editor
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.to.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).unwrap() > 0, "the server ended");
            if line == "\r\n" {
                break;
            }
            if let Some(size) = line.strip_prefix("Content-Length: ") {
                length = size.trim().parse().unwrap();
            }
        }
        let mut text = vec![0; length];
        self.from.read_exact(&mut text).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let message = self.receive();
            if message["id"] == id {
                return message;
            }
            self.told.push_back(message);
        }
    }

    /// What is told next of a file.
    fn diagnostics(&mut self, uri: &str) -> Vec<Value> {
        loop {
            let message = self.told.pop_front().unwrap_or_else(|| self.receive());
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri {
                return message["params"]["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    fn write(&mut self, uri: &str, text: &str) -> Vec<Value> {
        let change = json!({"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text}]});
        self.tell("textDocument/didChange", &change);
        self.diagnostics(uri)
    }

    fn at(&mut self, method: &str, uri: &str, text: &str, mark: &str, more: &Value) -> Value {
        let at = text.find(mark).unwrap() + mark.len();
        let line = text[..at].matches('\n').count();
        let character = at - text[..at].rfind('\n').map_or(0, |end| end + 1);
        let mut params =
            json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
        params.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.ask(method, &params)["result"].clone()
    }

    fn labels(&mut self, uri: &str, text: &str, mark: &str) -> Vec<String> {
        self.write(uri, text);
        let items = self.at("textDocument/completion", uri, text, mark, &Value::Null);
        items.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    }

    fn close(mut self) {
        assert!(self.ask("shutdown", &Value::Null)["error"].is_null());
        self.tell("exit", &Value::Null);
        assert_eq!(self.server.wait().unwrap().code(), Some(0));
    }
}

impl Folder {
    fn uri(&self, name: &str) -> String {
        let folder = std::fs::canonicalize(self.path(".")).unwrap();
        format!("file://{}", folder.join(name).display())
    }
}

fn opened(name: &str, text: &str) -> (Folder, Editor, String) {
    let folder = Folder::new();
    folder.write(name, text);
    let uri = folder.uri(name);
    let mut editor = Editor::open(&folder);
    let document = json!({"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}});
    editor.tell("textDocument/didOpen", &document);
    (folder, editor, uri)
}

#[test]
fn what_check_finds_is_told_with_an_edit_that_mends_it() {
    let (_folder, mut editor, uri) = opened("a rule.yml", RULE);
    let uri = uri.replace(' ', "%20");
    assert_eq!(editor.diagnostics(&uri), [json!(null); 0]);
    let slip = RULE.replace("eventName:", "evantName:");
    let found = editor.write(&uri, &slip);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0]["message"].as_str().unwrap().contains("help: did you mean `eventName`?"), "{found:?}");
    assert_eq!(
        found[0]["range"],
        json!({"start": {"line": 8, "character": 8}, "end": {"line": 8, "character": 17}})
    );
    let asked =
        json!({"textDocument": {"uri": uri}, "range": found[0]["range"], "context": {"diagnostics": found}});
    let actions = editor.ask("textDocument/codeAction", &asked)["result"].clone();
    assert_eq!(actions[0]["title"], "write eventName");
    let edit = &actions[0]["edit"]["changes"][&uri][0];
    assert_eq!((&edit["newText"], &edit["range"]), (&json!("eventName"), &found[0]["range"]));
    // What cannot be read at all is told as well, and the server lives.
    assert!(!editor.write(&uri, "title: [").is_empty());
    assert!(editor.write(&uri, RULE).is_empty());
    let unknown = editor.ask("textDocument/foldingRange", &json!({}));
    assert_eq!(unknown["error"]["code"], -32601);
    editor.close();
}

#[test]
fn words_are_explained_and_completed() {
    let (_folder, mut editor, uri) = opened("rule.yml", RULE);
    let mut hover = |mark: &str| {
        let told = editor.at("textDocument/hover", &uri, RULE, mark, &Value::Null);
        told["contents"]["value"].as_str().unwrap_or_default().to_owned()
    };
    assert!(hover("attack.t1021").contains("Direct Cloud VM Connections"));
    assert!(hover("attack.lateral").contains("TA0008"));
    assert!(hover("        eventNa").contains("of aws/cloudtrail: read from `eventName`"));
    assert!(hover("    senten").contains("{actor} did"));
    for (text, mark, says) in [
        (RULE.replace("eventSource|contains", "eventSource|"), "eventSource|", "startswith"),
        (RULE.replace("eventName: StartSession", "n.act"), "        n.act", "n.actor.key"),
        (RULE.replace("eventName: StartSession", "even"), "        even", "eventName"),
        (RULE.replace("{target}", "{"), "began {", "target"),
        (RULE.replace("level: high", "level: "), "level: ", "critical"),
        (format!("{RULE}    sha"), "    sha", "shadow"),
        (RULE.replace("attack.t1021.008", "attack."), "movement, attack.", "attack.t1651"),
        (
            format!("{RULE}---\ntitle: Both\ncorrelation:\n  type: event_count\n  rules:\n    - a"),
            "    - a",
            "my-session",
        ),
    ] {
        let labels = editor.labels(&uri, &text, mark);
        assert!(labels.iter().any(|label| label == says), "{mark}: {labels:?}");
    }
    editor.close();
}

#[test]
fn a_placeholder_is_completed_where_it_is_expanded() {
    let folder = Folder::new();
    folder.write(
        "placeholders.yml",
        "admins: [alice, bob]\n# robots: [x]\njump_hosts:\n  - i-0123456789abcdef0\n",
    );
    folder.write("rule.yml", RULE);
    let mut editor = Editor::open(&folder);
    let uri = folder.uri("rule.yml");
    editor.tell(
        "textDocument/didOpen",
        &json!({"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": RULE}}),
    );
    let field = "        eventSource|contains: ssm\n";
    for (written, mark) in [
        ("        userIdentity.userName|expand: '%\n", "expand: '%"),
        ("        userIdentity.userName|expand: '%ad%'\n", "expand: '%ad"),
        ("        userIdentity.userName|contains|expand:\n            - '%'\n", "            - '%"),
    ] {
        let text = RULE.replace(field, written);
        assert_eq!(editor.labels(&uri, &text, mark), ["%admins%", "%jump_hosts%"], "{written}");
        let items = editor.at("textDocument/completion", &uri, &text, mark, &Value::Null);
        assert_eq!(items[0]["detail"], "[alice, bob]", "{items}");
        // What was begun is written over, and a closing sign that stands there.
        let (range, line) =
            (&items[0]["textEdit"]["range"], text.lines().position(|line| line.contains('%')));
        assert_eq!(range["start"]["line"], json!(line), "{items}");
        let begun = text.lines().nth(line.unwrap()).unwrap();
        let (from, to) =
            (range["start"]["character"].as_u64().unwrap(), range["end"]["character"].as_u64().unwrap());
        let mut done = begun.to_owned();
        done.replace_range(usize::try_from(from).unwrap()..usize::try_from(to).unwrap(), "%admins%");
        assert!(done.contains("'%admins%") && done.matches('%').count() == 2, "{done}");
    }
    // Elsewhere a percent sign is one.
    let text = RULE.replace(field, "        userIdentity.userName|contains: '%\n");
    assert!(!editor.labels(&uri, &text, "contains: '%").contains(&"%admins%".to_owned()));
    editor.close();
}

#[test]
fn a_rule_is_renamed_wherever_it_is_named() {
    let (folder, mut editor, uri) = opened("rule.yml", RULE);
    let both = "title: Both\nname: both\ncorrelation:\n  type: event_count\n  rules: [my-session]\n  \
                group-by: [n.actor.key]\n  timespan: 10m\n  condition: {gte: 2}\n";
    let tests =
        "rule: my-session\ntests:\n  - {name: my-session, expect: match, event: {eventName: my-session}}\n";
    for (name, text) in [("both.yml", both), ("rule.tests.yml", tests)] {
        folder.write(name, text);
        editor.tell(
            "workspace/didChangeWatchedFiles",
            &json!({"changes": [{"uri": folder.uri(name), "type": 1}]}),
        );
    }
    let edits =
        editor.at("textDocument/rename", &uri, RULE, "name: my-se", &json!({"newName": "our-session"}));
    let changed = |uri: &str, text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for edit in edits["changes"][uri].as_array().into_iter().flatten() {
            let at =
                |end: &str, part: &str| usize::try_from(edit["range"][end][part].as_u64().unwrap()).unwrap();
            let line = &mut lines[at("start", "line")];
            line.replace_range(
                at("start", "character")..at("end", "character"),
                edit["newText"].as_str().unwrap(),
            );
        }
        lines.join("\n") + "\n"
    };
    assert_eq!(changed(&uri, RULE), RULE.replace("my-session", "our-session"));
    assert_eq!(changed(&folder.uri("both.yml"), both), both.replace("my-session", "our-session"));
    let own = changed(&folder.uri("rule.tests.yml"), tests);
    assert!(
        own.starts_with("rule: our-session\n")
            && own.contains("{name: my-session, expect: match, event: {eventName: my-session}}"),
        "{own}"
    );
    let taken = editor.at("textDocument/rename", &uri, RULE, "name: my-se", &json!({"newName": "both"}));
    assert!(taken.is_null(), "a name that another has");
    editor.close();
}

#[test]
fn it_ends_where_nobody_speaks_to_it() {
    let ended = trailhound(&["rules", "lsp"]);
    assert!(ended.status.success() && out(&ended).is_empty() && err(&ended).is_empty(), "{ended:?}");
}
