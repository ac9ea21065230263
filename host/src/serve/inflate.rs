//! The headers of SPDY are compressed: zlib's format (RFC 1950) with the dictionary that both sides
//! know.

use flate2::{Decompress, FlushDecompress};

/// The words of SPDY's dictionary, each with its length before it; `_` is a blank.
const WORDS: &str = "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin";
/// The dictionary's end, without lengths.
const TAIL: &str = "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";
/// The most bytes that all headers of a session may have.
const OUTPUT_BYTES: u64 = 4 * 1024 * 1024;
/// How much room a block gets at a time.
const ROOM_BYTES: usize = 4096;

/// One direction's compressed headers. Each block of headers ends at a whole byte, and later ones
/// refer to those before.
pub struct Inflater(Decompress);

impl Default for Inflater {
    fn default() -> Inflater {
        Inflater(Decompress::new(true))
    }
}

impl Inflater {
    /// The next block of headers; `None` when it is none.
    pub fn inflate(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let (mut rest, mut block) = (bytes, Vec::new());
        loop {
            block.reserve(ROOM_BYTES);
            let before = self.0.total_in();
            let done = self
                .0
                .decompress_vec(rest, &mut block, FlushDecompress::Sync);
            rest = rest.get((self.0.total_in() - before) as usize..)?;
            match done {
                Err(error) if error.needs_dictionary().is_some() => {
                    self.0.set_dictionary(&dictionary()).ok()?;
                }
                Err(_) => return None,
                Ok(_) if self.0.total_out() > OUTPUT_BYTES => return None,
                Ok(_) if block.len() < block.capacity() => return Some(block),
                Ok(_) => {}
            }
        }
    }
}

fn dictionary() -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in WORDS.split(' ') {
        bytes.extend((word.len() as u32).to_be_bytes());
        bytes.extend(word.replace('_', " ").bytes());
    }
    bytes.extend(TAIL.bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::Inflater;

    #[test]
    fn the_dictionary_is_the_standards() {
        let (mut low, mut high) = (1u32, 0u32);
        for byte in super::dictionary() {
            low = (low + u32::from(byte)) % 65521;
            high = (high + low) % 65521;
        }
        assert_eq!(high << 16 | low, 0xe3c6_a7c2);
    }

    #[test]
    fn two_blocks_of_headers() {
        let mut inflater = Inflater::default();
        let first = inflater.inflate(&[
            0x78, 0xf9, 0xe3, 0xc6, 0xa7, 0xc2, 0x02, 0x25, 0x3a, 0x70, 0x3a, 0x2b, 0x29, 0x4a,
            0x4d, 0xcc, 0x85, 0x16, 0x25, 0xac, 0xa9, 0xa0, 0x80, 0x86, 0x14, 0xcb, 0x45, 0xa0,
            0x24, 0xcc, 0x64, 0x61, 0x00, 0x24, 0x39, 0x8b, 0x20, 0x91, 0x98, 0x09, 0x4a, 0xdc,
            0x8c, 0x06, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff,
        ]);
        let text = String::from_utf8_lossy(&first.unwrap_or_default()).replace('\0', "");
        assert_eq!(
            text,
            "\u{3}\nstreamtype\u{5}error\u{4}port\u{2}80\trequestid\u{1}0"
        );
        let second = inflater.inflate(&[
            0xc2, 0xaa, 0x15, 0x54, 0x0a, 0x25, 0x12, 0xd2, 0x09, 0x00, 0x00, 0x00, 0xff, 0xff,
        ]);
        let text = String::from_utf8_lossy(&second.unwrap_or_default()).replace('\0', "");
        assert_eq!(
            text,
            "\u{3}\nstreamtype\u{4}data\u{4}port\u{2}80\trequestid\u{1}0"
        );
    }

    #[test]
    fn stored_and_fixed_blocks() {
        let mut inflater = Inflater::default();
        let stored = [0x78, 0x01, 0, 2, 0, 0xfd, 0xff, b'h', b'i'];
        assert_eq!(inflater.inflate(&stored), Some(b"hi".to_vec()));
        // `aaaaaaaaaa`, then a flush.
        let fixed = [0x4a, 0x4c, 0x84, 0x01, 0, 0, 0, 0, 0xff, 0xff];
        assert_eq!(inflater.inflate(&fixed), Some(b"aaaaaaaaaa".to_vec()));
    }
}
