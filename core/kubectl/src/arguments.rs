//! What the arguments of a verb name: types, names, `TYPE/NAME`.
//!
//! Models k8s.io/cli-runtime `pkg/resource/builder.go` (`ResourceTypeOrNameArgs`).

use crate::failure::Failure;
use crate::mapper::Mapper;
use kubernetes_api::resources::Resource;
use std::rc::Rc;

/// A type, with a name when one object is meant.
#[derive(Clone, Debug)]
pub struct Named {
    /// The type.
    pub resource: Rc<Resource>,
    /// The object; `None` means all of the type.
    pub name: Option<String>,
    /// The namespace that a file says; empty means that of the command.
    pub namespace: String,
    /// The file that names it; empty for the command line.
    pub source: String,
}

impl Named {
    fn word(resource: Rc<Resource>, name: Option<String>) -> Named {
        Named {
            resource,
            name,
            namespace: String::new(),
            source: String::new(),
        }
    }
}

/// Whether several types are asked for, so that names are printed with their type.
pub fn several_types(arguments: &[String]) -> bool {
    let mut types: Vec<&str> = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        if argument == "all" {
            return true;
        }
        if let Some((kind, _)) = argument.split_once('/') {
            types.push(kind);
        } else if index == 0 {
            types.extend(argument.split(','));
        }
    }
    types.dedup();
    types.len() > 1
}

/// The types and names that arguments mean.
pub async fn resolve(mapper: &Mapper, arguments: &[String]) -> Result<Vec<Named>, Failure> {
    let mut named = Vec::new();
    if arguments.iter().any(|argument| argument.contains('/')) {
        if arguments.iter().any(|argument| !argument.contains('/')) {
            return Err(Failure::message(
                "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
            ));
        }
        for argument in arguments {
            named.push(type_and_name(mapper, argument).await?);
        }
        return Ok(named);
    }
    let Some((types, names)) = arguments.split_first() else {
        return Ok(named);
    };
    let mut resources: Vec<Rc<Resource>> = Vec::new();
    for word in types.split(',') {
        for resource in mapper.resources(word).await? {
            if !resources.contains(&resource) {
                resources.push(resource);
            }
        }
    }
    for resource in resources {
        if names.is_empty() {
            named.push(Named::word(resource, None));
            continue;
        }
        for name in names {
            named.push(Named::word(resource.clone(), Some(name.clone())));
        }
    }
    Ok(named)
}

/// One `TYPE/NAME`.
pub async fn type_and_name(mapper: &Mapper, argument: &str) -> Result<Named, Failure> {
    let (kind, name) = argument.split_once('/').unwrap_or((argument, ""));
    if name.contains('/') {
        return Err(Failure::message(
            "arguments in resource/name form may not have more than one slash",
        ));
    }
    if kind.is_empty() || name.is_empty() {
        return Err(Failure::message(
            "arguments in resource/name form must have a single resource and name",
        ));
    }
    let resource = mapper.resource(kind).await?;
    Ok(Named::word(resource, Some(name.to_owned())))
}

/// The failure of a verb that was told nothing to work on.
pub fn nothing_given() -> Failure {
    Failure::message(
        "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    )
}

/// The failure of a type without a name, where all of the type are not meant.
pub fn no_name() -> Failure {
    Failure::message("resource(s) were provided, but no name was specified")
}
