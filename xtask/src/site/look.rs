//! Every page in Chromium, as wide as a phone and as wide as a desk: none is wider than the window, axe finds nothing, nothing
//! is asked of another host.

use std::path::Path;

use crate::shell::{command, exists, root, run};
use crate::tools;

/// What a browser is called.
const BROWSERS: [&str; 5] =
    ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Looks, or says loudly why not.
pub(super) fn at(out: &Path) -> anyhow::Result<()> {
    let given = std::env::var("TRAILHOUND_CHROMIUM").ok();
    let browser = given.or_else(|| BROWSERS.into_iter().find(|name| exists(name)).map(str::to_owned));
    let Some(browser) = browser else {
        println!("SKIPPED the site in a browser: none of {} is installed", BROWSERS.join(", "));
        return Ok(());
    };
    let modules = match tools::browser_modules() {
        Ok(modules) => modules,
        Err(error) => {
            println!(
                "SKIPPED the site in a browser: playwright-core and axe-core cannot be installed: {error:#}"
            );
            return Ok(());
        }
    };
    let mut look = command("node", &["xtask/site/look.mjs", &out.to_string_lossy(), &browser]);
    look.env("NODE_PATH", modules).env("TRAILHOUND_SHOTS", root().join("target/site/shots"));
    run(look)
}
