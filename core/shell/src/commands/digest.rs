//! Checksums: `md5sum`, `sha1sum`, `sha256sum`, `sha512sum`.

use super::Context;
use machine::ExitStatus;
use sha2::Digest;

/// The checksum of bytes by the name of its command.
fn sum(command: &str, bytes: &[u8]) -> String {
    let digest = match command {
        "md5sum" => md5::Md5::digest(bytes).to_vec(),
        "sha1sum" => sha1::Sha1::digest(bytes).to_vec(),
        "sha512sum" => sha2::Sha512::digest(bytes).to_vec(),
        _ => sha2::Sha256::digest(bytes).to_vec(),
    };
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) async fn print(context: Context) -> ExitStatus {
    let long = [
        ("check", 'c'),
        ("quiet", 'q'),
        ("status", 's'),
        ("binary", 'b'),
        ("text", 't'),
    ];
    let options = match context.options("cqsbtw", &long).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let mut operands = options.operands.clone();
    if operands.is_empty() {
        operands.push("-".into());
    }
    let mut failed = 0;
    let mut complete = true;
    for operand in &operands {
        let Some(bytes) = context.input(operand).await else {
            complete = false;
            continue;
        };
        if !options.has('c') {
            let line = format!("{}  {operand}\n", sum(&context.name, &bytes));
            context.process.print(line).await;
            continue;
        }
        for line in String::from_utf8_lossy(&bytes).lines() {
            let Some((wanted, file)) = line.split_once([' ', '\t']) else {
                continue;
            };
            let file = file.trim_start_matches([' ', '*']);
            let found = context.input(file).await;
            let matches = found.is_some_and(|bytes| sum(&context.name, &bytes) == wanted);
            failed += u32::from(!matches);
            if !(options.has('s') || matches && options.has('q')) {
                let word = if matches { "OK" } else { "FAILED" };
                context.process.print(format!("{file}: {word}\n")).await;
            }
        }
    }
    if failed > 0 && !options.has('s') {
        let text = if context.is_busybox() {
            let count = failed;
            format!("WARNING: {count} of {count} computed checksums did NOT match")
        } else if failed == 1 {
            "WARNING: 1 computed checksum did NOT match".to_owned()
        } else {
            format!("WARNING: {failed} computed checksums did NOT match")
        };
        context.complain(text).await;
    }
    ExitStatus::Exited(u8::from(failed > 0 || !complete))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_the_standards() {
        assert_eq!(sum("md5sum", b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            sum("sha1sum", b"abc"),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
        assert_eq!(
            sum("sha256sum", b""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
