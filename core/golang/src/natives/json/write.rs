//! Writing values.

use super::{GO, Halt, Plan, WRITE, plan, text, words_of};
use crate::natives::numbers::float_text;
use crate::vm::Vm;
use crate::vm::rtype::Kind;

/// Deeper values are written in Go, which finds cycles.
const DEPTH_MAX: u32 = 200;

/// Longer texts are written in Go, which counts their memory.
const TEXT_BYTES_MAX: usize = 8 << 20;

struct Writer<'a> {
    vm: &'a mut Vm,
    out: Vec<u8>,
    html: bool,
    depth: u32,
}

/// Writes what an interface holds.
pub(super) fn write(vm: &mut Vm, value: (u64, u64), html: bool) -> Result<Vec<u8>, Halt> {
    let mut writer = Writer {
        vm,
        out: Vec::new(),
        html,
        depth: 0,
    };
    writer.dynamic(value)?;
    Ok(writer.out)
}

impl Writer<'_> {
    fn dynamic(&mut self, (t, data): (u64, u64)) -> Result<(), Halt> {
        if t == 0 {
            self.out.extend_from_slice(b"null");
            return Ok(());
        }
        let plan = plan(self.vm, t, WRITE)?;
        let words = words_of(self.vm, &plan.rtype, data);
        self.value(&plan, words)
    }

    /// Writes the value of a type at an address.
    fn at(&mut self, t: u64, address: u64) -> Result<(), Halt> {
        let plan = plan(self.vm, t, WRITE)?;
        let words = self.vm.load_value(&plan.rtype, address).ok_or(GO)?;
        self.value(&plan, words)
    }

    fn value(&mut self, plan: &Plan, words: [u64; 3]) -> Result<(), Halt> {
        let kind = plan.rtype.kind;
        match kind {
            Kind::Bool => self.out.extend_from_slice(match words[0] {
                0 => b"false",
                _ => b"true",
            }),
            Kind::Int | Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => {
                if (words[0] as i64) < 0 {
                    self.out.push(b'-');
                }
                self.decimal((words[0] as i64).unsigned_abs());
            }
            Kind::Float32 | Kind::Float64 => self.float(f64::from_bits(words[0]), kind)?,
            Kind::String => {
                let bytes = self.vm.heap.bytes(words[0], words[1]);
                text::quote(&mut self.out, bytes.unwrap_or_default(), self.html);
            }
            Kind::Interface => return self.dynamic((words[0], words[1])),
            Kind::Pointer | Kind::Map | Kind::Slice if words[0] == 0 => {
                self.out.extend_from_slice(b"null");
            }
            Kind::Pointer | Kind::Map | Kind::Slice | Kind::Array | Kind::Struct => {
                self.depth += 1;
                if self.depth > DEPTH_MAX || self.out.len() > TEXT_BYTES_MAX {
                    return Err(GO);
                }
                match kind {
                    Kind::Pointer => self.at(plan.elem, words[0])?,
                    Kind::Map => self.map(plan, words[0])?,
                    Kind::Slice => self.list(plan, words[0], words[1])?,
                    Kind::Array => self.list(plan, words[0], plan.rtype.length)?,
                    _ => self.structure(plan, words[0])?,
                }
                self.depth -= 1;
            }
            _ => self.decimal(words[0]),
        }
        Ok(())
    }

    fn decimal(&mut self, mut number: u64) {
        let mut digits = [0; 20];
        let mut used = 0;
        for place in digits.iter_mut().rev() {
            *place = b'0' + (number % 10) as u8;
            number /= 10;
            used += 1;
            if number == 0 {
                break;
            }
        }
        let digits = digits.get(digits.len() - used..);
        self.out.extend_from_slice(digits.unwrap_or_default());
    }

    fn float(&mut self, value: f64, kind: Kind) -> Result<(), Halt> {
        if !value.is_finite() {
            return Err(GO);
        }
        let bits = if kind == Kind::Float32 { 32 } else { 64 };
        let size = value.abs();
        // As in the package, float32 limits are compared as float32.
        let (least, most) = match kind {
            Kind::Float32 => (f64::from(1e-6_f32), f64::from(1e21_f32)),
            _ => (1e-6, 1e21),
        };
        let exponent = size != 0.0 && (size < least || size >= most);
        let verb = if exponent { b'e' } else { b'f' };
        let mut text = float_text(value, verb, -1, bits);
        if exponent && let Some(at) = text.len().checked_sub(4) {
            // e-09 becomes e-9.
            let tail = text.as_bytes().get(at..);
            if let Some([b'e', b'-' | b'+', b'0', _]) = tail {
                text.remove(at + 2);
            }
        }
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn list(&mut self, plan: &Plan, address: u64, length: u64) -> Result<(), Halt> {
        let size = self.vm.rtype(plan.elem).size;
        self.out.push(b'[');
        for at in 0..length {
            if at > 0 {
                self.out.push(b',');
            }
            self.at(plan.elem, address + at * size)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn map(&mut self, plan: &Plan, map: u64) -> Result<(), Halt> {
        let mut entries = Vec::new();
        let mut iterator = self.vm.map_start(map);
        while let Some((key, value)) = self.vm.map_step(&mut iterator)? {
            let address = self.vm.heap.load(key).unwrap_or(0);
            let length = self.vm.heap.load(key + 8).unwrap_or(0);
            entries.push([address, length, value]);
        }
        let heap = &self.vm.heap;
        entries.sort_by(|x, y| heap.bytes(x[0], x[1]).cmp(&heap.bytes(y[0], y[1])));
        self.out.push(b'{');
        for (at, [address, length, value]) in entries.into_iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            let name = self.vm.heap.bytes(address, length);
            text::quote(&mut self.out, name.unwrap_or_default(), self.html);
            self.out.push(b':');
            self.at(plan.elem, value)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn structure(&mut self, plan: &Plan, address: u64) -> Result<(), Halt> {
        let mut before = b'{';
        for field in &plan.fields {
            if field.omit_empty && self.empty(field.t, address + field.offset)? {
                continue;
            }
            self.out.push(before);
            before = b',';
            self.out.extend_from_slice(&field.key);
            self.at(field.t, address + field.offset)?;
        }
        if before == b'{' {
            self.out.push(before);
        }
        self.out.push(b'}');
        Ok(())
    }

    fn empty(&mut self, t: u64, address: u64) -> Result<bool, Halt> {
        let rtype = self.vm.rtype(t);
        let words = self.vm.load_value(&rtype, address).ok_or(GO)?;
        Ok(match rtype.kind {
            Kind::Struct => false,
            Kind::Array => rtype.length == 0,
            Kind::Map => self.vm.map_length(words[0]) == 0,
            Kind::String | Kind::Slice => words[1] == 0,
            Kind::Float32 | Kind::Float64 => f64::from_bits(words[0]) == 0.0,
            _ => words[0] == 0,
        })
    }
}
