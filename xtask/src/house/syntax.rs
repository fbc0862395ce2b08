//! A crate's modules as its files declare them: what each defines, hands on and names. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, Macro, Token, UseTree, Visibility};

/// Modules of one crate; the first is its root.
#[derive(Debug, Default)]
pub(super) struct Crate {
    pub(super) modules: Vec<Module>,
}

/// One module, in a file of its own or inside another's.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// From the crate's root, which itself is empty.
    pub(super) path: Vec<String>,
    /// As messages name it.
    pub(super) file: String,
    pub(super) parent: Option<usize>,
    pub(super) children: BTreeMap<String, usize>,
    /// What it defines itself.
    pub(super) items: BTreeSet<String>,
    /// Those of them that are types, and their lines; what stands in for something left out of a build is none.
    pub(super) types: Vec<(String, usize)>,
    /// `pub use`, whoever may see it: handed on, not used.
    pub(super) exports: Vec<Import>,
    /// Other `use`s.
    pub(super) imports: Vec<Import>,
    /// Paths in signatures, bodies and macros.
    pub(super) mentions: Vec<Mention>,
}

/// One name of a `use`.
#[derive(Debug)]
pub(super) struct Import {
    /// What it is called here; `*` for everything.
    pub(super) name: String,
    pub(super) path: Vec<String>,
    pub(super) line: usize,
}

/// A path where it is used.
#[derive(Debug)]
pub(super) struct Mention {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
}

/// Reads a crate from the file it starts with.
pub(super) fn read(root: &Path, top: &Path) -> anyhow::Result<Crate> {
    let mut krate = Crate::default();
    let folder = top.parent().unwrap_or(root).to_owned();
    let mut reader = Reader { root, krate: &mut krate };
    reader.file(top, &folder, &[], None)?;
    Ok(krate)
}

struct Reader<'r> {
    root: &'r Path,
    krate: &'r mut Crate,
}

impl Reader<'_> {
    /// Reads a module's file; its children lie in `folder`.
    fn file(
        &mut self,
        path: &Path,
        folder: &Path,
        name: &[String],
        parent: Option<usize>,
    ) -> anyhow::Result<usize> {
        let shown = path.strip_prefix(self.root).unwrap_or(path).display().to_string();
        let text = std::fs::read_to_string(path).with_context(|| shown.clone())?;
        let file = syn::parse_file(&text).with_context(|| shown.clone())?;
        self.module(&file.items, &shown, folder, name, parent)
    }

    fn module(
        &mut self,
        items: &[Item],
        file: &str,
        folder: &Path,
        path: &[String],
        parent: Option<usize>,
    ) -> anyhow::Result<usize> {
        let number = self.krate.modules.len();
        let mut module = Module { path: path.to_owned(), file: file.to_owned(), parent, ..Module::default() };
        let mut inner = Vec::new();
        for item in items {
            if let Item::Mod(declared) = item {
                if !is_for_tests(&declared.attrs) {
                    inner.push(declared);
                }
            } else {
                module.types.extend(type_of(item));
                module.visit_item(item);
            }
        }
        self.krate.modules.push(module);
        for declared in inner {
            let name = declared.ident.to_string();
            let below = folder.join(&name);
            let path = [path, std::slice::from_ref(&name)].concat();
            let child = match &declared.content {
                Some((_, items)) => self.module(items, file, &below, &path, Some(number))?,
                None => self.file(
                    &file_of(&declared.attrs, &self.root.join(file), folder, &name),
                    &below,
                    &path,
                    Some(number),
                )?,
            };
            if stands_in(&declared.attrs) {
                self.krate.modules[child].types.clear();
            }
            self.krate.modules[number].children.insert(name, child);
        }
        Ok(number)
    }
}

/// Where a declared module lies: beside its declaration by `#[path]`, or in `name.rs` or `name/mod.rs`.
fn file_of(attributes: &[Attribute], declaring: &Path, folder: &Path, name: &str) -> PathBuf {
    let given = attributes.iter().find_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    if let Some(given) = given {
        return declaring.with_file_name(given);
    }
    let flat = folder.join(format!("{name}.rs"));
    if flat.is_file() { flat } else { folder.join(name).join("mod.rs") }
}

/// `#[cfg(test)]`, alone or among others.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            let words: Vec<String> = list.tokens.clone().into_iter().map(|token| token.to_string()).collect();
            words.first().is_some_and(|word| word == "test" || word == "any")
                && words.iter().any(|word| word.contains("test"))
        }
        _ => false,
    })
}

/// `#[cfg(not(feature = …))]`: built where the thing itself is not.
fn stands_in(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string().replace(' ', "");
            condition.contains("not(feature") || condition.contains("not(any(feature")
        }
        _ => false,
    })
}

/// The type that an item declares, and where.
fn type_of(item: &Item) -> Option<(String, usize)> {
    let (name, attributes) = match item {
        Item::Enum(own) => (&own.ident, &own.attrs),
        Item::Struct(own) => (&own.ident, &own.attrs),
        Item::Trait(own) => (&own.ident, &own.attrs),
        Item::Type(own) => (&own.ident, &own.attrs),
        _ => return None,
    };
    let counts = !is_for_tests(attributes) && !stands_in(attributes);
    counts.then(|| (name.to_string(), name.span().start().line))
}

impl Module {
    fn uses(&mut self, tree: &UseTree, before: &[String], public: bool) {
        let (name, path, line) = match tree {
            UseTree::Path(step) => {
                let path = [before, &[step.ident.to_string()]].concat();
                return self.uses(&step.tree, &path, public);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.uses(tree, before, public));
            }
            UseTree::Name(own) => (own.ident.to_string(), own.ident.to_string(), own.ident.span()),
            UseTree::Rename(own) => (own.rename.to_string(), own.ident.to_string(), own.ident.span()),
            UseTree::Glob(star) => ("*".to_owned(), "*".to_owned(), star.star_token.spans[0]),
        };
        // `use a::{self}` names `a` itself.
        let (name, path) = match (path.as_str(), before) {
            ("self", [.., last]) if name == "self" => (last.clone(), before.to_vec()),
            ("self", before) => (name, before.to_vec()),
            _ => (name, [before, &[path]].concat()),
        };
        let import = Import { name, path, line: line.start().line };
        if public { self.exports.push(import) } else { self.imports.push(import) }
    }

    fn define(&mut self, name: &syn::Ident) {
        self.items.insert(name.to_string());
    }
}

impl<'ast> Visit<'ast> for Module {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Const(own) => &own.attrs,
            Item::Enum(own) => &own.attrs,
            Item::Fn(own) => &own.attrs,
            Item::Impl(own) => &own.attrs,
            Item::Macro(own) => &own.attrs,
            Item::Mod(own) => &own.attrs,
            Item::Static(own) => &own.attrs,
            Item::Struct(own) => &own.attrs,
            Item::Trait(own) => &own.attrs,
            Item::Type(own) => &own.attrs,
            Item::Use(own) => &own.attrs,
            _ => &Vec::new(),
        };
        if is_for_tests(attributes) {
            return;
        }
        match item {
            Item::Const(own) => self.define(&own.ident),
            Item::Enum(own) => self.define(&own.ident),
            Item::Fn(own) => self.define(&own.sig.ident),
            Item::Static(own) => self.define(&own.ident),
            Item::Struct(own) => self.define(&own.ident),
            Item::Trait(own) => self.define(&own.ident),
            Item::Type(own) => self.define(&own.ident),
            Item::Use(own) => {
                return self.uses(&own.tree, &[], !matches!(own.vis, Visibility::Inherited));
            }
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(first) = path.segments.first().filter(|_| path.leading_colon.is_none()) {
            let line = first.ident.span().start().line;
            let path = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.mentions.push(Mention { path, line });
        }
        visit::visit_path(self, path);
    }

    /// What a macro is given is read as expressions where it can be.
    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_path(&call.path);
        if let Ok(parts) = call.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            parts.iter().for_each(|part| Visit::visit_expr(self, part));
        }
    }
}
