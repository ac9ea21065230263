//! Slices that grow in the frame: the instructions for them. Which they are is found in `growth`.

use super::builder::{Builder, Reg, Storage};
use super::growth::Growth;
use crate::limits;
use crate::vm::Op;
use crate::vm::instruction::slice_flags::LOW;
use golang_check::ObjectId;
use golang_check::ast::{Expr, NodeId};

/// What a function under construction knows of a slice that grows in its frame.
#[derive(Clone, Copy)]
pub(super) struct Buffer {
    /// Holds the address of the room, 0 before the first use, 1 after the last.
    pub register: Reg,
    pub growth: Growth,
    /// An `append` was compiled: only the first takes all of the room.
    pub used: bool,
}

impl Builder<'_> {
    /// Gives the slices of a function that grow in its frame their registers.
    pub fn open_buffers(&mut self, function: NodeId) {
        let growths: Vec<(ObjectId, Growth)> = self
            .growths
            .iter()
            .filter(|(object, _)| {
                let var = self.c.program.objects.var(**object);
                var.is_some_and(|var| var.function == Some(function))
            })
            .map(|(object, growth)| (*object, *growth))
            .collect();
        for (object, growth) in growths.into_iter().take(limits::BUFFERS_MAX) {
            let register = self.alloc(1);
            self.int(register, 0);
            let buffer = Buffer {
                register,
                growth,
                used: false,
            };
            self.f.buffers.insert(object, buffer);
        }
    }

    /// Lets `count` elements be appended in the frame to a slice that grows there. Where the slice
    /// is then: at the register `at`, or at `dst`.
    pub fn grow_in_frame(&mut self, slice: &Expr, at: Reg, dst: Reg, count: u8, size: i32) -> Reg {
        let name = slice.unparen().as_name();
        let object = name.and_then(|name| self.object(name.id));
        let Some(buffer) = object.and_then(|object| self.f.buffers.get_mut(&object)) else {
            return at;
        };
        let (register, stepwise) = (buffer.register, buffer.growth.stepwise);
        if !stepwise && std::mem::replace(&mut buffer.used, true) {
            return at;
        }
        let flag = if stepwise { LOW } else { 0 };
        self.moves(dst, at, 3);
        self.emit(Op::GrowInFrame, dst, register, count, size | flag);
        dst
    }

    /// Moves the slices out of the frame that this statement gives away.
    pub fn leave_frame(&mut self, stmt: NodeId) {
        let moved: Vec<(ObjectId, Buffer)> = self
            .f
            .buffers
            .iter()
            .filter(|(_, buffer)| buffer.growth.moved == Some(stmt))
            .map(|(object, buffer)| (*object, *buffer))
            .collect();
        for (object, buffer) in moved {
            let ty = self.object_type(object);
            let elem = self.rtype(ty).elem;
            let size = self.rtype(elem).size as i32;
            let flag = if buffer.growth.stepwise { LOW } else { 0 };
            if let Some(Storage::Reg(at)) = self.f.vars.get(&object).copied() {
                self.emit(Op::LeaveFrame, at, buffer.register, 0, size | flag);
            }
        }
    }
}
