//! The public items of a crate's sources, a line each.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use quote::ToTokens;
use syn::{
    Attribute, Fields, ImplItem, Item, ItemEnum, ItemImpl, ItemStruct, ItemTrait, TraitItem, Visibility,
};

/// Reads all of a crate but its tests.
pub(super) fn of(folder: &Path) -> anyhow::Result<BTreeSet<String>> {
    let sources = folder.join("src");
    let mut files = Vec::new();
    walk(&sources, &mut files)?;
    let files: Vec<(String, syn::File)> = files
        .iter()
        .map(|file| {
            let text = fs::read_to_string(file)?;
            let parsed = syn::parse_file(&text).with_context(|| file.display().to_string())?;
            let inside = file.strip_prefix(&sources)?.to_string_lossy().replace('\\', "/");
            Ok((inside, parsed))
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(offered(&files))
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_of_tests = path.file_stem().is_some_and(|stem| stem == "tests");
        if is_of_tests {
            continue;
        }
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// What files offer, each with its path inside `src`.
pub(super) fn offered(files: &[(String, syn::File)]) -> BTreeSet<String> {
    let mut offer = Offer::default();
    let top = files.iter().find(|(file, _)| file == "lib.rs");
    let open: Vec<String> = top.iter().flat_map(|(_, file)| &file.items).filter_map(open_module).collect();
    for (file, parsed) in files {
        let first = file.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        offer.module =
            if open.iter().any(|open| open == first) { format!("{first}::") } else { String::new() };
        for item in &parsed.items {
            offer.declared(item);
        }
    }
    for (_, parsed) in files {
        for item in &parsed.items {
            if let Item::Impl(item) = item {
                offer.implemented(item);
            }
        }
    }
    offer.lines
}

fn open_module(item: &Item) -> Option<String> {
    match item {
        Item::Mod(module) if is_public(&module.vis) => Some(module.ident.to_string()),
        _ => None,
    }
}

#[derive(Default)]
struct Offer {
    lines: BTreeSet<String>,
    types: BTreeSet<String>,
    /// The public module that the file is in.
    module: String,
}

impl Offer {
    fn add(&mut self, line: &str) {
        self.lines.insert(line.to_owned());
    }

    fn declared(&mut self, item: &Item) {
        match item {
            Item::Struct(item) if is_public(&item.vis) => self.of_struct(item),
            Item::Enum(item) if is_public(&item.vis) => self.of_enum(item),
            Item::Trait(item) if is_public(&item.vis) => self.of_trait(item),
            Item::Fn(item) if is_public(&item.vis) => {
                self.add(&format!("{}{}", self.module, written(&item.sig)));
            }
            Item::Const(item) if is_public(&item.vis) => {
                self.add(&format!("{}const {}: {}", self.module, item.ident, written(&item.ty)));
            }
            _ => {}
        }
    }

    fn of_struct(&mut self, item: &ItemStruct) {
        let name = item.ident.to_string();
        self.head("struct", &name, &written(&item.generics), &item.attrs);
        for (at, field) in item.fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis)) {
            let field_name = field.ident.as_ref().map_or_else(|| at.to_string(), ToString::to_string);
            self.add(&format!("{name}.{field_name}: {}", written(&field.ty)));
        }
    }

    fn of_enum(&mut self, item: &ItemEnum) {
        let name = item.ident.to_string();
        self.head("enum", &name, &written(&item.generics), &item.attrs);
        for variant in &item.variants {
            let inside = match &variant.fields {
                Fields::Unit => String::new(),
                Fields::Unnamed(fields) => {
                    let types: Vec<String> = fields.unnamed.iter().map(|field| written(&field.ty)).collect();
                    format!("({})", types.join(", "))
                }
                Fields::Named(fields) => {
                    let field = |field: &syn::Field| {
                        let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                        format!("{name}: {}", written(&field.ty))
                    };
                    format!(" {{ {} }}", fields.named.iter().map(field).collect::<Vec<_>>().join(", "))
                }
            };
            self.add(&format!("{name}::{}{inside}", variant.ident));
        }
    }

    fn of_trait(&mut self, item: &ItemTrait) {
        let name = item.ident.to_string();
        self.head("trait", &name, &written(&item.generics), &item.attrs);
        for member in &item.items {
            if let TraitItem::Fn(function) = member {
                let given = if function.default.is_some() { " (given)" } else { "" };
                self.add(&format!("{name}::{}{given}", written(&function.sig)));
            }
        }
    }

    /// The type itself, whether it may grow, and what is derived for it.
    fn head(&mut self, kind: &str, name: &str, generics: &str, attributes: &[Attribute]) {
        let may_grow = attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"));
        let may_grow = if may_grow { " (may grow)" } else { "" };
        self.add(&format!("{}{kind} {name}{generics}{may_grow}", self.module));
        self.types.insert(name.to_owned());
        for derive in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let mut derived = Vec::new();
            let _ = derive.parse_nested_meta(|meta| {
                derived.extend(meta.path.segments.last().map(|segment| segment.ident.to_string()));
                Ok(())
            });
            for derived in derived {
                self.add(&format!("impl {derived} for {name}"));
            }
        }
    }

    fn implemented(&mut self, item: &ItemImpl) {
        let of = written(&item.self_ty);
        let name = of.split('<').next().unwrap_or_default().to_owned();
        if let Some((_, of_what, _)) = &item.trait_ {
            self.add(&format!("impl {} for {of}", written(of_what)));
            return;
        }
        if !self.types.contains(&name) {
            return;
        }
        for member in &item.items {
            match member {
                ImplItem::Fn(function) if is_public(&function.vis) => {
                    self.add(&format!("{name}::{}", written(&function.sig)));
                }
                ImplItem::Const(constant) if is_public(&constant.vis) => {
                    self.add(&format!("{name}::const {}: {}", constant.ident, written(&constant.ty)));
                }
                _ => {}
            }
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Tokens as somebody would write them, near enough to be read.
fn written(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (spaced, close) in [
        (" :: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        ("& ", "&"),
        (" ,", ","),
        (" :", ":"),
        ("[ ", "["),
        (" ]", "]"),
        (",)", ")"),
    ] {
        text = text.replace(spaced, close);
    }
    text
}
