//! The instructions of the register machine.
//!
//! A function has a window of up to 256 registers of 8 bytes. Integers stand in them extended to
//! 64 bits by their sign, `float32` as the `float64` of the same value; a string takes two
//! (address, length), a slice three (address, length, capacity), an interface two (type, data), a
//! complex number two; a struct or array is the address of its bytes. In the heap everything has
//! gc's layout.
//!
//! A window starts with the results, then come the parameters, then (for function literals) the
//! address of the closure. A caller puts arguments where the callee's window will be: at its own
//! register `k`, the callee's register 0.

/// One instruction. `a`, `b`, `c` are registers unless said otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ins {
    /// What to do.
    pub op: Op,
    /// Usually the destination.
    pub a: u8,
    /// First operand.
    pub b: u8,
    /// Second operand.
    pub c: u8,
    /// An immediate number: constant, offset, jump target, index of a table.
    pub d: i32,
}

impl Ins {
    /// An instruction.
    pub const fn new(op: Op, a: u8, b: u8, c: u8, d: i32) -> Ins {
        Ins { op, a, b, c, d }
    }

    /// The 16-bit number in `b` and `c`.
    #[inline(always)]
    pub fn small(self) -> i64 {
        i64::from(i16::from_le_bytes([self.b, self.c]))
    }
}

macro_rules! ops {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// What an instruction does.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Op { $($(#[doc = $doc])* $name,)* }
    };
}

ops! {
    /// Nothing.
    Nop,
    /// a = b
    Move,
    /// a, a+1 = b, b+1
    Move2,
    /// Three registers.
    Move3,
    /// c registers.
    MoveN,
    /// a = d
    Int,
    /// a = constant d of the function
    Const,
    /// a, a+1 = string constant d of the program
    Str,
    /// c registers from a on become 0.
    Zero,
    /// a = b + c, and so on.
    Add,
    /// Subtraction.
    Sub,
    /// Multiplication.
    Mul,
    /// Bits.
    And,
    /// Bits.
    Or,
    /// Bits.
    Xor,
    /// b & ^c
    AndNot,
    /// Left shift; any count.
    Shl,
    /// Arithmetic right shift.
    Shr,
    /// Logical right shift.
    ShrU,
    /// Traps when b (a shift count) is negative.
    CheckShift,
    /// Signed division.
    Div,
    /// Unsigned division.
    DivU,
    /// Signed remainder.
    Rem,
    /// Unsigned remainder.
    RemU,
    /// a = b + d
    AddI,
    /// a = b * d
    MulI,
    /// a = b & d
    AndI,
    /// a = b << d
    ShlI,
    /// a = b >> d
    ShrI,
    /// a = b >> d, logical
    ShrUI,
    /// a = -b
    Neg,
    /// a = ^b
    Not,
    /// a = !b
    LogicalNot,
    /// a = b as int8, and so on.
    Sext8,
    /// int16
    Sext16,
    /// int32
    Sext32,
    /// uint8
    Zext8,
    /// uint16
    Zext16,
    /// uint32
    Zext32,
    /// Floats.
    AddF,
    /// Floats.
    SubF,
    /// Floats.
    MulF,
    /// Floats.
    DivF,
    /// -b
    NegF,
    /// Rounds to float32.
    RoundF,
    /// int to float
    IntToF,
    /// uint64 to float
    UintToF,
    /// float to int
    FToInt,
    /// float to uint64
    FToUint,
    /// Complex numbers: pairs of registers.
    AddC,
    /// Complex.
    SubC,
    /// Complex.
    MulC,
    /// Complex.
    DivC,
    /// Complex equality.
    EqC,
    /// a = b == c
    Eq,
    /// Words differ.
    Ne,
    /// Signed.
    Lt,
    /// Signed.
    Le,
    /// Unsigned.
    LtU,
    /// Unsigned.
    LeU,
    /// Floats.
    EqF,
    /// Floats.
    NeF,
    /// Floats.
    LtF,
    /// Floats.
    LeF,
    /// Strings.
    EqS,
    /// Strings.
    NeS,
    /// Strings.
    LtS,
    /// Strings.
    LeS,
    /// a = b == d
    EqI,
    /// Interfaces (may trap).
    EqIface,
    /// Memory at b and c as values of type d.
    EqMem,
    /// To d.
    Jump,
    /// To d if a.
    JumpTrue,
    /// To d unless a.
    JumpFalse,
    /// To d if a == b, and so on.
    JumpEq,
    /// Words differ.
    JumpNe,
    /// Signed.
    JumpLt,
    /// Signed.
    JumpLe,
    /// Unsigned.
    JumpLtU,
    /// Unsigned.
    JumpLeU,
    /// To d if a == small (in b, c), and so on.
    JumpEqI,
    /// Differs from small.
    JumpNeI,
    /// Signed.
    JumpLtI,
    /// Signed.
    JumpLeI,
    /// Signed.
    JumpGtI,
    /// Signed.
    JumpGeI,
    /// To constant d + a, if a < c; else on.
    JumpTable,
    /// a = the byte at b + d, and so on.
    LoadU8,
    /// int8
    LoadS8,
    /// uint16
    LoadU16,
    /// int16
    LoadS16,
    /// uint32
    LoadU32,
    /// int32
    LoadS32,
    /// 64 bits
    Load,
    /// float32
    LoadF32,
    /// c registers
    LoadN,
    /// The byte at a + d = b, and so on.
    Store8,
    /// 16 bits
    Store16,
    /// 32 bits
    Store32,
    /// 64 bits
    Store,
    /// float32
    StoreF32,
    /// c registers
    StoreN,
    /// d bytes from b to a
    Copy,
    /// d bytes at a become 0
    Clear,
    /// a = b + d; traps when b is nil
    FieldAddr,
    /// a = b + c * d
    ElemAddr,
    /// Traps unless b < d.
    CheckIndex,
    /// Traps unless register b < register c.
    CheckIndexR,
    /// Traps with text d: a value method called through a nil pointer.
    NilReceiver,
    /// Traps: a slice of length b is no array of length c.
    SliceToArray,
    /// Traps when b is nil.
    CheckNil,
    /// a = slice b at index c: a byte
    IndexU8,
    /// int32
    IndexS32,
    /// 64 bits
    Index,
    /// The address; elements of d bytes.
    IndexAddr,
    /// slice a at index b = c: a byte
    SetIndex8,
    /// 32 bits
    SetIndex32,
    /// 64 bits
    SetIndex,
    /// a = byte c of string b
    IndexStr,
    /// a = new object of d bytes; b != 0: without pointers
    New,
    /// a = copy of the object at b of d bytes; c != 0: without pointers
    Clone,
    /// a = new object that holds c registers from b on
    Box,
    /// a = address of package variable d, whose initializer runs first if it has one
    Global,
    /// a = address of package variable d
    GlobalRaw,
    /// a = the closure of function d, which captures nothing
    FuncValue,
    /// a = closure of function d with c captured registers from b on
    Closure,
    /// a = closure whose call runs this function's code at d, with c arguments put from b on;
    /// the window of the iterator's call is at a + 1
    Yield,
    /// Ends such a call with the result a.
    YieldReturn,
    /// Calls function d with the window at a.
    Call,
    /// Calls closure b with the window at a; the closure goes to a + c.
    CallClosure,
    /// Calls method d of interface b with the window at a; the data goes to a + c.
    CallIface,
    /// Calls native d with the window at a.
    CallNative,
    /// Ends the function. Results stand in the first registers.
    Return,
    /// Runs the deferred calls of this function.
    RunDefers,
    /// Defers function d: the window at a with c registers.
    DeferCall,
    /// Defers closure b: the window at a with c registers, of which the last gets the closure.
    DeferClosure,
    /// Defers method d of interface b; c registers, d & 255 is where the data goes, d >> 8 the method.
    DeferIface,
    /// The same on a new goroutine.
    GoCall,
    /// The same on a new goroutine.
    GoClosure,
    /// The same on a new goroutine.
    GoIface,
    /// panic(interface at a)
    Panic,
    /// a = recover()
    Recover,
    /// Traps unless the type of interface b is d; c: index of the static type in the constants.
    AssertType,
    /// a = 1 if interface b has the methods of interface type d, else 0
    Implements,
    /// Traps unless interface b has the methods of interface type d.
    AssertIface,
    /// a = string b + string c
    Concat,
    /// a = c strings from b on, joined
    ConcatN,
    /// a = string of bytes b
    BytesToStr,
    /// a = bytes of string b
    StrToBytes,
    /// a = string of runes b
    RunesToStr,
    /// a = runes of string b
    StrToRunes,
    /// a = string of the code point b
    RuneToStr,
    /// Decodes string b at register c: a = rune, a + 1 = position after it
    NextRune,
    /// a = slice of b elements, capacity c, of d bytes (bit 30: without pointers)
    MakeSlice,
    /// a = b sliced by registers c.. (low, high, max), d: see [`slice_flags`]
    SliceSlice,
    /// The same of a string.
    SliceStr,
    /// The same of the array at b; its length is in register c + 3.
    SliceArray,
    /// a = b with room for c more elements of d bytes (bit 30: without pointers), length grown
    Grow,
    /// Makes room for c more elements of d bytes in slice a if it is short enough for the frame
    /// (bit 28: one size class after the other); register b has the frame's room.
    GrowInFrame,
    /// Slice a is no longer in the frame, whose room is in register b (d as above).
    LeaveFrame,
    /// a = append(b, c...) of elements of d bytes
    AppendSlice,
    /// a = append(b, string c...)
    AppendStr,
    /// a = copy(b, c) of elements of d bytes
    CopySlice,
    /// a = copy(b, string c)
    CopyStr,
    /// Zeroes the elements of slice a, of d bytes.
    ClearSlice,
    /// a = new map of type d, with room for b
    MakeMap,
    /// a = address of the value of key c in map b, 0 if there is none
    MapFind,
    /// a = address of the value for key c in map b, made if there is none
    MapAssign,
    /// Deletes key b of map a.
    MapDelete,
    /// Empties map a.
    MapClear,
    /// a = length of map or channel b
    Len,
    /// a = capacity of channel b
    Cap,
    /// Starts to iterate over map b: four registers from a on.
    MapStart,
    /// Next entry: iterator a; b = address of the key, b + 1 that of the value; to d at the end
    MapNext,
    /// a = new channel with room for b elements of c registers
    MakeChan,
    /// Sends register b on channel a (c registers).
    Send,
    /// a = receive from channel b (c registers); d is the register of ok
    Recv,
    /// Closes channel a.
    Close,
    /// Waits for one of c cases from b on (see [`super::channel`]); a = which; d != 0: has default
    Select,
    /// Waits for ever.
    Block,
    /// a = type of b and so on for reflection is in natives; this traps with text constant d.
    Unreachable,
    /// print(…): kind d of the value at a
    Print,
}

/// Bits of the immediate of slice expressions.
pub mod slice_flags {
    /// The low bound is given.
    pub const LOW: i32 = 1 << 28;
    /// The high bound is given.
    pub const HIGH: i32 = 1 << 29;
    /// The third index is given.
    pub const MAX: i32 = 1 << 30;
    /// The rest is the size of an element.
    pub const SIZE: i32 = (1 << 28) - 1;
    /// In sizes: elements hold no pointers.
    pub const PLAIN: i32 = 1 << 30;
}

/// A compiled function.
#[derive(Debug, Default)]
pub struct Function {
    /// As in traces: `main.main.func1`.
    pub name: std::rc::Rc<str>,
    /// The instructions.
    pub code: Vec<Ins>,
    /// Words that do not fit an immediate.
    pub constants: Vec<u64>,
    /// From which instruction on which source position counts.
    pub lines: Vec<(u32, u32)>,
    /// Registers of the results.
    pub results: u8,
    /// Registers of the parameters.
    pub params: u8,
    /// Registers in use.
    pub registers: u16,
    /// Where a recovered function goes on: its deferred calls, then its return.
    pub epilogue: u32,
    /// Not shown in traces.
    pub hidden: bool,
    /// Never interrupted by other goroutines.
    pub atomic: bool,
    /// gc would have inlined it.
    pub small: bool,
    /// Parameters as traces show them, one letter each: see `vm::trace`.
    pub shape: std::rc::Rc<str>,
}
