//! What stops an instruction: run-time errors that Go turns into panics, and fatal ends.

/// Why an instruction could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trap {
    /// An address that is not one: nil, with the offset of what was accessed.
    Nil(u64),
    /// An index out of range; `None` for negative lengths that have no meaning.
    Index(i64, i64),
    /// `s[i:j]`: which bound is wrong, and the limits. See [`Bounds`].
    Slice(Bounds, i64, i64),
    /// Integer division by zero.
    Divide,
    /// A shift count below zero.
    NegativeShift,
    /// A length or capacity that no slice can have: which.
    SliceSize(&'static str),
    /// `make(chan T, -1)`.
    MakeChan,
    /// Store into a nil map.
    NilMap,
    /// Send on a closed channel.
    SendClosed,
    /// Close of a closed channel.
    CloseClosed,
    /// Close of a nil channel.
    CloseNil,
    /// A type assertion failed: the interface's static type, the dynamic type (0 nil), the
    /// asserted type; and the missing method when that is an interface.
    Assertion(u32, u32, u32, Option<String>),
    /// A map key or comparison of a type that cannot be compared.
    Unhashable(u32),
    /// Comparison of a type that cannot be compared.
    Uncomparable(u32),
    /// Conversion of a slice to a longer array.
    SliceToArray(i64, i64),
    /// A value method called through a nil pointer: the text.
    NilReceiver(String),
    /// `panic(v)`: type and data of the interface value.
    Panic(u64, u64),
    /// A panic whose value is a runtime error with this text (no prefix is added).
    Plain(String),
    /// `panic` with this string.
    Text(String),
    /// `fatal error: …`, which nothing recovers.
    Fatal(String),
    /// The heap is full.
    OutOfMemory,
    /// The stack is full.
    StackOverflow,
    /// `runtime.Goexit`.
    Goexit,
    /// `os.Exit`.
    Exit(i32),
}

/// Which bound of a slice expression is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    /// `s[:x]` with x above the length.
    HighLength,
    /// `s[:x]` with x above the capacity.
    HighCapacity,
    /// `s[x:y]` with x above y.
    Low,
    /// `s[::x]` with x above the length.
    MaxLength,
    /// `s[::x]` with x above the capacity.
    MaxCapacity,
    /// `s[:x:y]`.
    HighMax,
    /// `s[x:y:]`.
    LowMax,
}

impl Trap {
    /// The text of a run-time error, with its prefix; `None` for what is no run-time error.
    /// `unsigned`: indexes are of an unsigned type.
    pub fn message(&self, unsigned: bool) -> Option<String> {
        let wide = |index: i64| match unsigned {
            true => i128::from(index as u64),
            false => i128::from(index),
        };
        let text = match self {
            Trap::Nil(_) => "invalid memory address or nil pointer dereference".to_string(),
            Trap::Index(index, _) if wide(*index) < 0 => format!("index out of range [{index}]"),
            Trap::Index(index, length) => {
                format!("index out of range [{}] with length {length}", wide(*index))
            }
            Trap::Slice(bounds, x, y) => slice_text(*bounds, wide(*x), wide(*y)),
            Trap::Divide => "integer divide by zero".to_string(),
            Trap::NegativeShift => "negative shift amount".to_string(),
            Trap::SliceSize(what) => format!("{what} out of range"),
            Trap::MakeChan => return Some("makechan: size out of range".into()),
            Trap::SliceToArray(length, wanted) => format!(
                "cannot convert slice with length {length} to array or pointer to array with length {wanted}"
            ),
            Trap::NilMap => return Some("assignment to entry in nil map".into()),
            Trap::SendClosed => return Some("send on closed channel".into()),
            Trap::CloseClosed => return Some("close of closed channel".into()),
            Trap::CloseNil => return Some("close of nil channel".into()),
            Trap::NilReceiver(text) | Trap::Plain(text) => return Some(text.clone()),
            _ => return None,
        };
        Some(format!("runtime error: {text}"))
    }
}

fn slice_text(bounds: Bounds, x: i128, y: i128) -> String {
    let negative = x < 0;
    let place = match (bounds, negative) {
        (Bounds::HighLength | Bounds::HighCapacity, true) => format!("[:{x}]"),
        (Bounds::Low, true) => format!("[{x}:]"),
        (Bounds::MaxLength | Bounds::MaxCapacity, true) => format!("[::{x}]"),
        (Bounds::HighMax, true) => format!("[:{x}:]"),
        (Bounds::LowMax, true) => format!("[{x}::]"),
        (Bounds::HighLength, _) => format!("[:{x}] with length {y}"),
        (Bounds::HighCapacity, _) => format!("[:{x}] with capacity {y}"),
        (Bounds::Low, _) => format!("[{x}:{y}]"),
        (Bounds::MaxLength, _) => format!("[::{x}] with length {y}"),
        (Bounds::MaxCapacity, _) => format!("[::{x}] with capacity {y}"),
        (Bounds::HighMax, _) => format!("[:{x}:{y}]"),
        (Bounds::LowMax, _) => format!("[{x}:{y}:]"),
    };
    format!("slice bounds out of range {place}")
}
