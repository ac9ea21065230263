//! Passing over JSON text, and finding the first thing that is wrong with it.

/// How deep values may nest, as with Go.
const DEPTH_MAX: usize = 10_000;

/// A place in a text.
pub(super) struct Scan<'a> {
    pub text: &'a [u8],
    pub at: usize,
}

impl Scan<'_> {
    /// The current byte, 0 at the end.
    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    /// The first byte that is not blank.
    pub fn space(&mut self) -> u8 {
        while matches!(self.byte(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
        self.byte()
    }

    /// Passes over a value. Errors are the numbers of `contexts` in decode.go.
    pub fn value(&mut self) -> Result<(), u64> {
        let mut open = Vec::new();
        loop {
            if open.len() >= DEPTH_MAX {
                return Err(1);
            }
            match self.space() {
                bracket @ (b'{' | b'[') => {
                    self.at += 1;
                    // In ASCII the closing brackets stand two behind the opening ones.
                    if self.space() != bracket + 2 {
                        open.push(bracket + 2);
                        if bracket == b'{' {
                            self.key()?;
                        }
                        continue;
                    }
                    self.at += 1;
                }
                b'"' => self.string()?,
                b'-' | b'0'..=b'9' => self.number()?,
                b't' => self.word(16, b"true")?,
                b'f' => self.word(24, b"false")?,
                b'n' => self.word(32, b"null")?,
                _ => return Err(6),
            }
            loop {
                let Some(close) = open.last().copied() else {
                    return Ok(());
                };
                let byte = self.space();
                if byte != b',' && byte != close {
                    return Err(if close == b'}' { 4 } else { 5 });
                }
                self.at += 1;
                if byte == b',' {
                    if close == b'}' {
                        self.key()?;
                    }
                    break;
                }
                open.pop();
            }
        }
    }

    /// Passes over a key with its colon.
    fn key(&mut self) -> Result<(), u64> {
        if self.space() != b'"' {
            return Err(2);
        }
        self.string()?;
        if self.space() != b':' {
            return Err(3);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, number: u64, word: &[u8]) -> Result<(), u64> {
        for (index, wanted) in word.iter().enumerate() {
            if self.byte() != *wanted {
                return Err(number + index as u64);
            }
            self.at += 1;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), u64> {
        let start = self.at;
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { Err(0) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<(), u64> {
        if self.byte() == b'-' {
            self.at += 1;
        }
        if self.byte() == b'0' {
            self.at += 1;
        } else {
            self.digits().map_err(|_| 10_u64)?;
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digits().map_err(|_| 11_u64)?;
        }
        if self.byte() | 32 == b'e' {
            self.at += 1;
            if matches!(self.byte(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits().map_err(|_| 12_u64)?;
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), u64> {
        loop {
            self.at += 1;
            match self.byte() {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.escape()?,
                0..b' ' => return Err(7),
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Result<(), u64> {
        self.at += 1;
        match self.byte() {
            b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"' => {}
            b'u' => {
                for _ in 0..4 {
                    self.at += 1;
                    if !self.byte().is_ascii_hexdigit() {
                        return Err(8);
                    }
                }
            }
            _ => return Err(9),
        }
        Ok(())
    }
}
