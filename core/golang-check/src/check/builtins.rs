//! Calls of predeclared functions. Models `types2/builtins.go`.

use super::{
    calls::{Explicit, Site},
    expressions::Kind,
    operand::Operand,
};
use crate::{
    ast::{CallExpr, ChanDir, Expr},
    constant::Value,
    info::Mode,
    object::Builtin,
    program::Program,
    types::{Basic, Type, TypeId},
};

/// How many arguments a function has, and whether there may be more.
fn arity(builtin: Builtin) -> (usize, bool) {
    match builtin {
        Builtin::Append | Builtin::Make | Builtin::Max | Builtin::Min => (1, true),
        Builtin::Print | Builtin::Println => (0, true),
        Builtin::Recover => (0, false),
        Builtin::Complex
        | Builtin::Copy
        | Builtin::Delete
        | Builtin::UnsafeAdd
        | Builtin::UnsafeSlice
        | Builtin::UnsafeString => (2, false),
        _ => (1, false),
    }
}

/// What a call is as a statement.
pub(crate) fn statement_kind(builtin: Builtin) -> Kind {
    match builtin {
        Builtin::Clear
        | Builtin::Close
        | Builtin::Copy
        | Builtin::Delete
        | Builtin::Panic
        | Builtin::Print
        | Builtin::Println
        | Builtin::Recover => Kind::Statement,
        _ => Kind::Expression,
    }
}

impl Program {
    /// Checks a call; false after a complaint.
    pub(crate) fn builtin_call<'e>(
        &mut self,
        x: &mut Operand<'e>,
        e: &'e Expr,
        call: &'e CallExpr,
        builtin: Builtin,
    ) -> bool {
        let name = builtin.text();
        if call.has_dots && builtin != Builtin::Append {
            self.error(
                e.start(),
                format!("invalid operation: invalid use of ... with built-in {name}"),
            );
            self.use_exprs(&call.args);
            return false;
        }
        let outer = self.checker.env.has_call_or_receive;
        if matches!(builtin, Builtin::Len | Builtin::Cap) {
            self.checker.env.has_call_or_receive = false;
        }
        let by_hand = matches!(
            builtin,
            Builtin::Make | Builtin::New | Builtin::UnsafeOffsetof
        );
        let mut args = Vec::new();
        let mut count = call.args.len();
        if !by_hand {
            args = self.expr_args(&call.args);
            count = args.len();
            if args.iter().any(|arg| !arg.is_valid()) {
                self.checker.env.has_call_or_receive |= outer;
                return false;
            }
            if let Some(first) = args.first() {
                *x = first.clone();
            }
        }
        let (want, more) = arity(builtin);
        if count < want || (!more && count > want) {
            let qualifier = if count < want {
                "not enough"
            } else {
                "too many"
            };
            let text = self.show(e);
            self.error(
                e.start(),
                format!("invalid operation: {qualifier} arguments for {text} (expected {want}, found {count})"),
            );
            return false;
        }
        let ok = match builtin {
            Builtin::Append => self.append(x, e, call, &mut args),
            Builtin::Len | Builtin::Cap => self.len_or_cap(x, builtin),
            Builtin::Clear | Builtin::Close => self.clear_or_close(x, builtin),
            Builtin::Complex => self.complex(x, e, &mut args),
            Builtin::Copy => self.copy(x, &args),
            Builtin::Delete => self.delete(x, &args),
            Builtin::Real | Builtin::Imag => self.real_or_imag(x, builtin),
            Builtin::Make => self.make(x, e, call),
            Builtin::Max | Builtin::Min => self.max_or_min(x, &mut args, builtin),
            Builtin::New => self.new_call(x, call),
            Builtin::Panic => self.panic_call(x, e),
            Builtin::Print | Builtin::Println => {
                x.mode = Mode::NoValue;
                args.iter_mut().all(|arg| {
                    self.assignment(arg, None, &format!("argument to built-in {name}"));
                    arg.is_valid()
                })
            }
            Builtin::Recover => {
                if let Some(function) = self.checker.env.function {
                    self.info_mut()
                        .functions
                        .entry(function)
                        .or_default()
                        .has_recover = true;
                }
                x.mode = Mode::Value;
                x.ty = self.checker.empty_interface;
                true
            }
            _ => self.unsafe_call(x, call, &mut args, builtin),
        };
        if matches!(builtin, Builtin::Len | Builtin::Cap) {
            self.checker.env.has_call_or_receive = outer;
        }
        if ok {
            self.record_typed(&call.fun, Mode::Builtin, TypeId::INVALID, None);
        }
        ok
    }

    /// The element type of a slice operand, or why it is none.
    fn slice_element(&mut self, x: &Operand) -> Result<TypeId, String> {
        let mut element: Option<TypeId> = None;
        for (_, under) in self.type_set_of(x.ty) {
            let own = match under.map(|under| self.types.get(under).clone()) {
                Some(Type::Slice(own)) => own,
                _ if x.is_nil() => return Err("argument must be a slice; have untyped nil".into()),
                _ => {
                    return Err(format!(
                        "argument must be a slice; have {}",
                        self.describe(x)
                    ));
                }
            };
            match element {
                Some(known) if !self.identical(known, own) => {
                    let (a, b, text) = (self.text(known), self.text(own), self.describe(x));
                    return Err(format!(
                        "mismatched slice element types {a} and {b} in {text}"
                    ));
                }
                _ => element = Some(own),
            }
        }
        element.ok_or_else(String::new)
    }

    /// Whether all types of an operand are byte slices or strings; the second says "also strings".
    fn bytes_or_strings(&mut self, x: &Operand) -> (bool, bool) {
        let mut has_string = false;
        for (_, under) in self.type_set_of(x.ty) {
            let Some(under) = under else {
                return (false, false);
            };
            match self.types.get(under).clone() {
                Type::Slice(element) if self.identical(element, TypeId::BYTE) => {}
                Type::Basic(basic) if basic.is_string() => has_string = true,
                _ => return (false, false),
            }
        }
        (true, has_string)
    }

    fn is_byte_slice(&mut self, x: &Operand) -> bool {
        let bytes = self.types.slice(TypeId::BYTE);
        self.assignable(x, bytes, &mut String::new())
    }

    fn append<'e>(
        &mut self,
        x: &mut Operand<'e>,
        e: &'e Expr,
        call: &'e CallExpr,
        args: &mut [Operand<'e>],
    ) -> bool {
        let element = match self.slice_element(x) {
            Ok(element) => element,
            Err(cause) => {
                self.error(x.pos(), format!("invalid append: {cause}"));
                return false;
            }
        };
        let result = x.ty;
        let mut string = false;
        if args.len() == 2
            && call.has_dots
            && self.is_byte_slice(x)
            && let Some(y) = args.get(1)
        {
            string = self.bytes_or_strings(y) == (true, true);
            if string
                && self.is_untyped(y.ty)
                && let Some(expr) = y.expr
            {
                self.update_expr_type(expr, TypeId::STRING, true);
            }
        }
        if !string {
            let slice = self.types.slice(element);
            let signature = self.plain_signature(&[result, slice], &[result], true);
            let site = Site {
                e,
                fun: Some(&call.fun),
                args: &call.args,
                has_dots: call.has_dots,
                pos: e.pos,
            };
            self.arguments(&site, signature, Explicit::default(), args, Vec::new());
        }
        x.mode = Mode::Value;
        x.ty = result;
        true
    }

    fn len_or_cap(&mut self, x: &mut Operand, builtin: Builtin) -> bool {
        let is_len = builtin == Builtin::Len;
        let mut mode = Mode::Invalid;
        let mut value = None;
        if self.is_type_param(x.ty) {
            let all = self.type_set_of(x.ty).into_iter().all(|(_, under)| {
                let Some(under) = under else { return false };
                let behind = self.array_behind(under);
                match self.types.get(behind) {
                    Type::Basic(basic) => is_len && basic.is_string(),
                    Type::Map(..) => is_len,
                    Type::Array(..) | Type::Slice(_) | Type::Chan(..) => true,
                    _ => false,
                }
            });
            if all {
                mode = Mode::Value;
            }
        } else {
            let under = self.underlying(x.ty);
            let behind = self.array_behind(under);
            match self.types.get(behind).clone() {
                Type::Basic(basic) if is_len && basic.is_string() => {
                    mode = Mode::Value;
                    if let (true, Value::String(bytes)) = (x.is_constant(), x.constant()) {
                        mode = Mode::Constant;
                        value = Some(Value::int(bytes.len() as i64));
                    }
                }
                Type::Array(length, _) => {
                    mode = Mode::Value;
                    if !self.checker.env.has_call_or_receive {
                        mode = Mode::Constant;
                        value = Some(if length >= 0 {
                            Value::int(length)
                        } else {
                            Value::Unknown
                        });
                    }
                }
                Type::Slice(_) | Type::Chan(..) => mode = Mode::Value,
                Type::Map(..) if is_len => mode = Mode::Value,
                _ => {}
            }
        }
        if mode == Mode::Invalid {
            let under = self.underlying(x.ty);
            if self.is_valid(under) {
                let text = self.describe(x);
                self.error(
                    x.pos(),
                    format!("invalid argument: {text} for built-in {}", builtin.text()),
                );
            }
            return false;
        }
        if self.is_untyped(x.ty)
            && mode != Mode::Constant
            && let Some(expr) = x.expr
        {
            self.update_expr_type(expr, TypeId::STRING, true);
        }
        x.mode = mode;
        x.ty = TypeId::INT;
        x.value = value;
        true
    }

    fn clear_or_close(&mut self, x: &mut Operand, builtin: Builtin) -> bool {
        for (_, under) in self.type_set_of(x.ty) {
            let kind = under.map(|under| self.types.get(under).clone());
            let message = match (builtin, kind) {
                (Builtin::Clear, Some(Type::Map(..) | Type::Slice(_))) => continue,
                (Builtin::Clear, _) => {
                    let text = self.describe(x);
                    format!(
                        "invalid argument: cannot clear {text}: argument must be (or constrained by) map or slice"
                    )
                }
                (_, Some(Type::Chan(ChanDir::Receive, _))) => {
                    format!(
                        "invalid operation: cannot close receive-only channel {}",
                        self.describe(x)
                    )
                }
                (_, Some(Type::Chan(..))) => continue,
                _ => format!(
                    "invalid operation: cannot close non-channel {}",
                    self.describe(x)
                ),
            };
            self.error(x.pos(), message);
            return false;
        }
        x.mode = Mode::NoValue;
        true
    }

    fn copy(&mut self, x: &mut Operand, args: &[Operand]) -> bool {
        let Some(y) = args.get(1) else { return false };
        let special = self.is_byte_slice(x) && self.bytes_or_strings(y).0;
        if !special {
            let destination = match self.slice_element(x) {
                Ok(element) => element,
                Err(cause) => {
                    self.error(x.pos(), format!("invalid copy: {cause}"));
                    return false;
                }
            };
            let source = match self.slice_element(y) {
                Ok(element) => element,
                Err(_) if self.all_basic(y.ty, Basic::is_string) => TypeId::BYTE,
                Err(cause) => {
                    self.error(y.pos(), format!("invalid copy: {cause}"));
                    return false;
                }
            };
            if !self.identical(destination, source) {
                let (a, b) = (self.describe(x), self.describe(y));
                let (s, t) = (self.text(destination), self.text(source));
                self.error(
                    x.pos(),
                    format!("invalid copy: arguments {a} and {b} have different element types {s} and {t}"),
                );
                return false;
            }
        }
        if self.is_untyped(y.ty)
            && let Some(expr) = y.expr
        {
            self.update_expr_type(expr, TypeId::STRING, true);
        }
        x.mode = Mode::Value;
        x.ty = TypeId::INT;
        true
    }

    fn delete<'e>(&mut self, x: &mut Operand<'e>, args: &[Operand<'e>]) -> bool {
        let mut key: Option<TypeId> = None;
        for (_, under) in self.type_set_of(x.ty) {
            let own = match under.map(|under| self.types.get(under).clone()) {
                Some(Type::Map(own, _)) => own,
                _ => {
                    let text = self.describe(x);
                    self.error(x.pos(), format!("invalid argument: {text} is not a map"));
                    return false;
                }
            };
            if let Some(key) = key
                && !self.identical(key, own)
            {
                let text = self.describe(x);
                self.error(
                    x.pos(),
                    format!("invalid argument: maps of {text} must have identical key types"),
                );
                return false;
            }
            key = Some(own);
        }
        let Some(y) = args.get(1) else { return false };
        *x = y.clone();
        self.assignment(x, key, "argument to delete");
        let ok = x.is_valid();
        x.mode = Mode::NoValue;
        ok
    }

    fn panic_call(&mut self, x: &mut Operand, e: &Expr) -> bool {
        self.checker.panics.insert((self.checker.env.package, e.id));
        let empty = self.checker.empty_interface;
        self.assignment(x, Some(empty), "argument to panic");
        let ok = x.is_valid();
        x.mode = Mode::NoValue;
        ok
    }
}
