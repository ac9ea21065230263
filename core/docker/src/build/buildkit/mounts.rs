//! `RUN --mount`: caches, files of the context or of other stages, secrets.

use super::super::BuildError;
use super::Solver;
use machine::{Content, Entry, Mount, Tree};
use ordered::OrderedMap;

impl Solver<'_> {
    /// The trees of a RUN's `--mount`s. Models frontend/dockerfile/instructions
    /// commands_runmount.go.
    pub(super) fn mounts(&self, given: &[String]) -> Result<Vec<Mount>, BuildError> {
        let mut mounts = Vec::new();
        for text in given {
            let pairs: OrderedMap<&str, &str> = text
                .split(',')
                .map(|pair| pair.split_once('=').unwrap_or((pair, "true")))
                .collect();
            let get = |names: [&str; 3]| names.iter().find_map(|name| pairs.get(name).copied());
            let target = get(["target", "dst", "destination"]);
            let kind = pairs.get("type").copied().unwrap_or("bind");
            let (tree, source, target) = match (kind, target) {
                ("cache", Some(target)) => {
                    let id = pairs.get("id").copied().unwrap_or(target);
                    let caches = &self.engine.inner.build_cache.mounts;
                    let mut caches = caches.borrow_mut();
                    let tree = caches.entry(id.to_string());
                    let tree = tree.or_insert_with(|| Tree::new(Vec::new()));
                    (tree.clone(), "/", target.to_string())
                }
                ("bind", Some(target)) => {
                    let from = pairs.get("from").map(|name| self.mounted_from(name));
                    let tree = from.unwrap_or_else(|| self.context.clone());
                    let source = get(["source", "src", ""]).unwrap_or("/");
                    (tree, source, target.to_string())
                }
                ("secret", target) => {
                    let id = pairs.get("id").copied().or(target).unwrap_or_default();
                    let Some((_, content)) =
                        self.options.secrets.iter().find(|(name, _)| name == id)
                    else {
                        if matches!(pairs.get("required"), Some(&"true")) {
                            let text = format!("secret {id}: not found");
                            return Err(BuildError::new(text));
                        }
                        continue;
                    };
                    let tree = Tree::new(Vec::new());
                    let content = Content::new(content.as_str());
                    let entry = Entry::file(content, 0o400, self.engine.now());
                    tree.put("/secret", entry);
                    let place = format!("/run/secrets/{id}");
                    (tree, "/secret", target.map_or(place, str::to_string))
                }
                ("tmpfs", Some(target)) => (Tree::new(Vec::new()), "/", target.to_string()),
                _ => continue,
            };
            mounts.push(Mount {
                path: machine::path::clean(&target),
                tree,
                source: machine::path::clean(source),
                read_only: false,
            });
        }
        Ok(mounts)
    }

    /// The tree of a stage or an image of the machine, for a mount.
    fn mounted_from(&self, name: &str) -> Tree {
        let number = name.parse::<usize>().ok();
        let at = number.or_else(|| self.stage_names.iter().position(|own| own == name));
        if let Some(stage) = at.and_then(|at| self.stages.get(&at)) {
            return stage.tree();
        }
        let image = self.engine.image(name);
        Tree::new(image.map_or_else(|_| Vec::new(), |image| image.tree_layers()))
    }
}
