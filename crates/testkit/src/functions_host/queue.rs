//! A Storage queue as its trigger reads it: a message that fails is handed out again, and after so many times it is put into the
//! poison queue, whatever the worker answered.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use super::worker::{Failure, Worker};

/// How a message's text is written into the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextForm {
    /// A JSON string in a JSON string.
    Quoted,
    /// The text as a JSON string.
    Plain,
    /// What the text holds, where it is JSON.
    Value,
}

impl TextForm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Quoted, Self::Plain, Self::Value];
}

/// The body of a request that hands a message out for the so manieth time.
pub fn queue_request(text: &str, times: u32, form: TextForm) -> Vec<u8> {
    let text_alone = || Value::String(text.to_owned());
    let item = match form {
        TextForm::Quoted => Value::String(text_alone().to_string()),
        TextForm::Plain => text_alone(),
        TextForm::Value => serde_json::from_str(text).unwrap_or_else(|_| text_alone()),
    };
    let time = "\"2026-08-01T10:00:00+00:00\"";
    let metadata = json!({
        "DequeueCount": times.to_string(), "ExpirationTime": time, "InsertionTime": time, "NextVisibleTime": time,
        "Id": "00000000-0000-0000-0000-0000000000e1", "PopReceipt": "AgAAAAMAAAAAAAAA",
        "sys": {"MethodName": "gather", "UtcNow": "2026-08-01T10:00:01Z", "RandGuid": "00000000-0000-0000-0000-000000000000"},
    });
    json!({"Data": {"item": item}, "Metadata": metadata}).to_string().into_bytes()
}

/// A queue and its poison queue.
#[derive(Debug, Default)]
pub struct StorageQueue {
    messages: VecDeque<(String, u32)>,
    /// What was given up.
    pub poison: Vec<String>,
}

impl StorageQueue {
    /// How often a message is handed out, as `host.json` has it.
    pub const MOST_TIMES: u32 = 5;

    /// Puts a message.
    pub fn put(&mut self, text: impl Into<String>) {
        self.messages.push_back((text.into(), 0));
    }

    /// Is nothing left to be handed out?
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Hands the next message out once; what came of it, or `None` where there is none.
    pub async fn next(&mut self, worker: &mut Worker, within: Duration) -> Option<Result<Value, Failure>> {
        let (text, times) = self.messages.pop_front()?;
        let times = times + 1;
        if !worker.is_alive() {
            worker.restart().await;
        }
        let done = worker.invoke("gather", queue_request(&text, times, TextForm::Quoted), within).await;
        match &done {
            Ok(_) => {}
            Err(_) if times < Self::MOST_TIMES => self.messages.push_back((text, times)),
            Err(_) => self.poison.push(text),
        }
        Some(done)
    }

    /// Hands out until nothing is left.
    pub async fn drain(&mut self, worker: &mut Worker, within: Duration) -> Vec<Result<Value, Failure>> {
        let mut all = Vec::new();
        while let Some(done) = self.next(worker, within).await {
            all.push(done);
        }
        all
    }
}
