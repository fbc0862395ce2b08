//! What findings take of a function's table.

/// Write units of a match that is known in every way, and of somebody's first: `docs/costs.md`.
const EACH: [u64; 2] = [6, 11];

/// The least and the most write units of so many findings.
pub(crate) fn write_units(findings: u64) -> [u64; 2] {
    EACH.map(|units| units * findings)
}

/// The same in requests to Table Storage.
const REQUESTS: [u64; 2] = [3, 17];

/// The least and the most requests to Table Storage of so many findings.
pub(crate) fn table_requests(findings: u64) -> [u64; 2] {
    REQUESTS.map(|requests| requests * findings)
}

#[cfg(test)]
mod tests {
    use trailhound_testkit::measured;

    use super::*;

    #[test]
    fn units_are_those_that_are_measured() {
        let measured = measured::WRITE_UNITS;
        assert_eq!(write_units(1), [measured.known, measured.first]);
        let measured = measured::TABLE_REQUESTS;
        assert_eq!(table_requests(1), [measured.known, measured.first]);
    }
}
