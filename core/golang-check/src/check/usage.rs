//! Variables that are declared and not used.

use super::ScopeId;
use crate::{
    object::{ObjectId, VarKind},
    program::Program,
    source::Pos,
};

impl Program {
    /// Reports unused variables of a function's scopes.
    pub(crate) fn usage(&mut self, scope: ScopeId) {
        let Some(entry) = self.scope(scope) else {
            return;
        };
        let children = entry.children.clone();
        let mut unused: Vec<(Pos, ObjectId)> = entry
            .names
            .values()
            .filter(|object| {
                self.objects
                    .var(**object)
                    .is_some_and(|var| var.kind == VarKind::Local && !var.used)
            })
            .map(|object| (self.objects.get(*object).pos, *object))
            .collect();
        unused.sort();
        for (pos, object) in unused {
            let name = self.object_name(object);
            self.soft_error(pos, format!("declared and not used: {name}"));
        }
        for child in children {
            if self.scope(child).is_some_and(|scope| !scope.is_function) {
                self.usage(child);
            }
        }
    }
}
