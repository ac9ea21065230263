//! Reads the built-in table. Its lines are data: `@group version`, then for each resource
//! `plural singular Kind N|C verbs short-names categories subresource…`.

use std::rc::Rc;

use super::{Resource, Subresource, VERBS};

const TABLE: &str = include_str!("builtin.txt");

/// The built-in resources in discovery order.
pub(super) fn parse() -> Vec<Rc<Resource>> {
    let (mut group, mut version) = ("", "");
    let mut resources = Vec::new();
    for line in TABLE.lines() {
        match line
            .strip_prefix('@')
            .and_then(|heading| heading.split_once(' '))
        {
            Some(heading) => (group, version) = heading,
            None => resources.extend(resource(group, version, line).map(Rc::new)),
        }
    }
    resources
}

fn resource(group: &str, version: &str, line: &str) -> Option<Resource> {
    let mut words = line.split(' ');
    let mut next = || words.next();
    let (plural, singular, kind) = (next()?, next()?, next()?);
    let (scope, verbs_of, short_names, categories) = (next()?, next()?, next()?, next()?);
    Some(Resource {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
        plural: plural.to_owned(),
        singular: singular.to_owned(),
        short_names: list(short_names),
        namespaced: scope == "N",
        verbs: verbs(verbs_of),
        categories: list(categories),
        subresources: words.filter_map(|word| subresource(kind, word)).collect(),
        custom: false,
    })
}

/// `name:verbs` or `name:verbs:[group/version/]Kind`.
fn subresource(parent: &str, word: &str) -> Option<Subresource> {
    let mut parts = word.split(':');
    let (name, verbs_of) = (parts.next()?, parts.next()?);
    let (mut group, mut version, mut kind) = ("", "", parent);
    if let Some(full) = parts.next() {
        let mut names = full.rsplit('/');
        kind = names.next()?;
        version = names.next().unwrap_or_default();
        group = names.next().unwrap_or_default();
    }
    Some(Subresource {
        name: name.to_owned(),
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
        verbs: verbs(verbs_of),
    })
}

fn list(word: &str) -> Vec<String> {
    if word == "-" {
        Vec::new()
    } else {
        word.split(',').map(str::to_owned).collect()
    }
}

/// `*` is all verbs; otherwise one letter each, where `d` never means deletecollection.
fn verbs(word: &str) -> Vec<String> {
    let wanted = |verb: &&&str| {
        word == "*"
            || (**verb != "deletecollection"
                && verb
                    .chars()
                    .next()
                    .is_some_and(|first| word.contains(first)))
    };
    VERBS
        .iter()
        .filter(wanted)
        .map(|verb| (*verb).to_owned())
        .collect()
}
