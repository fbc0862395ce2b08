//! `cases`: findings that belong together as one story each.

mod markdown;
mod text;

use std::io::{BufWriter, Write as _};
use std::net::IpAddr;

use crate::args::{Cases, CasesFormat};
use crate::exit::Exit;
use crate::records::{self, Item, Sought, Wanted};
use crate::shown::Shown;
use crate::story::{Case, Crowd, Stories, Told};

pub(crate) fn run(arguments: &Cases) -> anyhow::Result<Exit> {
    let (mut stories, mut crowd, mut shown) = (Stories::begin()?, Crowd::default(), Shown::default());
    let exit = records::read(&arguments.reading, Wanted::Every, &Sought::default(), &mut |item| {
        match item {
            Item::Record(record, _) => {
                if let (Ok(address), Some(person)) = (record.source.parse::<IpAddr>(), record.person()) {
                    crowd.add(address, person);
                }
            }
            Item::Finding(finding) => stories.add(&Told::of(&finding, &mut shown))?,
            // Nothing is kept for it.
            Item::Kept(_) => {}
        }
        Ok(())
    })?;
    let mut cases: Vec<Case> = Vec::new();
    stories.for_each_case(&crowd, &mut |case, _| {
        cases.push(case);
        Ok(())
    })?;
    cases.sort_by_key(Case::place);
    let (shown, lower): (Vec<Case>, Vec<Case>) =
        cases.into_iter().partition(|case| case.level >= arguments.min_level);
    let mut out = BufWriter::new(anstream::stdout());
    match arguments.format {
        CasesFormat::Text => text::write(&mut out, &shown, &lower)?,
        CasesFormat::Markdown => markdown::write(&mut out, &shown, &lower)?,
        CasesFormat::Ndjson => {
            for case in &shown {
                serde_json::to_writer(&mut out, case)?;
                out.write_all(b"\n")?;
            }
        }
    }
    out.flush()?;
    Ok(exit)
}
