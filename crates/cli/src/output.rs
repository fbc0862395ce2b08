//! What `scan` writes: one format at a time, to standard output or to a file that appears whole or not at all.

mod csv;
mod file;
mod layer;
mod report;
mod sorted;
mod summary;
mod table;

use std::io::{BufWriter, Write};

use trailhound_detect::describe::{Finding, explained};

use crate::args::{Format, Order, Scan};
pub(crate) use file::{Whole, put};
pub(crate) use report::marks;
use sorted::Sorted;
pub(crate) use summary::Summary;

/// A format, and where it goes.
pub(crate) struct Output {
    writer: Box<dyn Write>,
    format: Writer,
    /// Findings that wait until all are found.
    sorted: Option<Sorted>,
    file: Option<Whole>,
}

enum Writer {
    Table(table::Table),
    Ndjson,
    Csv(csv::Rows),
    Html(Box<report::Report>),
    Navigator(layer::Layer),
}

impl Output {
    /// Opens what the arguments ask for.
    pub(crate) fn open(arguments: &Scan) -> anyhow::Result<Self> {
        for_pages(arguments)?;
        let mut file = None;
        // JSON and pages have no styles to take away, and looking for them is dear.
        let is_plain = matches!(arguments.format(), Format::Ndjson | Format::Html);
        let writer: Box<dyn Write> = match &arguments.output {
            Some(path) => {
                let (whole, writer) = Whole::begin(path)?;
                file = Some(whole);
                if is_plain {
                    Box::new(BufWriter::new(writer))
                } else {
                    Box::new(BufWriter::new(anstream::StripStream::new(writer)))
                }
            }
            None if is_plain => Box::new(BufWriter::new(std::io::stdout())),
            None => Box::new(BufWriter::new(anstream::stdout())),
        };
        let format = match arguments.format() {
            Format::Table => Writer::Table(table::Table::new(arguments.output.is_some())),
            Format::Ndjson => Writer::Ndjson,
            Format::Navigator => Writer::Navigator(layer::Layer::default()),
            Format::Csv => Writer::Csv(csv::Rows::new(arguments.explain)),
            Format::Html => {
                let begun =
                    report::Report::begin(arguments.triage.as_deref(), arguments.since_report.as_deref());
                Writer::Html(Box::new(begun?))
            }
        };
        let is_table = matches!(format, Writer::Table(_));
        let is_sorted = match arguments.order {
            Some(order) => order == Order::Gravity,
            None => is_table,
        };
        // What explains itself says something of its own.
        let sorted = is_sorted.then(|| Sorted::new(is_table && !arguments.explain));
        let mut output = Self { writer, format, sorted, file };
        if let Writer::Csv(csv) = &output.format {
            csv.header(&mut output.writer)?;
        }
        Ok(output)
    }

    /// Writes a finding, with the lines of why it is one.
    pub(crate) fn finding(&mut self, finding: &Finding, lines: &[String]) -> anyhow::Result<()> {
        let Some(sorted) = &mut self.sorted else {
            return write(&mut self.format, &mut self.writer, finding, lines);
        };
        let mut text = Vec::new();
        write(&mut self.format, &mut text, finding, lines)?;
        sorted.add(finding, String::from_utf8_lossy(&text).into_owned())
    }

    /// Writes what comes last, and puts the file in its place.
    pub(crate) fn close(mut self, summary: &Summary<'_>) -> anyhow::Result<()> {
        if let Some(sorted) = self.sorted.take() {
            let (format, writer) = (&self.format, &mut self.writer);
            sorted.for_each(&mut |text, again| match format {
                Writer::Table(table) => Ok(table.again(writer, text, again)?),
                _ => Ok(writer.write_all(text.as_bytes())?),
            })?;
        }
        match self.format {
            Writer::Table(mut table) => table.summary(&mut self.writer, summary)?,
            Writer::Html(report) => report.write(&mut self.writer, summary)?,
            Writer::Navigator(layer) => {
                layer.write(&mut self.writer, summary)?;
                summary.tell_untold();
            }
            Writer::Ndjson | Writer::Csv(_) => summary.tell_untold(),
        }
        self.writer.flush()?;
        drop(self.writer);
        self.file.map_or(Ok(()), Whole::keep)
    }
}

/// Writes a finding in a format.
fn write(
    format: &mut Writer,
    writer: &mut dyn Write,
    finding: &Finding,
    lines: &[String],
) -> anyhow::Result<()> {
    match format {
        Writer::Table(table) => table.finding(writer, finding, lines)?,
        Writer::Ndjson if lines.is_empty() => writeln!(writer, "{}", finding.json())?,
        Writer::Ndjson => writeln!(writer, "{}", explained(finding, lines))?,
        Writer::Csv(csv) => csv.row(writer, finding, lines)?,
        Writer::Html(report) => report.add(finding, lines)?,
        Writer::Navigator(layer) => layer.add(finding),
    }
    Ok(())
}

/// Refuses what only a page could show, and what it could not.
fn for_pages(arguments: &Scan) -> anyhow::Result<()> {
    let is_page = arguments.format() == Format::Html;
    let is_list = !is_page && arguments.format() != Format::Navigator;
    anyhow::ensure!(
        is_list || arguments.order.is_none(),
        "--order is for the table, NDJSON and CSV; leave it out"
    );
    let asked = [("--triage", &arguments.triage), ("--since-report", &arguments.since_report)];
    if let Some((option, _)) = asked.into_iter().find(|(_, file)| file.is_some() && !is_page) {
        anyhow::bail!("{option} shows in a page alone; add --format html, or -o report.html");
    }
    Ok(())
}
