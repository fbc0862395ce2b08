//! Any text as what invokes the Lambda: it is recognised or unreadable, nothing vanishes, and no more comes of it than it
//! holds; in a message of a queue it asks for the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use trailhound_aws_lambda::sources::{Input, Invocation, recognise};

fuzz_target!(|payload: &str| {
    let inputs = match recognise(payload, "request") {
        Invocation::Direct(inputs) => inputs,
        // Engines invoke, and send no messages.
        Invocation::Tasks(asked) => {
            let inputs: Vec<Input> = asked.tasks.into_iter().map(|task| task.input).collect();
            bounded(&inputs, payload);
            return;
        }
        Invocation::Queue(messages) => {
            let inputs: Vec<Input> = messages.into_iter().flat_map(|message| message.inputs).collect();
            bounded(&inputs, payload);
            return;
        }
    };
    assert!(!inputs.is_empty());
    bounded(&inputs, payload);
    // What is no JSON is nobody's invocation, and in a queue may still be a notice.
    if serde_json::from_str::<Value>(payload).is_err() {
        return;
    }
    let queued = json!({"Records": [{"messageId": "m", "eventSource": "aws:sqs", "body": payload}]});
    let Invocation::Queue(messages) = recognise(&queued.to_string(), "request") else { panic!("no queue: {queued}") };
    let [message] = &messages[..] else { panic!("{messages:?}") };
    let words = |inputs: &[Input]| inputs.iter().map(word).collect::<Vec<_>>();
    assert_eq!(words(&inputs), words(&message.inputs));
});

fn bounded(inputs: &[Input], payload: &str) {
    assert!(inputs.len() <= 1 + payload.len() / 2, "{} of {} bytes", inputs.len(), payload.len());
}

/// What is asked for, wherever it came from.
fn word(input: &Input) -> String {
    match input {
        Input::Object { object, .. } => format!("object {object:?}"),
        Input::Event { body, vouched, .. } => format!("event {vouched} {body}"),
        Input::Canary { .. } => "canary".to_owned(),
        Input::Notice { notice, .. } => format!("{notice:?}"),
        Input::Unreadable { reason, .. } => format!("{reason:?}"),
    }
}
