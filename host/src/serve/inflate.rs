//! The headers of SPDY are compressed: DEFLATE (RFC 1951) over the dictionary that both sides know.

/// The words of SPDY's dictionary, each with its length before it; `_` is a blank.
const WORDS: &str = "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin";
/// The dictionary's end, without lengths.
const TAIL: &str = "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";
/// The order in which the lengths of code lengths are sent.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];
/// The most bytes that all headers of a session may have.
const OUTPUT_BYTES: usize = 4 * 1024 * 1024;

/// One direction's compressed headers. Each block of headers ends at a whole byte.
pub struct Inflater {
    /// The dictionary and everything that came out; later blocks refer to it.
    output: Vec<u8>,
    begun: bool,
}

impl Default for Inflater {
    fn default() -> Inflater {
        let mut output = Vec::new();
        for word in WORDS.split(' ') {
            output.extend((word.len() as u32).to_be_bytes());
            output.extend(word.replace('_', " ").bytes());
        }
        output.extend(TAIL.bytes());
        Inflater {
            output,
            begun: false,
        }
    }
}

impl Inflater {
    /// The next block of headers; `None` when it is none.
    pub fn inflate(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut bits = Bits { bytes, at: 0 };
        if !std::mem::replace(&mut self.begun, true) {
            // zlib's head, and the sum of the dictionary.
            let preset = bytes.get(1)? & 0x20 != 0;
            bits.at = if preset { 48 } else { 16 };
        }
        let from = self.output.len();
        while bits.at + 8 <= bytes.len() * 8 {
            let last = bits.take(1)? == 1;
            match bits.take(2)? {
                0 => self.stored(&mut bits)?,
                1 => {
                    let lengths: Vec<usize> = (0..288)
                        .map(|symbol| match symbol {
                            144..256 => 9,
                            256..280 => 7,
                            _ => 8,
                        })
                        .collect();
                    self.compressed(&mut bits, &Codes::new(&lengths), &Codes::new(&[5; 30]))?;
                }
                2 => {
                    let (symbols, distances) = tables(&mut bits)?;
                    self.compressed(&mut bits, &symbols, &distances)?;
                }
                _ => return None,
            }
            if last {
                break;
            }
        }
        self.output.get(from..).map(<[u8]>::to_vec)
    }

    fn stored(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        bits.at = bits.at.next_multiple_of(8);
        let length = bits.take(16)?;
        bits.take(16)?;
        for _ in 0..length {
            self.output.push(bits.take(8)? as u8);
        }
        Some(())
    }

    fn compressed(
        &mut self,
        bits: &mut Bits<'_>,
        symbols: &Codes,
        distances: &Codes,
    ) -> Option<()> {
        while self.output.len() < OUTPUT_BYTES {
            let symbol = symbols.next(bits)?;
            match symbol {
                0..256 => self.output.push(symbol as u8),
                256 => return Some(()),
                _ => {
                    let code = symbol - 257;
                    let length = match code {
                        0..8 => code + 3,
                        28 => 258,
                        _ => {
                            let extra = code / 4 - 1;
                            3 + ((4 + code % 4) << extra) + bits.take(extra)?
                        }
                    };
                    let code = distances.next(bits)?;
                    let distance = if code < 4 {
                        code + 1
                    } else {
                        let extra = code / 2 - 1;
                        1 + ((2 + code % 2) << extra) + bits.take(extra)?
                    };
                    for _ in 0..length {
                        let at = self.output.len().checked_sub(distance)?;
                        self.output.push(*self.output.get(at)?);
                    }
                }
            }
        }
        None
    }
}

/// The codes that a block brings along.
fn tables(bits: &mut Bits<'_>) -> Option<(Codes, Codes)> {
    let symbols = bits.take(5)? + 257;
    let distances = bits.take(5)? + 1;
    let count = bits.take(4)? + 4;
    let mut lengths = [0; 19];
    for place in ORDER.iter().take(count) {
        *lengths.get_mut(*place)? = bits.take(3)?;
    }
    let codes = Codes::new(&lengths);
    let mut all: Vec<usize> = Vec::new();
    while all.len() < symbols + distances {
        let (value, times) = match codes.next(bits)? {
            16 => (*all.last()?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (length, 1),
        };
        all.extend(std::iter::repeat_n(value, times));
    }
    let (first, second) = all.split_at_checked(symbols)?;
    Some((Codes::new(first), Codes::new(second)))
}

/// Bits from the low end of each byte.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<usize> {
        let mut value = 0;
        for place in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            value |= usize::from(byte >> (self.at % 8) & 1) << place;
            self.at += 1;
        }
        Some(value)
    }
}

/// A canonical Huffman code: the symbols of each length, in order.
struct Codes {
    by_length: Vec<Vec<usize>>,
}

impl Codes {
    fn new(lengths: &[usize]) -> Codes {
        let mut by_length = vec![Vec::new(); 16];
        for (symbol, length) in lengths.iter().enumerate() {
            if let Some(all) = by_length.get_mut(*length).filter(|_| *length > 0) {
                all.push(symbol);
            }
        }
        Codes { by_length }
    }

    fn next(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let (mut code, mut first) = (0, 0);
        for all in self.by_length.iter().skip(1) {
            code |= bits.take(1)?;
            if let Some(symbol) = all.get(code - first).filter(|_| code >= first) {
                return Some(*symbol);
            }
            first = (first + all.len()) << 1;
            code <<= 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Inflater;

    #[test]
    fn the_dictionary_is_the_standards() {
        let (mut low, mut high) = (1u32, 0u32);
        for byte in Inflater::default().output {
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
