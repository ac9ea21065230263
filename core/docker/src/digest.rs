//! SHA-256 digests of texts and layers.

use machine::{EntryKind, Layer};
use sha2::{Digest, Sha256};

/// The 64 hexadecimal digits of the bytes' digest.
pub(crate) fn hex(bytes: &[u8]) -> String {
    encode(Sha256::digest(bytes).as_slice())
}

fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of a layer's entries: paths, kinds, permissions and contents. Times are left out,
/// so that the same files are the same layer.
pub(crate) fn layer(layer: &Layer) -> String {
    let mut hash = Sha256::new();
    for (path, entry) in &layer.entries {
        hash.update(path.as_bytes());
        let Some(entry) = entry else {
            hash.update(b"\0gone\0");
            continue;
        };
        let meta = &entry.metadata;
        hash.update(format!("\0{:o} {} {}\0", meta.mode, meta.user, meta.group));
        match &entry.kind {
            EntryKind::File(content) => {
                let content = content.borrow();
                hash.update(content.len().to_le_bytes());
                hash.update(content.bytes());
            }
            EntryKind::Symlink(target) => hash.update(target.as_bytes()),
            EntryKind::Device(name) => hash.update(name.as_bytes()),
            EntryKind::Directory => hash.update(b"/"),
            EntryKind::Socket => hash.update(b"="),
        }
    }
    format!("sha256:{}", encode(hash.finalize().as_slice()))
}
