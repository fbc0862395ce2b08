//! What a match and a delivery cost, as tests hold it; `docs/costs.md` is computed from these figures.

/// For a Session Manager match in an account that is no longer learned.
pub struct PerMatch {
    /// Somebody's first.
    pub first: u64,
    /// Another of the same actor, on another machine.
    pub warm: u64,
    /// Another of the same actor, on a machine that the process knows.
    pub known: u64,
    /// One that was published before.
    pub duplicate: u64,
    /// Ten of one actor together.
    pub ten_together: u64,
}

/// Write units of DynamoDB, by the requests that reach moto.
pub const WRITE_UNITS: PerMatch = PerMatch { first: 11, warm: 8, known: 6, duplicate: 1, ten_together: 57 };

/// Writes and consistent reads on demand, in thousandths of a dollar for a million matches.
pub const DYNAMODB: PerMatch =
    PerMatch { first: 8_625, warm: 5_500, known: 3_875, duplicate: 750, ten_together: 41_875 };

/// Requests to Table Storage, by Azurite's log.
pub const TABLE_REQUESTS: PerMatch =
    PerMatch { first: 17, warm: 7, known: 3, duplicate: 1, ten_together: 53 };

/// Write units of the first, second and third hundred matches of one actor on one machine, a minute apart.
pub const BURST: [u64; 3] = [850, 1_100, 1_250];
