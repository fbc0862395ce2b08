//! Amazon resource names, cut into their parts.

/// `arn:partition:service:region:account:resource`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    pub(super) partition: &'a str,
    pub(super) service: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.trim().splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        let (partition, service, _region) = (parts.next()?, parts.next()?, parts.next()?);
        let (account, resource) = (parts.next()?, parts.next()?);
        Some(Self { partition, service, account, resource })
    }

    /// The same of a role or a user without its path, which not every record tells: within an account no two have one
    /// name, whatever their paths.
    pub(super) fn without_path(text: &str) -> String {
        let named = Arn::parse(text).filter(|arn| arn.service == "iam");
        let kind = named.and_then(|arn| arn.resource.split_once('/')).map(|(kind, _)| kind);
        match (named, kind) {
            (Some(arn), Some(kind @ ("role" | "user"))) => {
                format!("arn:{}:iam::{}:{kind}/{}", arn.partition, arn.account, arn.last_segment())
            }
            _ => text.to_owned(),
        }
    }

    /// What follows the resource's last slash.
    pub(super) fn last_segment(&self) -> &'a str {
        self.resource.rsplit('/').next().unwrap_or(self.resource)
    }
}
