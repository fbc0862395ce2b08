//! The list of logs, a line each: what a log is called in code and in figures, whose it is, and where in `logs`
//! everything else about it stands.
//!
//! Of two logs that know a record by the same thing the first in the list has it.

macro_rules! list_of_logs {
    ($define:ident) => {
        $define! {
            CloudTrail "cloudtrail" Aws cloudtrail::CLOUDTRAIL;
            CloudTrailInsight "cloudtrail_insight" Aws cloudtrail::INSIGHT;
            CloudTrailAggregated "cloudtrail_aggregated" Aws cloudtrail::AGGREGATED;
            EntraSignIn "entra_signin" Azure signin::SIGN_IN;
            EntraAudit "entra_audit" Azure audit::AUDIT;
            EntraRisk "entra_risk" Azure risk::RISK;
            AzureActivity "azure_activity" Azure activity::ACTIVITY;
            BastionAudit "bastion_audit" Azure bastion::BASTION;
            KubernetesAudit "kubernetes_audit" Azure kubernetes::KUBERNETES;
            ProcessCreation "process_creation" Host process::PROCESS;
            EndpointOther "endpoint_other" Host process::OTHER;
            GcpAudit "gcp_audit" Gcp gcp::GCP;
            AzureResource "azure_resource" Azure resource::RESOURCE;
        }
    };
}
pub(crate) use list_of_logs;

/// Who writes a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Azure and Entra.
    Azure,
    /// Google Cloud.
    Gcp,
    /// A machine's own log.
    Host,
}

impl Provider {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Aws, Self::Azure, Self::Gcp, Self::Host];

    /// The word in `n.provider` and attributes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Gcp => "gcp",
            Self::Host => "host",
        }
    }
}

macro_rules! define {
    ($($variant:ident $name:literal $provider:ident $folder:ident::$log:ident;)+) => {
        /// What kind of record this is.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
        )]
        pub enum LogType {
            $(
                #[doc = concat!("`", $name, "`, told in `logs/", stringify!($folder), "`.")]
                $variant,
            )+
        }

        impl LogType {
            /// All of them, in the list's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Whose log it is.
            pub fn provider(self) -> Provider {
                match self {
                    $(Self::$variant => Provider::$provider,)+
                }
            }

            /// The name that logs and metrics use.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}
list_of_logs!(define);
