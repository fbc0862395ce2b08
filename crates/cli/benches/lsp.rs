//! How long an edit waits for its answer: `cargo bench --package trailhound --bench lsp`. Over the real pipe, in a folder of 200
//! rules of one's own and in that of the shipped ones, whose names everything takes. Fifty milliseconds is what it may take.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const EDITS: usize = 50;

struct Pipe {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Pipe {
    fn send(&mut self, method: &str, params: &Value, id: Option<u32>) {
        let mut message = json!({"jsonrpc": "2.0", "method": method, "params": params});
        if let Some(id) = id {
            message["id"] = json!(id);
        }
        let text = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("the server reads");
        self.to.flush().expect("the server reads");
    }

    fn receive(&mut self) -> Value {
        let (mut length, mut line) = (0, String::new());
        while line != "\r\n" {
            line.clear();
            assert!(self.from.read_line(&mut line).expect("a line") > 0, "the server ended");
            if let Some(size) = line.strip_prefix("Content-Length: ") {
                length = size.trim().parse().expect("a number");
            }
        }
        let mut text = vec![0; length];
        self.from.read_exact(&mut text).expect("a message");
        serde_json::from_slice(&text).expect("JSON")
    }
}

/// The times from an edit to its answer, in order of length.
fn edits(folder: &Path, file: &Path) -> Vec<Duration> {
    let mut server = Command::new(env!("CARGO_BIN_EXE_trailhound"))
        .args(["rules", "lsp"])
        .env("TRAILHOUND_SETTINGS", "")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let (to, from) = (server.stdin.take().expect("piped"), server.stdout.take().expect("piped"));
    let mut pipe = Pipe { to, from: BufReader::new(from) };
    pipe.send("initialize", &json!({"rootUri": format!("file://{}", folder.display())}), Some(1));
    pipe.receive();
    let (uri, text) = (format!("file://{}", file.display()), fs::read_to_string(file).expect("a rule"));
    let mut took: Vec<Duration> = (0..EDITS)
        .map(|n| {
            let began = Instant::now();
            let change = json!({"textDocument": {"uri": uri, "version": n}, "contentChanges": [{"text": format!("{text}\n# {n}\n")}]});
            pipe.send("textDocument/didChange", &change, None);
            while pipe.receive()["params"]["uri"] != *uri {}
            began.elapsed()
        })
        .collect();
    server.kill().expect("it ends");
    server.wait().expect("it ends");
    took.sort_unstable();
    took
}

fn main() {
    let own = tempfile::tempdir().expect("a folder");
    for n in 0..200 {
        let rule = format!(
            "title: Rule {n}\nid: 5b0f6f0e-3f57-4d0c-9a55-7c3d1f0a{n:04}\nname: rule-{n}\nlevel: low\n\
             logsource: {{product: aws, service: cloudtrail}}\n\
             detection:\n  selection:\n    eventName: StartSession\n  condition: selection\n"
        );
        fs::write(own.path().join(format!("{n}.yml")), rule).expect("a rule");
    }
    let shipped = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules")).expect("rules");
    for (what, folder, file) in [
        ("200 rules of one's own", own.path(), own.path().join("7.yml")),
        ("the shipped rules", shipped.as_path(), shipped.join("aws/cloud-shell.yml")),
    ] {
        let took = edits(folder, &file);
        println!("{what}: an edit is answered in {:?}, at most in {:?}", took[EDITS / 2], took[EDITS - 1]);
    }
}
