//! The words of a command line and what they name: commands, flags, arguments.
//!
//! Models spf13/cobra and spf13/pflag: two stages, where the first only finds the command and
//! checks the shape of flags, and the verbs give the values a meaning.

mod command;
mod flag;
mod help;
mod suggest;

pub use command::{Command, Found, Invocation, find};
pub use flag::{Flag, Flags, Kind};
pub use help::{help, option};
