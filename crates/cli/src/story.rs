//! Findings that belong together as one story each.
//!
//! What joins them is said once for the command and the functions, in the core's `matched::ties`.
//! What is told of findings waits in a file; only what joins them is held.

mod case;
mod join;
mod told;

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};

use anyhow::Context;

pub(crate) use case::{Case, Seen, Step};
pub(crate) use join::Crowd;
use join::{Joint, Joints, joined};
pub(crate) use told::Told;

const CANNOT: &str = "cannot put findings aside in the folder for temporary files; TMPDIR names another";

/// Findings that are to be joined.
pub(crate) struct Stories {
    joints: Vec<Joint>,
    maker: Joints,
    file: BufWriter<File>,
    /// Where what is told of each ends in the file.
    ends: Vec<u64>,
}

impl Stories {
    pub(crate) fn begin() -> anyhow::Result<Self> {
        let file = BufWriter::new(tempfile::tempfile().context(CANNOT)?);
        Ok(Self { joints: Vec::new(), maker: Joints::default(), file, ends: Vec::new() })
    }

    pub(crate) fn add(&mut self, told: &Told) -> anyhow::Result<()> {
        self.joints.push(self.maker.of(told, self.joints.len()));
        let text = serde_json::to_vec(told).context(CANNOT)?;
        self.file.write_all(&text).context(CANNOT)?;
        self.ends.push(self.ends.last().unwrap_or(&0) + text.len() as u64);
        Ok(())
    }

    /// Hands on each case, with the numbers of its findings as they were added.
    pub(crate) fn for_each_case(
        self,
        crowd: &Crowd,
        take: &mut dyn FnMut(Case, &[usize]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let Self { joints, mut file, ends, .. } = self;
        file.flush().context(CANNOT)?;
        let mut file = file.get_ref();
        let mut read = |number: usize| -> anyhow::Result<Told> {
            let begin = number.checked_sub(1).map_or(0, |before| ends[before]);
            let mut text = vec![0; usize::try_from(ends[number] - begin)?];
            file.seek(SeekFrom::Start(begin)).context(CANNOT)?;
            file.read_exact(&mut text).context(CANNOT)?;
            serde_json::from_slice(&text).context(CANNOT)
        };
        for numbers in joined(joints, crowd) {
            let told = numbers.iter().map(|number| read(*number)).collect::<anyhow::Result<Vec<Told>>>()?;
            take(Case::of(told), &numbers)?;
        }
        Ok(())
    }
}
