//! What `scan` writes: one format at a time, to standard output or to a file that appears whole or not at all.

mod csv;
mod file;
mod html;
mod summary;
mod table;

use std::io::{BufWriter, Write};

use trailhound_detect::describe::Finding;

use crate::args::{Format, Scan};
pub(crate) use file::Whole;
pub(crate) use summary::Summary;

/// A format, and where it goes.
pub(crate) struct Output {
    writer: Box<dyn Write>,
    format: Writer,
    explain: bool,
    file: Option<Whole>,
}

enum Writer {
    Table(table::Table),
    Ndjson,
    Csv,
    Html(html::Page),
}

impl Output {
    /// Opens what the arguments ask for.
    pub(crate) fn open(arguments: &Scan) -> anyhow::Result<Self> {
        let mut file = None;
        let writer: Box<dyn Write> = match &arguments.output {
            Some(path) => {
                let (whole, writer) = Whole::begin(path)?;
                file = Some(whole);
                Box::new(BufWriter::new(anstream::StripStream::new(writer)))
            }
            None => Box::new(BufWriter::new(anstream::stdout())),
        };
        let format = match arguments.format() {
            Format::Table => Writer::Table(table::Table::new(arguments.output.is_some())),
            Format::Ndjson => Writer::Ndjson,
            Format::Csv => Writer::Csv,
            Format::Html => Writer::Html(html::Page::default()),
        };
        let mut output = Self { writer, format, explain: arguments.explain, file };
        if let Writer::Csv = output.format {
            csv::header(&mut output.writer)?;
        }
        Ok(output)
    }

    /// Writes a finding.
    pub(crate) fn finding(&mut self, finding: &Finding, explanation: Option<&str>) -> anyhow::Result<()> {
        let writer = &mut self.writer;
        match &mut self.format {
            Writer::Table(table) => table.finding(writer, finding, explanation)?,
            Writer::Ndjson => writeln!(writer, "{}", finding.json)?,
            Writer::Csv => csv::row(writer, finding)?,
            Writer::Html(page) => page.add(finding, explanation),
        }
        if self.explain
            && matches!(self.format, Writer::Ndjson | Writer::Csv)
            && let Some(explanation) = explanation
        {
            anstream::eprintln!(
                "{} {}\n{explanation}",
                finding.matched.from.origin,
                finding.matched.rule_id()
            );
        }
        Ok(())
    }

    /// Writes what comes last, and puts the file in its place.
    pub(crate) fn close(mut self, summary: &Summary<'_>) -> anyhow::Result<()> {
        match &mut self.format {
            Writer::Table(table) => table.summary(&mut self.writer, summary)?,
            Writer::Html(page) => page.write(&mut self.writer, summary)?,
            Writer::Ndjson | Writer::Csv => summary.tell_untold(),
        }
        self.writer.flush()?;
        drop(self.writer);
        self.file.map_or(Ok(()), Whole::keep)
    }
}
