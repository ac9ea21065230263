//! The order in which package variables are initialised. Models `types2/initorder.go`.

use crate::{
    info::Initializer,
    object::{ObjectId, ObjectKind},
    program::{PackageId, Program},
};

use ordered::{OrderedMap, OrderedSet};

/// What an object depends on, and what depends on it.
#[derive(Default, Clone)]
struct Node {
    before: OrderedSet<usize>,
    after: OrderedSet<usize>,
}

impl Program {
    /// The initialisations of a package in order; complains about cycles with `report`.
    pub(crate) fn initialization_order(
        &mut self,
        package: PackageId,
        report: bool,
    ) -> Vec<Initializer> {
        let objects = self
            .package(package)
            .map(|package| package.objects.clone())
            .unwrap_or_default();
        let index: OrderedMap<ObjectId, usize> = objects
            .iter()
            .enumerate()
            .map(|(at, object)| (*object, at))
            .collect();
        let mut nodes = vec![Node::default(); objects.len()];
        for (at, object) in objects.iter().enumerate() {
            let owner = self.dependency_owner(*object);
            let Some(dependencies) = self.checker.dependencies.get(&owner) else {
                continue;
            };
            for to in dependencies.iter().filter_map(|to| index.get(to)) {
                if let Some(node) = nodes.get_mut(at) {
                    node.before.insert(*to);
                }
                if let Some(node) = nodes.get_mut(*to) {
                    node.after.insert(at);
                }
            }
        }
        self.skip_functions(&objects, &mut nodes);
        let mut waiting: OrderedSet<(bool, usize, usize)> = OrderedSet::new();
        let key = |program: &Program, nodes: &[Node], at: usize| {
            let object = objects.get(at).copied().unwrap_or(ObjectId::NONE);
            let is_const = matches!(program.objects.get(object).kind, ObjectKind::Const(_));
            (
                !is_const,
                nodes.get(at).map_or(0, |node| node.before.len()),
                at,
            )
        };
        for (at, object) in objects.iter().enumerate() {
            if matches!(
                self.objects.get(*object).kind,
                ObjectKind::Const(_) | ObjectKind::Var(_)
            ) {
                waiting.insert(key(self, &nodes, at));
            }
        }
        let mut order = Vec::new();
        let mut done: OrderedSet<ObjectId> = OrderedSet::new();
        while let Some(next) = waiting.pop_first() {
            let at = next.2;
            let Some(object) = objects.get(at).copied() else {
                continue;
            };
            if next.1 > 0 && report {
                let mut seen = OrderedSet::new();
                if let Some(cycle) = self.dependency_path(object, object, &mut seen) {
                    self.report_init_cycle(&cycle);
                }
            }
            let after: Vec<usize> = nodes
                .get(at)
                .map(|node| node.after.iter().copied().collect())
                .unwrap_or_default();
            for other in after {
                let was_waiting = waiting.remove(&key(self, &nodes, other));
                if let Some(node) = nodes.get_mut(other) {
                    node.before.remove(&at);
                }
                if was_waiting {
                    waiting.insert(key(self, &nodes, other));
                }
            }
            if let Some(initializer) = self.initializer(object)
                && !done.contains(&object)
            {
                done.extend(initializer.lhs.iter().copied());
                order.push(initializer);
            }
        }
        order
    }

    /// What depends on a function depends on what the function depends on.
    fn skip_functions(&self, objects: &[ObjectId], nodes: &mut [Node]) {
        for (at, object) in objects.iter().enumerate() {
            if !matches!(self.objects.get(*object).kind, ObjectKind::Func(_)) {
                continue;
            }
            let Some(node) = nodes.get(at).cloned() else {
                continue;
            };
            for user in node.after.iter().filter(|user| **user != at) {
                for used in node.before.iter().filter(|used| **used != at) {
                    if let Some(user_node) = nodes.get_mut(*user) {
                        user_node.before.insert(*used);
                    }
                    if let Some(used_node) = nodes.get_mut(*used) {
                        used_node.after.insert(*user);
                    }
                }
                if let Some(user_node) = nodes.get_mut(*user) {
                    user_node.before.remove(&at);
                }
            }
            for used in &node.before {
                if let Some(used_node) = nodes.get_mut(*used) {
                    used_node.after.remove(&at);
                }
            }
        }
    }

    /// A way from one object to another over dependencies, backwards.
    fn dependency_path(
        &self,
        from: ObjectId,
        to: ObjectId,
        seen: &mut OrderedSet<ObjectId>,
    ) -> Option<Vec<ObjectId>> {
        if seen.len() > 2_000 || !seen.insert(from) {
            return None;
        }
        for next in self
            .checker
            .dependencies
            .get(&self.dependency_owner(from))?
        {
            if *next == to {
                return Some(vec![*next]);
            }
            if let Some(mut path) = self.dependency_path(*next, to, seen) {
                path.push(*next);
                return Some(path);
            }
        }
        None
    }

    fn report_init_cycle(&mut self, cycle: &[ObjectId]) {
        let Some(first) = cycle.first().copied() else {
            return;
        };
        let pos = self.objects.get(first).pos;
        let name = self.object_name(first);
        if cycle.len() == 1 {
            self.error(
                pos,
                format!("initialization cycle: {name} refers to itself"),
            );
            return;
        }
        let mut error = self.new_error(pos, format!("initialization cycle for {name}"));
        let mut from = first;
        for next in cycle.iter().rev() {
            let line = format!(
                "{} refers to {}",
                self.object_name(from),
                self.object_name(*next)
            );
            error.add(self.objects.get(from).pos, line);
            from = *next;
        }
        self.report(error);
    }
}
