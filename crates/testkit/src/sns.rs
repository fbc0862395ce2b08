//! SNS over HTTP on loopback, as far as `PublishBatch` goes: its query protocol, its limits, and the answers that moto
//! never gives: entries that fail, throttling, errors of its own, and answers that break off.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::io::{self, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::http::{listen, request};

/// Most entries and bytes of a batch.
const MOST_ENTRIES: usize = 10;
const MOST_BYTES: usize = 262_144;
const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";

/// What becomes of one request.
#[derive(Clone, Debug)]
pub enum PublishFate {
    /// Every entry is taken.
    Taken,
    /// Entries at these places of the batch fail, with a code and whether the sender is to blame.
    Failed(Vec<(usize, &'static str, bool)>),
    /// The request fails as a whole.
    Error(u16, &'static str),
    /// Every entry is taken, and the connection ends in the middle of saying so.
    BrokenOff,
    /// Every entry is taken, and the answer comes this much later.
    Late(Duration),
}

/// An entry of a batch, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The topic it is for.
    pub topic: String,
    /// Its id within the batch.
    pub id: String,
    /// Its body.
    pub message: String,
    /// What SNS counts towards the limit: body, and names, types and values of attributes.
    pub size: usize,
}

#[derive(Default)]
struct State {
    script: VecDeque<PublishFate>,
    refused: Option<(String, &'static str)>,
    requests: Vec<Vec<Entry>>,
    taken: Vec<String>,
}

/// A running SNS.
pub struct Sns {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Sns {
    /// Listens on a free port; requests meet the fates of the script in order, and are taken after its end.
    pub fn start(script: impl IntoIterator<Item = PublishFate>) -> io::Result<Self> {
        let state = Arc::new(Mutex::new(State { script: script.into_iter().collect(), ..State::default() }));
        let served = Arc::clone(&state);
        let address = listen(move |stream| serve(stream, &served))?;
        Ok(Self { address, state })
    }

    /// The value of `AWS_ENDPOINT_URL_SNS`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Refuses every message that holds this text with a code that blames us, until told otherwise.
    pub fn refuse(&self, text: Option<&str>, code: &'static str) {
        lock(&self.state).refused = text.map(|text| (text.to_owned(), code));
    }

    /// The entries of each request so far.
    pub fn requests(&self) -> Vec<Vec<Entry>> {
        lock(&self.state).requests.clone()
    }

    /// The bodies taken so far.
    pub fn taken(&self) -> Vec<String> {
        lock(&self.state).taken.clone()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(stream: &TcpStream, state: &Mutex<State>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some((_, body)) = request(&mut reader)? {
        let form = form(&body);
        let entries = entries(&form);
        let fate = {
            let mut state = lock(state);
            state.requests.push(entries.clone());
            state.script.pop_front().unwrap_or(PublishFate::Taken)
        };
        if form.get("Action").map(String::as_str) != Some("PublishBatch") {
            respond(stream, 400, &error("InvalidAction"))?;
        } else if entries.len() > MOST_ENTRIES {
            respond(stream, 400, &error("TooManyEntriesInBatchRequest"))?;
        } else if entries.iter().map(|entry| entry.size).sum::<usize>() > MOST_BYTES {
            respond(stream, 400, &error("BatchRequestTooLong"))?;
        } else {
            match fate {
                PublishFate::Error(status, code) => respond(stream, status, &error(code))?,
                PublishFate::Taken => respond(stream, 200, &take(state, &entries, &[]))?,
                PublishFate::Failed(failures) => respond(stream, 200, &take(state, &entries, &failures))?,
                PublishFate::Late(time) => {
                    let answer = take(state, &entries, &[]);
                    thread::sleep(time);
                    respond(stream, 200, &answer)?;
                }
                PublishFate::BrokenOff => {
                    let answer = take(state, &entries, &[]);
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", answer.len());
                    let mut writer = stream;
                    writer.write_all(head.as_bytes())?;
                    writer.write_all(&answer.as_bytes()[..answer.len() / 2])?;
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// Takes what does not fail, and says what became of each.
fn take(state: &Mutex<State>, entries: &[Entry], failures: &[(usize, &'static str, bool)]) -> String {
    let mut state = lock(state);
    let (mut successful, mut failed) = (String::new(), String::new());
    for (at, entry) in entries.iter().enumerate() {
        let scripted =
            failures.iter().find(|(place, ..)| *place == at).map(|(_, code, sender)| (*code, *sender));
        let refused = state
            .refused
            .as_ref()
            .filter(|(text, _)| entry.message.contains(text))
            .map(|(_, code)| (*code, true));
        let empty = entry.message.is_empty().then_some(("InvalidParameter", true));
        if let Some((code, sender)) = scripted.or(refused).or(empty) {
            let _ = write!(
                failed,
                "<member><Id>{}</Id><Code>{code}</Code><Message>as told</Message><SenderFault>{sender}</SenderFault></member>",
                entry.id
            );
        } else {
            state.taken.push(entry.message.clone());
            let number = state.taken.len();
            let _ = write!(
                successful,
                "<member><Id>{}</Id><MessageId>00000000-0000-4000-8000-{number:012}</MessageId></member>",
                entry.id
            );
        }
    }
    format!(
        "<PublishBatchResponse xmlns=\"{NAMESPACE}\"><PublishBatchResult><Successful>{successful}</Successful>\
         <Failed>{failed}</Failed></PublishBatchResult><ResponseMetadata>\
         <RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></PublishBatchResponse>"
    )
}

fn error(code: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>Sender</Type><Code>{code}</Code><Message>as told</Message>\
         </Error><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>"
    )
}

fn respond(mut stream: &TcpStream, status: u16, body: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} As Told\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

/// The entries of a batch, in its order.
fn entries(form: &BTreeMap<String, String>) -> Vec<Entry> {
    (1..)
        .map_while(|number| {
            let prefix = format!("PublishBatchRequestEntries.member.{number}.");
            let id = form.get(&format!("{prefix}Id"))?.clone();
            let message = form.get(&format!("{prefix}Message")).cloned().unwrap_or_default();
            let attributes =
                form.iter().filter(|(name, _)| name.starts_with(&format!("{prefix}MessageAttributes.")));
            let size = message.len() + attributes.map(|(_, value)| value.len()).sum::<usize>();
            let topic = form.get("TopicArn").cloned().unwrap_or_default();
            Some(Entry { topic, id, message, size })
        })
        .collect()
}

/// `application/x-www-form-urlencoded`.
fn form(body: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(body);
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                let byte = std::str::from_utf8(&digits).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
                bytes.push(byte.unwrap_or(b'?'));
                rest = after;
            }
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
