//! Reading values from text that was checked.

use super::scan::Scan;
use super::{Field, GO, Halt, Plan, Plans, READ, plan, text};
use crate::vm::rtype::Kind;
use crate::vm::{RType, Vm};

/// Deeper values are read in Go.
const DEPTH_MAX: u32 = 200;

struct Reader<'a> {
    vm: &'a mut Vm,
    scan: Scan<'a>,
    depth: u32,
}

/// Reads a text into what a pointer points to.
pub(super) fn read(vm: &mut Vm, text: &[u8], pointer: u64, address: u64) -> Result<(), Halt> {
    let pointer = plan(vm, pointer, READ)?;
    if pointer.rtype.kind != Kind::Pointer || address == 0 {
        return Err(GO);
    }
    let scan = Scan { text, at: 0 };
    let mut reader = Reader { vm, scan, depth: 0 };
    reader.value(pointer.elem, address)
}

impl<'t> Reader<'t> {
    /// Passes over a value and gives its text.
    fn skip(&mut self) -> &'t [u8] {
        self.scan.space();
        let start = self.scan.at;
        self.scan.value().ok();
        self.scan.text.get(start..self.scan.at).unwrap_or_default()
    }

    /// Passes over an opening bracket, or what stands after a value; whether there is another.
    fn more(&mut self) -> bool {
        if self.scan.space() == b',' {
            self.scan.at += 1;
        }
        let more = !matches!(self.scan.space(), b']' | b'}' | 0);
        self.scan.at += usize::from(!more);
        more
    }

    /// A new string in the heap.
    fn string(&mut self) -> Result<[u64; 3], Halt> {
        let text = text::unquote(self.skip());
        Ok([self.vm.heap.new_bytes(&text)?, text.len() as u64, 0])
    }

    fn store(&mut self, rtype: &RType, place: u64, words: [u64; 3]) -> Result<(), Halt> {
        self.vm.store_value(rtype, place, words).ok_or(GO)
    }

    /// Reads a value of a type into its place.
    fn value(&mut self, t: u64, place: u64) -> Result<(), Halt> {
        let plan = plan(self.vm, t, READ)?;
        let rtype = &*plan.rtype;
        let first = self.scan.space();
        if first == b'n' {
            self.skip();
            return match rtype.kind {
                Kind::Interface | Kind::Map | Kind::Pointer | Kind::Slice => {
                    self.store(rtype, place, [0; 3])
                }
                _ => Ok(()),
            };
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(GO);
        }
        match (rtype.kind, first) {
            (Kind::Bool, b't' | b'f') => {
                self.skip();
                self.store(rtype, place, [u64::from(first == b't'), 0, 0])?;
            }
            (kind, b'-' | b'0'..=b'9') if (Kind::Int..=Kind::Float64).contains(&kind) => {
                let word = number(self.skip(), rtype).ok_or(GO)?;
                self.store(rtype, place, [word, 0, 0])?;
            }
            (Kind::String, b'"') => {
                let words = self.string()?;
                self.store(rtype, place, words)?;
            }
            (Kind::Pointer, _) => {
                let mut target = self.vm.heap.load(place).unwrap_or(0);
                if target == 0 {
                    let elem = self.vm.rtype(plan.elem);
                    target = self.vm.heap.alloc(elem.size, elem.plain)?;
                    self.vm.heap.store(place, target);
                }
                self.value(plan.elem, target)?;
            }
            (Kind::Interface, _) => {
                let held = self.vm.heap.load(place).unwrap_or(0);
                if held != 0 && self.vm.rtype(held).kind == Kind::Pointer {
                    return Err(GO);
                }
                let (t, data) = self.dynamic(first)?;
                self.store(rtype, place, [t, data, 0])?;
            }
            (Kind::Slice, b'[') => {
                let held = self.vm.load_value(rtype, place).ok_or(GO)?;
                let words = self.list(plan.elem, held)?;
                self.store(rtype, place, words)?;
            }
            (Kind::Array, b'[') => self.array(&plan, place)?,
            (Kind::Map, b'{') => {
                let mut map = self.vm.heap.load(place).unwrap_or(0);
                if map == 0 {
                    map = self.vm.new_map(t, 0)?;
                    self.vm.heap.store(place, map);
                }
                self.map(plan.elem, map)?;
            }
            (Kind::Struct, b'{') => self.structure(&plan, place)?,
            _ => return Err(GO),
        }
        self.depth -= 1;
        Ok(())
    }

    fn list(&mut self, elem: u64, held: [u64; 3]) -> Result<[u64; 3], Halt> {
        let rtype = self.vm.rtype(elem);
        let mut words = [held[0], 0, held[2]];
        if words[0] == 0 {
            words[0] = self.vm.heap.alloc(0, true)?;
        }
        self.scan.at += 1;
        while self.more() {
            words = self.vm.grow(words, 1, rtype.size, rtype.plain)?;
            self.value(elem, words[0] + (words[1] - 1) * rtype.size)?;
        }
        Ok(words)
    }

    fn array(&mut self, plan: &Plan, place: u64) -> Result<(), Halt> {
        let size = self.vm.rtype(plan.elem).size;
        let mut at = 0;
        self.scan.at += 1;
        while self.more() {
            if at < plan.rtype.length {
                self.value(plan.elem, place + at * size)?;
                at += 1;
            } else {
                self.skip();
            }
        }
        let rest = (plan.rtype.length - at) * size;
        if let Some(bytes) = self.vm.heap.bytes_mut(place + at * size, rest) {
            bytes.fill(0);
        }
        Ok(())
    }

    fn map(&mut self, elem: u64, map: u64) -> Result<(), Halt> {
        let size = self.vm.rtype(elem).size;
        self.scan.at += 1;
        while self.more() {
            let key = self.string()?;
            self.scan.space();
            self.scan.at += 1;
            let place = self.vm.map_assign(map, (key[0], key[1]))?;
            if let Some(bytes) = self.vm.heap.bytes_mut(place, size) {
                bytes.fill(0);
            }
            self.value(elem, place)?;
        }
        Ok(())
    }

    fn structure(&mut self, plan: &Plan, place: u64) -> Result<(), Halt> {
        self.scan.at += 1;
        while self.more() {
            let name = text::unquote(self.skip());
            self.scan.space();
            self.scan.at += 1;
            match find(&plan.fields, &name)? {
                Some(field) => self.value(field.t, place + field.offset)?,
                None => {
                    self.skip();
                }
            }
        }
        Ok(())
    }

    /// Reads a value into an `any`: type and data.
    fn dynamic(&mut self, first: u8) -> Result<(u64, u64), Halt> {
        let [map_type, list_type, string_type, float_type, bool_type] =
            self.vm.world.kept::<Plans>().dynamic;
        Ok(match first {
            b'{' => {
                let map = self.vm.new_map(map_type, 0)?;
                let elem = plan(self.vm, map_type, READ)?.elem;
                self.map(elem, map)?;
                (map_type, map)
            }
            b'[' => {
                let elem = plan(self.vm, list_type, READ)?.elem;
                let words = self.list(elem, [0; 3])?;
                (list_type, self.boxed(&words)?)
            }
            b'"' => {
                let [address, length, _] = self.string()?;
                (string_type, self.boxed(&[address, length])?)
            }
            b't' | b'f' => {
                self.skip();
                (bool_type, u64::from(first == b't'))
            }
            _ => {
                let rtype = self.vm.rtype(float_type);
                (float_type, number(self.skip(), &rtype).ok_or(GO)?)
            }
        })
    }

    fn boxed(&mut self, words: &[u64]) -> Result<u64, Halt> {
        let address = self.vm.heap.alloc(words.len() as u64 * 8, false)?;
        for (at, word) in (0..).zip(words) {
            self.vm.heap.store(address + at * 8, *word);
        }
        Ok(address)
    }
}

/// The register word of a number, unless it does not fit.
fn number(text: &[u8], rtype: &RType) -> Option<u64> {
    let text = str::from_utf8(text).ok()?;
    let unused = 64 - rtype.size * 8;
    match rtype.kind {
        Kind::Float32 => {
            let value: f32 = text.parse().ok()?;
            value.is_finite().then(|| f64::from(value).to_bits())
        }
        Kind::Float64 => {
            let value: f64 = text.parse().ok()?;
            value.is_finite().then(|| value.to_bits())
        }
        Kind::Int | Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => {
            let value: i64 = text.parse().ok()?;
            (value << unused >> unused == value).then_some(value as u64)
        }
        _ => {
            let value: u64 = text.parse().ok()?;
            (value << unused >> unused == value).then_some(value)
        }
    }
}

/// The field of a name, in any case of its letters if there is none in the same.
fn find<'f>(fields: &'f [Field], name: &[u8]) -> Result<Option<&'f Field>, Halt> {
    let exact = fields.iter().find(|field| field.name == name);
    if exact.is_some() {
        return Ok(exact);
    }
    let mut letters = fields.iter().map(|field| &*field.name);
    if !name.is_ascii() || !letters.all(<[u8]>::is_ascii) {
        return Err(GO);
    }
    let same = |field: &&Field| field.name.eq_ignore_ascii_case(name);
    Ok(fields.iter().find(same))
}
