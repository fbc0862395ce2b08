//! From paths to the modules that define what they name, through whatever hands it on.

use super::syntax::{Crate, Module};

/// One module needs another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) line: usize,
    /// As written.
    pub(super) path: String,
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Module(usize),
    /// Something that this module defines.
    Inside(usize),
}

/// How long a chain of re-exports is followed.
const MOST_HOPS: usize = 16;

/// Every need of one module for what another defines. Handing on is no need; nor is naming a module, only what is
/// then taken from it.
pub(super) fn imports(krate: &Crate) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for (from, module) in krate.modules.iter().enumerate() {
        let imports = module.imports.iter().map(|import| (&import.path, import.line));
        let mentions = module.mentions.iter().map(|mention| (&mention.path, mention.line));
        for (path, line) in imports.chain(mentions) {
            let to = match krate.find(from, path, 0) {
                Some(Found::Inside(to)) => to,
                Some(Found::Module(to)) if path.last().is_some_and(|last| last == "*") => to,
                _ => continue,
            };
            let known = |need: &Need| need.from == from && need.to == to;
            if to != from && !needs.iter().any(known) {
                needs.push(Need { from, to, line, path: path.join("::") });
            }
        }
    }
    needs
}

impl Crate {
    fn find(&self, from: usize, path: &[String], hops: usize) -> Option<Found> {
        let (first, rest) = path.split_first()?;
        let module = &self.modules[from];
        let start = match first.as_str() {
            "crate" => 0,
            "self" => from,
            "super" => module.parent?,
            name => match self.named(from, name, !rest.is_empty(), hops)? {
                Found::Module(to) => to,
                inside @ Found::Inside(_) => return Some(inside),
            },
        };
        self.descend(start, rest, hops)
    }

    /// The rest of a path, from a module on.
    fn descend(&self, from: usize, path: &[String], hops: usize) -> Option<Found> {
        let Some((name, rest)) = path.split_first() else { return Some(Found::Module(from)) };
        match name.as_str() {
            "self" => return self.descend(from, rest, hops),
            "super" => return self.descend(self.modules[from].parent?, rest, hops),
            "*" => return Some(Found::Module(from)),
            _ => {}
        }
        match self.member(from, name, !rest.is_empty(), hops) {
            Some(Found::Module(to)) => self.descend(to, rest, hops),
            Some(inside) => Some(inside),
            // Made by a macro, or brought in by a name that only the compiler knows.
            None => Some(Found::Inside(from)),
        }
    }

    /// What a name stands for inside a module: also what it imports for itself.
    fn named(&self, at: usize, name: &str, goes_on: bool, hops: usize) -> Option<Found> {
        let module = &self.modules[at];
        self.member(at, name, goes_on, hops).or_else(|| {
            let import = module.imports.iter().find(|import| import.name == name)?;
            self.hop(at, &import.path, hops)
        })
    }

    /// What a name stands for to those who look into a module.
    fn member(&self, at: usize, name: &str, goes_on: bool, hops: usize) -> Option<Found> {
        let module: &Module = &self.modules[at];
        let child = module.children.get(name).map(|child| Found::Module(*child));
        if goes_on && child.is_some() {
            return child;
        }
        if module.items.contains(name) {
            return Some(Found::Inside(at));
        }
        let handed = module.exports.iter().find(|export| export.name == name);
        if let Some(export) = handed {
            return self.hop(at, &export.path, hops);
        }
        child.or_else(|| {
            let everything = module.exports.iter().filter(|export| export.name == "*");
            everything.filter_map(|export| self.hop(at, &export.path, hops)).find_map(|found| match found {
                Found::Module(inner) if inner != at => self.member(inner, name, goes_on, hops + 1),
                _ => None,
            })
        })
    }

    fn hop(&self, at: usize, path: &[String], hops: usize) -> Option<Found> {
        // `use parse::parse` in a module that also declares `parse` must not find itself.
        if hops == MOST_HOPS { None } else { self.find(at, path, hops + 1) }
    }
}
