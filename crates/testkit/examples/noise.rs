//! Writes `docs/noise.md` to its output.

fn main() {
    print!("{}", trailhound_testkit::company::text());
}
