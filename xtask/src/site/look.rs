//! Every page in Chromium, as wide as a phone and as wide as a desk: none is wider than the window, axe finds nothing, nothing
//! is asked of another host. `xtask/site/browser.mjs` finds the browser, for this and for the tests.

use std::path::Path;

use crate::shell::{command, root, run};
use crate::tools;

/// Looks, or says loudly why not.
pub(super) fn at(out: &Path) -> anyhow::Result<()> {
    let modules = match tools::browser_modules() {
        Ok(modules) => modules,
        Err(error) => {
            println!(
                "SKIPPED the site in a browser: playwright-core and axe-core cannot be installed: {error:#}"
            );
            return Ok(());
        }
    };
    let mut look = command("node", &["xtask/site/look.mjs", &out.to_string_lossy()]);
    look.env("NODE_PATH", modules).env("TRAILHOUND_SHOTS", root().join("target/site/shots"));
    run(look)
}
