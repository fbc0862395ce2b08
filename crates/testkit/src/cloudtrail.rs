//! CloudTrail over HTTP on loopback, as far as digest files go: a key that signs them, and `ListPublicKeys`, which moto
//! does not have.

use std::fmt::Write as _;
use std::io::{self, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use crate::http::{Request, listen, request_whole};
use crate::tools;

/// Makes a key; ring makes none of this kind. The library is one that moto comes with.
const MAKE: &str = "
import sys
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
sys.stdout.buffer.write(key.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption()))
";

/// A key that CloudTrail has in one region, made anew for each.
pub struct Signer {
    /// In that region.
    pub region: String,
    /// What it is known by.
    pub fingerprint: String,
    pair: RsaKeyPair,
}

impl Signer {
    /// Makes one; `None`, loudly, where there is nothing to make it with.
    pub fn new(region: &str, fingerprint: &str) -> Option<Self> {
        let python = tools::find("TRAILHOUND_PYTHON", "python/bin/python", "digest files that are verified")?;
        let made = Command::new(python).args(["-c", MAKE]).output().expect("python runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let pair = RsaKeyPair::from_pkcs8(&made.stdout).expect("a key of 2048 bits");
        Some(Self { region: region.to_owned(), fingerprint: fingerprint.to_owned(), pair })
    }

    /// Signs a text; the signature in hex, as it stands beside a digest file.
    pub fn sign(&self, text: &str) -> String {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .expect("the key is long enough");
        hex(&signature)
    }

    /// The key that verifies, an RSAPublicKey of PKCS #1 in DER.
    fn public_key(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }
}

#[derive(Default)]
struct TrailState {
    /// Region, fingerprint, key.
    keys: Vec<(String, String, Vec<u8>)>,
    refusal: Option<&'static str>,
    /// Region and request, in the order they came.
    asked: Vec<(String, Value)>,
}

/// A running CloudTrail.
pub struct CloudTrail {
    address: SocketAddr,
    state: Arc<Mutex<TrailState>>,
}

impl CloudTrail {
    /// Listens on a free port.
    pub fn start() -> io::Result<Self> {
        let state = Arc::<Mutex<TrailState>>::default();
        let served = Arc::clone(&state);
        let address = listen(move |stream| serve(stream, &served))?;
        Ok(Self { address, state })
    }

    /// The value of `AWS_ENDPOINT_URL_CLOUDTRAIL`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on it tells of this key.
    pub fn publish(&self, signer: &Signer) {
        let key = (signer.region.clone(), signer.fingerprint.clone(), signer.public_key());
        self.state.lock().unwrap_or_else(PoisonError::into_inner).keys.push(key);
    }

    /// From now on it refuses, with a code, or not any more.
    pub fn refuse(&self, code: Option<&'static str>) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).refusal = code;
    }

    /// In which region it was asked, and what.
    pub fn asked(&self) -> Vec<(String, Value)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).asked.clone()
    }
}

fn serve(stream: &TcpStream, state: &Mutex<TrailState>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = request_whole(&mut reader)? {
        let (status, answer) = answer(&request, &mut state.lock().unwrap_or_else(PoisonError::into_inner));
        let (mut stream, answer) = (stream, answer.to_string());
        write!(
            stream,
            "HTTP/1.1 {status} As Told\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\n\r\n{answer}",
            answer.len()
        )?;
    }
    Ok(())
}

fn answer(request: &Request, state: &mut TrailState) -> (u16, Value) {
    let header = |name: &str| {
        let found = request.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    if !header("x-amz-target").ends_with(".ListPublicKeys") {
        return (400, json!({"__type": "UnsupportedOperationException"}));
    }
    // `Credential=<key>/<day>/<region>/cloudtrail/aws4_request`.
    let scope = header("authorization").split("Credential=").nth(1).unwrap_or_default();
    let region = scope.split('/').nth(2).unwrap_or_default().to_owned();
    let asked = serde_json::from_slice(&request.body).unwrap_or_default();
    state.asked.push((region.clone(), asked));
    if let Some(code) = state.refusal {
        return (400, json!({"__type": code, "message": "as told"}));
    }
    let keys = state.keys.iter().filter(|(of, _, _)| *of == region);
    let keys: Vec<Value> = keys
        .map(|(_, fingerprint, key)| {
            json!({"Value": STANDARD.encode(key), "Fingerprint": fingerprint, "ValidityStartTime": 1_700_000_000,
                   "ValidityEndTime": 1_900_000_000})
        })
        .collect();
    (200, json!({ "PublicKeyList": keys }))
}

/// Bytes in hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes any text");
        hex
    })
}
