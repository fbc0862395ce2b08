//! S3 over HTTP on loopback, as far as reading an object goes, with the answers that moto never gives: permissions that
//! are missing, throttling, and transfers that break off.

use std::collections::HashMap;
use std::io::{self, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::http::{listen, request};

/// What a request for an object is answered with.
#[derive(Clone, Debug)]
pub enum Fate {
    /// The object.
    Whole(Vec<u8>),
    /// The object, up to this many bytes, and then the connection ends.
    BrokenOff(Vec<u8>, usize),
    /// An error, by status and code.
    Error(u16, &'static str),
    /// No answer at all.
    Silence,
}

type Objects = Arc<Mutex<HashMap<String, Vec<Fate>>>>;

/// A running S3.
pub struct S3 {
    address: SocketAddr,
    objects: Objects,
}

impl S3 {
    /// Listens on a free port.
    pub fn start() -> io::Result<Self> {
        let objects = Objects::default();
        let served = Arc::clone(&objects);
        let address = listen(move |stream| serve(stream, &served))?;
        Ok(Self { address, objects })
    }

    /// The value of `AWS_ENDPOINT_URL_S3`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What `/bucket/key` is answered with, request by request; the last fate stays.
    pub fn put(&self, path: &str, fates: impl IntoIterator<Item = Fate>) {
        let mut fates: Vec<Fate> = fates.into_iter().collect();
        fates.reverse();
        self.objects.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), fates);
    }
}

fn serve(stream: &TcpStream, objects: &Objects) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some((path, _)) = request(&mut reader)? {
        let path = path.split('?').next().unwrap_or_default();
        let fate = {
            let mut objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
            match objects.get_mut(path) {
                Some(fates) if fates.len() > 1 => fates.pop(),
                Some(fates) => fates.last().cloned(),
                None => None,
            }
        };
        match fate.unwrap_or(Fate::Error(404, "NoSuchKey")) {
            Fate::Whole(body) => respond(stream, 200, body.len(), &body)?,
            Fate::BrokenOff(body, most) => {
                respond(stream, 200, body.len(), &body[..most])?;
                return Ok(());
            }
            Fate::Silence => thread::sleep(Duration::from_mins(10)),
            Fate::Error(status, code) => {
                let body = format!(
                    "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>as told</Message></Error>"
                );
                respond(stream, status, body.len(), body.as_bytes())?;
            }
        }
    }
    Ok(())
}

fn respond(mut stream: &TcpStream, status: u16, length: usize, body: &[u8]) -> io::Result<()> {
    write!(stream, "HTTP/1.1 {status} As Told\r\nETag: \"as-told\"\r\nContent-Length: {length}\r\n\r\n")?;
    stream.write_all(body)
}
