//! A line for each thing that was looked at, as soon as it was.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use trailhound_detect::describe::{clean, visible};

use crate::exit::Exit;
use crate::words::counted;

/// The room that a mark and a name take.
const INDENT: usize = 22;

/// What was told so far.
pub(super) struct DoctorReport {
    out: anstream::AutoStream<std::io::Stdout>,
    wrong: u64,
}

impl DoctorReport {
    pub(super) fn begin() -> Self {
        Self { out: anstream::stdout(), wrong: 0 }
    }

    /// As it should be.
    pub(super) fn fine(&mut self, what: &str, says: &str) -> anyhow::Result<()> {
        self.tell("fine", AnsiColor::Green, what, says, None)
    }

    /// Not there, which may be wanted.
    pub(super) fn absent(&mut self, what: &str, says: &str, remedy: &str) -> anyhow::Result<()> {
        self.tell("absent", AnsiColor::Yellow, what, says, Some(remedy))
    }

    /// Not as it should be.
    pub(super) fn wrong(&mut self, what: &str, says: &str, remedy: &str) -> anyhow::Result<()> {
        self.wrong += 1;
        self.tell("WRONG", AnsiColor::Red, what, says, Some(remedy))
    }

    fn tell(
        &mut self,
        mark: &str,
        color: AnsiColor,
        what: &str,
        says: &str,
        remedy: Option<&str>,
    ) -> anyhow::Result<()> {
        let style = Style::new().fg_color(Some(color.into())).bold();
        write!(self.out, "{style}{mark:<7}{style:#} {what:<13} ")?;
        // What a service, a file or a variable says is somebody else's text.
        for (n, line) in says.lines().enumerate() {
            let before = if n == 0 { 0 } else { INDENT };
            writeln!(self.out, "{:before$}{}", "", visible(&clean(line)))?;
        }
        if let Some(remedy) = remedy {
            writeln!(self.out, "{:INDENT$}{}", "", visible(remedy))?;
        }
        Ok(())
    }

    /// The last line, and how it ends.
    pub(super) fn end(mut self) -> anyhow::Result<Exit> {
        if self.wrong == 0 {
            writeln!(self.out, "\nNothing is wrong.")?;
            return Ok(Exit::Clean);
        }
        let are = if self.wrong == 1 { "is" } else { "are" };
        writeln!(self.out, "\n{} {are} wrong.", counted(self.wrong, "thing", "things"))?;
        Ok(Exit::Findings)
    }
}
