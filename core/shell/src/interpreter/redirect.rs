//! Redirections: descriptors of the shell's own process are changed for the time of a command.

use super::{Flow, Shell};
use crate::syntax::{Redirection, RedirectionKind};
use machine::{Errno, File, OpenOptions, file};

/// Descriptors as they were before a redirection.
pub(crate) struct Saved(Vec<(i32, Option<File>)>);

impl Shell {
    /// Makes redirections; the error is printed, and what was changed is undone.
    pub(crate) async fn redirect(&mut self, redirections: &[Redirection]) -> Result<Saved, Flow> {
        let mut saved = Saved(Vec::new());
        for redirection in redirections {
            if let Err(flow) = self.redirect_one(redirection, &mut saved).await {
                self.restore(saved);
                return Err(flow);
            }
        }
        Ok(saved)
    }

    /// Puts descriptors back.
    pub(crate) fn restore(&mut self, saved: Saved) {
        for (number, file) in saved.0.into_iter().rev() {
            // Closing a descriptor that is already closed is no harm here.
            self.process.set_descriptor(number, file).ok();
        }
    }

    fn replace(&self, number: i32, file: Option<File>, saved: &mut Saved) {
        saved.0.push((number, self.process.descriptor(number).ok()));
        self.process.set_descriptor(number, file).ok();
    }

    async fn redirect_one(
        &mut self,
        redirection: &Redirection,
        saved: &mut Saved,
    ) -> Result<(), Flow> {
        let target = self.expand_single(&redirection.target).await?;
        let own = redirection.descriptor;
        let (numbers, options) = match redirection.kind {
            RedirectionKind::HereDocument => {
                self.replace(own.unwrap_or(0), Some(file::from_bytes(target)), saved);
                return Ok(());
            }
            RedirectionKind::HereString => {
                self.replace(
                    own.unwrap_or(0),
                    Some(file::from_bytes(target + "\n")),
                    saved,
                );
                return Ok(());
            }
            RedirectionKind::DuplicateInput | RedirectionKind::DuplicateOutput => {
                let input = redirection.kind == RedirectionKind::DuplicateInput;
                let number = own.unwrap_or(if input { 0 } else { 1 });
                match self.duplicate(&target, number, saved).await? {
                    true => return Ok(()),
                    // `>& file` is bash's old way to write `&> file`.
                    false => (vec![1, 2], OpenOptions::overwrite()),
                }
            }
            RedirectionKind::Read => (vec![own.unwrap_or(0)], OpenOptions::read()),
            RedirectionKind::Write => (vec![own.unwrap_or(1)], OpenOptions::overwrite()),
            RedirectionKind::Append => (vec![own.unwrap_or(1)], OpenOptions::append()),
            RedirectionKind::ReadWrite => {
                let options = OpenOptions {
                    read: true,
                    write: true,
                    create: Some(0o644),
                    ..OpenOptions::default()
                };
                (vec![own.unwrap_or(0)], options)
            }
            RedirectionKind::Both(append) => (
                vec![1, 2],
                if append {
                    OpenOptions::append()
                } else {
                    OpenOptions::overwrite()
                },
            ),
        };
        match self.process.open(&target, options) {
            Ok(file) => {
                for number in numbers {
                    self.replace(number, Some(file.clone()), saved);
                }
                Ok(())
            }
            Err(error) => Err(self.redirection_failed(&target, error).await),
        }
    }

    /// `>&2`, `>&-`; false when the target is a file's name.
    async fn duplicate(
        &mut self,
        target: &str,
        number: i32,
        saved: &mut Saved,
    ) -> Result<bool, Flow> {
        if target == "-" {
            self.replace(number, None, saved);
            return Ok(true);
        }
        let Ok(source) = target.parse::<i32>() else {
            return Ok(false);
        };
        match self.process.descriptor(source) {
            Ok(file) => {
                self.replace(number, Some(file), saved);
                Ok(true)
            }
            Err(error) => Err(self.redirection_failed(target, error).await),
        }
    }

    async fn redirection_failed(&mut self, target: &str, error: Errno) -> Flow {
        let message = match (self.state.flavour, error) {
            (crate::state::Flavour::Ash, Errno::ENOENT) => {
                format!("can't open {target}: no such file")
            }
            _ => format!("{target}: {error}"),
        };
        self.complain(&message).await;
        Flow::Next(1)
    }
}
