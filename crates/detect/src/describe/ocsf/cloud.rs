//! Where it happened.
//!
//! Alert schema v1 knows two clouds. Of a host's own log, which does not say in which cloud the host is,
//! `unmapped.cloud_basis` says what told it, the account is `unknown`, and the envelope's `source` says `host`.
//! Google's audit log says `GCP`, which our schema allows beside the two: its rule ships disabled, and no other word
//! would be true.

use serde::Serialize;

use super::writer::Writer;
use crate::event::Provider;
use crate::logs::{self, AWS_ACCOUNT, AccountKind, Basis};

#[derive(Serialize)]
pub(super) struct Cloud {
    pub(super) provider: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<String>,
    pub(super) account: CloudAccount,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) org: Option<Organization>,
    #[serde(rename = "cloud_partition", skip_serializing_if = "Option::is_none")]
    pub(super) partition: Option<String>,
    #[serde(skip)]
    pub(super) basis: Basis,
}

#[derive(Clone, Serialize)]
pub(super) struct CloudAccount {
    pub(super) uid: String,
    type_id: u8,
    #[serde(rename = "type")]
    type_name: &'static str,
}

#[derive(Clone, Serialize)]
pub(super) struct Organization {
    uid: String,
}

/// Stands for an account that a record does not name.
pub(super) const UNKNOWN: &str = "unknown";

impl Cloud {
    pub(super) fn of(writer: &Writer<'_>) -> Self {
        let facts = &writer.found.facts;
        let scope = &facts.scope;
        let told = (logs::of(facts.log).words.cloud)(facts);
        let tenant = scope.tenant.as_ref().filter(|_| facts.provider == Provider::Azure);
        Self {
            provider: told.provider,
            region: writer.optional(scope.region.as_ref(), 64),
            account: CloudAccount::of(writer, told.account),
            org: writer.optional(tenant, 128).map(|uid| Organization { uid }),
            partition: writer.optional(scope.partition.as_ref(), 32),
            basis: told.basis,
        }
    }
}

impl CloudAccount {
    fn of(writer: &Writer<'_>, kind: Option<AccountKind>) -> Self {
        let account = &writer.found.facts.scope.account;
        match kind {
            Some(kind) if !account.is_empty() => Self::told(writer.text(account, 128), kind),
            _ => Self { uid: UNKNOWN.to_owned(), type_id: 0, type_name: "Unknown" },
        }
    }

    /// The AWS account that an actor belongs to.
    pub(super) fn aws(uid: String) -> Self {
        Self::told(uid, AWS_ACCOUNT)
    }

    fn told(uid: String, kind: AccountKind) -> Self {
        Self { uid, type_id: kind.id, type_name: kind.name }
    }
}
