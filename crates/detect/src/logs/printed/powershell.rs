//! `@{a=b; c=@{d=e}}`, as PowerShell prints an object inside another, as `ConvertTo-Json` does of what is deeper than it
//! was asked to go: <https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/convertto-json>. Of a list
//! it then prints only the type, so that such a text says too little to be read.

use super::parts::{MAX_DEPTH, name_length, parts, quoted, word};

pub(super) fn read(text: &str) -> Option<String> {
    table(text, 0)
}

fn table(text: &str, depth: usize) -> Option<String> {
    let inner = text.strip_prefix("@{")?.strip_suffix('}')?;
    let begins_member = |rest: &str| {
        let name = rest.strip_prefix(';')?.trim_start();
        name_length(name, '=').map(|_| rest.len() - name.len())
    };
    let members: Option<Vec<String>> = parts(inner, &begins_member)
        .into_iter()
        .map(|part| {
            let part = part.trim_start();
            let name = name_length(part, '=')?;
            Some(format!("{}:{}", quoted(&part[..name]), value(part[name + 1..].trim(), depth)?))
        })
        .collect();
    Some(format!("{{{}}}", members?.join(",")))
}

fn value(text: &str, depth: usize) -> Option<String> {
    if text.starts_with("System.") {
        return None;
    }
    if depth >= MAX_DEPTH {
        return Some(word(text));
    }
    if text.starts_with("@{") {
        return table(text, depth + 1);
    }
    if let Some(inner) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        let begins_another = |rest: &str| rest.starts_with(", ").then_some(2);
        let members: Option<Vec<_>> =
            parts(inner, &begins_another).into_iter().map(|part| value(part, depth + 1)).collect();
        return Some(format!("[{}]", members?.join(",")));
    }
    Some(if text.is_empty() { "null".to_owned() } else { word(text) })
}
