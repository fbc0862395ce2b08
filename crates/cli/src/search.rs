//! `search`: the records that say something, in order of time, findings marked.

use trailhound_detect::describe::visible;

use crate::args::{IndexChoice, Search};
use crate::exit::Exit;
use crate::records::{Sought, Wanted};
use crate::timeline;

pub(crate) fn run(arguments: &Search) -> anyhow::Result<Exit> {
    let sought = Sought { query: Some(arguments.query.clone()), ..Sought::default() };
    let exit = timeline::tell(
        (&arguments.reading, &IndexChoice::default()),
        Wanted::Every,
        &sought,
        None,
        arguments.format,
    )?;
    for path in arguments.query.unknown() {
        anstream::eprintln!("no record that was looked at has a field {}", visible(path));
    }
    Ok(exit)
}
