//! The natives of `internal/native` about values: what reflection needs.

use super::types::with;
use super::{Call, Flow, Native, Outcome, Slice};
use crate::compile::Thunk;
use crate::vm::rtype::{KeyKind, Kind};
use crate::vm::{Compare, RType, Trap, Vm};
use std::cmp::Ordering;
use std::rc::Rc;

/// The table.
pub const TABLE: &[(&str, Native)] = &[
    ("internal/native.Comparable", |call| {
        let (rtype, data) = call.iface();
        let answer = rtype == 0 || comparable(call.vm, rtype, data);
        call.give_bool(answer);
        Ok(Flow::Done)
    }),
    ("internal/native.IsNil", |call| {
        let words = call.value().1;
        call.give_bool(words[0] == 0);
        Ok(Flow::Done)
    }),
    ("internal/native.Pointer", |call| {
        let words = call.value().1;
        call.give(words[0]);
        Ok(Flow::Done)
    }),
    ("internal/native.Len", length),
    ("internal/native.Cap", |call| {
        let (rtype, words) = call.value();
        let capacity = match rtype.kind {
            Kind::Slice => words[2],
            Kind::Chan if words[0] != 0 => call.vm.channel_capacity(words[0]),
            _ => rtype.length,
        };
        call.give(capacity);
        Ok(Flow::Done)
    }),
    ("internal/native.Int", first_word),
    ("internal/native.Uint", first_word),
    ("internal/native.Float", first_word),
    ("internal/native.Bool", first_word),
    ("internal/native.Complex", |call| {
        let words = call.value().1;
        call.give(words[0]);
        call.give(words[1]);
        Ok(Flow::Done)
    }),
    ("internal/native.String", |call| {
        let words = call.value().1;
        call.give(words[0]);
        call.give(words[1]);
        Ok(Flow::Done)
    }),
    ("internal/native.Bytes", |call| {
        let (rtype, words) = call.value();
        match rtype.kind {
            Kind::Array => {
                call.give(words[0]);
                call.give(rtype.length);
                call.give(rtype.length);
            }
            _ => {
                for word in words {
                    call.give(word);
                }
            }
        }
        Ok(Flow::Done)
    }),
    ("internal/native.Field", field),
    ("internal/native.Index", index),
    ("internal/native.FieldPtr", field_pointer),
    ("internal/native.IndexPtr", index_pointer),
    ("internal/native.Load", |call| {
        let (rtype, words) = call.value();
        let elem = call.elem(&rtype)?;
        let value = load(call.vm, &elem, words[0])?;
        call.give_iface(value);
        Ok(Flow::Done)
    }),
    ("internal/native.Store", |call| {
        let (rtype, words) = call.value();
        let value = call.iface();
        let elem = call.elem(&rtype)?;
        store(call.vm, &elem, words[0], value)?;
        Ok(Flow::Done)
    }),
    ("internal/native.Zero", |call| {
        let t = call.word();
        let rtype = call.vm.rtype(t);
        let value = zero(call.vm, &rtype)?;
        call.give_iface(value);
        Ok(Flow::Done)
    }),
    ("internal/native.New", |call| {
        let t = call.word();
        let rtype = call.vm.rtype(t);
        let pointer = with(call, |compiler| {
            let pointer = compiler.program.types.pointer(rtype.ty);
            compiler.rtype(pointer).id
        })?;
        let address = call.vm.heap.alloc(rtype.size, rtype.plain)?;
        call.give_iface((u64::from(pointer), address));
        Ok(Flow::Done)
    }),
    ("internal/native.Convert", convert),
    ("internal/native.Slice", slice),
    ("internal/native.MakeSlice", |call| {
        let (t, length, capacity) = (call.word(), call.word(), call.word());
        let rtype = call.vm.rtype(t);
        let elem = call.elem(&rtype)?;
        let size = capacity.saturating_mul(elem.size);
        let address = call.vm.heap.alloc(size, elem.plain)?;
        let value = boxed(call.vm, &rtype, [address, length, capacity])?;
        call.give_iface(value);
        Ok(Flow::Done)
    }),
    ("internal/native.MakeMap", |call| {
        let t = call.word();
        let rtype = call.vm.rtype(t);
        with(call, |compiler| compiler.map_shape(&rtype))?;
        let map = call.vm.new_map(t, 0)?;
        call.give_iface((t, map));
        Ok(Flow::Done)
    }),
    ("internal/native.MakeChan", |call| {
        let (t, room) = (call.word(), call.int());
        let rtype = call.vm.rtype(t);
        let elem = call.elem(&rtype)?;
        let channel = call.vm.make_channel(u64::from(elem.words), room)?;
        call.give_iface((t, channel));
        Ok(Flow::Done)
    }),
    ("internal/native.MakeFunc", |call| {
        let (t, function) = (call.word(), call.word());
        let ty = call.vm.rtype(t).ty;
        let number = with(call, |compiler| {
            compiler.thunk_number(Thunk::MadeFunction(ty))
        })?;
        let closure = call.vm.heap.alloc(16, false)?;
        call.vm.heap.store(closure, u64::from(number));
        call.vm.heap.store(closure + 8, function);
        call.give_iface((t, closure));
        Ok(Flow::Done)
    }),
    ("internal/native.MapKeys", map_keys),
    ("internal/native.MapGet", |call| {
        let (rtype, words) = call.value();
        let key = call.iface();
        let key = map_key(call, &rtype, key)?;
        let address = call.vm.map_find(words[0], key)?;
        let elem = call.elem(&rtype)?;
        let value = match address {
            0 => (0, 0),
            address => load(call.vm, &elem, address)?,
        };
        call.give_iface(value);
        call.give_bool(address != 0);
        Ok(Flow::Done)
    }),
    ("internal/native.MapSet", |call| {
        let (rtype, words) = call.value();
        let key = call.iface();
        let value = call.iface();
        let key = map_key(call, &rtype, key)?;
        let elem = call.elem(&rtype)?;
        let address = call.vm.map_assign(words[0], key)?;
        store(call.vm, &elem, address, value)?;
        Ok(Flow::Done)
    }),
    ("internal/native.MapDelete", |call| {
        let (rtype, words) = call.value();
        let key = call.iface();
        let key = map_key(call, &rtype, key)?;
        call.vm.map_delete(words[0], key)?;
        Ok(Flow::Done)
    }),
    ("internal/native.Send", send),
    ("internal/native.Recv", receive),
    ("internal/native.CloseChan", |call| {
        let words = call.value().1;
        call.vm.close(words[0])?;
        Ok(Flow::Done)
    }),
    ("internal/native.Method", method),
    ("internal/native.Call", |call| {
        let (rtype, closure) = call.iface();
        if closure == 0 {
            return Err(Trap::Nil(0));
        }
        let ty = call.vm.rtype(rtype).ty;
        let number = with(call, |compiler| {
            compiler.thunk_number(Thunk::CallAdapter(ty))
        })?;
        Ok(Flow::Invoke(number))
    }),
    ("internal/native.AssignTo", |call| {
        let (rtype, words) = call.value();
        let value = call.iface();
        let elem = call.elem(&rtype)?;
        let fits = value.0 != 0
            && with(call, |compiler| {
                compiler.assignable(value.0 as u32, elem.id)
            })?;
        if fits {
            store(call.vm, &elem, words[0], value)?;
        }
        call.give_bool(fits);
        Ok(Flow::Done)
    }),
    ("internal/native.Swap", swap),
    ("internal/native.SortOrdered", sort_ordered),
    ("internal/native.FuncNameAt", |call| {
        let closure = call.word();
        let index = call.vm.heap.load(closure).unwrap_or(u64::MAX);
        let name = match call.vm.function(index as u32) {
            Ok(function) => function.name.to_string(),
            Err(_) => String::new(),
        };
        call.give_string(name.as_bytes())?;
        Ok(Flow::Done)
    }),
];

/// What reflection reads.
trait Reflected {
    /// The next argument, an interface value: its type and the words of the value in it.
    fn value(&mut self) -> (Rc<RType>, [u64; 3]);

    /// The element type of a type.
    fn elem(&mut self, rtype: &RType) -> Result<Rc<RType>, Trap>;
}

impl Reflected for Call<'_> {
    fn value(&mut self) -> (Rc<RType>, [u64; 3]) {
        let (id, data) = self.iface();
        let rtype = self.vm.rtype(id);
        let words = words_of(self.vm, &rtype, data);
        (rtype, words)
    }

    fn elem(&mut self, rtype: &RType) -> Result<Rc<RType>, Trap> {
        let number = with(self, |compiler| compiler.rtype(rtype.elem).id)?;
        Ok(self.vm.rtype(u64::from(number)))
    }
}

/// The words of a value that an interface holds.
pub(super) fn words_of(vm: &Vm, rtype: &RType, data: u64) -> [u64; 3] {
    if rtype.is_direct() || rtype.is_aggregate() || rtype.kind == Kind::Invalid {
        [data, 0, 0]
    } else {
        vm.load_value(rtype, data).unwrap_or_default()
    }
}

/// A value in words as an interface value. Structs and arrays are copied.
pub(super) fn boxed(vm: &mut Vm, rtype: &RType, words: [u64; 3]) -> Result<(u64, u64), Trap> {
    let id = u64::from(rtype.id);
    if rtype.kind == Kind::Interface {
        return Ok((words[0], words[1]));
    }
    if rtype.is_direct() {
        return Ok((id, words[0]));
    }
    let address = vm.heap.alloc(rtype.size, rtype.plain)?;
    vm.store_value(rtype, address, words)
        .ok_or(Trap::Nil(words[0]))?;
    Ok((id, address))
}

/// The value at an address as an interface value.
fn load(vm: &mut Vm, rtype: &RType, address: u64) -> Result<(u64, u64), Trap> {
    if address == 0 {
        return Err(Trap::Nil(0));
    }
    let words = vm.load_value(rtype, address).ok_or(Trap::Nil(address))?;
    boxed(vm, rtype, words)
}

/// Stores what an interface holds at an address of a type.
fn store(vm: &mut Vm, rtype: &RType, address: u64, value: (u64, u64)) -> Result<(), Trap> {
    let words = if rtype.kind == Kind::Interface {
        [value.0, value.1, 0]
    } else if value.0 == 0 {
        // A nil stands for the zero value.
        if let Some(bytes) = vm.heap.bytes_mut(address, rtype.size) {
            bytes.fill(0);
        }
        return Ok(());
    } else {
        let dynamic = vm.rtype(value.0);
        words_of(vm, &dynamic, value.1)
    };
    vm.store_value(rtype, address, words)
        .ok_or(Trap::Nil(address))
}

fn zero(vm: &mut Vm, rtype: &RType) -> Result<(u64, u64), Trap> {
    if rtype.is_aggregate() {
        let address = vm.heap.alloc(rtype.size, rtype.plain)?;
        return Ok((u64::from(rtype.id), address));
    }
    boxed(vm, rtype, [0; 3])
}

fn comparable(vm: &mut Vm, rtype: u64, data: u64) -> bool {
    let rtype = vm.rtype(rtype);
    match rtype.compare {
        Compare::Never => false,
        // An interface inside may hold what cannot be compared.
        Compare::Struct | Compare::Array => {
            !matches!(vm.hash_memory(&rtype, data), Err(Trap::Unhashable(_)))
        }
        _ => true,
    }
}

fn first_word(call: &mut Call<'_>) -> Outcome {
    let words = call.value().1;
    call.give(words[0]);
    Ok(Flow::Done)
}

fn length(call: &mut Call<'_>) -> Outcome {
    let (rtype, words) = call.value();
    let length = match rtype.kind {
        Kind::String | Kind::Slice => words[1],
        Kind::Map => call.vm.map_length(words[0]),
        Kind::Chan if words[0] != 0 => call.vm.channel_length(words[0]),
        Kind::Chan => 0,
        Kind::Pointer => call.elem(&rtype)?.length,
        _ => rtype.length,
    };
    call.give(length);
    Ok(Flow::Done)
}

fn field(call: &mut Call<'_>) -> Outcome {
    let (rtype, words) = call.value();
    let index = call.word() as usize;
    let Some(field) = rtype.fields.get(index) else {
        return Err(Trap::Text("reflect: Field index out of range".into()));
    };
    let ty = call.vm.rtype(u64::from(field.ty));
    let value = load(call.vm, &ty, words[0] + field.offset)?;
    call.give_iface(value);
    Ok(Flow::Done)
}

/// Address and type of an element of a slice, array, or array behind a pointer.
fn element(call: &mut Call<'_>) -> Result<(Rc<RType>, u64), Trap> {
    let (mut rtype, words) = call.value();
    let index = call.int();
    if rtype.kind == Kind::Pointer {
        rtype = call.elem(&rtype)?;
    }
    let length = match rtype.kind {
        Kind::Slice => words[1],
        _ => rtype.length,
    };
    if index as u64 >= length {
        return Err(Trap::Text("reflect: slice index out of range".into()));
    }
    let elem = call.elem(&rtype)?;
    let address = words[0] + index as u64 * elem.size;
    Ok((elem, address))
}

fn index(call: &mut Call<'_>) -> Outcome {
    let (id, data) = (call.peek(0), call.peek(1));
    if call.vm.rtype(id).kind == Kind::String {
        let words = call.value().1;
        let index = call.int();
        if index as u64 >= words[1] {
            return Err(Trap::Text("reflect: string index out of range".into()));
        }
        let byte = call.vm.heap.load_bytes::<1>(words[0] + index as u64);
        let rtype = with(call, |compiler| {
            compiler.rtype(golang_check::TypeId::UINT8).id
        })?;
        call.give_iface((u64::from(rtype), byte.map_or(0, |byte| u64::from(byte[0]))));
        return Ok(Flow::Done);
    }
    let _ = data;
    let (elem, address) = element(call)?;
    let value = load(call.vm, &elem, address)?;
    call.give_iface(value);
    Ok(Flow::Done)
}

fn give_pointer(call: &mut Call<'_>, to: &RType, address: u64) -> Outcome {
    let pointer = with(call, |compiler| {
        let pointer = compiler.program.types.pointer(to.ty);
        compiler.rtype(pointer).id
    })?;
    call.give_iface((u64::from(pointer), address));
    Ok(Flow::Done)
}

fn field_pointer(call: &mut Call<'_>) -> Outcome {
    let (rtype, words) = call.value();
    let index = call.word() as usize;
    let inner = call.elem(&rtype)?;
    let Some(field) = inner.fields.get(index) else {
        return Err(Trap::Text("reflect: Field index out of range".into()));
    };
    let ty = call.vm.rtype(u64::from(field.ty));
    give_pointer(call, &ty, words[0] + field.offset)
}

fn index_pointer(call: &mut Call<'_>) -> Outcome {
    let (elem, address) = element(call)?;
    give_pointer(call, &elem, address)
}

fn is_integer(kind: Kind) -> bool {
    (Kind::Int..=Kind::Uintptr).contains(&kind)
}

fn is_float(kind: Kind) -> bool {
    matches!(kind, Kind::Float32 | Kind::Float64)
}

/// Cuts an integer to the size of a kind.
fn cut(kind: Kind, word: u64) -> u64 {
    match kind {
        Kind::Int8 => i64::from(word as i8) as u64,
        Kind::Int16 => i64::from(word as i16) as u64,
        Kind::Int32 => i64::from(word as i32) as u64,
        Kind::Uint8 => word & 0xff,
        Kind::Uint16 => word & 0xffff,
        Kind::Uint32 => word & 0xffff_ffff,
        _ => word,
    }
}

fn convert(call: &mut Call<'_>) -> Outcome {
    let value = call.iface();
    let t = call.word();
    let (from, to) = (call.vm.rtype(value.0), call.vm.rtype(t));
    let words = words_of(call.vm, &from, value.1);
    if to.kind == Kind::Interface {
        call.give_iface(value);
        return Ok(Flow::Done);
    }
    let (x, y) = (from.kind, to.kind);
    let word = words[0];
    let float = f64::from_bits(word);
    let signed = (Kind::Int..=Kind::Int64).contains(&x);
    let converted = if is_integer(x) && is_integer(y) {
        [cut(y, word), 0, 0]
    } else if is_integer(x) && is_float(y) {
        let value = if signed {
            word as i64 as f64
        } else {
            word as f64
        };
        let value = if y == Kind::Float32 {
            f64::from(value as f32)
        } else {
            value
        };
        [value.to_bits(), 0, 0]
    } else if is_float(x) && is_integer(y) {
        let value = if y > Kind::Int64 {
            float as u64
        } else {
            float as i64 as u64
        };
        [cut(y, value), 0, 0]
    } else if is_float(x) && y == Kind::Float32 {
        [f64::from(float as f32).to_bits(), 0, 0]
    } else if is_integer(x) && y == Kind::String {
        let mut text = Vec::new();
        let rune = word as i64;
        crate::vm::encode_rune(rune, &mut text);
        [call.vm.heap.new_bytes(&text)?, text.len() as u64, 0]
    } else if x == Kind::String && y == Kind::Slice || x == Kind::Slice && y == Kind::String {
        text_conversion(call, &from, &to, words)?
    } else {
        words
    };
    let value = boxed(call.vm, &to, converted)?;
    call.give_iface(value);
    Ok(Flow::Done)
}

fn text_conversion(
    call: &mut Call<'_>,
    from: &RType,
    to: &RType,
    words: [u64; 3],
) -> Result<[u64; 3], Trap> {
    let slice = if from.kind == Kind::Slice { from } else { to };
    let runes = call.elem(slice)?.kind == Kind::Int32;
    match (to.kind, runes) {
        (Kind::Slice, true) => call.vm.string_to_runes((words[0], words[1])),
        (Kind::String, true) => {
            let (address, length) = call.vm.runes_to_string(words[0], words[1])?;
            Ok([address, length, 0])
        }
        _ => {
            let address = call.vm.heap.clone_object(words[0], words[1], true)?;
            Ok([address, words[1], words[1]])
        }
    }
}

fn slice(call: &mut Call<'_>) -> Outcome {
    let (rtype, words) = call.value();
    let (low, high, max) = (call.int(), call.int(), call.int());
    let bad = || Trap::Text("reflect.Value.Slice: slice index out of bounds".into());
    if low < 0 || high < low {
        return Err(bad());
    }
    if rtype.kind == Kind::String {
        if high as u64 > words[1] {
            return Err(bad());
        }
        let text = [words[0] + low as u64, (high - low) as u64, 0];
        let value = boxed(call.vm, &rtype, text)?;
        call.give_iface(value);
        return Ok(Flow::Done);
    }
    let (array, capacity) = match rtype.kind {
        Kind::Pointer => {
            let array = call.elem(&rtype)?;
            let length = array.length;
            (array, length)
        }
        _ => (Rc::clone(&rtype), words[2]),
    };
    let max = if max < 0 { capacity as i64 } else { max };
    if high > max || max as u64 > capacity {
        return Err(bad());
    }
    let elem = call.elem(&array)?;
    let kind = if rtype.kind == Kind::Slice {
        Rc::clone(&rtype)
    } else {
        let number = with(call, |compiler| {
            let slice = compiler.program.types.slice(elem.ty);
            compiler.rtype(slice).id
        })?;
        call.vm.rtype(u64::from(number))
    };
    let parts = [
        words[0] + low as u64 * elem.size,
        (high - low) as u64,
        (max - low) as u64,
    ];
    let value = boxed(call.vm, &kind, parts)?;
    call.give_iface(value);
    Ok(Flow::Done)
}

/// A key as the map's operations want it.
fn map_key(call: &mut Call<'_>, map: &RType, key: (u64, u64)) -> Result<(u64, u64), Trap> {
    let shape = with(call, |compiler| compiler.map_shape(map))?;
    let key_type = call.vm.rtype(u64::from(shape.key_type));
    let dynamic = call.vm.rtype(key.0);
    let words = if key_type.kind == Kind::Interface {
        [key.0, key.1, 0]
    } else {
        words_of(call.vm, &dynamic, key.1)
    };
    if shape.key != KeyKind::Memory {
        return Ok((words[0], words[1]));
    }
    let address = call.vm.heap.alloc(key_type.size, false)?;
    call.vm
        .store_value(&key_type, address, words)
        .ok_or(Trap::Nil(address))?;
    Ok((address, 0))
}

fn map_keys(call: &mut Call<'_>) -> Outcome {
    let (rtype, words) = call.value();
    let sorted = call.bool();
    let shape = with(call, |compiler| compiler.map_shape(&rtype))?;
    let key_type = call.vm.rtype(u64::from(shape.key_type));
    let mut keys = Vec::new();
    let mut iterator = call.vm.map_start(words[0]);
    while let Some((key, _)) = call.vm.map_step(&mut iterator)? {
        let value = match shape.key {
            KeyKind::Word => {
                let word = call.vm.heap.load(key).unwrap_or(0);
                boxed(call.vm, &key_type, [word, 0, 0])?
            }
            _ => load(call.vm, &key_type, key)?,
        };
        keys.push(value);
    }
    if sorted {
        let vm = &mut *call.vm;
        keys.sort_by(|x, y| compare(vm, *x, *y));
    }
    let length = keys.len() as u64;
    let address = call.vm.heap.alloc(length * 16, false)?;
    for (at, key) in keys.into_iter().enumerate() {
        let place = address + at as u64 * 16;
        call.vm.heap.store(place, key.0);
        call.vm.heap.store(place + 8, key.1);
    }
    call.give_slice(Slice {
        address,
        length,
        capacity: length,
    });
    Ok(Flow::Done)
}

/// The order in which fmt shows keys. Models `internal/fmtsort`.
fn compare(vm: &mut Vm, x: (u64, u64), y: (u64, u64)) -> Ordering {
    if x.0 != y.0 {
        return x.0.cmp(&y.0);
    }
    let rtype = vm.rtype(x.0);
    let (a, b) = (words_of(vm, &rtype, x.1), words_of(vm, &rtype, y.1));
    match rtype.kind {
        Kind::Int | Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => {
            (a[0] as i64).cmp(&(b[0] as i64))
        }
        Kind::Float32 | Kind::Float64 => floats(a[0], b[0]),
        Kind::Complex64 | Kind::Complex128 => floats(a[0], b[0]).then(floats(a[1], b[1])),
        Kind::String => vm.heap.bytes(a[0], a[1]).cmp(&vm.heap.bytes(b[0], b[1])),
        Kind::Struct => {
            for field in &rtype.fields {
                let ty = vm.rtype(u64::from(field.ty));
                let order = memory(vm, &ty, a[0] + field.offset, b[0] + field.offset);
                if order.is_ne() {
                    return order;
                }
            }
            Ordering::Equal
        }
        Kind::Array => {
            let elem = vm.rtype(u64::from(rtype.elem_id));
            for at in 0..rtype.length {
                let order = memory(vm, &elem, a[0] + at * elem.size, b[0] + at * elem.size);
                if order.is_ne() {
                    return order;
                }
            }
            Ordering::Equal
        }
        _ => a[0].cmp(&b[0]),
    }
}

fn memory(vm: &mut Vm, rtype: &RType, x: u64, y: u64) -> Ordering {
    let (Ok(x), Ok(y)) = (load(vm, rtype, x), load(vm, rtype, y)) else {
        return Ordering::Equal;
    };
    compare(vm, x, y)
}

/// NaN comes first.
fn floats(x: u64, y: u64) -> Ordering {
    let (x, y) = (f64::from_bits(x), f64::from_bits(y));
    x.partial_cmp(&y)
        .unwrap_or_else(|| y.is_nan().cmp(&x.is_nan()))
}

/// Does the native again after other goroutines had their turn.
fn again(call: &mut Call<'_>) -> Outcome {
    if let Some(frame) = call.goroutine.frames.last_mut() {
        frame.pc -= 1;
    }
    Ok(Flow::Yield)
}

fn send(call: &mut Call<'_>) -> Outcome {
    let (rtype, words) = call.value();
    let value = call.iface();
    let block = call.bool();
    let elem = call.elem(&rtype)?;
    let dynamic = call.vm.rtype(value.0);
    let sent = if elem.kind == Kind::Interface {
        [value.0, value.1, 0]
    } else {
        words_of(call.vm, &dynamic, value.1)
    };
    let done = words[0] != 0 && call.vm.try_send(words[0], sent)?;
    if !done && block {
        return again(call);
    }
    call.give_bool(done);
    Ok(Flow::Done)
}

fn receive(call: &mut Call<'_>) -> Outcome {
    let (rtype, words) = call.value();
    let block = call.bool();
    let elem = call.elem(&rtype)?;
    let received = match words[0] {
        0 => None,
        channel => call.vm.try_receive(channel),
    };
    let Some((value, ok)) = received else {
        if block {
            return again(call);
        }
        call.give_iface((0, 0));
        call.give_bool(false);
        call.give_bool(false);
        return Ok(Flow::Done);
    };
    let value = if ok {
        boxed(call.vm, &elem, value)?
    } else {
        zero(call.vm, &elem)?
    };
    call.give_iface(value);
    call.give_bool(ok);
    call.give_bool(true);
    Ok(Flow::Done)
}

fn method(call: &mut Call<'_>) -> Outcome {
    let (rtype, words) = call.value();
    let name = call.owned();
    let found = with(call, |compiler| {
        let ty = compiler.method_type(rtype.id, &name)?;
        let method = compiler.method_of_type(rtype.id, &name);
        compiler.method_function(rtype.id, method)?;
        let number = compiler.thunk_number(Thunk::Bound(rtype.ty, method));
        Some((compiler.rtype(ty).id, number))
    })?;
    let Some((function_type, number)) = found else {
        call.give_iface((0, 0));
        return Ok(Flow::Done);
    };
    let count = u64::from(rtype.words);
    let closure = call.vm.heap.alloc(8 + count * 8, false)?;
    call.vm.heap.store(closure, u64::from(number));
    for (at, word) in words.into_iter().take(count as usize).enumerate() {
        call.vm.heap.store(closure + 8 + at as u64 * 8, word);
    }
    call.give_iface((u64::from(function_type), closure));
    Ok(Flow::Done)
}

fn swap(call: &mut Call<'_>) -> Outcome {
    let (rtype, words) = call.value();
    let (i, j) = (call.int(), call.int());
    let elem = call.elem(&rtype)?;
    if i as u64 >= words[1] || j as u64 >= words[1] {
        return Err(Trap::Text("reflect: slice index out of range".into()));
    }
    let (x, y) = (
        words[0] + i as u64 * elem.size,
        words[0] + j as u64 * elem.size,
    );
    let held = call.vm.heap.bytes(x, elem.size).unwrap_or(&[]).to_vec();
    call.vm.heap.copy(x, y, elem.size);
    if let Some(place) = call.vm.heap.bytes_mut(y, elem.size) {
        place.copy_from_slice(&held);
    }
    Ok(Flow::Done)
}

fn sort_ordered(call: &mut Call<'_>) -> Outcome {
    let (rtype, words) = call.value();
    let elem = call.elem(&rtype)?;
    let place = |at: u64| words[0] + at * elem.size;
    let mut all: Vec<[u64; 3]> = (0..words[1])
        .filter_map(|at| call.vm.load_value(&elem, place(at)))
        .collect();
    let heap = &call.vm.heap;
    match elem.kind {
        Kind::String => all.sort_by(|x, y| heap.bytes(x[0], x[1]).cmp(&heap.bytes(y[0], y[1]))),
        kind if is_float(kind) => all.sort_by(|x, y| floats(x[0], y[0])),
        kind if kind > Kind::Int64 => all.sort_by_key(|x| x[0]),
        _ => all.sort_by_key(|x| x[0] as i64),
    }
    for (at, value) in all.into_iter().enumerate() {
        call.vm.store_value(&elem, place(at as u64), value);
    }
    Ok(Flow::Done)
}
