//! What was taken, a line each: a run that was cut off goes on where it was, and another takes nothing again.
//!
//! A line is on the disk before the source hears of it. It may be missing of what was taken in the moment that a run was
//! killed; that is taken again, and the function's claims see to it that nothing of it is told again.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A ledger that this run writes, and nobody else.
pub(super) struct TakenLedger {
    file: File,
    taken: HashSet<String>,
}

#[derive(Serialize, Deserialize)]
struct LedgerLine {
    /// Where it was taken: one ledger is of one place.
    to: String,
    /// What was taken.
    id: String,
    at: Timestamp,
}

impl TakenLedger {
    /// The ledger in a file, made where there is none.
    pub(super) fn open(path: &Path, to: &str) -> anyhow::Result<Self> {
        let cannot = || format!("cannot keep a ledger in {}", path.display());
        let is_other = path.metadata().is_ok_and(|meta| !meta.is_file());
        anyhow::ensure!(!is_other, "{} is no file, and keeps no ledger", path.display());
        let mut file =
            OpenOptions::new().read(true).append(true).create(true).open(path).with_context(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                anyhow::bail!("{} is being written by another replay; wait for it", path.display())
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(cannot),
        }
        let mut taken = HashSet::new();
        let (mut whole, mut length) = (0, 0);
        let mut text = BufReader::new(&file);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let read = text.read_until(b'\n', &mut line).with_context(cannot)?;
            length += read as u64;
            if read == 0 {
                break;
            }
            // The last of a run that was killed while it was written: what it says was never told to anybody.
            if line.last() != Some(&b'\n') {
                break;
            }
            whole = length;
            let noted: LedgerLine = serde_json::from_slice(&line)
                .with_context(|| format!("{}:{number}: no line of a ledger", path.display()))?;
            anyhow::ensure!(
                noted.to == to,
                "{} is the ledger of a replay to {}; name another for {to}",
                path.display(),
                noted.to
            );
            taken.insert(noted.id);
        }
        if whole < length {
            file.set_len(whole).with_context(cannot)?;
        }
        file.flush().with_context(cannot)?;
        Ok(Self { file, taken })
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.taken.contains(id)
    }

    /// Notes what was taken.
    pub(super) fn note(&mut self, to: &str, id: &str) -> anyhow::Result<()> {
        let noted = LedgerLine { to: to.to_owned(), id: id.to_owned(), at: Timestamp::now() };
        let mut line = serde_json::to_vec(&noted)?;
        line.push(b'\n');
        self.file
            .write_all(&line)
            .and_then(|()| self.file.sync_data())
            .context("the ledger takes no more")?;
        self.taken.insert(noted.id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_known_to_the_next_run_and_half_a_line_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.ndjson");
        let mut ledger = TakenLedger::open(&path, "q").unwrap();
        ledger.note("q", "one").unwrap();
        let Err(problem) = TakenLedger::open(&path, "q") else { panic!("two write it") };
        assert!(problem.to_string().contains("another replay"), "{problem}");
        drop(ledger);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"to\":\"q\",\"id\":\"tw").unwrap();
        drop(file);
        let mut ledger = TakenLedger::open(&path, "q").unwrap();
        assert!(ledger.has("one") && !ledger.has("two"));
        ledger.note("q", "two").unwrap();
        drop(ledger);
        let ledger = TakenLedger::open(&path, "q").unwrap();
        assert!(ledger.has("one") && ledger.has("two"));
        drop(ledger);
        let Err(problem) = TakenLedger::open(&path, "elsewhere") else { panic!("of another place") };
        assert!(problem.to_string().contains("is the ledger of a replay to q"), "{problem}");
    }
}
