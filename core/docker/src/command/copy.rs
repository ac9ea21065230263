//! `docker cp`: files between a container and the machine.

use super::{Arguments, Command, Context, command};
use crate::EngineError;
use machine::{Errno, FileSystem, path};

pub(super) const COMMANDS: &[Command] = &[command(
        &["cp", "container cp"],
        "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
        "Copy files/folders between a container and the local filesystem|Copy files/folders between a container and the local filesystem\n\nUse '-' as the source to read a tar archive from stdin\nand extract it to a directory destination in a container.\nUse '-' as the destination to stream a tar archive of a\ncontainer source to stdout.",
        Arguments::Exactly(2),
        "\
-a --archive|Archive mode (copy all uid/gid information)
-L --follow-link|Always follow symbol link in SRC_PATH
-q --quiet|Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached",
        |context| Box::pin(copy(context)),
    )];

/// A container and a path in it; `None` for a path of the machine.
fn split(argument: &str) -> Option<(&str, &str)> {
    if argument.starts_with('/') || argument.starts_with('.') {
        return None;
    }
    argument.split_once(':')
}

async fn copy(context: Context) -> u8 {
    let (source, target) = (context.argument(0), context.argument(1));
    match (split(source), split(target)) {
        (Some(_), Some(_)) => {
            context
                .fail("copying between containers is not supported")
                .await
        }
        (None, None) => {
            context
                .fail("must specify at least one container source")
                .await
        }
        (Some((container, place)), None) => {
            from_container(&context, container, place, target).await
        }
        (None, Some((container, place))) => to_container(&context, container, place, source).await,
    }
}

async fn from_container(context: &Context, container: &str, place: &str, target: &str) -> u8 {
    let files = match context.engine.files(container) {
        Ok(files) => files,
        Err(error) => return context.daemon_error(&error).await,
    };
    let inner = path::absolute("/", place);
    if files.link_entry(&inner).is_err() {
        let text = format!("Could not find the file {place} in container {container}");
        return context.daemon_error(&EngineError::not_found(text)).await;
    }
    if target == "-" {
        let archive = machine::archive::pack(&files, &inner);
        context.process.write(1, &archive).await.ok();
        return 0;
    }
    let own = context.process.files();
    let outer = context.process.path(target);
    let outer = outer.trim_end_matches('/');
    match put(
        &files,
        &inner,
        place,
        own,
        if outer.is_empty() { "/" } else { outer },
    ) {
        Ok(()) => 0,
        Err(error) => context.fail(error.message().to_lowercase()).await,
    }
}

async fn to_container(context: &Context, container: &str, place: &str, source: &str) -> u8 {
    let files = match context.engine.files(container) {
        Ok(files) => files,
        Err(error) => return context.daemon_error(&error).await,
    };
    let inner = path::absolute("/", place);
    if source == "-" {
        let bytes = context.process.read_to_end(0).await.unwrap_or_default();
        machine::archive::unpack(&bytes, &files, &inner);
        return 0;
    }
    let own = context.process.files();
    let outer = path::clean(&context.process.path(source));
    if own.link_entry(&outer).is_err() {
        let text = format!("lstat {outer}: no such file or directory");
        return context.fail(text).await;
    }
    if place.ends_with('/') && !files.is_directory(&inner) {
        // The client is still packing when the daemon refuses.
        let now = super::format::rfc3339(context.engine.now());
        let pipe = "io: read/write on closed pipe";
        for text in [
            format!("Can't add file {outer} to tar: {pipe}"),
            format!("Can't close tar writer: {pipe}"),
        ] {
            let text = format!("time=\"{now}\" level=error msg=\"{text}\"");
            context.error_line(text).await;
        }
        return context.fail("no such directory").await;
    }
    match put(own, &outer, source, &files, &inner) {
        Ok(()) => 0,
        Err(Errno::ENOENT) => {
            let text = format!(
                "Could not find the file {} in container {container}",
                path::parent(&inner)
            );
            context.daemon_error(&EngineError::not_found(text)).await
        }
        Err(error) => context.fail(error.message().to_lowercase()).await,
    }
}

/// Copies as `cp -a` does: into a directory that is there, or to that name; `…/.` means what is
/// in the directory.
fn put(
    from: &FileSystem,
    source: &str,
    given: &str,
    to: &FileSystem,
    target: &str,
) -> Result<(), Errno> {
    let contents = given.ends_with("/.");
    let into = to.is_directory(target);
    let is_directory = from.is_directory(source);
    let place = match (into, contents) {
        (true, false) => path::join(target, path::file_name(source)),
        _ => target.to_string(),
    };
    if is_directory && contents {
        to.create_directories(&place, 0o755)?;
        for (name, _) in from.read_directory(source)? {
            copy_all(
                from,
                &path::join(source, &name),
                to,
                &path::join(&place, &name),
            )?;
        }
        return Ok(());
    }
    copy_all(from, source, to, &place)
}

fn copy_all(from: &FileSystem, source: &str, to: &FileSystem, target: &str) -> Result<(), Errno> {
    let entry = from.link_entry(source)?;
    if !entry.is_directory() {
        return to.put(target, entry.detached());
    }
    if !to.is_directory(target) {
        to.create_directory(target, entry.metadata.mode)?;
    }
    for (name, _) in from.read_directory(source)? {
        copy_all(
            from,
            &path::join(source, &name),
            to,
            &path::join(target, &name),
        )?;
    }
    Ok(())
}
