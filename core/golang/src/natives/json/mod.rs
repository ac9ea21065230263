//! The natives of `encoding/json`: text is checked here, and values of types without methods and
//! other peculiarities are written and read here. Everything else, errors too, is done in Go,
//! which starts over where these natives give up.

mod read;
mod scan;
mod text;
mod write;

use super::types::with;
use super::values::words_of;
use super::{Call, Flow, Native, Outcome};
use crate::vm::rtype::Kind;
use crate::vm::{RType, Trap, Vm};
use std::rc::Rc;

/// The table.
pub const TABLE: &[(&str, Native)] = &[
    ("encoding/json.scanValue", |call| {
        let text = call.slice();
        let at = usize::try_from(call.int()).unwrap_or(usize::MAX);
        let text = call.vm.heap.bytes(text.address, text.length);
        let text = text.unwrap_or_default();
        let mut scan = scan::Scan { text, at };
        let why = scan.value().err().unwrap_or(0);
        let at = scan.at;
        call.give(at as u64);
        call.give(why);
        Ok(Flow::Done)
    }),
    ("encoding/json.quoted", |call| {
        let (text, html) = (call.string(), call.bool());
        let mut out = Vec::new();
        text::quote(&mut out, call.bytes(text), html);
        call.give_string(&out)?;
        Ok(Flow::Done)
    }),
    ("encoding/json.unquote", |call| {
        let text = call.slice();
        let text = call.vm.heap.bytes(text.address, text.length);
        let plain = text::unquote(text.unwrap_or_default()).into_owned();
        call.give_string(&plain)?;
        Ok(Flow::Done)
    }),
    ("encoding/json.describe", describe),
    ("encoding/json.describeField", describe_field),
    ("encoding/json.describeAny", |call| {
        for at in 0..5 {
            let (rtype, _) = call.iface();
            if let Some(place) = call.vm.world.kept::<Plans>().dynamic.get_mut(at) {
                *place = rtype;
            }
        }
        Ok(Flow::Done)
    }),
    ("encoding/json.write", |call| {
        let value = call.iface();
        let html = call.bool();
        match write::write(call.vm, value, html) {
            Ok(text) => {
                call.give_bytes(&text)?;
                call.give(0);
            }
            Err(halt) => {
                call.give_slice(super::Slice::default());
                call.give(halt.unknown()?);
            }
        }
        Ok(Flow::Done)
    }),
    ("encoding/json.read", |call| {
        let text = call.slice();
        let (rtype, address) = call.iface();
        let text = call.vm.heap.bytes(text.address, text.length);
        let text = text.unwrap_or_default().to_vec();
        let unknown = match read::read(call.vm, &text, rtype, address) {
            Ok(()) => 0,
            Err(halt) => halt.unknown()?,
        };
        call.give(unknown);
        Ok(Flow::Done)
    }),
];

/// Bit of [`Plan::how`]: values can be written here.
const WRITE: u64 = 1;
/// Bit of [`Plan::how`]: values can be read here.
const READ: u64 = 2;

/// What the natives know of the types that Go has described.
#[derive(Default)]
pub(crate) struct Plans {
    plans: Vec<Option<Rc<Plan>>>,
    /// The types that values are read as into an `any`: `map[string]any`, `[]any`, `string`,
    /// `float64`, `bool`.
    dynamic: [u64; 5],
}

struct Plan {
    rtype: Rc<RType>,
    how: u64,
    elem: u64,
    fields: Vec<Field>,
}

struct Field {
    name: Vec<u8>,
    /// The name as it is written, with quotes and colon.
    key: Vec<u8>,
    t: u64,
    offset: u64,
    omit_empty: bool,
}

/// Why a native gives up.
enum Halt {
    /// This type has to be described first; [`GO`]: the whole has to be done in Go.
    Unknown(u64),
    Trap(Trap),
}

const GO: Halt = Halt::Unknown(u64::MAX);

impl From<Trap> for Halt {
    fn from(trap: Trap) -> Halt {
        Halt::Trap(trap)
    }
}

impl Halt {
    fn unknown(self) -> Result<u64, Trap> {
        match self {
            Halt::Unknown(t) => Ok(t),
            Halt::Trap(trap) => Err(trap),
        }
    }
}

/// The plan of a type that may be handled in a way.
fn plan(vm: &mut Vm, t: u64, how: u64) -> Result<Rc<Plan>, Halt> {
    match vm.world.kept::<Plans>().plans.get(t as usize) {
        Some(Some(plan)) if plan.how & how != 0 => Ok(Rc::clone(plan)),
        Some(Some(_)) => Err(GO),
        _ => Err(Halt::Unknown(t)),
    }
}

/// `describe(t, how, elem int)`.
fn describe(call: &mut Call<'_>) -> Outcome {
    let (t, how, elem) = (call.word(), call.word(), call.word());
    let rtype = call.vm.rtype(t);
    if rtype.kind == Kind::Map {
        with(call, |compiler| compiler.map_shape(&rtype))?;
    }
    let plans = &mut call.vm.world.kept::<Plans>().plans;
    if plans.len() <= t as usize {
        plans.resize(t as usize + 1, None);
    }
    if let Some(place) = plans.get_mut(t as usize) {
        *place = Some(Rc::new(Plan {
            rtype,
            how,
            elem,
            fields: Vec::new(),
        }));
    }
    Ok(Flow::Done)
}

/// `describeField(t int, index []int, name, key string, typ int, omitEmpty bool)`.
fn describe_field(call: &mut Call<'_>) -> Outcome {
    let (t, index) = (call.word(), call.slice());
    let (name, key) = (call.string(), call.string());
    let (field, omit_empty) = (call.word(), call.bool());
    let (mut offset, mut at) = (0, t);
    for number in 0..index.length {
        let number = call.vm.heap.load(index.address + number * 8);
        let rtype = call.vm.rtype(at);
        if let Some(field) = rtype.fields.get(number.unwrap_or(0) as usize) {
            offset += field.offset;
            at = u64::from(field.ty);
        }
    }
    let field = Field {
        name: call.bytes(name).to_vec(),
        key: call.bytes(key).to_vec(),
        t: field,
        offset,
        omit_empty,
    };
    let place = call.vm.world.kept::<Plans>().plans.get_mut(t as usize);
    if let Some(plan) = place.and_then(Option::as_mut).and_then(Rc::get_mut) {
        plan.fields.push(field);
    }
    Ok(Flow::Done)
}
