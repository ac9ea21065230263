//! Go's register machine: the virtual machine of one process, with its heap, its goroutines, and
//! the tables that it shares with the program's image.
//!
//! What the image is compiled from is the crate `golang`'s; so are the natives of the standard
//! packages, which are called as [`native`] says. This crate is apart because the page is built
//! for size, and this part of it for speed.
//!
//! [`run`] is the instruction loop, [`slow`] and [`control`] the instructions that it leaves to
//! others, [`schedule`] decides which goroutine runs.

mod call;
mod channel;
pub mod collect;
mod control;
mod goroutine;
pub mod heap;
pub mod instruction;
pub mod limits;
pub mod map;
pub mod native;
mod panics;
pub mod rtype;
mod run;
mod schedule;
mod slices;
mod slow;
mod strings;
mod trace;
mod trap;
mod values;
mod watch;
mod world;

pub use goroutine::{Callee, Goroutine};
pub use heap::Heap;
pub use instruction::{Function, Ins, Op};
pub use native::{Call, Completion, Flow, Native, Outcome, Slice, Text};
pub use rtype::{Compare, Kind, RType};
pub use schedule::Turn;
pub use strings::{decode_rune, encode_rune};
pub use trap::{Bounds, Trap};
pub use watch::LastAct;
pub use world::World;

use channel::WaitQueues;
use schedule::Scheduler;
use std::rc::Rc;
use watch::Watches;

/// A package variable.
#[derive(Clone, Copy, Debug)]
pub struct Global {
    /// Bytes.
    pub size: u64,
    /// Holds no pointers.
    pub plain: bool,
    /// The function that initialises it, when that happens on first use.
    pub initializer: Option<u32>,
}

/// What a virtual machine asks of the program that it runs. All processes of one program share it.
pub trait Image {
    /// The code of a function, compiled now if it was not before.
    fn function(&self, index: u32) -> Result<Rc<Function>, Trap>;
    /// A string constant.
    fn string(&self, index: u32) -> Rc<[u8]>;
    /// A package variable.
    fn global(&self, index: u32) -> Global;
    /// A type.
    fn rtype(&self, id: u32) -> Rc<RType>;
    /// The function that is called for a method of an interface value with this dynamic type.
    fn method(&self, rtype: u32, method: u32) -> Option<u32>;
    /// The name of a method that the type lacks for the interface; `None`: it has all.
    fn missing_method(&self, rtype: u32, interface: u32) -> Option<String>;
    /// The type of the values of run-time errors: `errorString`, `boundsError`, `plainError`, …
    fn runtime_type(&self, name: &str) -> u32;
    /// The native of a number.
    fn native(&self, number: u32) -> Option<Native>;
    /// The number of a method's name, as [`Image::method`] wants it.
    fn method_number(&self, name: &str) -> u32;
    /// File and line of a position.
    fn position(&self, position: u32) -> (String, u32);
    /// Which Go built the program, `1.26` as (1, 26).
    fn version(&self) -> (u32, u32);
    /// The whole image, for natives that look at types.
    fn as_any(&self) -> &dyn std::any::Any;
}

/// The virtual machine of one process.
pub struct Vm {
    /// Its heap.
    pub heap: Heap,
    /// The program.
    pub image: Rc<dyn Image>,
    /// Everything outside of the heap that natives need.
    pub world: World,
    pub(crate) functions: Vec<Option<Rc<Function>>>,
    /// String constants that are in the heap already.
    strings: Vec<(u64, u64)>,
    /// Addresses of package variables, 0 before the first use.
    globals: Vec<u64>,
    /// Closures of functions that capture nothing.
    statics: Vec<u64>,
    types: Vec<Option<Rc<RType>>>,
    methods: Vec<MethodEntry>,
    implements: std::collections::BTreeMap<(u32, u32), bool>,
    /// Its goroutines and timers.
    pub scheduler: Scheduler,
    pub(crate) queues: WaitQueues,
    /// Instructions that the turn under way may still run.
    pub fuel: i64,
    /// What the program wrote in its last words (a panic, a deadlock), for standard error.
    pub last_words: String,
    /// A future ended the program.
    pub exit_at_once: Option<i32>,
    /// Depth of calls from Rust.
    nested: u32,
    /// What happens when objects are collected.
    watches: Watches,
}

#[derive(Clone, Copy, Default)]
struct MethodEntry {
    rtype: u32,
    method: u32,
    function: u32,
}

const METHOD_CACHE: usize = 256;

impl Vm {
    /// A machine for an image.
    pub fn new(image: Rc<dyn Image>, world: World) -> Vm {
        Vm {
            heap: Heap::new(limits::HEAP_BYTES_MAX),
            image,
            world,
            functions: Vec::new(),
            strings: Vec::new(),
            globals: Vec::new(),
            statics: Vec::new(),
            types: Vec::new(),
            methods: Vec::new(),
            implements: std::collections::BTreeMap::new(),
            scheduler: Scheduler::default(),
            queues: WaitQueues::default(),
            fuel: 0,
            last_words: String::new(),
            exit_at_once: None,
            nested: 0,
            watches: Watches::default(),
        }
    }

    /// Starts main, and runs its first turn.
    pub fn start(&mut self) -> Turn {
        match self.start_goroutine(None, Callee::Function(0), &[]) {
            Ok(_) => self.turn(),
            Err(trap) => {
                self.last_words
                    .push_str(&format!("fatal error: {trap:?}\n"));
                Turn::Exit(2)
            }
        }
    }

    /// The code of a function.
    pub fn function(&mut self, index: u32) -> Result<Rc<Function>, Trap> {
        if let Some(Some(function)) = self.functions.get(index as usize) {
            return Ok(Rc::clone(function));
        }
        let function = self.image.function(index)?;
        put(
            &mut self.functions,
            index as usize,
            Some(Rc::clone(&function)),
        );
        Ok(function)
    }

    /// A type.
    pub fn rtype(&mut self, id: u64) -> Rc<RType> {
        if let Some(Some(known)) = self.types.get(id as usize) {
            return Rc::clone(known);
        }
        let known = self.image.rtype(id as u32);
        put(&mut self.types, id as usize, Some(Rc::clone(&known)));
        known
    }

    /// A string constant, in the heap.
    pub(crate) fn constant(&mut self, index: u32) -> Result<(u64, u64), Trap> {
        if let Some(known) = self.strings.get(index as usize)
            && known.0 != 0
        {
            return Ok(*known);
        }
        let bytes = self.image.string(index);
        let place = (self.heap.new_bytes(&bytes)?, bytes.len() as u64);
        put(&mut self.strings, index as usize, place);
        Ok(place)
    }

    /// The address of a package variable, and its initializer if that has to run first.
    pub(crate) fn global(&mut self, index: u32) -> Result<(u64, Option<u32>), Trap> {
        if let Some(address) = self.globals.get(index as usize)
            && *address != 0
        {
            return Ok((*address, None));
        }
        let global = self.image.global(index);
        // Not less than a word, so that no two variables have one address.
        let address = self.heap.alloc(global.size.max(8), global.plain)?;
        put(&mut self.globals, index as usize, address);
        Ok((address, global.initializer))
    }

    /// The closure of a function that captures nothing.
    pub(crate) fn static_closure(&mut self, index: u32) -> Result<u64, Trap> {
        if let Some(address) = self.statics.get(index as usize)
            && *address != 0
        {
            return Ok(*address);
        }
        let address = self.heap.alloc(8, true)?;
        self.heap.store(address, u64::from(index));
        put(&mut self.statics, index as usize, address);
        Ok(address)
    }

    /// The function of a method of a dynamic type.
    #[inline]
    pub(crate) fn method(&mut self, rtype: u32, method: u32) -> Option<u32> {
        let slot = (rtype.wrapping_mul(31).wrapping_add(method) as usize) % METHOD_CACHE;
        if let Some(entry) = self.methods.get(slot)
            && entry.rtype == rtype
            && entry.method == method
            && rtype != 0
        {
            return Some(entry.function);
        }
        let function = self.image.method(rtype, method)?;
        if self.methods.is_empty() {
            self.methods.resize(METHOD_CACHE, MethodEntry::default());
        }
        if let Some(entry) = self.methods.get_mut(slot) {
            *entry = MethodEntry {
                rtype,
                method,
                function,
            };
        }
        Some(function)
    }

    /// Whether a dynamic type has the methods of an interface type.
    pub(crate) fn implements(&mut self, rtype: u32, interface: u32) -> bool {
        if rtype == 0 {
            return false;
        }
        if let Some(known) = self.implements.get(&(rtype, interface)) {
            return *known;
        }
        let answer = self.image.missing_method(rtype, interface).is_none();
        self.implements.insert((rtype, interface), answer);
        answer
    }

    /// Collects garbage; `running` is the goroutine that is not in the table at the moment.
    pub fn collect(&mut self, running: Option<&Goroutine>) {
        let mut marking = self.heap.start_marking();
        for (address, _) in &self.strings {
            marking.word(*address);
        }
        marking.words(&self.globals);
        marking.words(&self.statics);
        self.scheduler.mark(&mut marking);
        self.queues.mark(&mut marking);
        if let Some(goroutine) = running {
            goroutine.mark(&mut marking);
        }
        let ended = self.watches.ended(&mut marking);
        marking.sweep();
        for last_act in ended {
            // A function that can't be called any more (there are too many goroutines) is not.
            let _ = self.act(&last_act);
        }
    }

    /// Bytes that the process takes: heap, stacks, tables.
    pub fn memory(&self) -> u64 {
        let tables = self.functions.len() + self.strings.len() + self.globals.len();
        self.heap.taken() + self.scheduler.stack_bytes() + tables as u64 * 16
    }
}

impl Goroutine {
    pub(crate) fn mark(&self, marking: &mut collect::Marking<'_>) {
        // The window of a call in the making reaches beyond the registers of the last frame.
        let top = (self.top() + 256).min(self.stack.len());
        marking.words(self.stack.get(..top).unwrap_or(&[]));
        for deferred in &self.defers {
            marking.words(&deferred.window);
            if let Callee::Closure(address) = deferred.callee {
                marking.word(address);
            }
        }
        for panicking in &self.panics {
            marking.word(panicking.value.1);
        }
        for yielding in &self.yields {
            marking.words(&yielding.saved);
        }
    }
}

fn put<T: Default + Clone>(table: &mut Vec<T>, index: usize, value: T) {
    if table.len() <= index {
        table.resize(index + 1, T::default());
    }
    if let Some(slot) = table.get_mut(index) {
        *slot = value;
    }
}
