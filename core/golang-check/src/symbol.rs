//! Interned names: every identifier of the sources is stored once and compared as a number.

use std::rc::Rc;

/// An interned name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Symbol(pub u32);

impl Symbol {
    /// The empty name.
    pub const EMPTY: Symbol = Symbol(0);
    /// The blank identifier `_`.
    pub const BLANK: Symbol = Symbol(1);
    /// `init`.
    pub const INIT: Symbol = Symbol(2);
    /// `main`.
    pub const MAIN: Symbol = Symbol(3);
    /// `.`, the local name of a dot import.
    pub const DOT: Symbol = Symbol(4);
    /// `iota`.
    pub const IOTA: Symbol = Symbol(5);
}

/// The table of names. Lookup is an open-addressed table of our own, since its order never shows.
pub struct Symbols {
    names: Vec<Rc<str>>,
    slots: Vec<u32>,
}

impl Default for Symbols {
    fn default() -> Self {
        Self::new()
    }
}

impl Symbols {
    /// A table that holds the well-known names.
    pub fn new() -> Self {
        let mut table = Symbols {
            names: Vec::with_capacity(1024),
            slots: vec![u32::MAX; 4096],
        };
        for name in ["", "_", "init", "main", ".", "iota"] {
            table.intern(name);
        }
        table
    }

    /// The symbol of a name.
    pub fn intern(&mut self, name: &str) -> Symbol {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash(name) & mask;
        loop {
            match self.slots.get(at).copied() {
                Some(u32::MAX) | None => break,
                Some(index) => {
                    if self
                        .names
                        .get(index as usize)
                        .is_some_and(|known| &**known == name)
                    {
                        return Symbol(index);
                    }
                }
            }
            at = (at + 1) & mask;
        }
        let index = self.names.len() as u32;
        self.names.push(Rc::from(name));
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = index;
        }
        if self.names.len() * 2 > self.slots.len() {
            self.grow();
        }
        Symbol(index)
    }

    /// The text of a symbol.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.names.get(symbol.0 as usize).map_or("", |name| name)
    }

    /// The text of a symbol, shared.
    pub fn shared(&self, symbol: Symbol) -> Rc<str> {
        self.names
            .get(symbol.0 as usize)
            .cloned()
            .unwrap_or_else(|| Rc::from(""))
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        let mut slots = vec![u32::MAX; size];
        for (index, name) in self.names.iter().enumerate() {
            let mut at = hash(name) & (size - 1);
            while slots.get(at).is_some_and(|slot| *slot != u32::MAX) {
                at = (at + 1) & (size - 1);
            }
            if let Some(slot) = slots.get_mut(at) {
                *slot = index as u32;
            }
        }
        self.slots = slots;
    }
}

fn hash(name: &str) -> usize {
    let mut value: u32 = 0x811c_9dc5;
    for byte in name.bytes() {
        value = (value ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    (value ^ (value >> 15)) as usize
}

/// Whether a name starts with an upper-case letter, so that other packages see it.
pub fn is_exported(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_interned_once() {
        let mut symbols = Symbols::new();
        let all: Vec<Symbol> = (0..5000)
            .map(|n| symbols.intern(&format!("name{n}")))
            .collect();
        for (n, symbol) in all.iter().enumerate() {
            assert_eq!(symbols.intern(&format!("name{n}")), *symbol);
            assert_eq!(symbols.text(*symbol), format!("name{n}"));
        }
        assert_eq!(symbols.intern("_"), Symbol::BLANK);
    }
}
