//! `cargo xtask azure invoke FILE`: posts a sample to a handler on this machine as the Functions host would.
//!
//! The file is one event's body, as Azure Monitor writes it. The port is the handler's
//! `FUNCTIONS_CUSTOMHANDLER_PORT`, 7071 unless the variable says otherwise.

#[cfg(test)]
mod tests;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

/// Posts a file and prints the answer.
pub(crate) fn run_chore(file: &str) -> anyhow::Result<()> {
    let body = fs::read(file).with_context(|| file.to_owned())?;
    let port: u16 = match std::env::var("FUNCTIONS_CUSTOMHANDLER_PORT") {
        Ok(port) => port.parse().context("FUNCTIONS_CUSTOMHANDLER_PORT")?,
        Err(_) => 7071,
    };
    let answer = post(port, &request(&body))?;
    println!("{answer}");
    ensure!(answer.starts_with("HTTP/1.1 200"), "the handler did not take it");
    Ok(())
}

/// One event, in the serialisation of cardinality many and data type string.
fn request(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let wrapped = |value: Value| Value::String(value.to_string());
    let data = json!({"events": wrapped(json!([text]))});
    let metadata = json!({
        "PartitionContext": {"FullyQualifiedNamespace": "local.servicebus.windows.net", "EventHubName": "local",
            "ConsumerGroup": "$Default", "PartitionId": "0", "IsCheckpointingAfterInvocation": true},
        "SequenceNumberArray": wrapped(json!([1])),
        "OffsetArray": wrapped(json!(["0"])),
        "PartitionKeyArray": wrapped(json!([null])),
        "EnqueuedTimeUtcArray": wrapped(json!(["2026-01-01T00:00:00"])),
        "sys": {"MethodName": "detect", "UtcNow": "2026-01-01T00:00:00Z"},
    });
    json!({"Data": data, "Metadata": metadata}).to_string().into_bytes()
}

fn post(port: u16, body: &[u8]) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).with_context(|| {
        format!("no handler listens on port {port}; start one with `cargo run -p trailhound-azure-function`")
    })?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    write!(
        stream,
        "POST /detect HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n\
         X-Azure-Functions-InvocationId: 00000000-0000-0000-0000-000000000000\r\n\
         Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    )?;
    for chunk in body.chunks(64 * 1024) {
        write!(stream, "{:x}\r\n", chunk.len())?;
        stream.write_all(chunk)?;
        stream.write_all(b"\r\n")?;
    }
    stream.write_all(b"0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
