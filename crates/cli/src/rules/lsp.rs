//! `rules lsp`: a language server on standard input and output, on what `rules check` finds.
//!
//! One message after the other: an edit reads one file anew, which takes milliseconds, so nothing is gained by threads. A
//! request that is not understood is answered so, and ends nothing.

mod actions;
mod completion;
mod files;
mod hover;
mod place;
mod placeholder;
mod rename;
mod spot;

use std::io::{BufReader, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use serde_json::{Value, json};

use crate::args::RuleChoice;
use crate::exit::Exit;
use files::Files;
use place::{path_of, uri_of};

/// The server's state.
struct Server {
    files: Files,
    ended: bool,
}

pub(super) fn serve(choice: &RuleChoice) -> anyhow::Result<Exit> {
    let mut server = Server { files: Files::new(choice.clone()), ended: false };
    let mut input = BufReader::new(std::io::stdin());
    let mut output = std::io::stdout().lock();
    while let Some(message) = Message::read(&mut input).context("what came is no message of the protocol")? {
        let answers = match message {
            Message::Request(request) => server.request(request),
            Message::Notification(told) if told.method == "exit" => {
                return Ok(if server.ended { Exit::Clean } else { Exit::Findings });
            }
            Message::Notification(told) => server.notification(told),
            Message::Response(_) => Vec::new(),
        };
        for answer in answers {
            answer.write(&mut output).context("nobody reads the answers")?;
        }
        output.flush()?;
    }
    Ok(Exit::Clean)
}

impl Server {
    fn request(&mut self, request: Request) -> Vec<Message> {
        let Request { id, method, params } = request;
        let done = match method.as_str() {
            "initialize" => {
                self.files.open_folders(&folders(&params));
                Ok(capabilities())
            }
            "shutdown" => {
                self.ended = true;
                Ok(Value::Null)
            }
            "textDocument/hover" => Ok(hover::hover(&self.files, &params).unwrap_or(Value::Null)),
            "textDocument/completion" => Ok(completion::complete(&self.files, &params)),
            "textDocument/codeAction" => Ok(actions::actions(&self.files, &params)),
            "textDocument/prepareRename" => Ok(rename::prepare(&self.files, &params).unwrap_or(Value::Null)),
            "textDocument/rename" => rename::rename(&self.files, &params),
            _ => {
                let told = format!("{method} is not served");
                return vec![Response::new_err(id, ErrorCode::MethodNotFound as i32, told).into()];
            }
        };
        vec![match done {
            Ok(result) => Response::new_ok(id, result).into(),
            Err(told) => Response::new_err(id, ErrorCode::RequestFailed as i32, told).into(),
        }]
    }

    fn notification(&mut self, told: Notification) -> Vec<Message> {
        let Notification { method, params } = told;
        let of_document = path_of(&params["textDocument"]["uri"]);
        match (method.as_str(), of_document) {
            ("textDocument/didOpen", Some(path)) => {
                let text = params["textDocument"]["text"].as_str().unwrap_or_default();
                self.files.write(&path, text.to_owned());
                self.tell(&path)
            }
            ("textDocument/didChange", Some(path)) => {
                let changes = params["contentChanges"].as_array();
                let text = changes.and_then(|all| all.last()).and_then(|change| change["text"].as_str());
                let Some(text) = text else { return Vec::new() };
                self.files.write(&path, text.to_owned());
                self.tell(&path)
            }
            ("initialized" | "textDocument/didSave", _) => self.tell_all(),
            ("textDocument/didClose", Some(path)) => {
                self.files.read(&path);
                self.tell(&path)
            }
            ("workspace/didChangeWatchedFiles", _) => {
                let changes = params["changes"].as_array().cloned().unwrap_or_default();
                for path in changes.iter().filter_map(|change| path_of(&change["uri"])) {
                    self.files.read(&path);
                }
                self.tell_all()
            }
            _ => Vec::new(),
        }
    }

    /// What is found in one file.
    fn tell(&mut self, path: &str) -> Vec<Message> {
        let found = self.files.check(path);
        vec![self.told(path, &found)]
    }

    /// What is found in all of them together.
    fn tell_all(&mut self) -> Vec<Message> {
        let all = self.files.check_all();
        all.iter().map(|(path, found)| self.told(path, found)).collect()
    }

    fn told(&self, path: &str, found: &[super::found::Remark]) -> Message {
        let text = self.files.text(path).unwrap_or_default();
        let diagnostics: Vec<Value> = found.iter().map(|told| place::diagnostic(text, told)).collect();
        let params = json!({"uri": uri_of(path), "diagnostics": diagnostics});
        Notification { method: "textDocument/publishDiagnostics".to_owned(), params }.into()
    }
}

/// The folders that an editor has open.
fn folders(params: &Value) -> Vec<PathBuf> {
    let folders = params["workspaceFolders"].as_array().cloned().unwrap_or_default();
    let named: Vec<PathBuf> =
        folders.iter().filter_map(|folder| path_of(&folder["uri"])).map(PathBuf::from).collect();
    if named.is_empty() {
        path_of(&params["rootUri"]).map(PathBuf::from).into_iter().collect()
    } else {
        named
    }
}

fn capabilities() -> Value {
    json!({
        "capabilities": {
            "textDocumentSync": {"openClose": true, "change": 1, "save": true},
            "hoverProvider": true,
            "completionProvider": {"triggerCharacters": ["|", "{", ".", " ", "[", "%"]},
            "codeActionProvider": {"codeActionKinds": ["quickfix"]},
            "renameProvider": {"prepareProvider": true},
        },
        "serverInfo": {"name": "trailhound", "version": env!("CARGO_PKG_VERSION")},
    })
}
