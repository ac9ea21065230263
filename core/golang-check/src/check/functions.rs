//! Bodies of functions: at once for the package at hand, on demand for imported ones.

use super::{Environment, ScopeId};
use crate::{
    ast::{Block, Body, FuncLit, NodeId},
    constant::Value,
    info::FunctionInfo,
    object::{ObjectId, ObjectKind},
    parser,
    program::{PackageId, Program},
    types::{Type, TypeId},
};
use std::rc::Rc;

impl Program {
    /// Whether bodies of a package's functions are checked on demand.
    pub(crate) fn is_lazy(&self, package: PackageId) -> bool {
        self.checker.lazy_packages.contains(&package)
    }

    /// The parsed body of a declared function, `None` if it has none (implemented natively).
    pub fn body(&mut self, function: ObjectId) -> Option<Rc<Block>> {
        let function = self.declared(function);
        let decl = self.objects.func(function)?.decl.clone()?;
        let (start, _) = match &decl.body {
            Body::None => return None,
            Body::Block(block) => return Some(Rc::clone(block)),
            Body::Lazy { start, end } => (*start, *end),
        };
        if let Some(known) = self.checker.bodies.get(&function) {
            return Some(Rc::clone(known));
        }
        let package = self.objects.get(function).package?;
        let file = Rc::clone(self.sources.file(decl.pos)?);
        let next_node = self.package(package)?.next_node;
        let parsed = parser::parse_body(&file, &mut self.symbols, next_node, start);
        let block = Rc::new(parsed.block);
        if let Some(package) = self.packages.get_mut(package.0 as usize) {
            package.next_node = parsed.next_node;
            package.diagnostics.extend(parsed.diagnostics);
            package.info.branch_targets.extend(parsed.branch_targets);
            package.info.reserve(parsed.next_node as usize);
        }
        self.checker.bodies.insert(function, Rc::clone(&block));
        Some(block)
    }

    /// The method of the generic type that a method of an instance comes from.
    pub(crate) fn declared(&self, function: ObjectId) -> ObjectId {
        self.objects
            .func(function)
            .and_then(|func| func.origin)
            .unwrap_or(function)
    }

    /// Checks the body of a function of an imported package (once), so that the package's
    /// [`crate::Info`] knows its nodes. For generic functions the types mention its type parameters.
    pub fn check_body(&mut self, function: ObjectId) {
        let function = self.declared(function);
        self.object_type(function);
        if !self.checker.checked_bodies.insert(function) {
            return;
        }
        let Some(scope) = self.checker.function_scopes.remove(&function) else {
            return;
        };
        let Some(package) = self.objects.get(function).package else {
            return;
        };
        let outer = std::mem::replace(&mut self.checker.env.package, package);
        let top = self.checker.delayed.len();
        self.declared_body(function, scope);
        self.process_delayed(top);
        self.record_untyped();
        self.checker.env.package = outer;
    }

    pub(crate) fn declared_body(&mut self, function: ObjectId, scope: ScopeId) {
        let Some(decl) = self
            .objects
            .func(function)
            .and_then(|func| func.decl.clone())
        else {
            return;
        };
        let Some(block) = self.body(function) else {
            return;
        };
        let ty = self.type_of(function);
        self.function_body(
            Place {
                decl: function,
                outer: None,
                iota: None,
            },
            decl.id,
            ty,
            scope,
            &block,
        );
    }

    /// A function literal: its body is checked when the statement around it is complete.
    pub(crate) fn function_literal(&mut self, literal: &Rc<FuncLit>) -> TypeId {
        let scope = self.new_scope(Some(self.checker.env.scope));
        let ty = self.signature_expr(scope, None, &[], &literal.ty);
        let place = Place {
            decl: self.checker.env.decl,
            outer: self.checker.env.function,
            iota: self.checker.env.iota.clone(),
        };
        let literal = Rc::clone(literal);
        self.later(move |program| {
            program.function_body(place, literal.id, ty, scope, &literal.body)
        });
        ty
    }

    fn function_body(
        &mut self,
        place: Place,
        id: NodeId,
        ty: TypeId,
        scope: ScopeId,
        body: &Block,
    ) {
        let Type::Signature(signature) = self.types.get(ty).clone() else {
            return;
        };
        let env = Environment {
            package: self.checker.env.package,
            decl: place.decl,
            scope,
            iota: place.iota,
            error_pos: None,
            in_type_params: false,
            results: Some(Rc::clone(&signature.results)),
            function: Some(id),
            has_call_or_receive: false,
        };
        let outer = std::mem::replace(&mut self.checker.env, env);
        self.info_mut().functions.insert(
            id,
            FunctionInfo {
                outer: place.outer,
                ..FunctionInfo::default()
            },
        );
        let variables = signature
            .receiver
            .iter()
            .chain(signature.params.iter())
            .chain(signature.results.iter());
        for variable in variables {
            self.add_local(*variable);
        }
        self.stmt_list(&body.stmts);
        if !signature.results.is_empty() && !self.is_terminating_list(&body.stmts) {
            self.error(body.rbrace, "missing return");
        }
        self.usage(scope);
        self.checker.env = outer;
    }

    /// Gives a variable its number in the function at hand.
    pub(crate) fn add_local(&mut self, variable: ObjectId) {
        let Some(function) = self.checker.env.function else {
            return;
        };
        let locals = &mut self
            .info_mut()
            .functions
            .entry(function)
            .or_default()
            .locals;
        let local = locals.len() as u32;
        locals.push(variable);
        if let Some(var) = self.objects.var_mut(variable) {
            var.function = Some(function);
            var.local = local;
        }
    }

    /// Notes a use of a variable in the function at hand, which may be a literal inside of the
    /// variable's function.
    pub(crate) fn note_use(&mut self, variable: ObjectId) {
        let Some(home) = self.objects.var(variable).and_then(|var| var.function) else {
            return;
        };
        let mut at = self.checker.env.function;
        if at == Some(home) {
            return;
        }
        if let Some(var) = self.objects.var_mut(variable) {
            var.captured = true;
        }
        while let Some(function) = at {
            if function == home {
                return;
            }
            let info = self.info_mut().functions.entry(function).or_default();
            if !info.captures.contains(&variable) {
                info.captures.push(variable);
            }
            at = info.outer;
        }
    }

    pub(crate) fn object_is_nil(&self, object: ObjectId) -> bool {
        matches!(self.objects.get(object).kind, ObjectKind::Nil)
    }
}

/// Where a function stands.
struct Place {
    decl: ObjectId,
    outer: Option<NodeId>,
    iota: Option<Value>,
}
