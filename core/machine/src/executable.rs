//! The format of executable files: an ELF magic, the name of the loader that understands the
//! rest, and that loader's payload.
//!
//! The content of an executable is bytes like any other file's: it can be copied, put into a
//! layer, saved, or broken.

/// What an executable of this machine starts with, after the ELF magic.
const MARK: &[u8] = b"\x7fELF\x02\x01\x01\0drydock:";

/// An executable file for a loader.
pub fn encode(loader: &str, payload: &[u8]) -> Vec<u8> {
    [MARK, loader.as_bytes(), b"\n", payload].concat()
}

/// The loader's name and the payload of an executable file.
pub fn decode(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(MARK)?;
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let (loader, payload) = rest.split_at_checked(end)?;
    Some((std::str::from_utf8(loader).ok()?, payload.get(1..)?))
}

/// The interpreter and its optional argument of a `#!` script.
pub fn script(bytes: &[u8]) -> Option<(String, Option<String>)> {
    let line = bytes
        .strip_prefix(b"#!")?
        .split(|byte| *byte == b'\n')
        .next()?;
    let line = String::from_utf8_lossy(line).trim().to_string();
    let (interpreter, argument) = match line.split_once(char::is_whitespace) {
        Some((interpreter, argument)) => {
            (interpreter.to_string(), Some(argument.trim().to_string()))
        }
        None => (line, None),
    };
    (!interpreter.is_empty()).then_some((interpreter, argument))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_executable_round_trips() {
        assert_eq!(
            decode(&encode("go", b"code\nmore")),
            Some(("go", b"code\nmore".as_slice()))
        );
        assert_eq!(decode(b"#!/bin/sh\n"), None);
        assert_eq!(
            script(b"#!/bin/sh -e\necho"),
            Some(("/bin/sh".into(), Some("-e".into())))
        );
    }
}
