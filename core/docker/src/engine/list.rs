//! `docker ps`: which containers there are, by filters.

use super::Engine;
use super::config::{ContainerInfo, ContainerStatus, Filters};
use super::container::Container;
use regex_lite::Regex;
use std::rc::Rc;

impl Engine {
    /// The containers that pass the filters, the newest first.
    pub fn list(&self, filters: &Filters) -> Vec<ContainerInfo> {
        let found = self.select(filters);
        found.iter().map(|container| self.info(container)).collect()
    }

    pub(crate) fn select(&self, filters: &Filters) -> Vec<Rc<Container>> {
        let names: Vec<Name> = filters.names.iter().map(|text| Name::new(text)).collect();
        let bound = |id: &Option<String>| {
            let id = id.as_ref()?;
            self.container(id).ok().map(|container| container.sequence)
        };
        let (before, since) = (bound(&filters.before), bound(&filters.since));
        let containers = self.inner.containers.borrow();
        let mut found: Vec<Rc<Container>> = containers
            .values()
            .filter(|container| {
                before.is_none_or(|before| container.sequence < before)
                    && since.is_none_or(|since| container.sequence > since)
                    && self.passes(container, filters, &names)
            })
            .cloned()
            .collect();
        found.sort_by_key(|container| std::cmp::Reverse(container.sequence));
        found
    }

    fn passes(&self, container: &Container, filters: &Filters, names: &[Name]) -> bool {
        let state = container.state.borrow();
        let all = filters.all || !filters.statuses.is_empty() || !filters.exited.is_empty();
        if !all && !state.is_running() && state.status != ContainerStatus::Restarting {
            return false;
        }
        let any = |empty: bool, found: bool| empty || found;
        let name = container.name.borrow();
        let labels = filters.labels.iter().all(|(key, value)| {
            let own = container.labels.get(key);
            own.is_some_and(|own| value.as_ref().is_none_or(|value| value == own))
        });
        let exited =
            state.status == ContainerStatus::Exited && filters.exited.contains(&state.exit_code);
        let health = state
            .health
            .as_ref()
            .map_or("none", |health| &health.status);
        labels
            && any(
                filters.statuses.is_empty(),
                filters.statuses.contains(&state.status),
            )
            && any(filters.exited.is_empty(), exited)
            && any(
                names.is_empty(),
                names.iter().any(|wanted| wanted.matches(&name)),
            )
            && any(
                filters.ids.is_empty(),
                filters.ids.iter().any(|id| container.id.starts_with(id)),
            )
            && any(
                filters.health.is_empty(),
                filters.health.iter().any(|wanted| wanted == health),
            )
            && any(
                filters.ancestors.is_empty(),
                self.descends(container, filters),
            )
            && any(filters.networks.is_empty(), self.is_in(container, filters))
            && any(filters.volumes.is_empty(), mounts(container, filters))
            && any(filters.publishes.is_empty(), publishes(container, filters))
    }

    fn descends(&self, container: &Container, filters: &Filters) -> bool {
        filters.ancestors.iter().any(|name| {
            let Ok(ancestor) = self.image(name) else {
                return false;
            };
            let own = &container.image.layers;
            let prefix = ancestor.layers.iter().zip(own);
            container.image.id == ancestor.id
                || (!ancestor.layers.is_empty()
                    && own.len() >= ancestor.layers.len()
                    && prefix
                        .into_iter()
                        .all(|(one, other)| one.digest == other.digest)
                    && container.image.history.len() > ancestor.history.len())
        })
    }

    fn is_in(&self, container: &Container, filters: &Filters) -> bool {
        let ends = self.endpoints(&container.id);
        let mode = container.config().network.name();
        filters.networks.iter().any(|wanted| {
            *wanted == mode
                || ends
                    .iter()
                    .any(|(network, _)| network.name == *wanted || network.id.starts_with(wanted))
        })
    }
}

/// A name filter: a regular expression, as in Docker. Most are plain words, for which no
/// expression is compiled.
enum Name {
    Word(String),
    Pattern(Option<Regex>),
}

impl Name {
    fn new(text: &str) -> Name {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        if text.chars().all(plain) {
            Name::Word(text.to_string())
        } else {
            Name::Pattern(Regex::new(text).ok())
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Name::Word(word) => name.contains(word.as_str()),
            Name::Pattern(Some(pattern)) => {
                pattern.is_match(name) || pattern.is_match(&format!("/{name}"))
            }
            Name::Pattern(None) => false,
        }
    }
}

fn mounts(container: &Container, filters: &Filters) -> bool {
    let config = container.config();
    filters.volumes.iter().any(|wanted| {
        config.mounts.iter().any(|mount| {
            mount.target == *wanted
                || match &mount.source {
                    super::MountSource::Volume(name) => name == wanted,
                    super::MountSource::Host(path) => path == wanted,
                    _ => false,
                }
        })
    })
}

fn publishes(container: &Container, filters: &Filters) -> bool {
    let ports = container.ports.borrow();
    filters.publishes.iter().any(|wanted| {
        let (number, protocol) = wanted.split_once('/').unwrap_or((wanted, "tcp"));
        ports
            .iter()
            .any(|port| port.host_port.to_string() == number && port.protocol == protocol)
    })
}
