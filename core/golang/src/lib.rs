//! Go for Drydock: compiled to register bytecode and run on a machine's processes.
//!
//! The front half (syntax, types, messages) is the crate `golang-check`, the machine that runs
//! the bytecode the crate `golang-vm`.

mod build;
mod command;
mod compile;
pub mod limits;
pub mod natives;
mod program;
pub mod std;

pub use golang_vm as vm;

pub use build::{Files, Module, VERSION, build};
pub use program::{Binary, LOADER};

/// Makes Go binaries, and the commands `go` and `gofmt`, run on a machine.
pub fn install(programs: &machine::Programs) {
    programs.add("go", ::std::rc::Rc::new(machine::Builtin(command::run)));
    programs.add(
        "gofmt",
        ::std::rc::Rc::new(machine::Builtin(command::gofmt)),
    );
    programs.add_loader(LOADER, ::std::rc::Rc::new(program::GoLoader::default()));
}
