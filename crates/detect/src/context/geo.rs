//! Databases in MaxMind's format: what one tells of is known by its own description, and only country, city and network
//! of an address are read from it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use maxminddb::Reader;
use serde::Deserialize;

use super::given::{ContextError, Given};
use crate::facts::{Consulted, Geography};

/// What a database tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DatabaseKind {
    City,
    Country,
    Network,
}

impl DatabaseKind {
    /// By the words in a database's type, as `GeoLite2-ASN`, `DBIP-City-Lite`.
    fn of(database_type: &str) -> Option<Self> {
        let has = |words: &[&str]| {
            let name = database_type.to_ascii_lowercase();
            words.iter().any(|word| name.contains(word))
        };
        if has(&["asn", "isp"]) {
            Some(Self::Network)
        } else if has(&["city", "enterprise"]) {
            Some(Self::City)
        } else {
            has(&["country"]).then_some(Self::Country)
        }
    }

    pub(super) fn of_what(self) -> &'static str {
        match self {
            Self::City => "cities",
            Self::Country => "countries",
            Self::Network => "networks",
        }
    }
}

/// A database, held in memory.
pub(super) struct Database {
    pub(super) kind: DatabaseKind,
    pub(super) name: String,
    pub(super) consulted: Arc<Consulted>,
    reader: Reader<Vec<u8>>,
    /// Look-ups that the file answered with what cannot be read.
    failed: AtomicU64,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Database")
            .field("kind", &self.kind)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Located {
    country: Option<PlaceNames>,
    registered_country: Option<PlaceNames>,
    city: Option<PlaceNames>,
}

#[derive(Deserialize)]
struct PlaceNames {
    iso_code: Option<String>,
    names: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Routed {
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<String>,
}

impl Database {
    pub(super) fn read(given: Given<'_>, bytes: Vec<u8>) -> Result<Self, ContextError> {
        let again = "fetch it again, and unpack it where it came packed (*.tar.gz)";
        let reader = Reader::from_source(bytes)
            .map_err(|error| given.wrong("", format!("no database in MaxMind's format ({error})"), again))?;
        let metadata = reader.metadata();
        let database_type = &metadata.database_type;
        let Some(kind) = DatabaseKind::of(database_type) else {
            let problem = format!("it is of the type {database_type:?}, which is not read");
            let remedy = "give one of countries, cities or networks, such as GeoLite2-City and GeoLite2-ASN";
            return Err(given.wrong("", problem, remedy));
        };
        let built = i64::try_from(metadata.build_epoch).ok();
        let date = built.filter(|at| *at > 0).and_then(|at| Timestamp::from_second(at).ok());
        let consulted = Arc::new(Consulted { name: database_type.clone(), date });
        // Whether all of it can be read takes longer than to ask it: what cannot is counted as it comes up.
        Ok(Self { kind, name: given.name.to_owned(), consulted, reader, failed: AtomicU64::new(0) })
    }

    /// Says how often it could not be read where it was asked.
    pub(super) fn fault(&self) -> Option<String> {
        let count = self.failed.load(Ordering::Relaxed);
        let told = || format!("{}: damaged: {count} look-ups could not be read; fetch it again", self.name);
        (count > 0).then(told)
    }

    /// Adds what it tells of an address to what is known of it.
    pub(super) fn place(&self, ip: IpAddr, place: &mut Geography) {
        if ip.is_ipv6() && self.reader.metadata().ip_version == 4 {
            return;
        }
        if self.kind == DatabaseKind::Network {
            let Some(routed) = self.ask::<Routed>(ip) else { return };
            place.asn = routed.autonomous_system_number;
            place.as_name = routed.autonomous_system_organization;
            place.routed_by = Some(Arc::clone(&self.consulted));
            return;
        }
        let Some(located) = self.ask::<Located>(ip) else { return };
        let code =
            |named: Option<PlaceNames>| named?.iso_code.filter(|code| code.len() == 2 && code.is_ascii());
        // Of addresses in use everywhere only the country is known that they are registered in.
        let country = code(located.country).or_else(|| code(located.registered_country));
        let city = located.city.and_then(|city| city.names?.remove("en"));
        if place.country.is_none() && (country.is_some() || city.is_some()) {
            place.country = country;
            place.city = city;
            place.placed_by = Some(Arc::clone(&self.consulted));
        }
    }

    fn ask<'d, T: Deserialize<'d>>(&'d self, ip: IpAddr) -> Option<T> {
        let found = self.reader.lookup(ip).and_then(|found| found.decode::<T>());
        found.unwrap_or_else(|_| {
            self.failed.fetch_add(1, Ordering::Relaxed);
            None
        })
    }
}
