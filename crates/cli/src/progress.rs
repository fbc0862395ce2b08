//! How far a scan is, on a terminal's standard error and nowhere else.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::inputs::Input;

/// A bar over all inputs.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Hidden unless standard error is a terminal.
    pub(crate) fn over(inputs: &[Input]) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::with_draw_target(
            Some(inputs.iter().map(Input::size).sum()),
            ProgressDrawTarget::stderr_with_hz(8),
        );
        let style =
            "{wide_bar} {bytes}/{total_bytes}  {binary_bytes_per_sec}  {prefix} of {msg} files  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(inputs.len().to_string());
        bar.set_prefix("0");
        bar.enable_steady_tick(Duration::from_millis(250));
        Self { bar }
    }

    /// Over the entries that are written somewhere slow.
    #[cfg(any(feature = "aws", feature = "azure"))]
    pub(crate) fn of_entries(number: usize) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden() };
        }
        let target = ProgressDrawTarget::stderr_with_hz(8);
        let bar = ProgressBar::with_draw_target(Some(number as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} entries written  {eta} left") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar }
    }

    /// So many are done.
    #[cfg(any(feature = "aws", feature = "azure"))]
    pub(crate) fn reached(&self, number: usize) {
        self.bar.set_position(number as u64);
    }

    /// So many bytes more were read.
    pub(crate) fn read(&self, bytes: usize) {
        self.bar.inc(bytes as u64);
    }

    /// Another input ended.
    pub(crate) fn ended(&self) {
        if !self.bar.is_hidden() {
            let ended: usize = self.bar.prefix().parse().unwrap_or_default();
            self.bar.set_prefix((ended + 1).to_string());
        }
    }

    /// Writes something without the bar in its way.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        if self.bar.is_hidden() { write() } else { self.bar.suspend(write) }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
