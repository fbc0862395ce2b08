use azure_core::time::Duration;

use super::*;

fn token(secret: &'static str) -> AccessToken {
    AccessToken::new(secret, OffsetDateTime::now_utc() + Duration::hours(1))
}

#[test]
fn all_that_went_out_with_a_revoked_token_go_out_again() {
    let tokens = Tokens::new(
        Arc::new(|| Err(azure_core::Error::with_message(azure_core::error::ErrorKind::Credential, "none"))),
        "scope",
    );
    let comes = |secret| tokens.state.send_modify(|state| state.token = Some(token(secret)));
    comes("a");
    for request in 0..16 {
        assert!(tokens.renew("Bearer a"), "request {request} of those that were under way");
    }
    comes("b");
    assert!(tokens.renew("Bearer a"), "an answer that came late");
    assert!(!tokens.renew("Bearer b"), "a fresh one that is not taken is not the token's fault");
}
