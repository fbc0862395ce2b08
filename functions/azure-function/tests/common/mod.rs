//! What the tests of this package share.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::sync::Arc;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::time::{Duration, OffsetDateTime};
use trailhound_azure_function::azure::Azure;
use trailhound_testkit::identity::token;
use trailhound_testkit::tls::Certificate;

/// Tokens without an endpoint to ask.
#[derive(Debug)]
struct Tokens;

#[async_trait::async_trait]
impl TokenCredential for Tokens {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let resource = scopes[0].trim_end_matches("/.default");
        Ok(AccessToken::new(token(resource), OffsetDateTime::now_utc() + Duration::hours(1)))
    }
}

/// Azure as far as this machine has it.
pub(crate) fn azure(certificate: &Certificate) -> Azure {
    Azure::with(vec![certificate.der()], Arc::new(Tokens)).unwrap()
}
