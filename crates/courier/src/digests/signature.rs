//! The signature of a digest file: RSA over SHA-256, PKCS #1 v1.5, by ring, which TLS is by as well.

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

/// Is this what the owner of the key signed? The key is an RSAPublicKey of PKCS #1 in DER, the signature in hex.
pub(super) fn verifies(key: &[u8], signed: &[u8], signature: &str) -> bool {
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key);
    from_hex(signature).is_some_and(|signature| key.verify(signed, &signature).is_ok())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |pair: &[u8; 2]| u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok();
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}
