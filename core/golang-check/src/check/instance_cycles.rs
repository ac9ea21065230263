//! Generic functions and types that would need instances without end. Models `types2/mono.go`.

use crate::{
    program::Program,
    source::Pos,
    types::{Type, TypeId},
};
use std::rc::Rc;

use ordered::OrderedMap;

/// A type parameter gets a type that mentions another one.
#[derive(Clone)]
pub(crate) struct Flow {
    to: TypeId,
    from: TypeId,
    /// 0: the parameter itself, 1: a larger type.
    weight: usize,
    pos: Pos,
    arg: TypeId,
}

/// How a parameter was reached with the most growth.
#[derive(Clone, Copy, Default)]
struct Reached {
    weight: usize,
    edge: usize,
    length: usize,
}

impl Program {
    /// Notes type arguments; `places` are those that stand in the source.
    pub(crate) fn note_instance(
        &mut self,
        pos: Pos,
        params: &[TypeId],
        args: &[TypeId],
        places: &[Pos],
    ) {
        for (index, (param, arg)) in params.iter().zip(args).enumerate() {
            let Some(id) = self.as_param(*param) else {
                continue;
            };
            let home = self.objects.get(self.types.param(id).object).package;
            if home != Some(self.checker.env.package) {
                continue;
            }
            let pos = places.get(index).copied().unwrap_or(pos);
            let mut mentioned = Vec::new();
            self.params_in(*arg, &mut mentioned, 0);
            for from in mentioned {
                self.note_local_type(from);
                let weight = usize::from(from != self.types.unalias(*arg));
                let (to, from) = (self.canonical_param(*param), self.canonical_param(from));
                self.checker.flows.push(Flow {
                    to,
                    from,
                    weight,
                    pos,
                    arg: *arg,
                });
            }
        }
    }

    /// A type declared in a generic function grows with the function's type parameters.
    fn note_local_type(&mut self, ty: TypeId) {
        let Type::Named(id) = *self.types.get(ty) else {
            return;
        };
        if self.checker.flows.iter().any(|flow| flow.to == ty) {
            return;
        }
        let named = self.types.named(id);
        let pos = self.objects.get(named.object).pos;
        for param in Rc::clone(&named.outer).iter() {
            let from = self.canonical_param(*param);
            self.checker.flows.push(Flow {
                to: ty,
                from,
                weight: 1,
                pos,
                arg: *param,
            });
        }
    }

    /// A receiver's type parameter is that of its type.
    fn canonical_param(&self, param: TypeId) -> TypeId {
        self.checker
            .receiver_params
            .get(&param)
            .copied()
            .unwrap_or(param)
    }

    fn params_in(&mut self, ty: TypeId, found: &mut Vec<TypeId>, depth: u32) {
        if depth > super::DEPTH_MAX {
            return;
        }
        let ty = self.types.unalias(ty);
        let deeper = depth + 1;
        match self.types.get(ty).clone() {
            Type::Param(_) => found.push(ty),
            Type::Named(id) => {
                let named = self.types.named(id);
                if !named.outer.is_empty() {
                    found.push(ty);
                }
                let args = Rc::clone(&named.type_args);
                for arg in args.iter() {
                    self.params_in(*arg, found, deeper);
                }
            }
            Type::Pointer(inner)
            | Type::Slice(inner)
            | Type::Array(_, inner)
            | Type::Chan(_, inner) => {
                self.params_in(inner, found, deeper);
            }
            Type::Map(key, value) => {
                self.params_in(key, found, deeper);
                self.params_in(value, found, deeper);
            }
            Type::Signature(signature) => {
                for variable in signature.params.iter().chain(signature.results.iter()) {
                    let inner = self.type_of(*variable);
                    self.params_in(inner, found, deeper);
                }
            }
            Type::Struct(structure) => {
                for field in &structure.fields {
                    let inner = self.type_of(*field);
                    self.params_in(inner, found, deeper);
                }
            }
            Type::Interface(_) => {
                let set = self.type_set(ty);
                for method in &set.methods {
                    let inner = self.type_of(*method);
                    self.params_in(inner, found, deeper);
                }
            }
            _ => {}
        }
    }

    /// Reports a way around which types grow.
    pub(crate) fn check_instance_cycles(&mut self) {
        let flows = std::mem::take(&mut self.checker.flows);
        let mut reached: OrderedMap<TypeId, Reached> = OrderedMap::new();
        for flow in &flows {
            reached.insert(flow.to, Reached::default());
            reached.insert(flow.from, Reached::default());
        }
        let count = reached.len();
        let mut again = true;
        while again {
            again = false;
            for (index, flow) in flows.iter().enumerate() {
                let from = reached.get(&flow.from).copied().unwrap_or_default();
                let Some(to) = reached.get_mut(&flow.to) else {
                    continue;
                };
                let weight = from.weight + flow.weight;
                if weight <= to.weight {
                    continue;
                }
                *to = Reached {
                    weight,
                    edge: index,
                    length: from.length + 1,
                };
                if to.length == count {
                    self.report_instance_cycle(&flows, &reached, flow.to);
                    return;
                }
                again = true;
            }
        }
    }

    fn report_instance_cycle(
        &mut self,
        flows: &[Flow],
        reached: &OrderedMap<TypeId, Reached>,
        start: TypeId,
    ) {
        let edge = |param: TypeId| {
            reached
                .get(&param)
                .and_then(|reached| flows.get(reached.edge))
        };
        let mut stack: Vec<TypeId> = Vec::new();
        let mut at = start;
        while !stack.contains(&at) {
            stack.push(at);
            let Some(flow) = edge(at) else { return };
            at = flow.from;
        }
        let skipped = stack.iter().position(|param| *param == at).unwrap_or(0);
        let object = |program: &Program, vertex: TypeId| match *program.types.get(vertex) {
            Type::Param(id) => Some(program.types.param(id).object),
            Type::Named(id) => Some(program.types.named(id).object),
            _ => None,
        };
        let pos = object(self, at).map_or(Pos::NONE, |object| self.objects.get(object).pos);
        let mut error = self.new_error(pos, "instantiation cycle:");
        for param in stack.into_iter().skip(skipped) {
            let (Some(flow), Some(object)) = (edge(param), object(self, param)) else {
                continue;
            };
            let how = match self.types.get(param) {
                Type::Named(_) => "implicitly parameterized by",
                _ => "instantiated as",
            };
            let line = format!("{} {how} {}", self.object_name(object), self.text(flow.arg));
            error.add(flow.pos, line);
        }
        self.report(error);
    }
}
