//! `cases`: findings that belong together as one story each.
//!
//! What joins them is of the logs' own making: whom a session comes from, the key it acts with, the event itself, the
//! session or command on a machine, an identity that one made or gave rights to and that then acts. A machine joins what
//! was done to it with what was seen on it or done by it, an address what came from it where few use it, both only within
//! a time. Names that a caller chooses join nothing.

mod case;
mod join;
mod markdown;
mod text;
mod told;

use std::io::{BufWriter, Write as _};
use std::net::IpAddr;

use crate::args::{Cases, CasesFormat};
use crate::exit::Exit;
use crate::records::{self, Item, Shown, Sought, Wanted};
use case::Case;
use join::{Crowd, joined};
use told::Told;

pub(crate) fn run(arguments: &Cases) -> anyhow::Result<Exit> {
    let (mut findings, mut crowd, mut shown) = (Vec::new(), Crowd::default(), Shown::default());
    let exit = records::read(&arguments.reading, Wanted::Every, &Sought::default(), &mut |item| {
        match item {
            Item::Record(record) => {
                if let (Ok(address), Some(person)) = (record.source.parse::<IpAddr>(), record.person()) {
                    crowd.add(address, person);
                }
            }
            Item::Finding(finding) => findings.push(Told::of(&finding, &mut shown)),
        }
        Ok(())
    })?;
    let mut cases: Vec<Case> = joined(findings, &crowd).into_iter().map(Case::of).collect();
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
