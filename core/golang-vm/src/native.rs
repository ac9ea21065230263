//! How functions of the standard packages that are written in Rust are called: what they read
//! and give, and how they end.

use super::{Goroutine, Trap, Vm};
use machine::LocalFuture;

/// A string or the bytes of a slice in the heap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Address of the first byte.
    pub address: u64,
    /// Bytes.
    pub length: u64,
}

/// A slice in the heap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// Address of the first element.
    pub address: u64,
    /// Elements.
    pub length: u64,
    /// Elements that there is room for.
    pub capacity: u64,
}

/// What a finished wait does: give the results.
pub type Completion = Box<dyn FnOnce(&mut Call<'_>) -> Result<(), Trap>>;

/// How a native ends.
pub enum Flow {
    /// The results are given.
    Done,
    /// The goroutine waits for a future; the text is the reason that traces show.
    Wait(LocalFuture<Completion>, &'static str),
    /// The goroutine waits until [`Vm::ready`] is called for it. The results are given.
    Park(std::rc::Rc<str>),
    /// Other goroutines run first.
    Yield,
    /// This function is called with the same arguments and results instead.
    Invoke(u32),
}

/// What a native returns.
pub type Outcome = Result<Flow, Trap>;

/// A native function.
pub type Native = fn(&mut Call<'_>) -> Outcome;

/// A call of a native under way.
pub struct Call<'a> {
    /// The virtual machine of the process.
    pub vm: &'a mut Vm,
    /// The calling goroutine.
    pub goroutine: &'a mut Goroutine,
    next: usize,
    given: usize,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        vm: &'a mut Vm,
        goroutine: &'a mut Goroutine,
        base: usize,
        results: usize,
    ) -> Call<'a> {
        Call {
            vm,
            goroutine,
            next: base + results,
            given: base,
        }
    }

    /// Clears what earlier calls left in the stack above this one.
    pub fn forget_above(&mut self) {
        if let Some(rest) = self.goroutine.stack.get_mut(self.given..) {
            rest.fill(0);
        }
    }

    /// The next argument word.
    pub fn word(&mut self) -> u64 {
        let word = self.goroutine.stack.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        word
    }

    /// An argument word further on, which stays to be read.
    pub fn peek(&self, ahead: usize) -> u64 {
        let at = self.next + ahead;
        self.goroutine.stack.get(at).copied().unwrap_or(0)
    }

    /// The next argument: any integer or address.
    pub fn int(&mut self) -> i64 {
        self.word() as i64
    }

    /// The next argument, a boolean.
    pub fn bool(&mut self) -> bool {
        self.word() != 0
    }

    /// The next argument, a float.
    pub fn float(&mut self) -> f64 {
        f64::from_bits(self.word())
    }

    /// The next argument, a string.
    pub fn string(&mut self) -> Text {
        Text {
            address: self.word(),
            length: self.word(),
        }
    }

    /// The next argument, a slice.
    pub fn slice(&mut self) -> Slice {
        Slice {
            address: self.word(),
            length: self.word(),
            capacity: self.word(),
        }
    }

    /// The next argument, an interface value: type number and data.
    pub fn iface(&mut self) -> (u64, u64) {
        (self.word(), self.word())
    }

    /// The bytes of a string.
    pub fn bytes(&self, text: Text) -> &[u8] {
        self.vm.heap.bytes(text.address, text.length).unwrap_or(&[])
    }

    /// The next argument, a string, as a copy.
    pub fn owned(&mut self) -> String {
        let text = self.string();
        String::from_utf8_lossy(self.bytes(text)).into_owned()
    }

    /// The next result word.
    pub fn give(&mut self, word: u64) {
        if let Some(slot) = self.goroutine.stack.get_mut(self.given) {
            *slot = word;
        }
        self.given += 1;
    }

    /// The next result: any integer or address.
    pub fn give_int(&mut self, value: i64) {
        self.give(value as u64);
    }

    /// The next result, a boolean.
    pub fn give_bool(&mut self, value: bool) {
        self.give(u64::from(value));
    }

    /// The next result, a float.
    pub fn give_float(&mut self, value: f64) {
        self.give(value.to_bits());
    }

    /// The next result, a new string.
    pub fn give_string(&mut self, bytes: &[u8]) -> Result<(), Trap> {
        let address = self.vm.heap.new_bytes(bytes)?;
        self.give(address);
        self.give(bytes.len() as u64);
        Ok(())
    }

    /// The next result, a string that is in the heap.
    pub fn give_text(&mut self, text: Text) {
        self.give(text.address);
        self.give(text.length);
    }

    /// The next result, a new `[]byte`.
    pub fn give_bytes(&mut self, bytes: &[u8]) -> Result<(), Trap> {
        self.give_string(bytes)?;
        self.give(bytes.len() as u64);
        Ok(())
    }

    /// The next result, a slice.
    pub fn give_slice(&mut self, slice: Slice) {
        self.give(slice.address);
        self.give(slice.length);
        self.give(slice.capacity);
    }

    /// The next result, a new `[]string` of strings in the heap.
    pub fn give_texts(&mut self, texts: &[Text]) -> Result<(), Trap> {
        let length = texts.len() as u64;
        let address = self.vm.heap.alloc(length * 16, false)?;
        for (at, text) in texts.iter().enumerate() {
            let place = address + at as u64 * 16;
            self.vm.heap.store(place, text.address);
            self.vm.heap.store(place + 8, text.length);
        }
        self.give_slice(Slice {
            address: if length == 0 { 0 } else { address },
            length,
            capacity: length,
        });
        Ok(())
    }

    /// The next result, a new `[]string`.
    pub fn give_strings<S: AsRef<[u8]>>(&mut self, strings: &[S]) -> Result<(), Trap> {
        let mut texts = Vec::with_capacity(strings.len());
        for string in strings {
            texts.push(self.new_text(string.as_ref())?);
        }
        self.give_texts(&texts)
    }

    /// The next result, an interface value.
    pub fn give_iface(&mut self, value: (u64, u64)) {
        self.give(value.0);
        self.give(value.1);
    }

    /// A new string in the heap.
    pub fn new_text(&mut self, bytes: &[u8]) -> Result<Text, Trap> {
        Ok(Text {
            address: self.vm.heap.new_bytes(bytes)?,
            length: bytes.len() as u64,
        })
    }

    /// The strings of a `[]string`.
    pub fn texts(&self, slice: Slice) -> Vec<Text> {
        let text = |at: u64| {
            let place = slice.address + at * 16;
            Text {
                address: self.vm.heap.load(place).unwrap_or(0),
                length: self.vm.heap.load(place + 8).unwrap_or(0),
            }
        };
        (0..slice.length).map(text).collect()
    }
}
